// The end of a call travels in a type of the code's own: its deadline, its token, or both.
use std::future::Future;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

#[derive(Clone)]
pub struct Trip {
    tenant: u64,
    deadline: Instant,
    token: CancellationToken,
}

impl Trip {
    pub fn unasked(time: Duration) -> Trip {
        let deadline = Instant::now() + time;
        Trip {
            tenant: 0,
            deadline,
            token: CancellationToken::new(),
        }
    }

    pub fn leg(&self, time: Duration) -> Trip {
        Trip {
            tenant: self.tenant,
            deadline: self.deadline.min(Instant::now() + time),
            token: self.token.child_token(),
        }
    }

    pub fn until(tenant: u64, deadline: Instant) -> Trip {
        Trip {
            tenant,
            deadline,
            token: CancellationToken::new(),
        }
    }

    pub async fn during<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            _ = self.token.cancelled() => None,
            done = timeout_at(self.deadline, work) => done.ok(),
        }
    }
}

async fn weather(trip: &Trip, town: &str) -> Option<String> {
    trip.during(fetch(trip.tenant, town)).await
}

async fn fetch(_tenant: u64, town: &str) -> String {
    town.to_owned()
}

pub async fn of_all(trip: &Trip, towns: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for town in towns {
        found.extend(weather(trip, town).await);
    }
    let last = Trip::unasked(Duration::from_secs(20)); //~ BP20 medium
    found.extend(weather(&last, "home").await);
    found
}

pub async fn with_its_tenant(trip: &Trip, town: &str) -> Option<String> {
    let own = Trip { //~ BP20 medium
        tenant: trip.tenant,
        ..Trip::unasked(Duration::from_secs(20))
    };
    own.during(fetch(own.tenant, town)).await
}

pub async fn on_the_spot(trip: Trip, town: &str) -> Option<String> {
    let found = weather(&trip, town).await;
    if found.is_none() {
        return weather(&Trip::unasked(Duration::from_secs(1)), town).await; //~ BP20 medium
    }
    found
}

// Parts of the caller's time, and what is made of its deadline, end with it.
pub async fn in_legs(trip: &Trip, town: &str) -> Option<String> {
    let leg = trip.leg(Duration::from_millis(40));
    let left = trip.deadline - Instant::now();
    let other = Trip::unasked(left / 2);
    let third = Trip::until(trip.tenant, trip.deadline);
    let first = weather(&leg, town).await;
    first.or(weather(&other, town).await).or(weather(&third, town).await)
}

// What goes to whoever asked is not for work here.
pub fn for_a_neighbour(trip: &Trip) -> Trip {
    let mut own = Trip::unasked(Duration::from_secs(20));
    own.tenant = trip.tenant;
    own
}

// The record must be written also when the caller has left.
pub async fn note_down(trip: &Trip, town: &str) {
    if weather(trip, town).await.is_none() {
        // The failure is kept even if the caller has gone: on purpose with a time of its own.
        let own = Trip::unasked(Duration::from_secs(2)); //~ BP20 low
        weather(&own, "failures").await;
    }
}

struct Visit<'a> {
    house: &'a str,
    stop: CancellationToken,
}

impl Visit<'_> {
    async fn room(&self, name: &str) -> Option<String> {
        tokio::select! {
            _ = self.stop.cancelled() => None,
            seen = fetch(0, name) => Some(seen + self.house),
        }
    }
}

pub async fn look_around(house: &str, rooms: &[String], cancel: CancellationToken) -> usize {
    if cancel.is_cancelled() {
        return 0;
    }
    let visit = Visit { //~ BP20 medium
        house,
        stop: CancellationToken::new(),
    };
    let mut seen = 0;
    for room in rooms {
        seen += visit.room(room).await.map_or(0, |_| 1);
    }
    seen
}

// The visit's token is cancelled when the caller's is.
pub async fn looked_after(house: &str, rooms: &[String], cancel: CancellationToken) -> usize {
    let stop = CancellationToken::new();
    let visit = Visit {
        house,
        stop: stop.clone(),
    };
    let mut seen = 0;
    for room in rooms {
        if cancel.is_cancelled() {
            stop.cancel();
        }
        seen += visit.room(room).await.map_or(0, |_| 1);
    }
    seen
}

// Whoever loses the race is dropped with all that it waits for.
pub async fn raced(house: &str, room: &str, cancel: CancellationToken) -> Option<String> {
    let visit = Visit {
        house,
        stop: CancellationToken::new(),
    };
    tokio::select! {
        _ = cancel.cancelled() => None,
        seen = visit.room(room) => seen,
    }
}

impl<'a> Visit<'a> {
    fn of(house: &'a str, stop: CancellationToken) -> Visit<'a> {
        Visit { house, stop }
    }
}

pub async fn look_into(house: &str, room: &str, cancel: &CancellationToken) -> Option<String> {
    if cancel.is_cancelled() {
        return None;
    }
    let visit = Visit::of(house, CancellationToken::new()); //~ BP20 medium
    visit.room(room).await
}

pub async fn look_in(house: &str, room: &str, cancel: &CancellationToken) -> Option<String> {
    let visit = Visit::of(house, cancel.child_token());
    visit.room(room).await
}

async fn road(deadline: Instant, town: &str) -> Option<String> {
    timeout_at(deadline, fetch(0, town)).await.ok()
}

pub async fn roads(deadline: Instant, from: &str, to: &str) -> Option<String> {
    let first = road(deadline, from).await?;
    let second = road(Instant::now() + Duration::from_secs(30), to).await?; //~ BP20 medium
    Some(first + &second)
}

pub async fn road_in_time(deadline: Instant, town: &str) -> Option<String> {
    let soon = deadline.min(Instant::now() + Duration::from_secs(3));
    road(soon, town).await
}
