//! `POST /webhooks/github` as GitHub asks it: what is answered, and when.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use highwater::web::{Settings, Site, router};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::blocks::{file, handler, mended};
use super::fake_github::{PullRequest, signature};
use super::stage::{Stage, work};

/// The most that GitHub sends.
const LARGEST: usize = 25 << 20;
const PATH: &str = "queue/queue.go";

fn site(stage: &Stage) -> Router {
    router(Site::new(Settings::default()).with_bot(stage.bot.clone()))
}

/// Status, words and `Retry-After`.
type Answer = (u16, String, Option<String>);

fn is(status: u16, words: &str) -> Answer {
    (status, words.to_owned(), None)
}

async fn send(site: &Router, headers: &[(String, String)], body: Vec<u8>) -> Answer {
    let mut request = Request::post("/webhooks/github");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let answer = site
        .clone()
        .oneshot(request.body(Body::from(body)).unwrap());
    let answer = answer.await.unwrap();
    let later = answer.headers().get("retry-after");
    let later = later.map(|value| value.to_str().unwrap().to_owned());
    let status = answer.status().as_u16();
    let words = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&words).into_owned(), later)
}

/// Sends all that waits; the statuses in order.
async fn send_all(stage: &Stage, site: &Router) -> Vec<u16> {
    let mut statuses = Vec::new();
    for parcel in stage.world.parcels() {
        let (status, _, _) = send(site, &parcel.headers, parcel.body.clone()).await;
        let guid = parcel.guid.clone();
        stage
            .world
            .with(|state| state.attempted(&guid, status, String::new()));
        statuses.push(status);
    }
    statuses
}

/// A delivery of so many bytes that asks for nothing, signed.
fn ping(stage: &Stage, bytes: usize) -> (Vec<(String, String)>, Vec<u8>) {
    let mut body = br#"{"zen":""#.to_vec();
    body.resize(bytes - 2, b'x');
    body.extend(b"\"}");
    let secret = stage.world.credentials().webhook_secret;
    let headers = [
        ("x-github-event", "ping".to_owned()),
        ("x-github-delivery", format!("guid-{bytes}")),
        ("x-hub-signature-256", signature(&secret, &body)),
        ("content-type", "application/json".to_owned()),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value));
    (headers.into(), body)
}

fn said(pull: &PullRequest) -> usize {
    let comments = pull.bot_comments();
    let findings = comments.iter().filter(|one| one.body.contains("BP06"));
    findings.count()
}

#[tokio::test]
async fn githubs_largest_delivery_is_taken_and_a_larger_one_is_not() {
    let stage = Stage::new().await;
    let site = site(&stage);
    let (headers, body) = ping(&stage, LARGEST);
    let taken = send(&site, &headers, body.clone()).await;
    assert_eq!(taken, is(200, "nothing to do"));
    let mut other = body;
    other[20] = b'y';
    let forged = send(&site, &headers, other).await;
    assert_eq!(forged, is(401, "the signature is not right"));
    let (headers, body) = ping(&stage, LARGEST + 1);
    assert_eq!(send(&site, &headers, body).await.0, 413);
    let (mut headers, body) = ping(&stage, 100);
    headers.remove(0);
    let nameless = send(&site, &headers, body).await;
    assert_eq!(nameless, is(400, "this is no delivery"));
}

#[tokio::test]
async fn without_a_secret_there_is_no_such_address() {
    let stage = Stage::new().await;
    let (headers, body) = ping(&stage, 100);
    let deaf = stage.bot_with(|settings| settings.webhook_secrets.clear());
    let deaf = router(Site::new(Settings::default()).with_bot(deaf));
    assert_eq!(send(&deaf, &headers, body.clone()).await.0, 404);
    let none = router(Site::new(Settings::default()));
    assert_eq!(send(&none, &headers, body).await.0, 404);
}

#[tokio::test]
async fn a_full_queue_is_said_and_what_it_refused_comes_again() {
    let world = super::fake_github::World::start().await;
    let store = highwater::store::Store::open("sqlite::memory:")
        .await
        .unwrap();
    let stage = Stage::with(world, store, |settings| settings.queue = 2).await;
    let site = site(&stage);
    let repo = stage.world.repository("acme/queue");
    stage.settle().await;
    let pulls: Vec<PullRequest> = ["A", "B", "C", "D"]
        .into_iter()
        .map(|name| {
            repo.commit(name, &[(PATH, &file(0, &[handler(name)]))]);
            repo.open_pull(name, "main")
        })
        .collect();
    let mut statuses = send_all(&stage, &site).await;
    statuses.retain(|status| *status != 200);
    assert_eq!(statuses, [202, 202, 503, 503]);
    // A push to what waits already needs no room.
    pulls[0].push(&[(PATH, &file(1, &[handler("A"), mended("B")]))]);
    assert_eq!(send_all(&stage, &site).await, [202]);
    work(&stage.bot, &stage.store, &stage.world).await;
    assert_eq!(pulls.iter().map(said).collect::<Vec<_>>(), [1, 1, 0, 0]);
    stage.bot.look_once().await;
    work(&stage.bot, &stage.store, &stage.world).await;
    send_all(&stage, &site).await;
    work(&stage.bot, &stage.store, &stage.world).await;
    assert_eq!(pulls.iter().map(said).collect::<Vec<_>>(), [1, 1, 1, 1]);
    stage.end();
}

#[tokio::test]
async fn what_cannot_be_kept_is_not_said_to_be() {
    let stage = Stage::new().await;
    let site = site(&stage);
    let (headers, body) = ping(&stage, 100);
    stage.store.close().await;
    let answer = send(&site, &headers, body).await;
    let (later, soon) = ("try again later".to_owned(), Some("30".to_owned()));
    assert_eq!(answer, (503, later, soon));
}
