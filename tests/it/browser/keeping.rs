//! A result that is kept for others, and deleted by its maker.

use super::sight::TWO_BUGS;
use super::{Scripts, tell};

async fn keep_and_delete(scripts: Scripts) {
    tell(scripts, |browser| async move {
        browser.open("/").await;
        browser.write("#text", TWO_BUGS).await;
        browser.leave_by("#paste button.main").await;
        browser.leave_by("button[formaction='/r']").await;
        browser.find("form[action$='/delete']").await;
        let address = browser.at().await;
        assert!(address.starts_with("/r/"), "{address}");
        browser.find("#L3.found").await;
        assert_eq!(browser.complaints().await, [""; 0]);

        let cookies = "Network.clearBrowserCookies";
        let mine = browser.client.get_all_cookies().await.unwrap();
        browser.ask(cookies, serde_json::json!({})).await;
        browser.open(&address).await;
        browser.find("#L3.found").await;
        assert_eq!(
            browser.count("form[action$='/delete']").await,
            0,
            "a stranger"
        );
        for cookie in mine {
            browser.client.add_cookie(cookie).await.unwrap();
        }
        browser.open(&address).await;
        browser.leave_by("form[action$='/delete'] button").await;
        browser.find("a[href='/']").await;
        assert!(browser.text("h1").await.contains("Deleted"));
        browser.open(&address).await;
        assert_eq!(browser.count("#L3").await, 0, "nothing is left");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_kept_and_deleted() {
    keep_and_delete(Scripts::On).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_kept_and_deleted_without_scripts() {
    keep_and_delete(Scripts::Off).await;
}
