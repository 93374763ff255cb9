//! `/reviews`: the pull requests that were reviewed, those first that changed last.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::{date, here, store};
use crate::store::reviews::{Reviewed, Wanted};
use crate::web::Shared;
use crate::web::access::{self, Viewer};
use crate::web::door;
use crate::web::error::Error;
use crate::web::home::rendered;
use crate::web::security::Frame;

/// Rows of a page.
const ROWS: usize = 50;

/// What the page is asked with.
#[derive(Deserialize, Default)]
pub struct Asked {
    #[serde(default)]
    repository: String,
    #[serde(default)]
    author: String,
    /// `open`, `closed`, or `all`.
    #[serde(default)]
    state: String,
    /// Where the page before ended.
    #[serde(default)]
    after: String,
}

/// A row.
struct Row {
    here: String,
    repository: String,
    number: i64,
    title: String,
    author: String,
    state: String,
    introduced: i64,
    made: String,
}

#[derive(Template)]
#[template(path = "reviews.html")]
struct Page {
    frame: Frame,
    asked: Asked,
    rows: Vec<Row>,
    /// The address of what comes next.
    next: Option<String>,
    has_bot: bool,
}

/// The list.
pub async fn page(
    State(site): State<Shared>,
    frame: Frame,
    viewer: Viewer,
    Query(mut asked): Query<Asked>,
) -> Result<Response, Error> {
    if site.accounts.is_none() && matches!(viewer, Viewer::Nobody) {
        return door::closed(&site, frame);
    }
    for part in [&mut asked.repository, &mut asked.author] {
        *part = part.trim().to_owned();
    }
    if asked.state.is_empty() {
        asked.state = "open".to_owned();
    }
    if !asked.repository.is_empty() && !asked.repository.contains('/') {
        let why = "A repository is named by its owner and its name: `acme/queue`.";
        return Err(Error::BadRequest(why.to_owned()));
    }
    let (pulls, next) = readable(&site, &viewer, &asked).await?;
    let rows = pulls.iter().map(row).collect();
    let next = next.map(|pull| {
        let after = format!("{}.{}.{}", pull.made, pull.repository, pull.number);
        let value = |text: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-._/".contains(c);
            let mut out = String::new();
            for c in text.chars() {
                if plain(c) {
                    out.push(c);
                } else {
                    let mut bytes = [0; 4];
                    for byte in c.encode_utf8(&mut bytes).bytes() {
                        out += &format!("%{byte:02X}");
                    }
                }
            }
            out
        };
        format!(
            "/reviews?repository={}&author={}&state={}&after={after}",
            value(&asked.repository),
            value(&asked.author),
            value(&asked.state)
        )
    });
    let page = rendered(&Page {
        frame,
        asked,
        rows,
        next,
        has_bot: site.bot.is_some(),
    })?;
    Ok(page.into_response())
}

/// A page of those that the reader may see, and the last of it where there are more. What they may
/// not see is left out before pages are made, so that no number tells of it.
async fn readable(
    site: &Shared,
    viewer: &Viewer,
    asked: &Asked,
) -> Result<(Vec<Reviewed>, Option<Reviewed>), Error> {
    let wanted = Wanted {
        repository: asked.repository.clone(),
        author: asked.author.clone(),
        state: match asked.state.as_str() {
            "all" => String::new(),
            state @ ("open" | "closed") => state.to_owned(),
            _ => {
                let all = "A state is `open`, `closed` or `all`.";
                return Err(Error::BadRequest(all.to_owned()));
            }
        },
        after: after(&asked.after)?,
        within: access::readable(site, viewer).await?,
        most: i64::try_from(ROWS).unwrap_or(i64::MAX) + 1,
    };
    let mut rows = store(site)?.list_reviewed(&wanted).await?;
    if rows.len() <= ROWS {
        return Ok((rows, None));
    }
    rows.truncate(ROWS);
    let last = rows.last().cloned();
    Ok((rows, last))
}

fn after(text: &str) -> Result<Option<(i64, i64, i64)>, Error> {
    if text.is_empty() {
        return Ok(None);
    }
    let numbers: Result<Vec<i64>, _> = text.split('.').map(str::parse).collect();
    match numbers.as_deref() {
        Ok([made, repository, number]) => Ok(Some((*made, *repository, *number))),
        _ => Err(Error::BadRequest(
            "That is no place in the list; begin at its start.".to_owned(),
        )),
    }
}

fn row(pull: &Reviewed) -> Row {
    Row {
        here: here(pull),
        repository: format!("{}/{}", pull.owner, pull.name),
        number: pull.number,
        title: pull.title.clone(),
        author: pull.author.clone(),
        state: pull.state.clone(),
        introduced: pull.introduced,
        made: date(pull.made),
    }
}
