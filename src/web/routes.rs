//! The site's table of contents. Routes stand here and nowhere else, so that what is tried on every
//! route is tried on those as well that are added later.

use axum::http::Method;
use axum::routing::{MethodRouter, get, post};

use super::{
    Shared, accounts, api, assets, bugs, door, health, home, kept, openapi, practice, reference,
    repository, reviews, setup, webhooks,
};

/// A method, a path, and what answers there.
pub type Route = (Method, &'static str, MethodRouter<Shared>);

const GET: Method = Method::GET;
const POST: Method = Method::POST;

/// Methods and paths of all routes, with the parts of paths that vary in braces.
pub fn all() -> Vec<(Method, &'static str)> {
    let groups = [open(), analysing(), of_reviews(), of_accounts(), told()];
    let routes = groups.into_iter().flatten();
    routes.map(|(method, path, _)| (method, path)).collect()
}

/// For everybody.
pub(super) fn open() -> Vec<Route> {
    vec![
        (GET, "/", get(home::page)),
        (GET, "/bugs", get(bugs::list)),
        (GET, "/bugs/{name}", get(bugs::page)),
        (GET, "/checklist", get(reference::checklist)),
        (GET, "/smell-check", get(reference::smell_check)),
        (GET, "/precision", get(reference::precision)),
        (GET, "/practice", get(practice::page)),
        (POST, "/practice", post(practice::answer)),
        (GET, "/api", get(openapi::page)),
        (GET, "/api/v1/rules", get(api::rules)),
        (GET, "/api/v1/openapi.json", get(openapi::description)),
        (GET, "/healthz", get(health::alive)),
        (GET, "/readyz", get(health::ready)),
        (GET, "/metrics", get(health::metrics)),
        (GET, "/static/{*path}", get(assets::file)),
        (GET, "/favicon.ico", get(assets::icon)),
        (GET, "/setup", get(setup::page)),
        (GET, "/setup/callback", get(setup::callback)),
        (POST, "/setup/write", post(setup::write)),
    ]
}

/// For everybody, as often as a client may.
pub(super) fn analysing() -> Vec<Route> {
    vec![
        (POST, "/", post(home::check)),
        (POST, "/fragment", post(home::fragment)),
        (POST, "/r", post(kept::keep)),
        (GET, "/r/{id}", get(kept::page)),
        (POST, "/r/{id}/delete", post(kept::delete)),
        (POST, "/api/v1/check", post(api::check)),
        (POST, "/api/v1/review", post(api::review)),
    ]
}

/// What the bot found, for those who may see it.
pub(super) fn of_reviews() -> Vec<Route> {
    vec![
        (GET, "/reviews", get(reviews::list::page)),
        (GET, "/reviews/open", get(door::page)),
        (POST, "/reviews/open", post(door::open)),
        (
            GET,
            "/reviews/{owner}/{repository}/{number}",
            get(reviews::page),
        ),
        (
            POST,
            "/reviews/{owner}/{repository}/{number}/marks",
            post(reviews::acts::mark),
        ),
        (
            POST,
            "/reviews/{owner}/{repository}/{number}/post",
            post(reviews::acts::post),
        ),
        (
            GET,
            "/reviews/{owner}/{repository}/{number}/events",
            get(reviews::stream::of_review),
        ),
        (
            GET,
            "/repositories/{owner}/{repository}",
            get(repository::page),
        ),
        (
            POST,
            "/repositories/{owner}/{repository}/audit",
            post(repository::audit),
        ),
        (
            GET,
            "/repositories/{owner}/{repository}/events",
            get(reviews::stream::of_repository),
        ),
    ]
}

/// In and out.
pub(super) fn of_accounts() -> Vec<Route> {
    vec![
        (GET, "/auth/github", get(accounts::pages::begin)),
        (GET, "/auth/github/callback", get(accounts::pages::callback)),
        (POST, "/auth/sign-out", post(accounts::pages::sign_out)),
        (
            POST,
            "/auth/sign-out-everywhere",
            post(accounts::pages::sign_out_everywhere),
        ),
    ]
}

/// What GitHub tells, where the bot hears.
pub(super) fn told() -> Vec<Route> {
    vec![(POST, "/webhooks/github", post(webhooks::take_in))]
}
