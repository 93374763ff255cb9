//! The reviewers' pages: from a push to what stands on them, and who may see and do what.

mod kept;

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use highwater::web::{Settings, Site, router};

use super::github::blocks::{file, handler, mended};
use super::github::fake_github::{PullRequest, Repo};
use super::github::stage::{SOUND, Stage};
use super::web::{Answer, ask};

const PATH: &str = "queue/queue.go";
const TOKEN: &str = "a token of some length";
const HERE: &str = "/reviews/acme/queue/1";

/// A site that shows what a bot found.
fn site(stage: &Stage) -> Router {
    let settings = Settings {
        reviews_token: Some(TOKEN.into()),
        ..Settings::default()
    };
    let site = Site::new(settings).keeping_in(stage.store.clone());
    router(site.with_bot(stage.bot.clone()))
}

/// Somebody who asks.
#[derive(Clone, Copy)]
enum Who<'a> {
    Nobody,
    Local,
    /// With a cookie.
    Named(&'a str),
}

async fn asked(site: &Router, who: Who<'_>, method: &str, path: &str, form: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    request = match who {
        Who::Nobody => request.header("host", "highwater.example"),
        Who::Local => request.header("host", "localhost:8080"),
        Who::Named(cookie) => request
            .header("host", "highwater.example")
            .header("cookie", cookie),
    };
    if method == "POST" {
        request = request.header("content-type", "application/x-www-form-urlencoded");
    }
    let mut request = request.body(Body::from(form.to_owned())).unwrap();
    let peer: SocketAddr = "127.0.0.1:9".parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    ask(site, request).await
}

async fn get(site: &Router, who: Who<'_>, path: &str) -> Answer {
    asked(site, who, "GET", path, "").await
}

/// The cookie of somebody who brings the token and gives a name.
async fn cookie(site: &Router, name: &str) -> String {
    let form = serde_urlencoded::to_string([("token", TOKEN), ("name", name)]).unwrap();
    let opened = asked(site, Who::Nobody, "POST", "/reviews/open", &form).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    let cookie = opened.headers["set-cookie"].to_str().unwrap();
    for part in ["__Host-reviews=", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    cookie.split(';').next().unwrap().to_owned()
}

async fn mark(site: &Router, who: Who<'_>, head: &str, fields: [&str; 3]) -> Answer {
    let [item, state, note] = fields;
    let form = [
        ("item", item),
        ("state", state),
        ("note", note),
        ("head", head),
    ];
    let form = serde_urlencoded::to_string(form).unwrap();
    asked(site, who, "POST", &format!("{HERE}/marks"), &form).await
}

/// A pull request that adds a file of these pieces, reviewed.
async fn opened(pieces: &[String]) -> (Stage, Repo, PullRequest) {
    let stage = Stage::new().await;
    let repo = stage.world.repository("acme/queue");
    repo.commit("main", &[("queue/sum.go", SOUND)]);
    repo.commit("feature", &[(PATH, &file(0, pieces))]);
    let pull = repo.open_pull("feature", "main");
    stage.settle().await;
    (stage, repo, pull)
}

#[tokio::test]
async fn a_push_is_reviewed_and_stands_on_a_page_with_its_code() {
    let (stage, _, pull) = opened(&[handler("A")]).await;
    let site = site(&stage);
    let page = get(&site, Who::Local, HERE).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert_eq!(page.all(".item").len(), 11);
    assert_eq!(page.all("details.question").len(), 5);
    let told = page.all(".item .told > p:first-child");
    assert!(
        told.iter().any(|one| one.contains("BP06")),
        "{told:?} {}",
        stage.told()
    );
    let code = page.all(".item .told .row.found code");
    assert!(code.contains(&"jobsA <- 1".to_owned()), "{code:?}");
    let head = pull.now().head_sha;
    let links = page.attributes(".told .quiet a", "href");
    let link = format!("https://github.example/acme/queue/blob/{head}/{PATH}#L17");
    assert!(links.contains(&link), "{links:?}");
    assert!(page.all("#review .hint-quiet").is_empty());
    assert_eq!(
        page.headers["cache-control"].to_str().unwrap(),
        "private, no-store"
    );

    // No code is kept.
    let kept = stage.store.reviewed("acme", "queue", 1).await.unwrap();
    let kept = kept.unwrap();
    let review = stage.store.review_of(kept.repository, 1, &kept.head).await;
    let review = review.unwrap().unwrap().review;
    assert!(review.findings.iter().all(|one| one.excerpt.is_empty()));
    assert!(review.findings.iter().all(|one| one.suggestion.is_none()));
    stage.end();
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_yours_are_alike() {
    let (stage, ..) = opened(&[handler("A")]).await;
    let site = site(&stage);
    let paths = [
        HERE,
        "/reviews/acme/queue/2",
        "/reviews/acme/nothing/1",
        "/reviews/acme/queue/x",
        "/reviews/acme/queue/1/events",
        "/repositories/acme/queue",
        "/repositories/acme/nothing",
        "/repositories/acme/queue/events",
    ];
    let mut seen = Vec::new();
    for path in paths {
        let page = get(&site, Who::Nobody, path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        let words = page.all("main");
        let id = page.headers["x-request-id"].to_str().unwrap();
        seen.push(words[0].replace(id, ""));
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
    for (path, form) in [
        (format!("{HERE}/marks"), "item=C1&state=ok&head=x"),
        (format!("{HERE}/post"), ""),
        ("/repositories/acme/queue/audit".to_owned(), ""),
    ] {
        let answer = asked(&site, Who::Nobody, "POST", &path, form).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        let forged = format!("__Host-reviews=416461.{}", "0".repeat(64));
        let answer = asked(&site, Who::Named(&forged), "POST", &path, form).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let door = get(&site, Who::Nobody, "/reviews").await;
    assert_eq!(door.attributes("form.door", "action"), ["/reviews/open"]);
    assert!(!door.text.contains("acme"));
    let wrong = asked(
        &site,
        Who::Nobody,
        "POST",
        "/reviews/open",
        "token=x&name=Ada",
    )
    .await;
    assert_eq!(wrong.status, StatusCode::FORBIDDEN);
    assert!(wrong.headers.get("set-cookie").is_none());
    let ada = cookie(&site, "Ada").await;
    let list = get(&site, Who::Named(&ada), "/reviews").await;
    assert_eq!(list.attributes("table.reviews th a", "href"), [HERE]);
}

#[tokio::test]
async fn marks_survive_a_push_unless_what_they_are_about_changed() {
    let (stage, _, pull) = opened(&[handler("A")]).await;
    let site = site(&stage);
    let (ada, ben) = (cookie(&site, "Ada").await, cookie(&site, "Ben").await);
    let head = pull.now().head_sha;
    let flagged = get(&site, Who::Named(&ada), HERE).await;
    let flagged = flagged.attributes(".item:has(.told)", "id");
    let flagged = flagged.first().expect("an item with a finding").clone();
    let there = mark(
        &site,
        Who::Named(&ada),
        &head,
        [&flagged, "concern", "<b>no way out</b>"],
    )
    .await;
    assert_eq!(there.status, StatusCode::SEE_OTHER, "{}", there.text);
    mark(&site, Who::Named(&ada), &head, ["C7", "not-applicable", ""]).await;
    mark(&site, Who::Named(&ben), &head, ["C7", "ok", "looked"]).await;
    let page = get(&site, Who::Named(&ben), HERE).await;
    let said = page.all("#C7 .said li");
    assert!(
        said.iter()
            .any(|one| one.starts_with("Ada: not applicable")),
        "{said:?}"
    );
    assert!(
        said.iter().any(|one| one.starts_with("You: ok")),
        "{said:?}"
    );
    assert!(!page.text.contains("<b>no way"));

    // Lines move: the marks hold. Then the bug is mended: the item is open and says why.
    pull.push(&[(PATH, &file(2, &[handler("A")]))]);
    stage.settle().await;
    let page = get(&site, Who::Named(&ada), HERE).await;
    assert!(
        page.all(".said .stale").is_empty(),
        "{:?}",
        page.all(".said")
    );
    assert_eq!(page.all("#pushes ~ .wide tbody tr").len(), 2);
    pull.push(&[(PATH, &file(2, &[mended("A")]))]);
    stage.settle().await;
    let page = get(&site, Who::Named(&ada), HERE).await;
    let stale = page.all(&format!("#{flagged} .said .stale li"));
    assert!(
        stale.iter().any(|one| one.starts_with("gone: BP06")),
        "{stale:?}"
    );
    assert!(page.all("#C7 .stale").is_empty());
    let since = page.all(".since li");
    assert!(
        since.iter().any(|one| one.starts_with("gone BP06")),
        "{since:?}"
    );

    // A mark on a push that is not the newest is open at once.
    mark(&site, Who::Named(&ben), &head, [&flagged, "ok", ""]).await;
    let page = get(&site, Who::Named(&ben), HERE).await;
    assert_eq!(page.all(&format!("#{flagged} .said .stale")).len(), 2);
    stage.end();
}

#[tokio::test]
async fn a_mark_that_makes_no_sense_is_refused() {
    let (stage, _, pull) = opened(&[handler("A")]).await;
    let site = site(&stage);
    let ada = cookie(&site, "Ada").await;
    let head = pull.now().head_sha;
    for fields in [["C99", "ok", ""], ["C1", "fine", ""]] {
        let wrong = mark(&site, Who::Named(&ada), &head, fields).await;
        assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{fields:?}");
    }
    let wrong = mark(&site, Who::Named(&ada), "0000", ["C1", "ok", ""]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    stage.end();
}

/// Every page with something on it, and its name.
pub async fn pages() -> Vec<(&'static str, String)> {
    let (stage, _, pull) = opened(&[handler("A"), mended("B")]).await;
    let site = site(&stage);
    let ada = cookie(&site, "Ada").await;
    let head = pull.now().head_sha;
    mark(&site, Who::Named(&ada), &head, ["C5", "concern", "note"]).await;
    pull.push(&[(PATH, &file(2, &[mended("A"), handler("B")]))]);
    asked(
        &site,
        Who::Local,
        "POST",
        "/repositories/acme/queue/audit",
        "",
    )
    .await;
    stage.settle().await;
    let mut pages = Vec::new();
    for (name, who, path) in [
        ("review-door", Who::Nobody, "/reviews"),
        ("review-list", Who::Local, "/reviews"),
        ("review-empty", Who::Local, "/reviews?state=closed"),
        ("review-page", Who::Named(&ada), HERE),
        ("review-first", Who::Local, HERE),
        ("review-repository", Who::Local, "/repositories/acme/queue"),
        ("review-nothing", Who::Nobody, HERE),
    ] {
        pages.push((name, get(&site, who, path).await.text));
    }
    pages
}

/// Comments of the conversation that are a reviewer's words.
fn words(pull: &PullRequest) -> Vec<String> {
    let now = pull.now();
    let said = now.timeline.iter().map(|one| one.body.clone());
    said.filter(|body| body.contains("highwater:words"))
        .collect()
}

#[tokio::test]
async fn marks_are_posted_once_however_often_it_is_asked() {
    let (stage, _, pull) = opened(&[handler("A")]).await;
    let site = site(&stage);
    let ada = cookie(&site, "Ada").await;
    let post = || {
        asked(
            &site,
            Who::Named(&ada),
            "POST",
            "/reviews/acme/queue/1/post",
            "",
        )
    };
    assert_eq!(
        post().await.status,
        StatusCode::BAD_REQUEST,
        "nothing is marked"
    );
    let head = pull.now().head_sha;
    mark(
        &site,
        Who::Named(&ada),
        &head,
        ["C1", "ok", "fine, @octocat <b>"],
    )
    .await;
    for _ in 0..3 {
        assert_eq!(post().await.status, StatusCode::SEE_OTHER);
    }
    stage.settle().await;
    post().await;
    stage.settle().await;
    let said = words(&pull);
    assert_eq!(said.len(), 1, "{said:?} {}", stage.told());
    assert!(said[0].contains("checklist by Ada"), "{}", said[0]);
    assert!(
        !said[0].contains("@octocat") && !said[0].contains("<b>"),
        "{}",
        said[0]
    );
    let page = get(&site, Who::Named(&ada), HERE).await;
    assert!(page.text.contains("These marks stand on the pull request."));

    // The database forgot that it was posted: what stands there is seen.
    let repository = stage
        .store
        .reviewed("acme", "queue", 1)
        .await
        .unwrap()
        .unwrap();
    let last = stage
        .store
        .last_post(repository.repository, 1, "token:Ada")
        .await;
    let last = last.unwrap().unwrap();
    assert!(last.posted.is_some());
    mark(&site, Who::Named(&ada), &head, ["C2", "concern", ""]).await;
    post().await;
    stage.settle().await;
    assert_eq!(words(&pull).len(), 2, "other words are said anew");
    stage.end();
}

#[tokio::test]
async fn a_repository_is_audited_as_a_whole() {
    let (stage, repo, _) = opened(&[mended("A")]).await;
    repo.commit("main", &[("other/other.go", &file(0, &[handler("B")]))]);
    stage.settle().await;
    let site = site(&stage);
    let begun = asked(
        &site,
        Who::Local,
        "POST",
        "/repositories/acme/queue/audit",
        "",
    )
    .await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
    let page = get(&site, Who::Local, "/repositories/acme/queue").await;
    assert!(page.text.contains("waits for its turn"), "{}", page.text);
    assert!(page.all("form[action$=audit]").is_empty(), "one at a time");
    stage.settle().await;
    let page = get(&site, Who::Local, "/repositories/acme/queue").await;
    let found = page.all("#audit .entries li");
    assert!(
        found
            .iter()
            .any(|one| one.contains("BP06") && one.contains("other/other.go")),
        "{found:?} {}",
        stage.told()
    );
    assert_eq!(page.all("[data-part=settings] tbody tr").len(), 6);
    assert!(!page.all("figure.plot").is_empty());
    stage.end();
}
