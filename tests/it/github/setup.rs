//! `/setup`: an App is registered by whoever runs the server, and by nobody else.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request};
use highwater::web::{Settings, Setup, Site, router};
use http_body_util::BodyExt;
use scraper::{Html, Selector};
use serde_json::Value;
use tower::ServiceExt;

use super::fake_github::{World, permissions as granted};
use super::stage::Stage;

struct Answer {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn attribute(&self, selector: &str, name: &str) -> String {
        let page = Html::parse_document(&self.text);
        let selector = Selector::parse(selector).unwrap();
        let found = page.select(&selector).next();
        let found = found.unwrap_or_else(|| panic!("{}", self.text));
        found.attr(name).unwrap().to_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    fn cookie(&self) -> String {
        let set = self.header("set-cookie");
        assert!(
            set.starts_with("__Host-setup=") && set.contains("; Secure; HttpOnly; SameSite=Lax"),
            "{set}"
        );
        set.split(';').next().unwrap().to_owned()
    }

    /// The state that the form carries to GitHub.
    fn state(&self) -> String {
        let action = self.attribute("form[method=post]", "action");
        action.split_once("?state=").unwrap().1.to_owned()
    }
}

async fn ask(site: &Router, request: Request<Body>) -> Answer {
    let response = site.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    Answer {
        status,
        headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

async fn get(site: &Router, path: &str, cookie: &str) -> Answer {
    let request = Request::get(path).header("cookie", cookie);
    ask(site, request.body(Body::empty()).unwrap()).await
}

async fn write(site: &Router, token: &str) -> Answer {
    let request = Request::post("/setup/write")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("token={token}")));
    ask(site, request.unwrap()).await
}

type Written = Arc<Mutex<Vec<String>>>;

/// A site that is set up with this GitHub by whoever has the key `secret`.
fn opened(world: &World) -> (Router, Written) {
    let written = Written::default();
    let into = written.clone();
    let setup = Setup::new(world.address(), "https://github.example".to_owned()).opened_by(
        "secret".into(),
        Box::new(move |text| {
            into.lock().unwrap().push(text.to_owned());
            Ok("/data/github.toml".to_owned())
        }),
    );
    let settings = Settings {
        public_url: "https://highwater.example".to_owned(),
        ..Settings::default()
    };
    (router(Site::new(settings).with_setup(setup)), written)
}

#[tokio::test]
async fn an_app_is_registered_and_its_settings_are_shown_and_written_once() {
    let world = World::start().await;
    let (site, written) = opened(&world);
    let page = get(&site, "/setup?key=secret", "").await;
    assert_eq!(page.status, 200, "{}", page.text);
    let action = page.attribute("form[method=post]", "action");
    assert!(
        action.starts_with("https://github.example/settings/apps/new?state="),
        "{action}"
    );
    let manifest = page.attribute("input[name=manifest]", "value");
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["default_permissions"]["contents"], "read");
    let code = world.manifest_code(manifest);
    let back = format!("/setup/callback?code={code}&state={}", page.state());
    let done = get(&site, &back, &page.cookie()).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(done.header("cache-control"), "private, no-store");
    assert!(done.text.contains("BEGIN RSA PRIVATE KEY"));
    assert!(done.text.contains("HIGHWATER_GITHUB_APP_ID="));
    let again = get(&site, &back, &page.cookie()).await;
    assert_eq!(again.status, 400, "once");
    assert!(!again.text.contains("PRIVATE KEY"));

    let token = done.attribute("input[name=token]", "value");
    assert_eq!(write(&site, "").await.status, 400);
    let told = write(&site, &token).await;
    assert!(
        told.text.contains("--config /data/github.toml"),
        "{}",
        told.text
    );
    assert_eq!(write(&site, &token).await.status, 400, "once");
    let written = written.lock().unwrap();
    assert_eq!(written.len(), 1);
    let read: toml::Table = written[0].parse().unwrap();
    let github: HashMap<String, toml::Value> = read["github"].clone().try_into().unwrap();
    let credentials = world.credentials();
    assert_eq!(
        github["app_id"].as_integer(),
        Some(credentials.app_id as i64)
    );
    assert_eq!(
        github["private_key"].as_str().unwrap(),
        credentials.private_key
    );
    assert_eq!(
        github["webhook_secrets"][0].as_str().unwrap(),
        credentials.webhook_secret
    );
    assert_eq!(world.violations(), Vec::<String>::new());
}

/// Every page of the set-up as it is at some time: its name and its text.
pub async fn pages() -> Vec<(&'static str, String)> {
    let world = World::start().await;
    let (site, _) = opened(&world);
    let form = get(&site, "/setup?key=secret", "").await;
    let manifest = form.attribute("input[name=manifest]", "value");
    let code = world.manifest_code(serde_json::from_str(&manifest).unwrap());
    let back = format!("/setup/callback?code={code}&state={}", form.state());
    let done = get(&site, &back, &form.cookie()).await;
    let again = get(&site, &back, &form.cookie()).await;
    let token = done.attribute("input[name=token]", "value");
    let written = write(&site, &token).await;
    let organisation = get(&site, "/setup?key=secret&organisation=acme", "").await;
    let (stage, site) = with_an_app().await;
    let state = get(&site, "/setup?key=secret", "").await;
    stage.end();
    let pages = [
        ("setup", form),
        ("setup-organisation", organisation),
        ("setup-done", done),
        ("setup-again", again),
        ("setup-written", written),
        ("setup-state", state),
    ];
    pages.map(|(name, page)| (name, page.text)).into()
}

/// A site whose App has too little of one permission and too much of another.
async fn with_an_app() -> (Stage, Router) {
    let stage = Stage::new().await;
    stage.world.with(|state| {
        state.app.permissions = granted(&[("metadata", "read"), ("contents", "write")]);
        state.app.events.clear();
    });
    let setup = Setup::new(stage.world.address(), "https://github.example".to_owned())
        .opened_by("secret".into(), Box::new(|_| Err("no".to_owned())));
    let site = Site::new(Settings::default())
        .with_setup(setup)
        .with_bot(stage.bot.clone());
    (stage, router(site))
}

#[tokio::test]
async fn strangers_find_nothing_and_forged_redirects_do_nothing() {
    let world = World::start().await;
    let (site, _) = opened(&world);
    for path in ["/setup", "/setup?key=", "/setup?key=Secret"] {
        assert_eq!(get(&site, path, "").await.status, 404, "{path}");
    }
    let begun = get(&site, "/setup?key=secret", "").await;
    let code = world.manifest_code(serde_json::json!({}));
    let (state, cookie) = (begun.state(), begun.cookie());
    for (state, cookie) in [
        ("", cookie.as_str()),
        ("0", &cookie),
        (&state, "__Host-setup=0"),
        (&state, &cookie),
    ] {
        let back = format!("/setup/callback?code={code}&state={state}");
        let answer = get(&site, &back, cookie).await;
        assert_eq!(answer.status, 400, "a state that was shown around is void");
    }
    let begun = get(&site, "/setup?key=secret", "").await;
    let back = format!("/setup/callback?code=../../user&state={}", begun.state());
    assert_eq!(get(&site, &back, &begun.cookie()).await.status, 400);
    assert!(world.log().is_empty(), "GitHub was not even asked");
}

#[tokio::test]
async fn only_this_page_may_send_a_form_to_github() {
    let world = World::start().await;
    let (site, _) = opened(&world);
    let page = get(&site, "/setup?key=secret&organisation=acme", "").await;
    let action = page.attribute("form[method=post]", "action");
    assert!(
        action.starts_with("https://github.example/organizations/acme/settings/apps/new?state="),
        "{action}"
    );
    assert_eq!(page.attribute("input[name=key]", "value"), "secret");
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("form-action 'self' https://github.example;"),
        "{policy}"
    );
    let other = get(&site, "/", "").await;
    let policy = other.header("content-security-policy");
    assert!(policy.contains("form-action 'self';"), "{policy}");
    let wrong = get(&site, "/setup?key=secret&organisation=a/b", "").await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test]
async fn without_the_option_it_is_there_for_the_machine_alone() {
    let setup = Setup::new(
        "https://api.github.com".to_owned(),
        "https://github.com".to_owned(),
    );
    let site = router(Site::new(Settings::default()).with_setup(setup));
    let from = |peer: &str, host: &str| {
        let mut request = Request::get("/setup")
            .header("host", host)
            .body(Body::empty())
            .unwrap();
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        ask(&site, request)
    };
    let here = from("127.0.0.1:9", "localhost:8080").await;
    assert_eq!(here.status, 200);
    assert!(here.text.contains("from the machine"), "{}", here.text);
    assert!(here.text.contains("GitHub cannot reach"), "{}", here.text);
    assert_eq!(from("192.0.2.1:9", "localhost:8080").await.status, 404);
    assert_eq!(from("127.0.0.1:9", "evil.example").await.status, 404);
    let none = router(Site::new(Settings::default()));
    assert_eq!(get(&none, "/setup", "").await.status, 404);
}

#[tokio::test]
async fn with_an_app_it_shows_what_is_granted_beside_what_is_needed() {
    let (stage, site) = with_an_app().await;
    let page = get(&site, "/setup?key=secret", "").await;
    assert_eq!(page.status, 200, "{}", page.text);
    for part in [
        "<th scope=\"row\">Pull requests</th><td>write</td><td>nothing <strong>(not enough)</strong>",
        "<th scope=\"row\">Contents</th><td>read</td><td>write</td>",
        "Granted and not needed: <code>Contents: write</code>",
        "GitHub knows the App <code>highwater</code>",
        "Not subscribed to: <code>pull_request</code> (to review what is opened or pushed), <code>",
        "/organizations/highwater-makers/settings/apps/highwater/permissions",
    ] {
        assert!(page.text.contains(part), "{part}\n{}", page.text);
    }
    let back = get(&site, "/setup/callback?code=a&state=b", "").await;
    assert_eq!(back.status, 400, "there is an App already");
    stage.end();
}
