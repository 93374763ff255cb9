//! What goes against GitHub's description does not go unseen.

use serde_json::{Value, json};

use super::super::fake_github::client;
use super::{review, scene};

#[tokio::test]
async fn requests_that_are_not_described_are_violations() {
    let scene = scene().await;
    let mut extra = review(5);
    extra["comments"][0]["subject_type"] = json!("line");
    for (method, path, body) in [
        ("GET", scene.at("pulls/1?page=1&perpage=3"), Value::Null),
        ("GET", scene.at("pulls/1/files?per_page=many"), Value::Null),
        ("GET", scene.at("pulls/1/commits"), Value::Null),
        ("POST", scene.at("pulls/1/reviews"), extra),
        (
            "POST",
            scene.at("pulls/1/reviews"),
            json!({ "event": "APPROVED" }),
        ),
        (
            "POST",
            scene.at("check-runs"),
            json!({ "name": "highwater" }),
        ),
        (
            "DELETE",
            scene.at("pulls/comments/1"),
            json!({ "why": "so" }),
        ),
    ] {
        let before = scene.world.violations().len();
        let (status, answer) = scene.client.ask(method, &path, body.clone()).await;
        assert!(
            matches!(status, 404 | 422),
            "{method} {path}: {status} {answer}"
        );
        assert!(
            scene.world.violations().len() > before,
            "{method} {path} {body} went unseen"
        );
    }
    let nameless = client()
        .get(scene.world.address() + "/rate_limit")
        .send()
        .await
        .unwrap();
    assert_eq!(nameless.status().as_u16(), 403);
    let answer = scene
        .client
        .send(
            "GET",
            "/rate_limit",
            Value::Null,
            &[("X-GitHub-Api-Version", "2020-01-01")],
        )
        .await;
    assert_eq!(answer.status().as_u16(), 400);
    assert_eq!(
        scene
            .world
            .violations()
            .iter()
            .filter(|text| text.contains("User-Agent") || text.contains("version"))
            .count(),
        2
    );
}

#[tokio::test]
async fn check_runs_keep_to_their_limits() {
    let scene = scene().await;
    let run = |output: Value| json!({ "name": "highwater", "head_sha": scene.pull.head(), "status": "in_progress", "output": output });
    let note = json!({ "path": "queue/a.go", "start_line": 5, "end_line": 5, "annotation_level": "warning", "message": "m" });
    let made = scene
        .post(
            "check-runs",
            run(json!({ "title": "t", "summary": "s", "annotations": vec![note.clone(); 50] })),
            201,
        )
        .await;
    let path = scene.at(&format!("check-runs/{}", made["id"]));
    let more = json!({ "conclusion": "neutral", "output": { "title": "t", "summary": "s", "annotations": vec![note.clone(); 10] } });
    let (status, answer) = scene.client.ask("PATCH", &path, more).await;
    assert_eq!(
        (status, &answer["output"]["annotations_count"]),
        (200, &json!(60))
    );
    assert_eq!(answer["status"], "completed");
    let shown = scene
        .get(
            &format!("check-runs/{}/annotations?per_page=100", made["id"]),
            200,
        )
        .await;
    assert_eq!(shown.as_array().unwrap().len(), 60);
    scene.clean();
    for output in [
        json!({ "title": "t", "summary": "s", "annotations": vec![note; 51] }),
        json!({ "title": "t", "summary": "s".repeat(65_536) }),
    ] {
        scene.post("check-runs", run(output), 422).await;
    }
    let buttons: Vec<Value> = (0..4)
        .map(|_| json!({ "label": "l", "description": "d", "identifier": "i" }))
        .collect();
    for actions in [
        json!(buttons),
        json!([{ "label": "l".repeat(21), "description": "d", "identifier": "i" }]),
    ] {
        let body =
            json!({ "name": "highwater", "head_sha": scene.pull.head(), "actions": actions });
        scene.post("check-runs", body, 422).await;
    }
    assert_eq!(scene.world.violations().len(), 4);
}

#[tokio::test]
async fn large_changes_are_shown_in_part() {
    let scene = scene().await;
    let files: Vec<(String, Option<Vec<u8>>)> = (0..310)
        .map(|at| {
            (
                format!("f{at:03}.txt"),
                Some(format!("{at}\n").into_bytes()),
            )
        })
        .collect();
    scene.pull.push_changes(files, false);
    let diff = [("Accept", "application/vnd.github.diff")];
    let answer = scene
        .client
        .send("GET", &scene.at("pulls/1"), Value::Null, &diff)
        .await;
    let status = answer.status().as_u16();
    let text: Value = answer.json().await.unwrap();
    assert_eq!(
        (status, &text["errors"][0]["code"]),
        (406, &json!("too_large"))
    );
    let base = scene.repo.head("main");
    let compared = scene
        .get(&format!("compare/{base}...{}", scene.pull.head()), 200)
        .await;
    assert_eq!(compared["files"].as_array().unwrap().len(), 300);
    let answer = scene
        .client
        .send(
            "GET",
            &scene.at("pulls/1/files?per_page=100&page=3"),
            Value::Null,
            &[],
        )
        .await;
    assert!(
        answer.headers()["link"]
            .to_str()
            .unwrap()
            .contains("page=4>; rel=\"next\"")
    );
    let wide: String = (0..20_001).map(|number| format!("{number}\n")).collect();
    scene.pull.force_push(&[
        ("wide.txt", &wide),
        ("binary.bin", "\0"),
        ("small.txt", "x\n"),
    ]);
    let files = scene.get("pulls/1/files", 200).await;
    let patches: Vec<bool> = files
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file.get("patch").is_some())
        .collect();
    assert_eq!(patches, [false, true, false]);
    scene.clean();
}

#[tokio::test]
async fn a_fork_has_no_pull_requests_in_its_check_runs() {
    let scene = scene().await;
    let fork = scene.repo.fork("stranger");
    fork.commit("patch", &[("queue/a.go", "package queue\n")]);
    let pull = scene.repo.open_pull_from(&fork, "patch", "main");
    let body =
        |sha: String| json!({ "name": "highwater", "head_sha": sha, "status": "in_progress" });
    let own = scene.post("check-runs", body(scene.pull.head()), 201).await;
    let foreign = scene.post("check-runs", body(pull.head()), 201).await;
    assert_eq!(
        (
            own["pull_requests"].as_array().unwrap().len(),
            &foreign["pull_requests"]
        ),
        (1, &json!([]))
    );
    scene.clean();
}
