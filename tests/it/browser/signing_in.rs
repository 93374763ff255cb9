//! Signing in with a real browser, against the stand-in for GitHub: with scripts and without, when
//! the session ends in the midst of a note, and when access is lost while one reads.

use std::time::Duration;

use super::sight::{axe, wrong};
use super::{Browser, Scripts, tell_at};
use crate::accounts::Town;

pub(super) const HERE: &str = "/reviews/acme/secret/1";
/// A name of this machine to which browsers give cookies without HTTPS, and that is not taken for
/// the operator's own.
const HOST: &str = "highwater.localhost";
pub(super) const LONGER_THAN_A_SESSION: Duration = Duration::from_secs(3 * 3600);

/// Tells a story of a site where people sign in.
pub(super) async fn tell_of_people<F>(
    scripts: Scripts,
    story: impl FnOnce(Browser, Town) -> F + 'static,
) where
    F: Future<Output = ()> + 'static,
{
    let town = Town::new().await;
    let (store, bot) = (town.stage.store.clone(), town.stage.bot.clone());
    let more = |site: highwater::web::Site| site.keeping_in(store).with_bot(bot);
    tell_at(HOST, scripts, more, |browser| story(browser, town)).await;
}

/// Signs in from the page that is not there for strangers, and is led back to it.
pub(super) async fn sign_in(browser: &Browser, town: &Town, login: &str) {
    browser.open(HERE).await;
    town.stage.world.sign_in_as(Some(login));
    browser.leave_by("main a[href^='/auth/github']").await;
    browser.find("#C1").await;
    assert_eq!(browser.at().await, HERE);
    assert_eq!(name(browser).await, login);
}

async fn name(browser: &Browser) -> String {
    let name = browser.text(".who summary").await;
    name.replace("Signed in as", "").trim().to_owned()
}

/// Follows a link that leads to a new tab, until a page of the site is there again.
async fn in_a_new_tab(browser: &Browser, link: &str) {
    let way = browser.find(link).await;
    let way = way.attr("href").await.unwrap().unwrap();
    let here = browser.client.window().await.unwrap();
    let new = browser.client.new_window(true).await.unwrap();
    browser.client.switch_to_window(new.handle).await.unwrap();
    browser.open(&way).await;
    browser.find(".who summary").await;
    browser.client.close_window().await.unwrap();
    browser.client.switch_to_window(here).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_in_reads_and_signs_out_without_scripts() {
    let story = |browser: Browser, town: Town| async move {
        sign_in(&browser, &town, "rita").await;
        browser.write("#C1-note", "bounded").await;
        browser.leave_by("#C1 button[value=ok]").await;
        assert_eq!(browser.text("#C1 .said .note").await, "bounded");
        browser.click(".who summary").await;
        browser
            .leave_by("form[action='/auth/sign-out'] button")
            .await;
        browser.find(".who a[href^='/auth/github']").await;
        assert_eq!(browser.at().await, "/reviews");
        browser.open(HERE).await;
        assert_eq!(browser.count("#C1").await, 0);
        town.stage.end();
    };
    tell_of_people(Scripts::Off, story).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_outlives_its_session_without_scripts() {
    let story = |browser: Browser, town: Town| async move {
        sign_in(&browser, &town, "rita").await;
        browser.write("#C1-note", "who drains it?").await;
        town.stage.world.clock().advance(LONGER_THAN_A_SESSION);
        browser.leave_by("#C1 button[value=concern]").await;
        assert_eq!(browser.text("h1").await, "You are signed out");
        assert_eq!(browser.property("#note", "value").await, "who drains it?");
        in_a_new_tab(&browser, "main a[href^='/auth/github']").await;
        browser.leave_by("main form button").await;
        browser.find("#C1 .said .mark.concern").await;
        assert_eq!(browser.text("#C1 .said .note").await, "who drains it?");
        town.stage.end();
    };
    tell_of_people(Scripts::Off, story).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_outlives_its_session_in_the_page() {
    let Some(axe) = axe() else { return };
    let story = |browser: Browser, town: Town| async move {
        browser.open(HERE).await;
        assert_eq!(wrong(&browser, &axe).await, [""; 0], "not there");
        sign_in(&browser, &town, "rita").await;
        browser.click(".who summary").await;
        assert_eq!(wrong(&browser, &axe).await, [""; 0], "signed in");
        browser.write("#C1-note", "who drains it?").await;
        town.stage.world.clock().advance(LONGER_THAN_A_SESSION);
        browser.click("#C1 button[value=concern]").await;
        let told = "document.querySelector('#news')?.innerText.includes('You are signed out')";
        browser.until(told).await;
        assert_eq!(wrong(&browser, &axe).await, [""; 0], "signed out");
        assert_eq!(
            browser.property("#C1-note", "value").await,
            "who drains it?"
        );
        in_a_new_tab(&browser, "#news a").await;
        browser.click("#C1 button[value=concern]").await;
        browser
            .until("document.querySelector('#C1 .said .mark.concern')")
            .await;
        assert_eq!(browser.text("#C1 .said .note").await, "who drains it?");
        // The page that says so where the form is sent as a form.
        town.stage.world.clock().advance(LONGER_THAN_A_SESSION);
        let send = "const form = document.querySelector('#C1 .mark-form'); \
             form.insertAdjacentHTML('beforeend', '<input name=state value=ok>'); form.submit();";
        browser.run(send).await;
        browser.find("#note").await;
        for (width, scheme) in [(1280, "light"), (390, "dark")] {
            browser.look_like(width, scheme).await;
            assert_eq!(wrong(&browser, &axe).await, [""; 0], "{width} {scheme}");
        }
        town.stage.end();
    };
    tell_of_people(Scripts::On, story).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_loses_access_while_reading_sees_nothing_more() {
    let story = |browser: Browser, town: Town| async move {
        sign_in(&browser, &town, "rita").await;
        assert!(browser.text("#review").await.contains("jobsA"));
        town.secret.set_role("rita", "none");
        town.stage.deliver().await;
        let told = "document.querySelector('#review').innerText.includes('not there for you')";
        browser.until(told).await;
        assert_eq!(browser.count(".item").await, 0);
        assert!(!browser.text("#main").await.contains("jobsA"));
        browser.open(HERE).await;
        assert_eq!(browser.text("h1").await, "There is no such page");
        assert_eq!(name(&browser).await, "rita", "still who she is");
        town.stage.end();
    };
    tell_of_people(Scripts::On, story).await;
}
