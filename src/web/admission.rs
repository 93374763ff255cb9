//! Admission control: how many analyses run, how long a request waits for its turn, how often a
//! client may ask.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::error::Error;
use super::measures::{self, GoesOn};
use super::{Settings, Shared};
use crate::source::limits::Stop;

/// How long after the deadline an answer is still waited for.
const GRACE: Duration = Duration::from_secs(1);

/// The door of the engine.
pub struct Gate {
    turns: Arc<Semaphore>,
    wait: Duration,
    deadline: Duration,
}

impl Gate {
    pub fn new(settings: &Settings) -> Gate {
        Gate {
            turns: Arc::new(Semaphore::new(settings.analyses)),
            wait: settings.wait,
            deadline: settings.deadline,
        }
    }

    /// Whether an analysis could begin at once.
    pub fn is_free(&self) -> bool {
        self.turns.available_permits() > 0
    }

    /// Runs `work` on a thread of its own when its turn comes. The turn ends with the work and
    /// not with the request: a client that leaves makes no room that is not there.
    ///
    /// The work is told when to stop: at the deadline, or when the client has left. It then ends
    /// with what it has; work that does not listen is answered for a little later.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(Stop) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let waiting = GoesOn::waiting();
        let turn = timeout(self.wait, self.turns.clone().acquire_owned()).await;
        drop(waiting);
        let Ok(Ok(turn)) = turn else {
            measures::refused("busy");
            return Err(Error::Busy);
        };
        let left = Left(Arc::default());
        let stop = Stop::after(self.deadline).or_when(left.0.clone());
        let span = tracing::info_span!("analysis");
        let done = tokio::task::spawn_blocking(move || {
            let (running, begun) = (GoesOn::running(), Instant::now());
            let result = span.in_scope(|| work(stop));
            measures::analysed(begun.elapsed());
            drop((running, turn));
            result
        });
        match timeout(self.deadline + GRACE, done).await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(failed)) => Err(Error::Internal(failed.to_string())),
            Err(_) => Err(Error::TookTooLong),
        }
    }
}

/// Becomes true when the request is dropped, which is when its client leaves.
struct Left(Arc<AtomicBool>);

impl Drop for Left {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// How often each client asks.
pub struct Clients {
    rates: DefaultKeyedRateLimiter<IpAddr>,
}

/// Clients that are remembered before those that have not asked for long are forgotten.
const REMEMBERED: usize = 10_000;

impl Clients {
    pub fn new(settings: &Settings) -> Clients {
        let rate = NonZeroU32::new(settings.per_minute).unwrap_or(NonZeroU32::MIN);
        let burst = NonZeroU32::new(settings.per_minute / 6).unwrap_or(NonZeroU32::MIN);
        Clients {
            rates: RateLimiter::keyed(Quota::per_minute(rate).allow_burst(burst)),
        }
    }

    fn admit(&self, client: IpAddr) -> Result<(), Error> {
        if self.rates.len() > REMEMBERED {
            self.rates.retain_recent();
        }
        self.rates.check_key(&client).map_err(|until| {
            measures::refused("too_often");
            let wait = until.wait_time_from(DefaultClock::default().now());
            Error::TooOften {
                seconds: wait.as_secs() + 1,
            }
        })
    }
}

/// Lets a client through as often as it may ask.
pub async fn each_client(State(site): State<Shared>, request: Request, next: Next) -> Response {
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = address.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |at| at.0.ip());
    let client = client(peer, request.headers(), &site.settings);
    match site.clients.admit(client) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// Who asks: the peer, or, where that is a proxy that is believed, the nearest address before it
/// that is none. An IPv6 client is its network: it owns all addresses of it.
fn client(peer: IpAddr, headers: &HeaderMap, settings: &Settings) -> IpAddr {
    let mut client = peer;
    let said: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for address in said.iter().rev() {
        if !settings.trusts(client) {
            break;
        }
        let Ok(before) = address.trim().parse() else {
            break;
        };
        client = before;
    }
    match client {
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            address
                .to_ipv4_mapped()
                .map_or(IpAddr::V6(network.into()), IpAddr::V4)
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(peer: &str, said: &str) -> String {
        let settings = Settings {
            proxies: vec!["10.0.0.0/8".parse().unwrap()],
            ..Settings::default()
        };
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", said.parse().unwrap());
        client(peer.parse().unwrap(), &headers, &settings).to_string()
    }

    #[test]
    fn only_known_proxies_are_believed() {
        assert_eq!(asks("203.0.113.9", "198.51.100.1"), "203.0.113.9");
        assert_eq!(asks("10.1.2.3", "198.51.100.1"), "198.51.100.1");
        assert_eq!(
            asks("10.1.2.3", "1.1.1.1, 198.51.100.1, 10.9.9.9"),
            "198.51.100.1"
        );
        assert_eq!(asks("10.1.2.3", "nonsense"), "10.1.2.3");
        assert_eq!(asks("2001:db8::1", ""), "2001:db8::");
    }

    #[tokio::test]
    async fn whoever_waits_too_long_is_sent_away_and_the_next_is_served() {
        let gate = Gate::new(&Settings {
            analyses: 1,
            wait: Duration::from_millis(20),
            ..Settings::default()
        });
        let (let_go, held) = std::sync::mpsc::sync_channel::<()>(1);
        let slow = gate.run(move |_| held.recv().is_ok());
        let quick = async {
            tokio::task::yield_now().await;
            let refused = gate.run(|_| ()).await;
            let_go.send(()).unwrap();
            refused
        };
        let (slow, quick) = tokio::join!(slow, quick);
        assert!(matches!(quick, Err(Error::Busy)));
        assert!(matches!(slow, Ok(true)));
        assert!(gate.run(|_| ()).await.is_ok());
    }

    #[tokio::test]
    async fn work_is_told_when_its_client_leaves() {
        let gate = Gate::new(&Settings::default());
        let (tell, told) = std::sync::mpsc::sync_channel::<bool>(1);
        let work = gate.run(move |stop| {
            let ends = std::time::Instant::now() + Duration::from_secs(4);
            while !stop.is_now() && std::time::Instant::now() < ends {
                std::thread::sleep(Duration::from_millis(1));
            }
            tell.send(std::time::Instant::now() < ends).unwrap();
        });
        assert!(timeout(Duration::from_millis(20), work).await.is_err());
        let stopped = tokio::task::spawn_blocking(move || told.recv()).await;
        assert!(stopped.unwrap().unwrap(), "before the deadline");
    }
}
