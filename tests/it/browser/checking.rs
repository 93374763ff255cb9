//! Paste and check, as somebody does it.

use fantoccini::Locator;
use fantoccini::key::Key;

use super::sight::{DIFF, TWO_BUGS};
use super::{Browser, Scripts, tell};

/// Typed, not pasted: a tab would leave the box.
const BUG: &str = "var jobs = make(chan Job, 100)\nfunc handle(w http.ResponseWriter, r *http.Request) {\njobs <- Job{r}\n}\n";

async fn ends_with(browser: &Browser, css: &str, text: &str) {
    let said = browser.text(css).await;
    assert!(said.contains(text), "`{css}` says `{said}`");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_bug_is_seen_on_its_line_while_it_is_typed() {
    tell(Scripts::On, |browser| async move {
        browser.open("/").await;
        browser.write("#text", BUG).await;
        ends_with(&browser, "#L3.found + .finding h3", "BP06").await;
        ends_with(&browser, "#L3 code", "jobs <- Job{r}").await;
        assert_eq!(
            browser.property("#text", "value").await,
            BUG,
            "the text stays"
        );
        browser.click("#L3 + .finding .related a").await;
        assert_eq!(browser.at().await, "/#L1", "the evidence is a jump");
        browser.click("#L3 + .finding h3 a").await;
        ends_with(&browser, "h1", "blocking-send-in-handler").await;
        assert_eq!(browser.complaints().await, [""; 0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_diff_tells_what_it_brings_from_what_it_mends() {
    tell(Scripts::On, |browser| async move {
        browser.open("/").await;
        browser.write("#text", DIFF).await;
        ends_with(&browser, ".row.removed + .finding .state", "fixed").await;
        ends_with(&browser, ".row.added.found + .finding .state", "introduced").await;
        let colour = |css: &'static str| {
            let browser = browser.clone();
            async move {
                let found = browser.find(css).await;
                found.css_value("border-left-color").await.unwrap()
            }
        };
        let mended = colour(".row.removed + .finding").await;
        let brought = colour(".row.added + .finding").await;
        assert_ne!(mended, brought, "seen at a glance");
        ends_with(&browser, "#headline", "fixed").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_forms_do_it_all() {
    tell(Scripts::Off, |browser| async move {
        browser.open("/").await;
        let chooser = browser.find("#file").await;
        assert!(!chooser.is_displayed().await.unwrap(), "scripts are off");
        browser.write("#text", TWO_BUGS).await;
        browser.leave_by("#paste button.main").await;
        ends_with(&browser, "#L3.found + .finding h3", "BP06").await;
        assert_eq!(browser.property("#text", "value").await, TWO_BUGS);
        browser.leave_by("button[name=class][value=BP02]").await;
        browser.find("button[name=class][value='']").await;
        assert_eq!(browser.count("#L3 + .finding").await, 0);
        assert_eq!(browser.count("#L1 + .finding").await, 1);

        browser.open("/").await;
        browser.write("#text", DIFF).await;
        browser.leave_by("#paste button.main").await;
        ends_with(&browser, ".row.removed + .finding .state", "fixed").await;

        browser.open("/?example=BP20").await;
        browser.leave_by("#paste button.main").await;
        let findings = |browser: Browser| async move { browser.count(".finding").await };
        browser.find("button[name=apply]").await;
        let before = findings(browser.clone()).await;
        browser.leave_by("button[name=apply]").await;
        browser.find("#headline").await;
        assert!(findings(browser.clone()).await < before);

        browser.open("/bugs/BP01-unbounded-slice-queue").await;
        let drawn = browser.text("#figure").await;
        browser.write(".sliders input", &Key::End.to_string()).await;
        browser.leave_by(".sliders button").await;
        browser.find(".sliders").await;
        assert_ne!(browser.text("#figure").await, drawn);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_example_comes_into_the_box_and_is_checked() {
    tell(Scripts::On, |browser| async move {
        browser.open("/").await;
        let choice = browser.find("select[name=example]").await;
        choice.select_by_value("BP03").await.unwrap();
        browser.click(".examples button").await;
        browser.find(".example a[href^='/bugs/BP03']").await;
        assert!(!browser.property("#text", "value").await.is_empty());
        ends_with(&browser, ".finding h3", "BP03").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_chosen_and_dropped() {
    tell(Scripts::On, |browser| async move {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("handler.go");
        std::fs::write(&path, BUG).unwrap();
        browser.open("/").await;
        browser.write("#file", &path.to_string_lossy()).await;
        browser.find("#L3.found").await;

        browser.open("/").await;
        let text = serde_json::to_string(TWO_BUGS).unwrap();
        browser
            .run(&format!(
                "const brought = new DataTransfer();
                 brought.items.add(new File([{text}], 'two.go'));
                 document.querySelector('#text').dispatchEvent(
                   new DragEvent('drop', {{ dataTransfer: brought, bubbles: true, cancelable: true }}))"
            ))
            .await;
        browser.find("#L1.found").await;
        assert_eq!(browser.property("#text", "value").await, TWO_BUGS);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_while_somebody_types_is_said() {
    tell(Scripts::On, |browser| async move {
        browser.open("/").await;
        browser
            .run(
                "const box = document.querySelector('#text');
                 box.value = 'x'.repeat(600000);
                 box.dispatchEvent(new Event('input'))",
            )
            .await;
        ends_with(&browser, "#result .hint", "too much at once").await;
        browser
            .run("document.querySelector('#text').value = ''")
            .await;
        browser.write("#text", BUG).await;
        browser.find("#L3.found").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_result_is_copied_as_markdown() {
    tell(Scripts::On, |browser| async move {
        browser.open("/").await;
        let granted = serde_json::json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        browser.ask("Browser.grantPermissions", granted).await;
        browser.write("#text", BUG).await;
        browser.click("[data-copy]").await;
        browser
            .until("document.querySelector('[data-copy]').textContent === 'Copied'")
            .await;
        // The clipboard of a page that runs without a secure way is not there.
        browser.run("Object.defineProperty(navigator, 'clipboard', { value: undefined })").await;
        browser.click("[data-copy]").await;
        browser.until("document.activeElement.id === 'markdown'").await;
        let selected = "const box = document.activeElement; return box.value.slice(box.selectionStart, box.selectionEnd)";
        let selected = browser.run(selected).await;
        assert!(selected.as_str().unwrap().contains("BP06"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn control_and_enter_check() {
    tell(Scripts::On, |browser| async move {
        browser.open("/").await;
        browser.write("#text", BUG).await;
        browser.run("window.isOld = true").await;
        let keys = format!("{}{}", Key::Control, Key::Enter);
        browser.write("#text", &keys).await;
        browser.until("!window.isOld").await;
        browser.find("#L3.found").await;
        assert_eq!(browser.complaints().await, [""; 0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_are_filtered_by_confidence_and_class() {
    tell(Scripts::On, |browser| async move {
        browser.open("/").await;
        let worker = "func work(d Doer) {\nfor {\nd.Do()\ntime.Sleep(time.Second)\n}\n}\n";
        browser.write("#text", &format!("{TWO_BUGS}{worker}")).await;
        browser.find("#L3 + .finding").await;
        assert!(browser.count(".finding").await >= 2);
        browser.click("button[name=class][value=BP06]").await;
        browser.find("button[name=class][value='']").await;
        assert_eq!(browser.count("#L1 + .finding").await, 0);
        browser.click("button[name=class][value='']").await;
        browser.find("#L1 + .finding").await;
        let least = browser.find("select[name=least]").await;
        let before = browser.count(".finding").await;
        let high = browser.count(".finding.high").await;
        assert!(high < before, "there is something to hide");
        least.select_by_value("high").await.unwrap();
        let all = "document.querySelectorAll('.finding').length";
        browser.until(&format!("{all} === {high}")).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suggestion_is_applied() {
    tell(Scripts::On, |browser| async move {
        browser.open("/?example=BP20").await;
        browser.find("button[name=apply]").await;
        let before = browser.property("#text", "value").await;
        let findings = browser.count(".finding").await;
        browser.leave_by("button[name=apply]").await;
        browser.find("#headline").await;
        assert_ne!(browser.property("#text", "value").await, before);
        assert!(browser.count(".finding").await < findings);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_checklist_leads_to_findings_and_to_what_it_means() {
    tell(Scripts::On, |browser| async move {
        browser.open("/").await;
        browser.write("#text", BUG).await;
        browser.find(".checklist .status.flagged").await;
        browser.click(".checklist a[href^='#finding-']").await;
        assert!(browser.at().await.starts_with("/#finding-"));
        browser.click(".checklist a[href^='/checklist#']").await;
        let entry = browser.find(".entries li:target").await;
        assert!(entry.find(Locator::Css("a")).await.is_ok());
    })
    .await;
}
