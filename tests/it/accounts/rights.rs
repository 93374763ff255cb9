//! That GitHub's word holds: for a minute at most, and not a moment longer where it tells that
//! something changed.

use std::time::Duration;

use axum::body::Body;
use highwater::store::Store;
use http_body_util::BodyExt;

use super::{Browser, PRIVATE, PUBLIC, Town, site};
use crate::github::stage::postgres;

const MINUTE: Duration = Duration::from_secs(61);

#[tokio::test]
async fn access_that_is_lost_is_lost_at_once_where_github_tells_and_within_a_minute_else() {
    let town = Town::new().await;
    let mut rita = town.sign_in("rita").await;
    assert_eq!(rita.status(PRIVATE).await, 200);
    assert_eq!(rita.listed().await.len(), 2);
    town.secret.set_role("rita", "none");
    town.stage.deliver().await;
    assert_eq!(rita.status(PRIVATE).await, 404);
    assert_eq!(rita.listed().await, [PUBLIC]);
    town.secret.set_role("rita", "read");
    town.stage.deliver().await;
    assert_eq!(rita.status(PRIVATE).await, 200, "and given back");

    // The delivery is lost.
    let lose = |town: &Town| {
        for parcel in town.stage.world.parcels() {
            town.stage.world.lose(&parcel);
        }
    };
    town.secret.set_role("rita", "none");
    lose(&town);
    town.stage.world.clock().advance(MINUTE);
    assert_eq!(rita.status(PRIVATE).await, 404);
    assert_eq!(rita.listed().await, [PUBLIC]);
    town.stage.end();
}

#[tokio::test]
async fn github_is_asked_once_a_minute() {
    let town = Town::new().await;
    let mut rita = town.sign_in("rita").await;
    let asked = || {
        let log = town.stage.world.log();
        let of_repository = |one: &&crate::github::fake_github::Logged| {
            one.path.split('?').next() == Some("/repos/acme/secret")
        };
        log.iter().filter(of_repository).count()
    };
    let before = asked();
    for _ in 0..5 {
        assert_eq!(rita.status(PRIVATE).await, 200);
    }
    assert_eq!(asked() - before, 1, "{}", town.stage.told());
    town.stage.world.clock().advance(MINUTE);
    assert_eq!(rita.status(PRIVATE).await, 200);
    assert_eq!(asked() - before, 2);
    town.stage.end();
}

#[tokio::test]
async fn what_is_made_private_or_taken_away_is_gone_for_everybody_else() {
    let town = Town::new().await;
    let mut nobody = Browser::new(&town.site);
    let (mut mallory, mut will) = (town.sign_in("mallory").await, town.sign_in("will").await);
    for browser in [&mut nobody, &mut mallory, &mut will] {
        assert_eq!(browser.status(PUBLIC).await, 200);
        assert_eq!(browser.status("/repositories/acme/queue").await, 200);
    }
    town.queue.set_private(true);
    town.stage.deliver().await;
    for browser in [&mut nobody, &mut mallory] {
        assert_eq!(browser.status(PUBLIC).await, 404);
        assert!(browser.listed().await.is_empty());
    }
    assert_eq!(will.status(PUBLIC).await, 200);
    town.queue.set_private(false);
    town.stage.deliver().await;
    assert_eq!(nobody.status(PUBLIC).await, 200, "{}", town.stage.told());
    assert_eq!(nobody.listed().await, [PUBLIC]);
    // The App is suspended, then not chosen for the private one, then gone.
    town.stage.world.choose_repositories("acme", &["queue"]);
    town.stage.deliver().await;
    assert_eq!(
        will.status(PRIVATE).await,
        404,
        "nothing is done yet of what that asks for"
    );
    town.stage.world.uninstall("acme");
    town.stage.deliver().await;
    assert_eq!(nobody.status(PUBLIC).await, 404);
    assert_eq!(will.status(PRIVATE).await, 404);
}

#[tokio::test]
async fn where_github_does_not_answer_nobody_is_let_in() {
    let town = Town::new().await;
    let mut rita = town.sign_in("rita").await;
    assert_eq!(rita.status(PRIVATE).await, 200);
    town.stage.world.clock().advance(MINUTE);
    town.stage.world.stop();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut seen = Vec::new();
    for path in [PRIVATE, "/reviews/acme/gone/1"] {
        let answer = rita.get(path).await;
        assert_eq!(answer.status.as_u16(), 503, "{path}");
        assert!(answer.headers.contains_key("retry-after"));
        seen.push(answer.all("main h1, main p:first-of-type"));
    }
    assert_eq!(seen[0], seen[1]);
}

/// What a stream tells within some time: a change, its end, or nothing.
async fn told(body: &mut Body) -> Option<&'static str> {
    let next = tokio::time::timeout(Duration::from_secs(5), body.frame());
    match next.await {
        Ok(Some(_)) => Some("a change"),
        Ok(None) => Some("its end"),
        Err(_) => None,
    }
}

#[tokio::test]
async fn a_stream_ends_with_access_and_with_the_session() {
    let town = Town::new().await;
    let (rita, mut will) = (town.sign_in("rita").await, town.sign_in("will").await);
    let head = town.pulls[1].now().head_sha;
    let mut mark = async |note: &str| {
        let form = [
            ("item", "C1"),
            ("state", "ok"),
            ("note", note),
            ("head", &head),
        ];
        let marked = will.post(&format!("{PRIVATE}/marks"), &form).await;
        assert_eq!(marked.status.as_u16(), 303);
    };
    let mut stream = rita.stream(&format!("{PRIVATE}/events")).await;
    mark("one").await;
    assert_eq!(told(&mut stream).await, Some("a change"));
    town.secret.set_role("rita", "none");
    town.stage.deliver().await;
    assert_eq!(told(&mut stream).await, Some("its end"));
    town.secret.set_role("rita", "read");
    town.stage.deliver().await;
    let mut stream = rita.stream(&format!("{PRIVATE}/events")).await;
    rita.clone().post("/auth/sign-out-everywhere", &[]).await;
    mark("two").await;
    assert_eq!(told(&mut stream).await, Some("its end"));
    town.stage.end();
}

/// Waits until a status is given, for as long as a message takes between servers.
async fn until(browser: &mut Browser, path: &str, status: u16) {
    for _ in 0..200 {
        if browser.status(path).await == status {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{path} never is {status}");
}

#[tokio::test]
async fn every_server_hears_of_it() {
    let Some(store) = postgres("accounts").await else {
        return;
    };
    let url = std::env::var("HIGHWATER_TEST_POSTGRES").unwrap();
    let mut url = url::Url::parse(&url).unwrap();
    url.set_path("highwater_accounts");
    let town = Town::with(store).await;
    let second = Store::open(url.as_str()).await.unwrap();
    let hearing = tokio::spawn(second.clone().hear());
    let here = tokio::spawn(town.stage.store.clone().hear());
    tokio::time::sleep(Duration::from_millis(500)).await;
    let other = site(&town.stage, &second);
    let mut rita = town.sign_in("rita").await;
    // The session holds on every server.
    let mut there = Browser::new(&other);
    there.plant(rita.session().unwrap());
    assert_eq!(there.name().await, "rita");
    assert_eq!(there.status(PRIVATE).await, 200);
    // The first server is told; the second has just asked, and would not again for a minute.
    town.secret.set_role("rita", "none");
    town.stage.deliver().await;
    until(&mut there, PRIVATE, 404).await;
    until(&mut rita, PRIVATE, 404).await;
    rita.post("/auth/sign-out", &[]).await;
    assert_eq!(there.name().await, "");
    hearing.abort();
    here.abort();
    town.stage.end();
}
