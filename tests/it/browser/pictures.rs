//! Screenshots of every kind of page, for people to look at. `docs/screenshots/make` asks for
//! them; otherwise nothing is done here.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::sight::{DIFF, TWO_BUGS, many_bugs};
use super::{Browser, Scripts, reviewing, signing_in, tell_of};
use crate::github::blocks::{file, handler};

/// Addresses and the names of their pictures.
const PAGES: [(&str, &str); 15] = [
    ("/reviews/open", "door"),
    ("/reviews", "reviews"),
    ("/reviews/acme/queue/1", "review"),
    ("/repositories/acme/queue", "repository"),
    ("/", "home"),
    ("/bugs", "bugs"),
    ("/bugs/BP11-naive-retry", "explanation"),
    ("/bugs/BP19-oversized-queue-for-slo", "calculator"),
    ("/checklist", "checklist"),
    ("/smell-check", "smell-check"),
    ("/practice?seed=4", "practice"),
    ("/api", "api"),
    ("/precision", "precision"),
    ("/bugs?level=senior&question=Q3", "bugs-filtered"),
    ("/nothing/here", "error"),
];

struct Camera<'a> {
    browser: &'a Browser,
    folder: &'a Path,
    /// What is added to the names.
    suffix: String,
    width: u32,
}

impl<'a> Camera<'a> {
    /// Makes the browser look like a device, and the camera that takes it.
    async fn new(browser: &'a Browser, folder: &'a Path, width: u32, scheme: &str) -> Camera<'a> {
        browser.look_like(width, scheme).await;
        Camera {
            browser,
            folder,
            suffix: format!("{width}-{scheme}"),
            width,
        }
    }

    /// The page from its top, as much as is worth a picture.
    async fn shoot(&self, name: &str) {
        let height = self
            .browser
            .run("return document.documentElement.scrollHeight")
            .await;
        let height = height.as_u64().unwrap().min(2560);
        let clip = json!({ "x": 0, "y": 0, "width": self.width, "height": height, "scale": 1 });
        let asked = json!({
            "format": "webp", "quality": 60, "captureBeyondViewport": true, "clip": clip,
        });
        let answer = self.browser.ask("Page.captureScreenshot", asked).await;
        let bytes = base64(answer["data"].as_str().unwrap());
        let path = self.folder.join(format!("{name}-{}.webp", self.suffix));
        std::fs::write(path, bytes).unwrap();
    }
}

fn base64(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_taken_when_they_are_asked_for() {
    let Some(folder) = std::env::var_os("SCREENSHOTS").map(PathBuf::from) else {
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    let (stage, _, pull) = reviewing::reviewed().await;
    pull.push(&[("queue/queue.go", &file(1, &[handler("A"), handler("C")]))]);
    stage.settle().await;
    let (store, bot) = (stage.store.clone(), stage.bot.clone());
    let more = |site: highwater::web::Site| site.keeping_in(store).with_bot(bot);
    tell_of(Scripts::On, more, move |browser| async move {
        let _stage = stage;
        browser.open("/reviews/acme/queue/1").await;
        browser.click("#C1 button[value=ok]").await;
        browser
            .until("document.querySelector('#progress').value === 1")
            .await;
        for width in [1280, 390] {
            for scheme in ["light", "dark"] {
                let camera = Camera::new(&browser, &folder, width, scheme).await;
                for (address, name) in PAGES {
                    browser.open(address).await;
                    camera.shoot(name).await;
                }
                for (text, name) in [(TWO_BUGS, "code"), (DIFF, "diff"), (&many_bugs(), "many")] {
                    browser.open("/").await;
                    browser.write("#text", text).await;
                    browser.leave_by("#paste button.main").await;
                    browser.find("#headline").await;
                    camera.shoot(name).await;
                }
                browser.leave_by("button[formaction='/r']").await;
                browser.find("form[action$='/delete']").await;
                camera.shoot("kept").await;
                browser.leave_by("form[action$='/delete'] button").await;
                browser.find("a[href='/']").await;
                camera.shoot("deleted").await;
                browser.open("/practice?seed=4").await;
                browser.click("input[name=line][value='2']").await;
                let class = browser.find("select[name=answer]").await;
                class.select_by_value("BP04").await.unwrap();
                browser.click("#drill button.main").await;
                browser.find(".outcome").await;
                camera.shoot("answer").await;
            }
        }
    })
    .await;
}

/// What strangers, people who are signed in and those whose session has ended see.
#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_accounts_are_taken_when_they_are_asked_for() {
    let Some(folder) = std::env::var_os("SCREENSHOTS").map(PathBuf::from) else {
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    let story = |browser: Browser, town: crate::accounts::Town| async move {
        for width in [1280, 390] {
            for scheme in ["light", "dark"] {
                let camera = Camera::new(&browser, &folder, width, scheme).await;
                browser.open(signing_in::HERE).await;
                camera.shoot("not-yours").await;
                signing_in::sign_in(&browser, &town, "rita").await;
                browser.click(".who summary").await;
                camera.shoot("signed-in").await;
                let clock = town.stage.world.clock();
                clock.advance(signing_in::LONGER_THAN_A_SESSION);
                browser.click("#C1 button[value=concern]").await;
                camera.shoot("signed-out").await;
            }
        }
        town.stage.end();
    };
    signing_in::tell_of_people(Scripts::Off, story).await;
}
