//! The web app: paste and check, explanations, reference pages and practice, and the JSON API.
//!
//! Rendered on the server and usable without a script. What is pasted is kept only when that is
//! asked for, and never logged.
//! Every analysis passes one gate: bounded in number, in waiting time and in run time.

mod access;
mod accounts;
mod admission;
mod api;
mod asked;
mod assets;
mod bugs;
mod door;
mod error;
mod examples;
mod health;
mod home;
mod kept;
mod markdown;
mod measures;
mod openapi;
mod plot;
mod practice;
mod reference;
mod repository;
pub mod reviews;
pub mod routes;
mod rows;
mod security;
pub mod settings;
pub mod setup;
mod shown;
mod webhooks;

use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tracing::Instrument;

use admission::{Clients, Gate};
use security::Frame;
pub use settings::Settings;
pub use setup::Setup;

use crate::github::Bot;
use crate::review::Options;
use crate::store::Store;

/// What the routes share.
pub struct Site {
    settings: Settings,
    gate: Gate,
    clients: Clients,
    /// What is kept; without it nothing can be.
    store: Option<Store>,
    /// The bot; without it there are no webhooks.
    bot: Option<Arc<Bot>>,
    /// Accounts; without them nobody can sign in.
    accounts: Option<accounts::Accounts>,
    /// Room for deliveries.
    room: webhooks::Room,
    /// How an App is registered; without it that is not done here.
    setup: Option<Setup>,
    /// Where the code of a change on this machine is read; without it there is no such change.
    code: Option<reviews::Code>,
    /// Room for streams of changes.
    streams: Arc<Semaphore>,
    /// Ended when the server stops: whoever waits for changes waits no longer.
    ends: CancellationToken,
}

type Shared = Arc<Site>;

impl Site {
    /// A site with these settings.
    pub fn new(settings: Settings) -> Site {
        measures::begin();
        Site {
            gate: Gate::new(&settings),
            clients: Clients::new(&settings),
            store: None,
            bot: None,
            accounts: None,
            room: webhooks::Room::default(),
            setup: None,
            code: None,
            streams: reviews::stream::room(),
            ends: CancellationToken::new(),
            settings,
        }
    }

    /// The site with a place to keep results in.
    #[must_use]
    pub fn keeping_in(self, store: Store) -> Site {
        Site {
            store: Some(store),
            ..self
        }
    }

    /// The site with a bot that hears what GitHub tells.
    #[must_use]
    pub fn with_bot(self, bot: Arc<Bot>) -> Site {
        Site {
            bot: Some(bot),
            ..self
        }
    }

    /// The site with pages that register an App.
    #[must_use]
    pub fn with_setup(self, setup: Setup) -> Site {
        Site {
            setup: Some(setup),
            ..self
        }
    }

    /// The site with a change on this machine, whose code is read so.
    #[must_use]
    pub fn with_code(self, code: reviews::Code) -> Site {
        Site {
            code: Some(code),
            ..self
        }
    }

    /// For how many days results are kept, where they can be.
    fn keep_days(&self) -> Option<u32> {
        self.store.as_ref().map(|_| self.settings.keep_days)
    }

    /// What is known of a request, with what the operator says of the way to here.
    fn seen_from(&self, mut frame: Frame) -> Frame {
        frame.keeps_cookies |= self.settings.public_url.starts_with("https://");
        frame
    }

    /// Runs an analysis when its turn comes, as the site reviews, until it is to stop.
    async fn analyse<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Options) -> T + Send + 'static,
    ) -> Result<T, error::Error> {
        let mut options = self.options();
        let stoppable = move |stop| {
            options.limits.stop = stop;
            work(&options)
        };
        self.gate.run(stoppable).await
    }

    /// How the site reviews.
    fn options(&self) -> Options {
        let mut options = Options {
            help_base: self.settings.public_url.clone(),
            ..Options::default()
        };
        options.limits.bytes = self.settings.body_bytes;
        options.limits.time = self.settings.deadline;
        options
    }
}

/// All routes of the site.
pub fn router(mut site: Site) -> Router {
    site.accounts = accounts::Accounts::of(&site);
    let limit = site.settings.body_bytes;
    let site = Arc::new(site);
    let each_client = || middleware::from_fn_with_state(site.clone(), admission::each_client);
    let analysing = routed(routes::analysing()).layer(each_client());
    let entering = routed(routes::of_accounts()).layer(each_client());
    let personal = accounts::personal(routed(routes::of_reviews()).merge(entering), &site);
    let hears = |bot: &Arc<Bot>| !bot.github().settings().webhook_secrets.is_empty();
    let told = match &site.bot {
        Some(bot) if hears(bot) => routed(routes::told()),
        _ => Router::new(),
    };
    routed(routes::open())
        .merge(personal.layer(middleware::from_fn(to_its_end)))
        .merge(analysing)
        .fallback(error::nothing_here)
        .layer(DefaultBodyLimit::max(limit))
        .merge(told)
        .layer(middleware::from_fn(security::same_origin))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(middleware::from_fn(security::frame))
        // A page that is written once and sent once is not worth more.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .with_state(site)
}

fn routed(routes: Vec<routes::Route>) -> Router<Shared> {
    let add = |router: Router<Shared>, (_, path, handler)| router.route(path, handler);
    routes.into_iter().fold(Router::new(), add)
}

/// Goes on when whoever asked has left, as a page does that asks anew: a question to the database
/// that is dropped in its midst takes the connection along, and with it a database in memory.
async fn to_its_end(request: Request, next: Next) -> Response {
    let answer = tokio::spawn(next.run(request).in_current_span());
    let mut answer = answer
        .await
        .unwrap_or_else(|error| error::Error::Internal(error.to_string()).into_response());
    let kind = answer.headers().get(header::CONTENT_TYPE);
    if kind.is_some_and(|kind| kind == "text/event-stream") {
        // nginx, and who understands the same, passes on at once what is told.
        let name = HeaderName::from_static("x-accel-buffering");
        answer
            .headers_mut()
            .insert(name, HeaderValue::from_static("no"));
    }
    answer
}

/// How long answers may take to come to their end when the server stops; who reads slowly is not
/// waited for.
const LAST_ANSWERS: Duration = Duration::from_secs(15);

/// Serves until `stop` is done, then lets what has begun come to its end.
///
/// # Errors
///
/// When the socket fails.
pub async fn serve(
    listener: tokio::net::TcpListener,
    site: Site,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let store = site.store.clone();
    let ends = site.ends.clone();
    let hearing = store.clone().map(|store| tokio::spawn(store.hear()));
    let late = ends.clone();
    let stop = async move {
        stop.await;
        ends.cancel();
    };
    let measuring = tokio::spawn(measures::sort_again_and_again());
    let forgetting = store.map(|store| tokio::spawn(kept::forget_ended(store)));
    let routes = router(site).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, routes).with_graceful_shutdown(stop);
    let late = async {
        late.cancelled().await;
        tokio::time::sleep(LAST_ANSWERS).await;
    };
    let served = tokio::select! {
        served = serving.into_future() => served,
        () = late => {
            tracing::warn!("some answers were not read to their end");
            Ok(())
        }
    };
    measuring.abort();
    for task in [forgetting, hearing].into_iter().flatten() {
        task.abort();
    }
    served
}
