//! What reviewers do on the page of a review: mark an item, post what they marked.

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::excerpts::Source;
use super::{Address, Admitted, LOCAL, Read, admitted, here, items, now, store, words};
use crate::github::read::Repository;
use crate::store::marks::{Mark, Post};
use crate::web::Shared;
use crate::web::access::{Access, Viewer};
use crate::web::accounts::is_signed_out;
use crate::web::accounts::pages::signed_out;
use crate::web::error::Error;
use crate::web::security::Frame;

/// The longest note, in characters.
const LONGEST: usize = 2_000;
/// What can be said of an item.
const STATES: [&str; 3] = ["ok", "concern", "not-applicable"];

/// What the form of an item sends.
#[derive(Deserialize)]
pub struct Marked {
    item: String,
    state: String,
    #[serde(default)]
    note: String,
    /// The commit that was looked at.
    head: String,
}

/// The review, for whoever may do so much with it.
async fn changeable(
    site: &Shared,
    viewer: &Viewer,
    address: &Address,
    least: Access,
) -> Result<Admitted, Error> {
    let admitted = admitted(site, viewer, address).await?;
    if admitted.access < least {
        return Err(Error::ReadOnly);
    }
    Ok(admitted)
}

/// Marks an item.
pub async fn mark(
    State(site): State<Shared>,
    frame: Frame,
    viewer: Viewer,
    Path(address): Path<Address>,
    Form(marked): Form<Marked>,
) -> Result<Response, Error> {
    if is_signed_out(&site, &viewer) {
        let fields = vec![
            ("item", marked.item),
            ("state", marked.state),
            ("head", marked.head),
        ];
        return signed_out(frame, fields, Some(marked.note));
    }
    let there = kept(&site, &viewer, &address, marked).await?;
    Ok(there.into_response())
}

/// Keeps a mark; says where it is seen.
async fn kept(
    site: &Shared,
    viewer: &Viewer,
    address: &Address,
    marked: Marked,
) -> Result<Redirect, Error> {
    let Admitted { pull, .. } = changeable(site, viewer, address, Access::Mark).await?;
    let store = store(site)?;
    let place = (pull.repository, pull.number);
    let there = Redirect::to(&format!("{}#{}", here(&pull), marked.item));
    let kept = store.review_of(place.0, place.1, &marked.head).await?;
    let kept = kept.ok_or_else(|| {
        Error::BadRequest(
            "The push that you looked at is not kept any more. Reload the page and mark again."
                .to_owned(),
        )
    })?;
    let digest = items::digest(&kept.review, &marked.item);
    let digest = digest.ok_or_else(|| Error::BadRequest("There is no such item.".to_owned()))?;
    if marked.state == "open" {
        store.unmark(place, &marked.item, &viewer.key()).await?;
        return Ok(there);
    }
    if !STATES.contains(&marked.state.as_str()) {
        let all = "An item is marked `ok`, `concern`, `not-applicable` or `open`.";
        return Err(Error::BadRequest(all.to_owned()));
    }
    if marked.note.chars().count() > LONGEST {
        let why = format!("A note has at most {LONGEST} characters.");
        return Err(Error::BadRequest(why));
    }
    let mark = Mark {
        repository: pull.repository,
        number: pull.number,
        item: marked.item,
        viewer: viewer.key(),
        installation: pull.installation,
        name: viewer.name().to_owned(),
        state: marked.state,
        note: marked.note.trim().to_owned(),
        head: marked.head,
        digest,
        made: now()?,
    };
    store.mark(&mark).await?;
    Ok(there)
}

/// Posts what the reader marked to the pull request.
pub async fn post(
    State(site): State<Shared>,
    frame: Frame,
    viewer: Viewer,
    Path(address): Path<Address>,
) -> Result<Response, Error> {
    if is_signed_out(&site, &viewer) {
        return signed_out(frame, Vec::new(), None);
    }
    let there = posted(&site, &viewer, &address).await?;
    Ok(there.into_response())
}

/// Asks for it to be posted; says where that is seen.
async fn posted(site: &Shared, viewer: &Viewer, address: &Address) -> Result<Redirect, Error> {
    let Admitted { pull, .. } = changeable(site, viewer, address, Access::Write).await?;
    let bot = site.bot.as_ref().filter(|_| pull.repository != LOCAL);
    let bot = bot.ok_or(Error::NotFound)?;
    let there = Redirect::to(&format!("{}#finish", here(&pull)));
    let repository = Repository {
        id: pull.repository,
        owner: pull.owner.clone(),
        name: pull.name.clone(),
    };
    let read = Read::of(site, pull, viewer).await?;
    let dismissals = store(site)?
        .dismissals(read.pull.repository, now()?)
        .await?;
    let source = Source::without_code();
    let shown = items::Shown::new(&read.kept, &dismissals, &source);
    let items = shown.items(&read.marks, &read.earlier, &viewer.key());
    if !items.iter().any(items::Item::is_marked) {
        let why = "Nothing is marked yet, so there is nothing to post.";
        return Err(Error::BadRequest(why.to_owned()));
    }
    let body = words::markdown(&read.pull, &items, viewer.name());
    let post = Post {
        id: name(&read, viewer, &body),
        repository: read.pull.repository,
        number: read.pull.number,
        viewer: viewer.key(),
        installation: read.pull.installation,
        body,
        made: now()?,
        posted: None,
    };
    bot.ask_to_say(repository, &post).await?;
    Ok(there)
}

/// The same words for the same reviewer have the same name, so that they are posted once.
fn name(read: &Read, viewer: &Viewer, body: &str) -> String {
    let mut hash = Sha256::new();
    let place = format!("{}/{}/", read.pull.repository, read.pull.number);
    for part in [place.as_str(), &viewer.key(), body] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let hash = hash.finalize();
    hash[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
