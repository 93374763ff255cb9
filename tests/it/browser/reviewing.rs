//! Reviewing in a browser: by the keyboard alone, two at once, while somebody pushes, and without
//! scripts.

use fantoccini::key::Key;

use super::sight::{axe, wrong};
use super::{Browser, Driver, Scripts, tell_of};
use crate::github::blocks::{file, handler, mended};
use crate::github::fake_github::{PullRequest, Repo};
use crate::github::stage::{SOUND, Stage};

/// What opens the reviews of the sites of these stories.
pub const TOKEN: &str = "a token of some length";
const PATH: &str = "queue/queue.go";
const HERE: &str = "/reviews/acme/queue/1";

/// A pull request with a bug, reviewed.
pub async fn reviewed() -> (Stage, Repo, PullRequest) {
    let stage = Stage::new().await;
    let repo = stage.world.repository("acme/queue");
    repo.commit("main", &[("queue/sum.go", SOUND)]);
    let first = file(0, &[handler("A"), mended("B")]);
    repo.commit("feature", &[(PATH, &first)]);
    let pull = repo.open_pull("feature", "main");
    stage.settle().await;
    (stage, repo, pull)
}

/// Tells a story of a site that shows what a bot found.
async fn tell_of_review<F>(
    scripts: Scripts,
    (stage, pull): (Stage, PullRequest),
    story: impl FnOnce(Browser, Stage, PullRequest) -> F + 'static,
) where
    F: Future<Output = ()> + 'static,
{
    let (store, bot) = (stage.store.clone(), stage.bot.clone());
    let more = |site: highwater::web::Site| site.keeping_in(store).with_bot(bot);
    tell_of(scripts, more, |browser| story(browser, stage, pull)).await;
}

/// Gives the reader of a browser a name.
async fn call(browser: &Browser, name: &str) {
    browser.open("/reviews/open").await;
    browser.write("#token", TOKEN).await;
    browser.write("#name", name).await;
    browser.leave_by("form.door button").await;
    browser.find("table.reviews").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checklist_is_gone_through_by_the_keyboard_alone() {
    let (stage, _, pull) = reviewed().await;
    let Some(axe) = axe() else { return };
    let story = move |browser: Browser, stage: Stage, _| async move {
        browser.open("/reviews").await;
        assert_eq!(wrong(&browser, &axe).await, [""; 0], "the list");
        browser.open(HERE).await;
        browser.find("#timer").await;
        for (at, key) in ["o", "c", "n", "o", "o", "o", "o", "o", "o", "o", "o"]
            .into_iter()
            .enumerate()
        {
            browser.press("j").await;
            browser
                .until(&format!("document.activeElement.id === 'C{}'", at + 1))
                .await;
            if at == 1 {
                browser.press("e").await;
                let words = "Why a million?";
                browser.press(words).await;
                browser.press(char::from(Key::Escape)).await;
            }
            browser.press(key).await;
            browser
                .until(&format!(
                    "document.querySelector('#progress').value === {}",
                    at + 1
                ))
                .await;
        }
        assert_eq!(browser.count(".item.concern").await, 1);
        browser.press("f").await;
        let words = browser.property("#markdown", "value").await;
        assert!(
            words.contains("11 of 11 items marked, 1 concern"),
            "{words}"
        );
        assert!(words.contains("Why a million?"), "{words}");
        assert_eq!(browser.complaints().await, [""; 0]);
        for (width, scheme) in [(1280, "light"), (390, "dark")] {
            browser.look_like(width, scheme).await;
            for page in [
                HERE,
                "/repositories/acme/queue",
                "/reviews",
                "/reviews/open",
            ] {
                browser.open(page).await;
                assert_eq!(
                    wrong(&browser, &axe).await,
                    [""; 0],
                    "{page} {width} {scheme}"
                );
                assert_eq!(browser.complaints().await, [""; 0], "{page}");
            }
        }
        stage.end();
    };
    tell_of_review(Scripts::On, (stage, pull), story).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_reviewers_see_each_other_and_what_is_pushed_while_they_read() {
    let (stage, _, pull) = reviewed().await;
    let story = |ada: Browser, stage: Stage, pull: PullRequest| async move {
        let driver = Driver::start().unwrap();
        let client = driver.browser(Scripts::On).await;
        let ben = Browser {
            client: client.clone(),
            site: ada.site.clone(),
        };
        call(&ada, "Ada").await;
        call(&ben, "Ben").await;
        ada.open(HERE).await;
        ben.open(HERE).await;
        // Ben writes a note that he has not sent while Ada marks the same item.
        ben.write("#C3-note", "half a th").await;
        ada.click("#C3 button[value=concern]").await;
        ada.click(".item:has(.told) button[value=ok]").await;
        ben.until(
            "document.querySelector('.item:has(.told) .said')?.innerText.includes('Ada: ok')",
        )
        .await;
        assert_eq!(ben.property("#C3-note", "value").await, "half a th");
        ben.write("#C3-note", "ought").await;
        ben.click("#C3 button[value=ok]").await;
        ada.until("document.querySelector('#C3 .said')?.innerText.includes('Ben: ok')")
            .await;
        assert!(ada.text("#C3 .said").await.contains("half a thought"));

        ada.run("window.isOld = true").await;
        pull.push(&[(PATH, &file(3, &[handler("A"), handler("B")]))]);
        stage.settle().await;
        ada.until("document.querySelectorAll('#pushes ~ .wide tbody tr').length === 2")
            .await;
        ada.until("document.querySelector('.stale')").await;
        assert_eq!(ada.run("return window.isOld").await, true, "not reloaded");
        assert_eq!(ada.complaints().await, [""; 0]);
        assert_eq!(ben.complaints().await, [""; 0]);
        let _ = client.close().await;
        stage.end();
    };
    tell_of_review(Scripts::On, (stage, pull), story).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_an_item_is_marked_by_its_form() {
    let (stage, _, pull) = reviewed().await;
    let story = |browser: Browser, stage: Stage, pull: PullRequest| async move {
        browser.open(HERE).await;
        browser.write("#C1-note", "bounded by the caller").await;
        browser.leave_by("#C1 button[value=ok]").await;
        browser.find("#C1 .said .mark.ok").await;
        assert_eq!(browser.at().await, format!("{HERE}#C1"));
        let note = browser.text("#C1 .said .note").await;
        assert_eq!(note, "bounded by the caller");
        browser.leave_by("#finish form button").await;
        browser.find("#finish button[disabled]").await;
        stage.settle().await;
        browser.open(HERE).await;
        let said = browser.text("#finish form").await;
        assert!(said.contains("stand on the pull request"), "{said}");
        let said = pull.now().timeline.len();
        assert_eq!(said, 1);
        stage.end();
    };
    tell_of_review(Scripts::Off, (stage, pull), story).await;
}
