//! Three servers, what people do with them, and what must have come of it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use highwater::github::permissions::EVENTS;
use highwater::store::Store;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::cluster::Cluster;
use super::places::{PATH, Place, named, signed, text};
use super::proxy::Proxy;
use super::server::{Browser, Server, Watch};
use crate::github::fake_github::World;

/// How long it may take until all is said: a turn to write that a dead server held ends after a minute.
const PATIENCE: Duration = Duration::from_secs(240);

/// The servers and all around them.
pub struct Fleet {
    /// Their database.
    pub cluster: Cluster,
    /// The way of each to it.
    pub proxies: Vec<Proxy>,
    world: World,
    directory: TempDir,
    addresses: Vec<String>,
    servers: Vec<Option<Server>>,
    places: Vec<Place>,
    browsers: Vec<Browser>,
    /// One page that is open at each server.
    watches: Vec<Watch>,
    /// The marks that were acknowledged.
    marks: BTreeMap<(u64, u64, String, String), String>,
    /// Whose turn it is to be asked.
    turn: usize,
    delivering: JoinHandle<()>,
}

/// Brings what waits to all servers in turn, for as long as it runs.
async fn deliver(world: World, addresses: Vec<String>) {
    let mut turn = 0;
    loop {
        for parcel in world.parcels() {
            turn += 1;
            let address = &addresses[turn % addresses.len()];
            world
                .send(&parcel, &format!("http://{address}/webhooks/github"))
                .await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

impl Fleet {
    /// Starts all three at the same time, and waits until what is there is reviewed.
    pub async fn start(cluster: Cluster) -> Fleet {
        let world = World::start().await;
        let directory = tempfile::tempdir().unwrap();
        let mut places = Vec::new();
        for name in ["acme/queue", "beta/pool"] {
            places.extend((1..=2).map(|number| Place::new(&world, name, number)));
        }
        let mut proxies = Vec::new();
        for _ in 0..3 {
            proxies.push(Proxy::to(cluster.address()).await);
        }
        let start = |proxy: &Proxy| {
            let (world, place) = (world.clone(), directory.path().to_owned());
            let url = Cluster::url_through(&proxy.address);
            tokio::task::spawn_blocking(move || Server::start(&world, &place, "127.0.0.1:0", &url))
        };
        let starting: Vec<_> = proxies.iter().map(start).collect();
        let mut servers = Vec::new();
        for server in starting {
            servers.push(Some(server.await.unwrap()));
        }
        let addresses: Vec<String> = servers
            .iter()
            .flatten()
            .map(|one| one.address.clone())
            .collect();
        let mut browsers = Vec::new();
        for (name, address) in [("Ada", &addresses[0]), ("Ben", &addresses[1])] {
            browsers.push(Browser::open(address, name).await);
        }
        let mut fleet = Fleet {
            delivering: tokio::spawn(deliver(world.clone(), addresses.clone())),
            watches: Vec::new(),
            marks: BTreeMap::new(),
            turn: 0,
            cluster,
            proxies,
            world,
            directory,
            addresses,
            servers,
            places,
            browsers,
        };
        fleet.settle("at the start").await;
        for address in &fleet.addresses {
            let watch = fleet.browsers[0].watch(address, &fleet.places[0].page);
            fleet.watches.push(watch);
        }
        fleet
    }

    /// Begins a server again, at its port.
    pub fn begin(&mut self, number: usize) {
        let url = Cluster::url_through(&self.proxies[number].address);
        let (place, listen) = (self.directory.path(), &self.addresses[number]);
        self.servers[number] = Some(Server::start(&self.world, place, listen, &url));
    }

    /// Kills a server.
    pub fn kill(&mut self, number: usize) {
        self.servers[number].take().unwrap().kill();
    }

    /// Stops a server as an operator does, within this time.
    pub async fn stop(&mut self, number: usize, within: Duration) {
        let took = self.servers[number].take().unwrap().stop().await;
        assert!(
            took.is_some_and(|took| took < within),
            "server {number} stops after {took:?}\n{}",
            self.logs()
        );
    }

    /// Pushes one more bug to every pull request.
    pub fn push_everywhere(&mut self, name: &str) {
        for (at, place) in self.places.iter_mut().enumerate() {
            place.bugs.push(format!("N{at}{name}"));
            place.pull.push(&[(PATH, &text(&place.bugs))]);
        }
    }

    /// Waits until somebody has written something about what was pushed.
    pub async fn begins_to_write(&self) {
        let heads: Vec<String> = self.places.iter().map(|place| place.pull.head()).collect();
        let begun = Instant::now();
        let is_written = || {
            let mut pairs = self.places.iter().zip(&heads);
            pairs.any(|(place, head)| !place.pull.bot_reviews(head).is_empty())
        };
        while !is_written() {
            assert!(begun.elapsed() < PATIENCE, "nobody writes");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Somebody dismisses a finding of every second pull request.
    pub fn dismiss_something(&mut self) {
        for place in self.places.iter_mut().step_by(2) {
            let begins = place.said().into_iter().find(|one| {
                let name = place.bugs.iter().find(|name| named(one, name));
                name.is_some_and(|name| !place.dismissed.contains(name))
            });
            let begins = begins.expect("something stands there");
            let name = place.bugs.iter().find(|name| named(&begins, name));
            place.dismissed.push(name.unwrap().clone());
            let words = "highwater ignore it is known";
            let command = place.pull.reply_to(begins.id, "octocat", words);
            place.commands.push(command);
        }
    }

    /// Both reviewers mark an item of every pull request, at whichever server is next. Who is not
    /// told that it is kept tries the next one.
    pub async fn mark_everywhere(&mut self, state: &str) {
        for at in 0..self.places.len() {
            for who in 0..self.browsers.len() {
                let item = format!("C{}", 1 + (at + who) % 11);
                self.mark(at, who, &item, state).await;
            }
        }
    }

    async fn mark(&mut self, at: usize, who: usize, item: &str, state: &str) {
        let begun = Instant::now();
        let (place, browser) = (&self.places[at], &self.browsers[who]);
        loop {
            self.turn += 1;
            let address = &self.addresses[self.turn % 3];
            let fields = [item, state, &place.head];
            if browser.mark(address, &place.page, fields).await {
                break;
            }
            assert!(begun.elapsed() < PATIENCE, "a mark is kept nowhere");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let key = (
            place.repo.id,
            place.pull.number,
            item.to_owned(),
            browser.viewer.clone(),
        );
        self.marks.insert(key, state.to_owned());
    }

    /// Waits until a server says by its status that it is ready, or that it is not.
    pub async fn becomes(&self, number: usize, status: u16) {
        let begun = Instant::now();
        let asked = async || {
            self.browsers[0]
                .status(&self.addresses[number], "/readyz")
                .await
        };
        while asked().await != status {
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "server {number} does not become {status}"
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Marks something twice; each time the pages that are open at all servers are told.
    pub async fn all_hear_of_a_mark(&mut self, when: &str) {
        let (begun, mut heard, mut round) = (Instant::now(), 0, 0);
        // Whoever listens anew is told that anything may have changed: once is no proof.
        while heard < 2 {
            assert!(
                begun.elapsed() < Duration::from_secs(90),
                "{when}: not all servers hear of a mark"
            );
            let before: Vec<usize> = self.watches.iter().map(Watch::told).collect();
            round += 1;
            let state = if round % 2 == 0 { "ok" } else { "concern" };
            self.mark(0, 1, "C11", state).await;
            let all = |fleet: &Fleet| {
                let mut both = fleet.watches.iter().zip(&before);
                both.all(|(watch, before)| watch.told() > *before)
            };
            let asked = Instant::now();
            while !all(self) && asked.elapsed() < Duration::from_secs(5) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            heard = if all(self) { heard + 1 } else { 0 };
            // What is told close together is told once.
            tokio::time::sleep(Duration::from_millis(400)).await;
        }
    }

    /// Waits until everything is said.
    pub async fn settle(&mut self, when: &str) {
        let begun = Instant::now();
        loop {
            let missing: Vec<String> = self.places.iter().filter_map(Place::missing).collect();
            if missing.is_empty() {
                break;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{when}: {missing:#?}\n{}",
                self.logs()
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        for place in &mut self.places {
            place.head = place.pull.head();
        }
        // What is said last is kept a moment later.
        let place = &self.places[0];
        while self.browsers[0]
            .status(&self.addresses[2], &place.page)
            .await
            != 200
        {
            assert!(begun.elapsed() < PATIENCE, "{when}: there is no page");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// What the servers complained of last.
    fn logs(&self) -> String {
        let log = std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default();
        let words = ["WARN", "ERROR", "stopping", "job"];
        let told = |line: &&str| words.iter().any(|word| line.contains(word));
        let lines: Vec<&str> = log.lines().filter(told).collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }

    /// Deliveries that the servers know nothing of.
    async fn unknown_deliveries(&self, store: &Store) -> Vec<String> {
        let deliveries = self.world.with(|state| state.deliveries.clone());
        // The stand-in tells of more than was asked for, and nobody asks for that again.
        let heard = |event: &str| {
            EVENTS.iter().any(|(name, _)| *name == event) || event.starts_with("installation")
        };
        let mut unknown = Vec::new();
        for delivery in deliveries.iter().filter(|one| heard(&one.event)) {
            if !store.knows_delivery(&delivery.guid).await.unwrap() {
                unknown.push(format!("lost: {} {:?}", delivery.event, delivery.attempts));
            }
        }
        unknown
    }

    /// Nothing is lost, nothing was said twice, and everything in its order.
    pub async fn ends_well(mut self) {
        let url = Cluster::url_through(&self.cluster.address());
        let store = Store::open(&url).await.unwrap();
        // Those that began last may still be asking for what was refused.
        let begun = Instant::now();
        while !self.unknown_deliveries(&store).await.is_empty() && begun.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        self.delivering.abort();
        for server in self.servers.iter_mut().filter_map(Option::take) {
            assert!(server.stop().await.is_some(), "{}", self.logs());
        }
        let mut wrong = self.world.violations();
        for place in &self.places {
            wrong.extend(place.wrong(&store).await);
        }
        for ((repository, number, item, viewer), state) in &self.marks {
            let (repository, number) = (signed(*repository), signed(*number));
            let marks = store.marks(repository, number).await.unwrap();
            let mut mine = marks.iter().filter(|mark| &mark.viewer == viewer);
            if !mine.any(|mark| &mark.item == item && &mark.state == state) {
                wrong.push(format!("lost: {viewer} says {state} of {item}, {number}"));
            }
        }
        wrong.extend(self.unknown_deliveries(&store).await);
        for owner in ["acme", "beta"] {
            let seen = self.world.seen(owner);
            if seen.hasty_writes > 0 || seen.limited > 0 {
                wrong.push(format!("{owner}: {seen:?}"));
            }
        }
        let depth = store.depth().await.unwrap();
        if depth.dead > 0 {
            wrong.push(format!("{:#?}", store.dead().await));
        }
        store.close().await;
        assert!(wrong.is_empty(), "{wrong:#?}\n{}", self.logs());
    }
}
