//! The stylesheet, the scripts and the icon: part of the binary.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use super::error::Error;

#[derive(RustEmbed)]
#[folder = "static/"]
#[exclude = "*.md"]
struct Assets;

/// A file under `static/`.
pub async fn file(Path(path): Path<String>) -> Result<Response, Error> {
    answer(&path)
}

/// The icon where browsers look for it unasked.
pub async fn icon() -> Result<Response, Error> {
    answer("icon.svg")
}

fn answer(path: &str) -> Result<Response, Error> {
    let file = Assets::get(path).ok_or(Error::NotFound)?;
    let kind = match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    Ok((headers, file.data.into_owned()).into_response())
}
