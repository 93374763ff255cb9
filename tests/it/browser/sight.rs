//! Every page as a browser sees it: its policy, and what axe-core says of it.

use std::path::Path;

use highwater::rules;
use serde_json::{Value, json};

use super::{Browser, Scripts, tell};

/// Two bugs, to be typed: a tab would leave the box.
pub const TWO_BUGS: &str = "var jobs = make(chan Job, 1000000)\nfunc handle(w http.ResponseWriter, r *http.Request) {\njobs <- Job{r}\n}\n";
/// A change that mends one thing and brings another.
pub const DIFF: &str = "--- a/q.go\n+++ b/q.go\n@@ -1,3 +1,7 @@\n package q\n \n-var old = make(chan int, 1000000)\n+var old = make(chan int, 100)\n+var jobs = make(chan Job, 100)\n+func handle(w http.ResponseWriter, r *http.Request) {\n+jobs <- Job{r}\n+}\n";

/// Addresses of error pages.
const ERRORS: [&str; 3] = [
    "/nothing/here",
    "/r/00000000000000000000000000000000",
    "/?example=BP99",
];

/// Code with many findings of several classes, as a first paste of real code may have.
pub fn many_bugs() -> String {
    let worker = |number: u32| {
        format!(
            "{}func work{number}(d Doer) {{\nfor {{\nd.Do()\ntime.Sleep(time.Second)\n}}\n}}\n\n",
            TWO_BUGS
                .replace("jobs", &format!("jobs{number}"))
                .replace("handle", &format!("handle{number}"))
        )
    };
    (1..=8).map(worker).collect()
}

/// Addresses: one page of each kind, and every explanation.
fn addresses() -> Vec<String> {
    let fixed = [
        "/",
        "/bugs",
        "/checklist",
        "/smell-check",
        "/practice?seed=4",
        "/api",
        "/precision",
    ];
    let explained = rules::ALL
        .iter()
        .map(|rule| format!("/bugs/{}-{}", rule.code, rule.slug));
    let fixed = fixed.into_iter().chain(ERRORS).map(str::to_owned);
    fixed.chain(explained).collect()
}

/// Shows each page, also those that come after something was done, and lets `look` see it.
async fn tour(browser: &Browser, mut look: impl AsyncFnMut(&Browser, &str)) {
    for address in addresses() {
        browser.open(&address).await;
        browser.find("footer").await;
        look(browser, &address).await;
    }
    for (text, name) in [(TWO_BUGS, "code"), (DIFF, "diff")] {
        browser.open("/").await;
        browser.write("#text", text).await;
        browser.find("#headline").await;
        look(browser, name).await;
        browser.leave_by("#paste button.main").await;
        browser.find("#headline").await;
        look(browser, name).await;
    }
    browser.leave_by("button[formaction='/r']").await;
    browser.find("form[action$='/delete']").await;
    look(browser, "kept").await;
    browser.leave_by("form[action$='/delete'] button").await;
    browser.find("a[href='/']").await;
    look(browser, "deleted").await;
    browser.open("/practice?seed=4").await;
    browser.click("button[name=nothing]").await;
    browser.find(".outcome").await;
    look(browser, "an answer").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_breaks_its_own_policy() {
    tell(Scripts::On, |browser| async move {
        tour(&browser, async |browser, page| {
            let mut complaints = browser.complaints().await;
            // That a page is an error page is no complaint about it.
            complaints.retain(|said| {
                let is_itself = said.contains(&format!("{page} - Failed to load resource"));
                !(is_itself && ERRORS.contains(&page))
            });
            assert_eq!(complaints, [""; 0], "{page}");
        })
        .await;
    })
    .await;
}

/// What axe-core finds serious or critical, and whether the page is wider than the window.
pub async fn wrong(browser: &Browser, axe: &str) -> Vec<String> {
    // Asked of the browser and not of the page, whose policy allows no script but its own.
    let evaluate = async |expression: &str| {
        let asked = json!({
            "expression": expression,
            "awaitPromise": true,
            "returnByValue": true,
        });
        browser.ask("Runtime.evaluate", asked).await["result"]["value"].take()
    };
    evaluate(axe).await;
    let found = evaluate("axe.run().then(result => result.violations)").await;
    let mut wrong = Vec::new();
    for violation in found.as_array().expect("axe answers") {
        if violation["impact"] == "serious" || violation["impact"] == "critical" {
            let places = violation["nodes"].as_array().unwrap();
            let place = &places[0]["html"];
            wrong.push(format!("{}: {} × {place}", violation["id"], places.len()));
        }
    }
    let is_wider = "document.documentElement.scrollWidth > innerWidth";
    if evaluate(is_wider).await == Value::Bool(true) {
        wrong.push("wider than the window".to_owned());
    }
    wrong
}

/// The script of axe-core, where it is installed.
pub fn axe() -> Option<String> {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/tools/npm/node_modules/axe-core/axe.min.js");
    match std::fs::read_to_string(&axe) {
        Ok(axe) => Some(axe),
        Err(error) if std::env::var("CI").is_ok_and(|ci| ci == "true") => {
            panic!("axe-core is not there: {error}")
        }
        Err(_) => {
            eprintln!("SKIPPED: axe-core is not there; tests/run installs it");
            None
        }
    }
}

async fn everybody_can_use_it(width: u32, scheme: &'static str) {
    let Some(axe) = axe() else { return };
    tell(Scripts::On, move |browser| async move {
        browser.look_like(width, scheme).await;
        let mut all = Vec::new();
        tour(&browser, async |browser, page| {
            let wrong = wrong(browser, &axe).await;
            all.extend(wrong.into_iter().map(|what| format!("{page}: {what}")));
        })
        .await;
        assert!(all.is_empty(), "\n{}", all.join("\n"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_can_use_it_by_day() {
    everybody_can_use_it(1280, "light").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_can_use_it_by_night() {
    everybody_can_use_it(1280, "dark").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_can_use_it_on_a_telephone_by_day() {
    everybody_can_use_it(390, "light").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_can_use_it_on_a_telephone_by_night() {
    everybody_can_use_it(390, "dark").await;
}
