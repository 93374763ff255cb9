//! The routes of the web app, asked without a socket; pages are looked at by CSS selector.

mod kept;
mod numbers;

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use highwater::rules;
use highwater::web::{Settings, Site, router};
use http_body_util::BodyExt;
use scraper::{Html, Selector};
use tower::ServiceExt;

const BUG: &str = "func handle(w http.ResponseWriter, r *http.Request) {\n\tjobs <- r\n}\n\nvar jobs = make(chan *http.Request, 100)\n";

const DIFF: &str =
    "--- a/q.go\n+++ b/q.go\n@@ -1,2 +1,3 @@\n package q\n \n+var jobs = make(chan int, 1000000)\n";

pub fn site() -> Router {
    router(Site::new(Settings::default()))
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn all(&self, selector: &str) -> Vec<String> {
        let page = Html::parse_document(&self.text);
        let selector = Selector::parse(selector).unwrap();
        let text = |one: scraper::ElementRef<'_>| one.text().collect::<String>().trim().to_owned();
        page.select(&selector).map(text).collect()
    }

    /// All addresses that the page names.
    fn links(&self) -> Vec<String> {
        let mut links = self.attributes("[href]", "href");
        links.extend(self.attributes("[src]", "src"));
        links
    }

    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let page = Html::parse_document(&self.text);
        let selector = Selector::parse(selector).unwrap();
        page.select(&selector)
            .filter_map(|one| one.attr(name).map(str::to_owned))
            .collect()
    }
}

pub async fn ask(site: &Router, request: Request<Body>) -> Answer {
    let response = site.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    Answer {
        status,
        headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

async fn get(site: &Router, path: &str) -> Answer {
    let request = Request::get(path).body(Body::empty()).unwrap();
    ask(site, request).await
}

async fn post(site: &Router, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body = serde_urlencoded::to_string(fields).unwrap();
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .unwrap();
    ask(site, request).await
}

async fn api(site: &Router, path: &str, body: &str) -> Answer {
    let request = Request::post(path)
        .header("content-type", "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();
    ask(site, request).await
}

#[tokio::test]
async fn a_pasted_bug_stands_under_its_line() {
    let site = site();
    let page = post(&site, "/", &[("text", BUG)]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.all("#text"), [BUG.trim()], "the text stays");
    assert_eq!(page.all("#L2.found code"), ["jobs <- r"]);
    assert_eq!(
        page.attributes("#L2.found + article h3 a", "href"),
        ["/bugs/BP06-blocking-send-in-handler"]
    );
    assert_eq!(page.all(".checklist li").len(), 11);
    assert_eq!(page.all(".question").len(), 5);
    let links = page.attributes("#result a[href^='#']", "href");
    for link in links {
        let there = page.attributes(&format!("[id='{}']", &link[1..]), "id");
        assert_eq!(there.len(), 1, "{link} leads somewhere");
    }
}

#[tokio::test]
async fn why_it_matters_is_unfolded_once() {
    let twice = format!(
        "{BUG}{}",
        BUG.replace("jobs", "tasks").replace("handle", "take")
    );
    let page = post(&site(), "/", &[("text", &twice)]).await;
    assert_eq!(page.all("#headline"), ["2 findings: 2 high"]);
    assert_eq!(page.all(".finding .fix").len(), 2);
    assert_eq!(page.all(".finding .again .fix").len(), 1);
    assert_eq!(page.all("#finding-0 > .fix").len(), 1);
}

#[tokio::test]
async fn what_is_pasted_stays_text() {
    let site = site();
    let evil = "</textarea><script>alert(1)</script>\nvar x = \"<b>\"\n";
    let page = post(&site, "/", &[("text", evil)]).await;
    assert!(!page.text.contains("<script>alert"), "{}", page.text);
    assert!(!page.text.contains("<b>"));
}

#[tokio::test]
async fn a_diff_is_told_from_code_and_marked_as_one() {
    let site = site();
    let page = post(&site, "/", &[("text", DIFF)]).await;
    assert_eq!(
        page.all(".row.added code"),
        ["var jobs = make(chan int, 1000000)"]
    );
    assert_eq!(page.all(".finding .state"), ["introduced"]);
}

#[tokio::test]
async fn results_are_filtered_and_taken_away() {
    let site = site();
    let high = post(&site, "/fragment", &[("text", BUG), ("least", "high")]).await;
    assert_eq!(high.all(".finding .confidence"), ["high"]);
    let none = post(&site, "/fragment", &[("text", BUG), ("class", "BP02")]).await;
    assert!(none.all(".finding").is_empty());
    for (form, inside) in [
        ("json", "\"schema\": 1"),
        ("sarif", "2.1.0"),
        ("markdown", "## Highwater"),
    ] {
        let file = post(&site, "/", &[("text", BUG), ("download", form)]).await;
        assert!(file.text.contains(inside), "{form}");
        let name = file.headers["content-disposition"].to_str().unwrap();
        assert!(name.starts_with("attachment"), "{name}");
    }
    let wrong = post(&site, "/", &[("text", BUG), ("least", "sure")]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.text.contains("<h1>"));
}

/// All pages that links lead to, and those that come after something was done.
pub async fn every_page(site: &Router) -> Vec<(String, Answer)> {
    let mut open: Vec<String> = vec!["/".to_owned(), "/practice?seed=4".to_owned()];
    let mut seen: BTreeSet<String> = open.iter().cloned().collect();
    let mut pages = Vec::new();
    while let Some(path) = open.pop() {
        let page = get(site, &path).await;
        let fine = page.status.is_success() || page.status.is_redirection();
        assert!(fine, "{path} answers {}", page.status);
        let kind = page
            .headers
            .get("content-type")
            .map(|kind| kind.to_str().unwrap());
        if kind.is_none_or(|kind| !kind.starts_with("text/html")) {
            continue;
        }
        // Each round of practice leads to another.
        let is_endless = path.starts_with("/practice?");
        for link in page.links() {
            assert!(!link.starts_with("http"), "{path} leads away to {link}");
            let link = link.split('#').next().unwrap_or("").to_owned();
            if link.starts_with('/') && !is_endless && seen.insert(link.clone()) {
                open.push(link);
            }
        }
        pages.push((path, page));
    }
    let done: [(&str, &[(&str, &str)]); 5] = [
        ("/", &[("text", BUG)]),
        ("/", &[("text", DIFF)]),
        ("/", &[("text", BUG), ("least", "sure")]),
        ("/practice", &[("seed", "4"), ("nothing", "true")]),
        ("/practice", &[("seed", "4"), ("answer", "BP06")]),
    ];
    for (at, (path, fields)) in done.into_iter().enumerate() {
        pages.push((format!("{path} {at}"), post(site, path, fields).await));
    }
    pages.push(("/nothing".to_owned(), get(site, "/nothing").await));
    pages
}

#[tokio::test]
async fn every_page_is_linked_and_every_link_leads_somewhere() {
    let site = site();
    let pages = every_page(&site).await;
    let mut ids: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (path, page) in &pages {
        let all = page.attributes("[id]", "id");
        let unique: BTreeSet<String> = all.iter().cloned().collect();
        assert_eq!(all.len(), unique.len(), "{path} has an id twice");
        ids.insert(path, unique);
    }
    for (path, page) in &pages {
        for link in page.links() {
            let Some((there, id)) = link.split_once('#') else {
                continue;
            };
            let there = if there.is_empty() { path } else { there };
            let is_there = ids.get(there).is_some_and(|ids| ids.contains(id));
            assert!(is_there, "{path} leads to {link}, where nothing is");
        }
        for id in page.attributes("label[for]", "for") {
            assert!(ids[path.as_str()].contains(&id), "{path} labels {id}");
        }
    }
    for rule in rules::ALL {
        let page = format!("/bugs/{}-{}", rule.code, rule.slug);
        assert!(ids.contains_key(page.as_str()), "{page} is linked");
    }
}

#[tokio::test]
async fn explanations_have_a_picture_that_can_be_changed() {
    let site = site();
    let moved = get(&site, "/bugs/bp19").await;
    assert_eq!(moved.status, StatusCode::PERMANENT_REDIRECT);
    let page = get(&site, "/bugs/BP19-oversized-queue-for-slo").await;
    assert!(!page.all(".plot svg").is_empty());
    assert_eq!(
        page.all(".actions + p + .picture").len(),
        1,
        "after the lead"
    );
    let sliders = page.attributes(".sliders input", "name");
    assert!(!sliders.is_empty());
    let limits = page.attributes(".sliders input", "min");
    let other = format!(
        "/bugs/BP19-oversized-queue-for-slo?{}={}",
        sliders[0], limits[0]
    );
    let other = get(&site, &other).await;
    assert_ne!(page.all("#figure"), other.all("#figure"));
    let wild = get(
        &site,
        "/bugs/BP19-oversized-queue-for-slo?workers=NaN&workers=1e308",
    )
    .await;
    assert_eq!(wild.status, StatusCode::OK);
    assert_eq!(get(&site, "/bugs/BP99").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_page_of_bp19_calculates() {
    let site = site();
    let address = "/bugs/BP19-oversized-queue-for-slo";
    let page = get(
        &site,
        &format!("{address}?slo=200&job=100&workers=8&room=100"),
    )
    .await;
    assert_eq!(page.all(".sizing .fits strong"), ["8"]);
    assert!(
        page.all(".sizing .missed")[0].starts_with("1.4 s"),
        "{:?}",
        page.all(".sizing dd")
    );
    assert_eq!(
        page.attributes(".sliders input[name=slo]", "value"),
        ["200"]
    );
    assert!(!page.all("#figure .plot svg").is_empty());
    let met = get(
        &site,
        &format!("{address}?slo=200&job=100&workers=8&room=8"),
    )
    .await;
    assert_eq!(met.all(".sizing .met").len(), 1);
    let none = get(
        &site,
        &format!("{address}?slo=100&job=200&workers=8&room=8"),
    )
    .await;
    assert_eq!(none.all(".sizing .fits strong"), ["none"]);
    let other = get(&site, "/bugs/BP06-blocking-send-in-handler").await;
    assert!(other.all(".sizing").is_empty());
}

#[tokio::test]
async fn pages_can_be_printed() {
    let style = get(&site(), "/static/site.css").await.text;
    let (_, print) = style.split_once("@media print").unwrap();
    for hidden in [".top", ".paste", ".take", ".keep", "button"] {
        assert!(print.contains(hidden), "{hidden}");
    }
}

#[tokio::test]
async fn classes_are_filtered() {
    let page = get(&site(), "/bugs?seam=retry&item=C9").await;
    let names = page.all(".classes strong");
    assert!(names.contains(&"naive-retry".to_owned()), "{names:?}");
    assert!(names.len() < 5);
    let seen = async |language: &str| {
        let page = get(&site(), &format!("/bugs?language={language}")).await;
        let chosen = page.all("[name=language] [selected]");
        (page.all(".classes li").len(), chosen)
    };
    let all = rules::ALL.len();
    assert_eq!(seen("go").await, (all, vec!["Go".to_owned()]));
    assert_eq!(seen("rust").await, (all, vec!["Rust".to_owned()]));
    assert_eq!(seen("cobol").await, (0, Vec::new()));
}

#[tokio::test]
async fn practice_asks_and_tells() {
    let site = site();
    let page = get(&site, "/practice?seed=4").await;
    let lines = page.attributes("input[name=line]", "value");
    assert!(lines.len() >= 4);
    let fields = [
        ("seed", "4"),
        ("answer", ""),
        ("nothing", "true"),
        ("took", "1500"),
    ];
    let told = post(&site, "/practice", &fields).await;
    assert_eq!(told.all(".outcome h2").len(), 1);
    assert!(told.text.contains("1.5 s"));
    let hint = post(&site, "/practice", &[("seed", "4"), ("answer", "BP06")]).await;
    assert_eq!(
        hint.all(".hint").len(),
        1,
        "a class without a line is no answer"
    );
}

#[tokio::test]
async fn the_api_keeps_the_contract() {
    let site = site();
    let body = serde_json::json!({ "text": BUG }).to_string();
    let answer = api(&site, "/api/v1/check", &body).await;
    let review: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
    let schema = std::fs::read_to_string("tests/schema/review.schema.json").unwrap();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    assert!(
        jsonschema::validator_for(&schema)
            .unwrap()
            .is_valid(&review)
    );
    assert_eq!(review["findings"][0]["code"], "BP06");

    let files = serde_json::json!({ "files": [{ "path": "a/b.go", "text": BUG }] }).to_string();
    let answer = api(&site, "/api/v1/check", &files).await;
    assert!(
        answer.text.contains("\"path\": \"a/b.go\""),
        "{}",
        answer.text
    );

    for (path, body, status) in [
        ("/api/v1/check", "{}", 400),
        ("/api/v1/check", "{\"text\": 1}", 400),
        ("/api/v1/check", "{", 400),
        ("/api/v1/check", "{\"text\": \"\", \"kind\": \"poem\"}", 400),
        ("/api/v1/review", "{\"before\": {}}", 400),
        ("/api/v1/nothing", "{}", 404),
    ] {
        let answer = api(&site, path, body).await;
        assert_eq!(answer.status.as_u16(), status, "{path} {body}");
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        let problem: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
        assert_eq!(problem["status"], status);
    }
    let description = get(&site, "/api/v1/openapi.json").await;
    let description: serde_json::Value = serde_json::from_str(&description.text).unwrap();
    assert!(description["paths"]["/api/v1/check"]["post"].is_object());
    let rules = get(&site, "/api/v1/rules").await;
    let rules: serde_json::Value = serde_json::from_str(&rules.text).unwrap();
    assert_eq!(rules.as_array().unwrap().len(), 23);
}

#[tokio::test]
async fn every_answer_is_guarded() {
    let site = site();
    for path in ["/", "/nothing", "/api/v1/rules", "/static/site.css"] {
        let answer = get(&site, path).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
    let page = get(&site, "/").await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    for nonce in page.attributes("script", "nonce") {
        assert!(policy.contains(&format!("'nonce-{nonce}'")));
    }
    assert_ne!(
        policy,
        get(&site, "/").await.headers["content-security-policy"]
    );
    assert!(
        page.all("script").iter().all(String::is_empty),
        "no inline script"
    );
}

#[tokio::test]
async fn other_sites_and_floods_are_refused() {
    let site = site();
    let from_elsewhere = Request::post("/")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "cross-site")
        .body(Body::from("text=x"))
        .unwrap();
    assert_eq!(
        ask(&site, from_elsewhere).await.status,
        StatusCode::FORBIDDEN
    );
    let from_elsewhere = Request::post("/")
        .header("host", "highwater.example")
        .header("origin", "https://evil.example")
        .body(Body::from("text=x"))
        .unwrap();
    assert_eq!(
        ask(&site, from_elsewhere).await.status,
        StatusCode::FORBIDDEN
    );

    let large = "x".repeat(600 << 10);
    let refused = post(&site, "/", &[("text", &large)]).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.text.contains("<h1>"));

    let strict = router(Site::new(Settings {
        per_minute: 6,
        ..Settings::default()
    }));
    let _ = post(&strict, "/fragment", &[("text", "")]).await;
    let second = post(&strict, "/fragment", &[("text", "")]).await;
    assert_eq!(second.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(second.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn an_analysis_that_is_not_done_in_time_says_so() {
    let hasty = router(Site::new(Settings {
        deadline: std::time::Duration::from_nanos(1),
        ..Settings::default()
    }));
    let page = post(&hasty, "/", &[("text", BUG)]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(
        page.all("#headline"),
        ["Nothing found in what was looked at"]
    );
    let skipped = page.all("section[aria-labelledby=skipped] li");
    assert!(skipped[0].contains("not finished within"), "{skipped:?}");
}
