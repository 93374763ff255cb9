//! Practice and the pictures: what is used with the keyboard.

use fantoccini::key::Key;

use super::{Browser, Scripts, tell};

/// Presses Tab until the element that has the focus fits.
async fn tab_to(browser: &Browser, css: &str) {
    for _ in 0..40 {
        browser.press(Key::Tab).await;
        let is_there = format!("return document.activeElement.matches({css:?})");
        if browser.run(&is_there).await == true {
            return;
        }
    }
    panic!("Tab does not lead to `{css}`");
}

#[tokio::test(flavor = "multi_thread")]
async fn practice_needs_no_mouse_and_keeps_the_progress() {
    tell(Scripts::On, |browser| async move {
        browser.open("/practice?seed=4").await;
        tab_to(&browser, "input[name=line]").await;
        browser.press(Key::Down).await;
        browser.press(Key::Down).await;
        browser.find("input[name=line]:checked").await;
        tab_to(&browser, "select[name=answer]").await;
        browser.press("BP06").await;
        assert_eq!(
            browser.property("select[name=answer]", "value").await,
            "BP06"
        );
        tab_to(&browser, "button.main").await;
        browser.press(Key::Enter).await;
        browser.find(".outcome h2").await;
        let seconds = browser.text(".outcome .time").await;
        assert!(seconds.ends_with(" s"), "{seconds}");
        let kept = browser
            .run("return JSON.parse(localStorage['highwater.practice'])")
            .await;
        assert_eq!(kept["round"], 1);
        assert!(browser.text("#progress").await.contains("of 1 right"));

        browser.until("document.activeElement.id === 'next'").await;
        browser.press(Key::Enter).await;
        browser.find("#drill button.main").await;
        assert_ne!(browser.at().await, "/practice?seed=4");
        assert!(
            browser.text("#progress").await.contains("of 1 right"),
            "kept"
        );
        tab_to(&browser, "button[name=nothing]").await;
        browser.press(Key::Enter).await;
        browser.find(".outcome").await;
        assert!(browser.text("#progress").await.contains("of 2 right"));
        assert_eq!(browser.complaints().await, [""; 0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn practice_is_a_plain_form_without_scripts() {
    tell(Scripts::Off, |browser| async move {
        browser.open("/practice?seed=4").await;
        browser.click("input[name=line][value='2']").await;
        let class = browser.find("select[name=answer]").await;
        class.select_by_value("BP06").await.unwrap();
        browser.leave_by("#drill button.main").await;
        browser.find(".outcome h2").await;
        assert_eq!(
            browser.count(".outcome .time").await,
            0,
            "nobody has counted"
        );
        browser.leave_by("#next").await;
        browser.find("#drill button.main").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sliders_draw_the_picture_again() {
    tell(Scripts::On, |browser| async move {
        browser.open("/bugs/BP01-unbounded-slice-queue").await;
        let drawn = browser.property("#figure", "innerHTML").await;
        let said = browser.text(".sliders output").await;
        browser
            .write(".sliders input", &Key::Right.to_string())
            .await;
        assert_ne!(browser.text(".sliders output").await, said);
        browser.until("location.search.length > 1").await;
        assert_ne!(browser.property("#figure", "innerHTML").await, drawn);
        browser.client.refresh().await.unwrap();
        assert_ne!(
            browser.text(".sliders output").await,
            said,
            "the address keeps it"
        );
        assert_eq!(browser.complaints().await, [""; 0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calculator_says_what_fits() {
    for scripts in [Scripts::On, Scripts::Off] {
        tell(scripts, move |browser| async move {
            browser.open("/bugs/BP19-oversized-queue-for-slo").await;
            let fits = browser.text(".sizing .fits strong").await;
            browser.find("#workers").await.clear().await.unwrap();
            browser.write("#workers", "16").await;
            browser.click(".sliders button").await;
            browser
                .until("location.search.includes('workers=16')")
                .await;
            let more = browser.text(".sizing .fits strong").await;
            let number = |text: &str| text.replace(',', "").parse::<u64>().unwrap();
            assert_eq!(number(&more), 2 * number(&fits), "twice the workers");
        })
        .await;
    }
}
