//! Accounts: signing in against the stand-in for GitHub, and who may see and do what after that.

mod attacks;
mod ends;
mod rights;
mod secrets;
mod table;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use highwater::store::Store;
use highwater::web::settings::Administrator;
use highwater::web::{Settings, Site, router};
use http_body_util::BodyExt;
use reqwest::redirect::Policy;
use tower::ServiceExt;

use super::github::blocks::{file, handler};
use super::github::fake_github::{PullRequest, Repo, World, client_builder};
use super::github::stage::{SOUND, Stage};
use super::web::Answer;

/// The name of the session's cookie.
const COOKIE: &str = "__Host-session";
const HERE: &str = "highwater.example";
const PUBLIC: &str = "/reviews/acme/queue/1";
const PRIVATE: &str = "/reviews/acme/secret/1";

/// A bot with a public and a private repository, each with a pull request that was reviewed, and a
/// site where people sign in.
pub struct Town {
    pub stage: Stage,
    pub site: Router,
    pub queue: Repo,
    pub secret: Repo,
    pub pulls: [PullRequest; 2],
}

impl Town {
    pub async fn new() -> Town {
        Town::with(Store::open("sqlite::memory:").await.unwrap()).await
    }

    pub async fn with(store: Store) -> Town {
        let world = World::start().await;
        let app = world.credentials();
        let address = world.address();
        let stage = Stage::with(world, store, |settings| {
            settings.client_id = Some(app.client_id);
            settings.client_secret = Some(app.client_secret.into());
            settings.html_url = address;
        })
        .await;
        let (queue, first) = reviewed_in(&stage.world, "acme/queue");
        let (secret, second) = reviewed_in(&stage.world, "acme/secret");
        secret.set_private(true);
        secret.set_role("rita", "read");
        secret.set_role("will", "write");
        for login in ["rita", "will"] {
            let role = if login == "will" { "write" } else { "read" };
            queue.set_role(login, role);
        }
        stage.settle().await;
        let site = site(&stage, &stage.store);
        Town {
            stage,
            site,
            queue,
            secret,
            pulls: [first, second],
        }
    }

    /// Somebody who signed in.
    pub async fn sign_in(&self, login: &str) -> Browser {
        let mut browser = Browser::new(&self.site);
        let back = browser.go_to_github(self, login, PUBLIC).await;
        let there = browser.get(&back).await;
        assert_eq!(there.status, StatusCode::SEE_OTHER, "{}", there.text);
        assert_eq!(there.headers["location"], PUBLIC);
        browser
    }
}

/// A site of its own on a database, as each of several servers has one.
pub fn site(stage: &Stage, store: &Store) -> Router {
    let settings = Settings {
        public_url: format!("https://{HERE}"),
        administrators: vec![Administrator::Login("Root".to_owned())],
        per_minute: 100_000,
        ..Settings::default()
    };
    let site = Site::new(settings).keeping_in(store.clone());
    router(site.with_bot(stage.bot.clone()))
}

/// A repository with a pull request that there is something to say of.
fn reviewed_in(world: &World, name: &str) -> (Repo, PullRequest) {
    let repo = world.repository(name);
    repo.commit("main", &[("queue/sum.go", SOUND)]);
    repo.commit("feature", &[("queue/queue.go", &file(0, &[handler("A")]))]);
    let pull = repo.open_pull("feature", "main");
    (repo, pull)
}

/// A browser: keeps the cookies that it is given, as browsers do.
#[derive(Clone)]
pub struct Browser {
    site: Router,
    cookies: BTreeMap<String, String>,
    /// Headers that it sends beside them.
    pub more: Vec<(&'static str, String)>,
}

impl Browser {
    pub fn new(site: &Router) -> Browser {
        Browser {
            site: site.clone(),
            cookies: BTreeMap::new(),
            more: Vec::new(),
        }
    }

    /// What it has of the session.
    pub fn session(&self) -> Option<&str> {
        self.cookies.get(COOKIE).map(String::as_str)
    }

    /// Puts a session into it, as somebody might who had it before.
    pub fn plant(&mut self, session: &str) {
        self.cookies.insert(COOKIE.to_owned(), session.to_owned());
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, &[]).await
    }

    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.ask("POST", path, form).await
    }

    pub async fn ask(&mut self, method: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        let response = self.answer(method, path, form).await;
        let (status, headers) = (response.status(), response.headers().clone());
        self.keep(&headers);
        // What goes on for ever is not read.
        let is_stream = headers
            .get("content-type")
            .is_some_and(|kind| kind == "text/event-stream");
        let text = match is_stream {
            true => String::new(),
            false => {
                let body = response.into_body().collect().await.unwrap().to_bytes();
                String::from_utf8_lossy(&body).into_owned()
            }
        };
        Answer {
            status,
            headers,
            text,
        }
    }

    /// What goes on for as long as it may.
    pub async fn stream(&self, path: &str) -> Body {
        let response = self.answer("GET", path, &[]).await;
        assert_eq!(response.status(), StatusCode::OK);
        response.into_body()
    }

    async fn answer(&self, method: &str, path: &str, form: &[(&str, &str)]) -> Response {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", HERE);
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        if method == "POST" {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        for (name, value) in &self.more {
            request = request.header(*name, value);
        }
        let form = serde_urlencoded::to_string(form).unwrap();
        let mut request = request.body(Body::from(form)).unwrap();
        let peer: SocketAddr = "192.0.2.1:9".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        self.site.clone().oneshot(request).await.unwrap()
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            for needed in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
                assert!(cookie.contains(needed), "{cookie}");
            }
            assert!(!cookie.contains("Domain"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            assert!(name.starts_with("__Host-"), "{cookie}");
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Goes to GitHub as somebody; gives the address on our site to which it is sent back.
    pub async fn go_to_github(&mut self, town: &Town, login: &str, page: &str) -> String {
        let query = serde_urlencoded::to_string([("return_to", page)]).unwrap();
        let led = self.get(&format!("/auth/github?{query}")).await;
        assert_eq!(led.status, StatusCode::SEE_OTHER, "{}", led.text);
        town.stage.world.sign_in_as(Some(login));
        at_github(led.headers["location"].to_str().unwrap()).await
    }

    /// Whom the site takes them for: empty for nobody.
    pub async fn name(&mut self) -> String {
        let page = self.get("/reviews").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let names = page.all(".who summary");
        let name = names.first().cloned().unwrap_or_default();
        name.replace("Signed in as ", "")
    }

    /// The addresses of the reviews that are listed.
    pub async fn listed(&mut self) -> Vec<String> {
        let page = self.get("/reviews?state=all").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        page.attributes("table.reviews th a", "href")
    }

    pub async fn status(&mut self, path: &str) -> u16 {
        self.get(path).await.status.as_u16()
    }
}

/// What GitHub does with a browser that comes to it: the path on our site to which it sends it back.
pub async fn at_github(address: &str) -> String {
    let client = client_builder().redirect(Policy::none()).build().unwrap();
    let sent = client.get(address).send().await.unwrap();
    let back = sent.headers()["location"].to_str().unwrap();
    let back = url::Url::parse(back).unwrap();
    assert_eq!(back.host_str(), Some(HERE));
    assert_eq!(back.path(), "/auth/github/callback");
    format!("{}?{}", back.path(), back.query().unwrap())
}

#[tokio::test]
async fn somebody_signs_in_and_is_named_and_signs_out() {
    let town = Town::new().await;
    let mut rita = Browser::new(&town.site);
    let gone = rita.get(PRIVATE).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    let way = gone.attributes("main a[href^='/auth']", "href");
    assert_eq!(way, [format!("/auth/github?return_to={PRIVATE}")]);
    let led = rita.get(&way[0]).await;
    let before = rita.session().unwrap().to_owned();
    town.stage.world.sign_in_as(Some("rita"));
    let back = at_github(led.headers["location"].to_str().unwrap()).await;
    let there = rita.get(&back).await;
    assert_eq!(there.headers["location"], PRIVATE, "{}", there.text);
    assert_ne!(rita.session().unwrap(), before, "a new name");
    let page = rita.get(PRIVATE).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert_eq!(page.all(".who summary"), ["Signed in as rita"]);
    assert_eq!(
        page.attributes(".who form", "action"),
        ["/auth/sign-out", "/auth/sign-out-everywhere"]
    );

    let head = town.pulls[1].now().head_sha;
    let form = [
        ("item", "C1"),
        ("state", "ok"),
        ("note", "n"),
        ("head", &head),
    ];
    let marked = rita.post(&format!("{PRIVATE}/marks"), &form).await;
    assert_eq!(marked.status, StatusCode::SEE_OTHER, "{}", marked.text);
    let page = town.sign_in("will").await.get(PRIVATE).await;
    assert!(page.all("#C1 .said li")[0].starts_with("rita: ok"));

    let out = rita.post("/auth/sign-out", &[]).await;
    assert_eq!(out.headers["location"], "/reviews");
    assert_eq!(rita.session(), None);
    assert_eq!(rita.status(PRIVATE).await, 404);
    town.stage.end();
}

#[tokio::test]
async fn where_nobody_can_sign_in_that_is_said() {
    let stage = Stage::new().await;
    let site = site(&stage, &stage.store);
    let mut nobody = Browser::new(&site);
    let door = nobody.get("/reviews").await;
    assert!(
        door.text.contains("Nobody can sign in here"),
        "{}",
        door.text
    );
    for path in ["/auth/github", "/auth/github/callback?code=a&state=b"] {
        assert_eq!(nobody.status(path).await, 404, "{path}");
    }
    for path in ["/auth/sign-out", "/auth/sign-out-everywhere"] {
        assert_eq!(nobody.post(path, &[]).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(nobody.session(), None);
}

/// Every page that depends on who reads it, and its name.
pub async fn pages() -> Vec<(&'static str, String)> {
    let town = Town::new().await;
    let (mut nobody, mut rita) = (Browser::new(&town.site), town.sign_in("rita").await);
    let mut pages = Vec::new();
    for (name, path) in [
        ("account-nobody-list", "/reviews"),
        ("account-nobody-door", "/reviews/open"),
        ("account-nobody-review", PUBLIC),
        ("account-nobody-nothing", PRIVATE),
        ("account-not-begun", "/auth/github/callback?state=x&code=y"),
    ] {
        pages.push((name, nobody.get(path).await.text));
    }
    let form = [
        ("item", "C1"),
        ("state", "ok"),
        ("note", "<n>"),
        ("head", "x"),
    ];
    let out = nobody.post(&format!("{PRIVATE}/marks"), &form).await;
    pages.push(("account-signed-out", out.text));
    for (name, path) in [
        ("account-list", "/reviews"),
        ("account-review", PRIVATE),
        ("account-repository", "/repositories/acme/secret"),
        ("account-nothing", "/reviews/acme/gone/1"),
    ] {
        pages.push((name, rita.get(path).await.text));
    }
    pages
}
