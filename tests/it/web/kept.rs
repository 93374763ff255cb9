//! Results that are kept: at an address, for some days, deleted by their maker.

use super::{Answer, BUG, ask, get, post};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use highwater::store::Store;
use highwater::store::kept::New;
use highwater::web::{Settings, Site, router};

async fn keeping(settings: Settings) -> (Router, Store) {
    let store = Store::open("sqlite::memory:").await.unwrap();
    let site = Site::new(settings).keeping_in(store.clone());
    (router(site), store)
}

/// The address and the cookie of what is kept now.
async fn keep(site: &Router) -> (String, String) {
    let answer = post(site, "/r", &[("text", BUG), ("least", "low")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    for part in [
        "__Host-maker=",
        "HttpOnly",
        "Secure",
        "SameSite=Lax",
        "Path=/",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let address = answer.headers["location"].to_str().unwrap().to_owned();
    (address, cookie.split(';').next().unwrap().to_owned())
}

async fn with_cookie(site: &Router, method: &str, path: &str, cookie: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("cookie", cookie)
        .body(Body::empty())
        .unwrap();
    ask(site, request).await
}

#[tokio::test]
async fn a_result_is_kept_shown_and_deleted_by_its_maker_alone() {
    let (site, _) = keeping(Settings::default()).await;
    let page = post(&site, "/", &[("text", BUG)]).await;
    assert_eq!(
        page.attributes("button[formaction='/r'][form=paste]", "type"),
        ["submit"]
    );
    assert!(page.all(".keep p")[0].contains("kept for 30 days"));

    let (address, cookie) = keep(&site).await;
    assert_eq!(address.len(), "/r/".len() + 32, "128 bits");
    let stranger = get(&site, &address).await;
    assert_eq!(stranger.status, StatusCode::OK);
    assert_eq!(stranger.all("#L2.found code"), ["jobs <- r"]);
    assert_eq!(stranger.all("#text"), [BUG.trim()]);
    assert!(stranger.all(".kept p")[0].contains("30 more days"));
    assert_eq!(
        stranger.attributes("meta[name=robots]", "content"),
        ["noindex, nofollow"]
    );
    assert_eq!(stranger.headers["x-robots-tag"], "noindex, nofollow");
    assert_eq!(stranger.headers["cache-control"], "private, no-store");
    assert!(stranger.all(".kept form").is_empty());
    assert!(stranger.all(".keep").is_empty(), "it is kept already");
    let mine = with_cookie(&site, "GET", &address, &cookie).await;
    let delete = mine.attributes(".kept form", "action");
    assert_eq!(delete, [format!("{address}/delete")]);

    let other = format!("__Host-maker={}", "0".repeat(32));
    for wrong in ["", "__Host-maker=", other.as_str()] {
        let refused = with_cookie(&site, "POST", &delete[0], wrong).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
    let from_elsewhere = Request::post(&delete[0])
        .header("cookie", &cookie)
        .header("sec-fetch-site", "cross-site")
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        ask(&site, from_elsewhere).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        get(&site, &address).await.status,
        StatusCode::OK,
        "still there"
    );

    let deleted = with_cookie(&site, "POST", &delete[0], &cookie).await;
    assert_eq!(deleted.all("h1"), ["Deleted"]);
    let gone = get(&site, &address).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert_eq!(gone.headers["cache-control"], "private, no-store");
}

#[tokio::test]
async fn what_has_ended_is_gone_and_room_is_bounded() {
    let settings = Settings {
        keep_results: 2,
        ..Settings::default()
    };
    let (site, store) = keeping(settings).await;
    let id = "0123456789abcdef0123456789abcdef";
    let ended = New {
        id,
        body: "{}",
        secret: "x",
        made: 1,
        ends: 2,
    };
    let room = highwater::store::kept::Room {
        results: 10,
        bytes: 1000,
    };
    store.keep(ended, room).await.unwrap();
    let gone = get(&site, &format!("/r/{id}")).await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert_eq!(gone.all("h1"), ["That is no longer kept"]);
    keep(&site).await;
    keep(&site).await;
    let full = post(&site, "/r", &[("text", BUG)]).await;
    assert_eq!(full.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(full.headers.contains_key("retry-after"));
    assert_eq!(
        get(&site, &format!("/r/{id}")).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn nonsense_is_not_kept() {
    let (site, _) = keeping(Settings::default()).await;
    for fields in [
        [("text", " "), ("kind", "")],
        [("text", "x"), ("kind", "poem")],
    ] {
        let refused = post(&site, "/r", &fields).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    }
    for path in ["/r/x", "/r/%00", "/r/0123456789abcdef0123456789abcdeg"] {
        assert_eq!(
            get(&site, path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let without = router(Site::new(Settings::default()));
    let page = post(&without, "/", &[("text", BUG)]).await;
    assert!(page.all(".keep").is_empty(), "nothing can be kept");
    assert_eq!(
        post(&without, "/r", &[("text", BUG)]).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn it_is_not_ready_without_its_database() {
    let (site, store) = keeping(Settings::default()).await;
    assert_eq!(get(&site, "/readyz").await.status, StatusCode::OK);
    store.close().await;
    let answer = get(&site, "/readyz").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn what_cannot_be_deleted_is_not_said_to_be() {
    let says = async |settings: Settings, headers: &[(&str, &str)]| {
        let (site, _) = keeping(settings).await;
        let mut request =
            Request::post("/fragment").header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = Body::from("text=package+p");
        let page = ask(&site, request.body(body).unwrap()).await;
        page.all(".keep p")[0].contains("You can delete it")
    };
    let encrypted = Settings {
        public_url: "https://highwater.example.com".to_owned(),
        ..Settings::default()
    };
    let host = ("host", "highwater.example.com");
    let origin = ("origin", "https://highwater.example.com");
    for (settings, headers, expected) in [
        (Settings::default(), &[("host", "localhost:8080")][..], true),
        (Settings::default(), &[("host", "127.0.0.1:8080")], true),
        (Settings::default(), &[("host", "[::1]")], true),
        (Settings::default(), &[("host", "192.168.0.7:8080")], false),
        (Settings::default(), &[host], false),
        (Settings::default(), &[host, origin], true),
        (
            Settings::default(),
            &[host, ("x-forwarded-proto", "https")],
            true,
        ),
        (encrypted, &[host], true),
    ] {
        assert_eq!(says(settings, headers).await, expected, "{headers:?}");
    }
}
