//! The web app in a real browser: headless Chromium, driven through chromedriver.
//!
//! Each story has a site of its own on a free port, a driver and a browser. Where chromedriver or
//! Chromium are not installed the stories are skipped loudly, and fail when `CI=true`.

mod checking;
mod keeping;
mod pictures;
mod practising;
mod reviewing;
mod setting_up;
mod sight;
mod signing_in;

use std::future::Future;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use axum::http::Method;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use highwater::store::Store;
use highwater::web::{self, Settings, Site};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::task::LocalSet;
use url::Url;

/// How long something may take to appear; machines that run tests are busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether pages may run scripts.
#[derive(Clone, Copy, PartialEq)]
pub enum Scripts {
    On,
    Off,
}

/// A browser on a site.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    site: String,
}

/// A chromedriver, ended with its story.
struct Driver {
    process: Child,
    address: String,
    /// Kept open: a driver that cannot write ends.
    _output: BufReader<ChildStdout>,
}

impl Driver {
    fn start() -> std::io::Result<Driver> {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        let port = loop {
            line.clear();
            assert!(output.read_line(&mut line)? > 0, "chromedriver ends");
            let said = line.trim().trim_end_matches('.').rsplit_once("on port ");
            if let Some((_, port)) = said.filter(|_| line.contains("started successfully")) {
                break port.to_owned();
            }
        };
        Ok(Driver {
            process,
            address: format!("http://127.0.0.1:{port}"),
            _output: output,
        })
    }

    async fn browser(&self, scripts: Scripts) -> Client {
        let mut options = json!({
            // Who runs tests in a container is root there, and root has no sandbox.
            "args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        });
        if scripts == Scripts::Off {
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        let wanted = json!({
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted.as_object().unwrap().clone())
            .connect(&self.address)
            .await
            .unwrap()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Tells a story in a browser. The browser is closed however the story ends.
pub async fn tell<F>(scripts: Scripts, story: impl FnOnce(Browser) -> F)
where
    F: Future<Output = ()> + 'static,
{
    tell_of(scripts, |site| site, story).await;
}

/// Tells a story of a site that is more than it is by itself.
pub async fn tell_of<F>(
    scripts: Scripts,
    more: impl FnOnce(Site) -> Site,
    story: impl FnOnce(Browser) -> F,
) where
    F: Future<Output = ()> + 'static,
{
    tell_at("127.0.0.1", scripts, more, story).await;
}

/// Tells a story of a site that is reached by this name of the machine.
pub async fn tell_at<F>(
    host: &str,
    scripts: Scripts,
    more: impl FnOnce(Site) -> Site,
    story: impl FnOnce(Browser) -> F,
) where
    F: Future<Output = ()> + 'static,
{
    let driver = match Driver::start() {
        Ok(driver) => driver,
        Err(error) if std::env::var("CI").is_ok_and(|ci| ci == "true") => {
            panic!("chromedriver cannot be started: {error}")
        }
        Err(error) => {
            eprintln!("SKIPPED: no story is told, chromedriver cannot be started: {error}");
            return;
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let site = format!("http://{host}:{}", listener.local_addr().unwrap().port());
    let settings = Settings {
        public_url: site.clone(),
        per_minute: 100_000,
        wait: PATIENCE,
        deadline: PATIENCE,
        reviews_token: Some(reviewing::TOKEN.into()),
        ..Settings::default()
    };
    let store = Store::open("sqlite::memory:").await.unwrap();
    let all = more(Site::new(settings).keeping_in(store));
    let server = tokio::spawn(web::serve(listener, all, std::future::pending()));
    let client = driver.browser(scripts).await;
    let browser = Browser {
        client: client.clone(),
        site,
    };
    let here = LocalSet::new();
    let told = here.spawn_local(story(browser));
    let told = here.run_until(told).await;
    let _ = client.close().await;
    server.abort();
    if let Err(failed) = told {
        std::panic::resume_unwind(failed.into_panic());
    }
}

/// What chromedriver can do beyond WebDriver.
#[derive(Debug)]
struct Beyond {
    command: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Beyond {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/{}", self.command))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

impl Browser {
    /// Looks as on a screen of this width, `light` or `dark`.
    pub async fn look_like(&self, width: u32, scheme: &str) {
        let size = json!({
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        self.ask("Emulation.setDeviceMetricsOverride", size).await;
        let wanted = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.ask("Emulation.setEmulatedMedia", wanted).await;
    }

    /// Opens a page of the site.
    pub async fn open(&self, path: &str) {
        self.client
            .goto(&format!("{}{path}", self.site))
            .await
            .unwrap();
    }

    /// Path, query and fragment of the page.
    pub async fn at(&self) -> String {
        let address = self.client.current_url().await.unwrap();
        address.as_str().replacen(&self.site, "", 1)
    }

    /// The first element, when it has come.
    pub async fn find(&self, css: &str) -> Element {
        let wait = self.client.wait().at_most(PATIENCE);
        let found = wait.for_element(Locator::Css(css)).await;
        found.unwrap_or_else(|error| panic!("`{css}` does not come: {error}"))
    }

    /// How many there are now.
    pub async fn count(&self, css: &str) -> usize {
        let found = self.client.find_all(Locator::Css(css)).await;
        found.unwrap().len()
    }

    /// What stands in the first element that fits.
    pub async fn text(&self, css: &str) -> String {
        self.with(css, async |element| element.text().await).await
    }

    /// A property of the first element that fits; empty when it has none.
    pub async fn property(&self, css: &str, name: &str) -> String {
        let value = self.with(css, async |element| element.prop(name).await);
        value.await.unwrap_or_default()
    }

    /// Clicks.
    pub async fn click(&self, css: &str) {
        self.with(css, async |element| element.click().await).await;
    }

    /// Clicks on what leads to another page, and waits until this one is gone: until then it would
    /// answer for the other.
    pub async fn leave_by(&self, css: &str) {
        let page = self.find("html").await;
        self.click(css).await;
        let begun = std::time::Instant::now();
        while page.tag_name().await.is_ok() {
            assert!(begun.elapsed() < PATIENCE, "`{css}` leads nowhere");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Types into an element, or the characters of `fantoccini::key::Key`.
    pub async fn write(&self, css: &str, text: &str) {
        self.with(css, async |element| element.send_keys(text).await)
            .await;
    }

    /// Asks or does something with the first element that fits; with its successor when the page
    /// was drawn anew in between.
    async fn with<T>(&self, css: &str, act: impl AsyncFn(Element) -> Result<T, CmdError>) -> T {
        let begun = std::time::Instant::now();
        loop {
            match act(self.find(css).await).await {
                Ok(done) => return done,
                Err(error) if error.is_stale_element_reference() => {
                    assert!(begun.elapsed() < PATIENCE, "`{css}` never stays: {error}");
                }
                Err(error) => panic!("`{css}`: {error}"),
            }
        }
    }

    /// Presses keys where the focus is.
    pub async fn press(&self, keys: impl ToString) {
        let focused = self.client.active_element().await.unwrap();
        focused.send_keys(&keys.to_string()).await.unwrap();
    }

    /// Runs a script as a function body.
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Waits until the script, an expression, gives true.
    pub async fn until(&self, expression: &str) {
        let begun = std::time::Instant::now();
        let script = format!("return Boolean({expression})");
        // The page may be left while it is asked; it is asked again.
        while !matches!(
            self.client.execute(&script, Vec::new()).await,
            Ok(Value::Bool(true))
        ) {
            assert!(begun.elapsed() < PATIENCE, "never: {expression}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Asks the browser itself (Chrome DevTools protocol).
    pub async fn ask(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        let command = "goog/cdp/execute";
        let answer = self.client.issue_cmd(Beyond { command, body }).await;
        answer.unwrap()
    }

    /// What the browser has complained about since it was asked last.
    pub async fn complaints(&self) -> Vec<String> {
        let body = json!({ "type": "browser" });
        let command = "se/log";
        let answer: Result<Value, CmdError> = self.client.issue_cmd(Beyond { command, body }).await;
        let answer = answer.unwrap();
        let entries = answer.as_array().unwrap().iter();
        entries
            .filter(|entry| entry["level"] == "SEVERE" || entry["source"] == "security")
            .map(|entry| entry["message"].to_string())
            .collect()
    }
}
