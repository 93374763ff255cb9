//! The description of the JSON API, for programs and for people.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::response::Html;
use utoipa::OpenApi;

use super::error::Error;
use super::home::rendered;
use super::security::Frame;
use super::{Shared, api, asked};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Highwater",
        description = "Finds backpressure bugs in code and in changes. The answers are those of the command line's `--format json`.",
    ),
    paths(api::check, api::review, api::rules),
    components(schemas(
        api::Check,
        api::Text,
        api::Files,
        asked::Kind,
        api::Tongue,
        api::NamedText,
        api::Changed,
        api::Class
    ))
)]
struct Description;

/// OpenAPI 3.1.
pub async fn description() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}

#[derive(Template)]
#[template(path = "api.html")]
struct Page {
    frame: Frame,
    /// Where the site is, for examples that can be run as they stand.
    site: String,
}

/// How to ask, with examples.
pub async fn page(frame: Frame, State(site): State<Shared>) -> Result<Html<String>, Error> {
    let site = site.settings.public_url.clone();
    rendered(&Page { frame, site })
}
