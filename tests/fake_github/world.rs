//! The stand-in as a test holds it.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use super::clock::Clock;
use super::deliveries::{Fate, Parcel};
use super::exchange::Asked;
use super::faults::{Fault, Plan};
use super::handles::Repo;
use super::manifests;
use super::record::Logged;
use super::serve;
use super::sign_in;
use super::state::{Level, Permissions, State};
use super::wire::{Scissors, Wires};

/// Called before an operation is done: the moment at which a head may move between reading and writing.
pub type Before = Box<dyn FnMut(&World, &Asked) + Send>;

/// A GitHub of one's own, served on the loopback until it is dropped.
#[derive(Clone)]
pub struct World(Arc<Inner>, Option<Arc<Server>>);

/// Ends the server with the last of those who hold the world; the server itself does not count.
struct Server(AbortHandle);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

struct Inner {
    state: Mutex<State>,
    clock: Clock,
    plan: Mutex<Option<Plan>>,
    before: Mutex<Option<Before>>,
    /// Delivers webhooks.
    client: reqwest::Client,
}

/// What a bot needs to be this world's app.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub app_id: u64,
    pub client_id: String,
    pub client_secret: String,
    pub slug: String,
    /// PEM, PKCS#1, as GitHub gives it.
    pub private_key: String,
    pub webhook_secret: String,
}

/// A client for what is on this machine: it speaks no TLS, and so reads no certificates.
pub fn client_builder() -> reqwest::ClientBuilder {
    // The server's own client takes the ciphers of the process; others may have set them already.
    let _are_set = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().tls_certs_only([])
}

/// Such a client.
pub fn client() -> reqwest::Client {
    client_builder().build().expect("it needs nothing")
}

impl World {
    /// A world on a free port, by the real time.
    pub async fn start() -> World {
        World::start_with(Clock::real(), "127.0.0.1:0", Router::new()).await
    }

    /// A world by this clock.
    pub async fn start_at(clock: Clock) -> World {
        World::start_with(clock, "127.0.0.1:0", Router::new()).await
    }

    /// A world at this address, with pages of one's own beside it.
    pub async fn start_with(clock: Clock, address: &str, pages: Router<World>) -> World {
        let listener = TcpListener::bind(address)
            .await
            .expect("the address is free");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let state = Mutex::new(State::new(clock.clone(), format!("http://{address}")));
        let inner = Inner {
            state,
            clock,
            plan: Mutex::default(),
            before: Mutex::default(),
            client: client(),
        };
        let inner = Arc::new(inner);
        let router = pages
            .merge(manifests::routes())
            .merge(sign_in::routes())
            .fallback(serve::answer)
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(World(Arc::clone(&inner), None));
        let service = router.into_make_service_with_connect_info::<Scissors>();
        let task = tokio::spawn(async move {
            // Without a listener there is nothing left to serve.
            let _ended = axum::serve(Wires(listener), service).await;
        });
        World(inner, Some(Arc::new(Server(task.abort_handle()))))
    }

    /// Ends the server; who asks now is refused.
    pub fn stop(&self) {
        self.1.iter().for_each(|server| server.0.abort());
    }

    /// Everything, to be looked at or changed. No request is answered meanwhile, and nothing else of the world may be
    /// asked from within.
    pub fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The base address of the API.
    pub fn address(&self) -> String {
        self.with(|state| state.base.clone())
    }

    pub fn clock(&self) -> Clock {
        self.0.clock.clone()
    }

    pub fn credentials(&self) -> Credentials {
        self.with(|state| Credentials {
            app_id: state.app.id,
            client_id: state.app.client_id.clone(),
            client_secret: state.app.client_secret.clone(),
            slug: state.app.slug.clone(),
            private_key: state.app.keys().private.clone(),
            webhook_secret: state.app.webhook_secret.clone(),
        })
    }

    /// A repository with one commit on `main`, where the app is installed.
    pub fn repository(&self, name: &str) -> Repo {
        let repo = self.foreign_repository(name);
        self.install(name.split('/').next().unwrap_or(name));
        repo
    }

    /// A repository where the app is not installed.
    pub fn foreign_repository(&self, name: &str) -> Repo {
        let (owner, name) = name.split_once('/').expect("a repository is `owner/name`");
        let id = self.with(|state| state.add_repository(owner, name, None));
        Repo {
            world: self.clone(),
            id,
        }
    }

    /// Asks for the faults of all further requests.
    pub fn plan_faults(&self, plan: impl FnMut(&Asked) -> Option<Fault> + Send + 'static) {
        *self.0.plan.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(plan));
    }

    /// Does this before each further operation.
    pub fn before(&self, act: impl FnMut(&World, &Asked) + Send + 'static) {
        *self.0.before.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(act));
    }

    /// Leaves all further requests in peace.
    pub fn behave(&self) {
        *self.0.plan.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.0.before.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn fault(&self, asked: &Asked) -> Option<Fault> {
        self.0
            .plan
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_mut()?(asked)
    }

    pub(super) fn interfere(&self, asked: &Asked) {
        let taken = self
            .0
            .before
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(mut act) = taken {
            act(self, asked);
            let mut place = self.0.before.lock().unwrap_or_else(PoisonError::into_inner);
            place.get_or_insert(act);
        }
    }

    /// What went against GitHub's description or its rules; empty at the end of every good test.
    pub fn violations(&self) -> Vec<String> {
        self.with(|state| state.record.violations.clone())
    }

    /// All requests so far.
    pub fn log(&self) -> Vec<Logged> {
        self.with(|state| state.record.log.clone())
    }

    /// What is to be delivered now; whoever takes it sees to it that it is sent, or lost.
    pub fn parcels(&self) -> Vec<Parcel> {
        self.with(State::parcels)
    }

    /// Sends one delivery, and gives the status of the answer; 0 where nobody answers.
    pub async fn send(&self, parcel: &Parcel, url: &str) -> u16 {
        self.send_as(parcel, url, Fate::Once).await
    }

    /// Loses a delivery on its way, as when nobody listens.
    pub fn lose(&self, parcel: &Parcel) {
        self.with(|state| state.attempted(&parcel.guid, 0, String::new()));
    }

    /// Sends one delivery as its fate wills, and gives the status of the answer; 0 where nobody answers.
    pub async fn send_as(&self, parcel: &Parcel, url: &str, fate: Fate) -> u16 {
        if fate == Fate::Lost {
            self.lose(parcel);
            return 0;
        }
        let (mut code, mut answer) = self.post(parcel, url).await;
        if fate == Fate::Twice {
            (code, answer) = self.post(parcel, url).await;
        }
        self.with(|state| state.attempted(&parcel.guid, code, answer));
        code
    }

    async fn post(&self, parcel: &Parcel, url: &str) -> (u16, String) {
        let mut request = self.0.client.post(url).body(parcel.body.clone());
        for (name, value) in &parcel.headers {
            request = request.header(name, value);
        }
        // source: docs.github.com, "Best practices for using webhooks": an answer within 10 seconds
        let sent = request
            .timeout(std::time::Duration::from_secs(10))
            .send()
            .await;
        match sent {
            Err(error) => (0, error.to_string()),
            Ok(response) => (
                response.status().as_u16(),
                response.text().await.unwrap_or_default(),
            ),
        }
    }

    /// Sends everything that waits, in order, and gives the statuses of the answers.
    pub async fn deliver_all(&self, url: &str) -> Vec<u16> {
        let mut codes = Vec::new();
        for parcel in self.parcels() {
            codes.push(self.send(&parcel, url).await);
        }
        codes
    }
}

/// Permissions from pairs of names and `read` or `write`.
pub fn permissions(pairs: &[(&str, &str)]) -> Permissions {
    let each = |(name, level): &(&str, &str)| Some(((*name).to_owned(), Level::named(level)?));
    pairs.iter().filter_map(each).collect()
}
