//! The set-up of the bot, from the form to the settings that are written, with the stand-in for
//! GitHub on the other side.

use std::sync::{Arc, Mutex};

use highwater::web::Setup;

use super::sight::{axe, wrong};
use super::{Browser, Scripts, tell_of};
use crate::github::fake_github::{World, permissions};
use crate::github::stage::Stage;

/// What the browser and axe-core say of a page.
async fn looked_at(browser: &Browser, page: &str, axe: &str) {
    assert_eq!(browser.complaints().await, [""; 0], "{page}");
    assert_eq!(wrong(browser, axe).await, [""; 0], "{page}");
}

fn setup(world: &World, written: &Arc<Mutex<Vec<String>>>) -> Setup {
    let into = written.clone();
    let write = move |text: &str| {
        into.lock().unwrap().push(text.to_owned());
        Ok("/var/lib/highwater/with/a/rather/long/path/github.toml".to_owned())
    };
    Setup::new(world.address(), world.address()).opened_by("secret".into(), Box::new(write))
}

async fn an_app_is_registered(width: u32, scheme: &'static str) {
    let Some(axe) = axe() else { return };
    let world = World::start().await;
    let written: Arc<Mutex<Vec<String>>> = Arc::default();
    let setup = setup(&world, &written);
    let story = move |browser: Browser| async move {
        browser.look_like(width, scheme).await;
        browser.open("/setup?key=secret").await;
        looked_at(&browser, "the form", &axe).await;
        browser.write("#organisation", "acme").await;
        browser.leave_by("form[method=get] button").await;
        browser.find("form[action*=acme]").await;
        looked_at(&browser, "for an organisation", &axe).await;
        browser.leave_by("form[method=post] button.main").await;
        browser.find("input[name=token]").await;
        assert!(browser.text("pre").await.contains("[github]"));
        looked_at(&browser, "registered", &axe).await;
        browser.leave_by("form[action='/setup/write'] button").await;
        assert_eq!(browser.at().await, "/setup/write");
        assert!(browser.text("pre").await.contains("serve --config"));
        looked_at(&browser, "written", &axe).await;
    };
    tell_of(Scripts::On, |site| site.with_setup(setup), story).await;
    assert_eq!(world.violations(), Vec::<String>::new());
    let written = written.lock().unwrap();
    assert!(written[0].contains("private_key"), "{written:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_is_registered_by_day() {
    an_app_is_registered(1280, "light").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_is_registered_on_a_telephone_by_night() {
    an_app_is_registered(390, "dark").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_seen() {
    let Some(axe) = axe() else { return };
    for (width, scheme) in [(1280, "light"), (390, "dark")] {
        let stage = Stage::new().await;
        stage.world.with(|state| {
            state.app.permissions = permissions(&[("metadata", "read"), ("contents", "write")]);
            state.app.events.clear();
        });
        let setup = setup(&stage.world, &Arc::default());
        let bot = stage.bot.clone();
        let axe = axe.clone();
        let story = move |browser: Browser| async move {
            browser.look_like(width, scheme).await;
            browser.open("/setup").await;
            browser.find("table").await;
            assert!(browser.count(".verdict.fail").await >= 2);
            looked_at(&browser, "what is missing", &axe).await;
        };
        let more = |site: highwater::web::Site| site.with_setup(setup).with_bot(bot);
        tell_of(Scripts::On, more, story).await;
        stage.end();
    }
}
