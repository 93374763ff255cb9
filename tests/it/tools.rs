//! What tools that others keep say of the site: html-validate of its pages, schemathesis of its
//! API. `tests/run` installs them; without them the tests are skipped loudly, and fail when
//! `CI=true`.

use std::path::{Path, PathBuf};
use std::process::Command;

use highwater::web::{self, Settings, Site};

use super::web::{every_page, site};

/// Where `tests/run` puts what only tests need.
pub fn tool(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/tools")
        .join(name);
    if !path.exists() {
        let is_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!is_ci, "{} is not there", path.display());
        eprintln!("SKIPPED: {name} is not there; tests/run installs it");
        return None;
    }
    Some(path)
}

/// Runs a tool; fails with what it says when it is not content.
pub fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test]
async fn pages_are_valid_html() {
    let Some(validate) = tool("npm/node_modules/.bin/html-validate") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for (at, (address, page)) in every_page(&site()).await.into_iter().enumerate() {
        let name = address.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let name = format!("{at}{name}.html");
        std::fs::write(folder.path().join(name), page.text).unwrap();
    }
    for (name, page) in super::github::setup::pages().await {
        std::fs::write(folder.path().join(format!("{name}.html")), page).unwrap();
    }
    for (name, page) in super::reviews::pages().await {
        std::fs::write(folder.path().join(format!("{name}.html")), page).unwrap();
    }
    for (name, page) in super::accounts::pages().await {
        std::fs::write(folder.path().join(format!("{name}.html")), page).unwrap();
    }
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/html-validate.json");
    run(Command::new(validate)
        .arg("--config")
        .arg(rules)
        .args(["--formatter", "text"])
        .arg(folder.path()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_does_what_its_description_says() {
    let Some(schemathesis) = tool("python/bin/schemathesis") else {
        return;
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let settings = Settings {
        per_minute: 1_000_000,
        wait: std::time::Duration::from_secs(30),
        ..Settings::default()
    };
    let server = tokio::spawn(web::serve(
        listener,
        Site::new(settings),
        std::future::pending(),
    ));
    let folder = tempfile::tempdir().unwrap();
    let asked = tokio::task::spawn_blocking(move || {
        run(Command::new(schemathesis)
            .current_dir(folder.path())
            .args(["run", &format!("{address}/api/v1/openapi.json")])
            .args(["--seed", "1", "--max-examples", "60", "--no-color"]));
    });
    asked.await.unwrap();
    server.abort();
}
