//! Repositories from the disk, and apps from manifests.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use super::super::fake_github::{Source, World, client_builder};
use super::installed;

#[tokio::test]
async fn a_change_of_a_git_repository_is_replayed() {
    let place = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        let who = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let done = Command::new("git")
            .args(who)
            .args(arguments)
            .current_dir(place.path())
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    };
    git(&["init", "-q"]);
    fs::create_dir(place.path().join("p")).unwrap();
    fs::write(place.path().join("p/a.go"), "package p\n").unwrap();
    fs::write(place.path().join("binary"), [0, 159, 10, 0]).unwrap();
    git(&["add", "."]);
    git(&["commit", "-qm", "one"]);
    fs::write(place.path().join("p/a.go"), "package p\n\nvar x int\n").unwrap();
    fs::remove_file(place.path().join("binary")).unwrap();
    git(&["add", "-A"]);
    git(&["commit", "-qm", "two"]);

    let world = World::start().await;
    let repo = world.repository("acme/queue");
    let at = |revision: &str| Source::named(&format!("{}@{revision}", place.path().display()));
    let pull = repo
        .replay(&at("HEAD~1"), &at("HEAD"), "as it was")
        .unwrap();
    let client = installed(&world, "acme").await;
    let path = format!("/repos/acme/queue/pulls/{}/files", pull.number);
    let (_, files) = client.get(&path).await;
    let seen: Vec<(&str, &str)> = files
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["filename"].as_str().unwrap(),
                one["status"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(seen, [("binary", "removed"), ("p/a.go", "modified")]);
    assert_eq!(files[1]["sha"], json!(git(&["rev-parse", "HEAD:p/a.go"])));
    let (_, tree) = client
        .get(&format!("/repos/acme/queue/git/trees/{}", pull.head()))
        .await;
    assert_eq!(tree["sha"], json!(git(&["rev-parse", "HEAD^{tree}"])));
    assert!(repo.load("main", &at("nowhere")).is_err());

    let directory = Source::named(&place.path().join("p").display().to_string());
    repo.load("main", &directory).unwrap();
    let (status, _) = client.get("/repos/acme/queue/contents/a.go").await;
    assert_eq!(status, 200);
    assert_eq!(world.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn an_app_is_made_from_a_manifest() {
    let world = World::start().await;
    let send = async |manifest: Value| {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("manifest", &manifest.to_string())
            .finish();
        let client = client_builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        client
            .post(format!(
                "{}/organizations/acme/settings/apps/new?state=s%2B1",
                world.address()
            ))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(form)
            .send()
            .await
            .unwrap()
    };
    let manifest = json!({ "name": "hw", "url": "https://hw.example", "redirect_url": "https://hw.example/setup/done",
        "hook_attributes": { "url": "https://hw.example/webhooks/github" }, "public": false,
        "default_events": ["pull_request"], "default_permissions": { "pull_requests": "write" } });
    let answer = send(manifest.clone()).await;
    assert_eq!(answer.status().as_u16(), 303);
    let back = url::Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    let query: Vec<(String, String)> = back.query_pairs().into_owned().collect();
    assert_eq!(query[1], ("state".to_owned(), "s+1".to_owned()));
    let nobody = super::Client {
        world: world.clone(),
        token: String::new(),
    };
    let (status, made) = nobody
        .ask(
            "POST",
            &format!("/app-manifests/{}/conversions", query[0].1),
            Value::Null,
        )
        .await;
    assert_eq!(
        (status, &made["permissions"]),
        (201, &json!({ "pull_requests": "write" }))
    );
    assert!(
        made["pem"]
            .as_str()
            .unwrap()
            .starts_with("-----BEGIN RSA PRIVATE KEY-----")
    );
    assert_eq!(world.violations(), Vec::<String>::new());
    let mut wrong = manifest;
    wrong["default_permissions"] = json!({ "pulls": "write" });
    assert_eq!(send(wrong).await.status().as_u16(), 422);
    assert_eq!(world.violations().len(), 1);
}
