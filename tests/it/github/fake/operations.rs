//! Every operation that GitHub's description holds is done once, and its answer is as described.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::fake_github::{description, permissions};
use super::{Client, Scene, app, installed, review, scene};

#[tokio::test]
async fn every_operation_answers_as_described() {
    let mut scene = scene().await;
    let all = [
        ("metadata", "read"),
        ("contents", "read"),
        ("pull_requests", "write"),
        ("checks", "write"),
        ("issues", "write"),
        ("security_events", "write"),
    ];
    scene.world.grant("acme", permissions(&all));
    scene.client = installed(&scene.world, "acme").await;
    scene.repo.set_role("octocat", "maintain");
    conversation(&scene).await;
    checks(&scene).await;
    reading(&scene).await;
    as_app(&scene).await;
    let log = scene.world.log();
    let done: Vec<&str> = log
        .iter()
        .filter(|one| one.status < 300)
        .map(|one| one.operation.as_str())
        .collect();
    let known = description().operations.iter().map(|one| one.id.as_str());
    assert_eq!(
        known.filter(|id| !done.contains(id)).collect::<Vec<_>>(),
        Vec::<&str>::new()
    );
    scene.clean();
}

/// Asks with each method and expects each status.
async fn ask_all(scene: &Scene, requests: &[(&str, String, Value, u16)]) {
    for (method, rest, body, expected) in requests {
        let path = scene.at(rest);
        let (status, answer) = scene
            .client
            .ask(method, path.trim_end_matches('/'), body.clone())
            .await;
        assert_eq!(status, *expected, "{method} {rest}: {answer}");
    }
}

/// Reviews, comments and reactions.
async fn conversation(scene: &Scene) {
    let review = scene.post("pulls/1/reviews", review(5), 200).await;
    let comment = scene.pull.bot_comments()[0].id;
    let note = scene
        .post("issues/1/comments", json!({ "body": "hello" }), 201)
        .await["id"]
        .clone();
    let gone = scene
        .post("issues/1/comments", json!({ "body": "gone" }), 201)
        .await["id"]
        .clone();
    let single = json!({ "path": "queue/a.go", "line": 5, "side": "RIGHT", "body": "x", "commit_id": scene.pull.head() });
    let single = scene.post("pulls/1/comments", single, 201).await["id"].clone();
    let pending = scene
        .post("pulls/1/reviews", json!({ "body": "later" }), 200)
        .await["id"]
        .clone();
    ask_all(
        scene,
        &[(
            "DELETE",
            format!("pulls/1/reviews/{pending}"),
            Value::Null,
            200,
        )],
    )
    .await;
    scene
        .post(
            &format!("pulls/1/comments/{comment}/replies"),
            json!({ "body": "so" }),
            201,
        )
        .await;
    for status in [201, 200] {
        scene
            .post(
                &format!("pulls/comments/{comment}/reactions"),
                json!({ "content": "eyes" }),
                status,
            )
            .await;
        scene
            .post(
                &format!("issues/comments/{note}/reactions"),
                json!({ "content": "+1" }),
                status,
            )
            .await;
    }
    edits(
        scene,
        [&review["id"], &json!(comment), &single, &note, &gone],
    )
    .await;
}

/// Texts changed and taken away.
async fn edits(scene: &Scene, [review, comment, single, note, gone]: [&Value; 5]) {
    let better = json!({ "body": "better" });
    ask_all(
        scene,
        &[
            (
                "PUT",
                format!("pulls/1/reviews/{review}"),
                better.clone(),
                200,
            ),
            (
                "PATCH",
                format!("pulls/comments/{comment}"),
                better.clone(),
                200,
            ),
            ("GET", format!("pulls/comments/{comment}"), Value::Null, 200),
            (
                "DELETE",
                format!("pulls/comments/{single}"),
                Value::Null,
                204,
            ),
            ("PATCH", format!("issues/comments/{note}"), better, 200),
            (
                "DELETE",
                format!("issues/comments/{gone}"),
                Value::Null,
                204,
            ),
        ],
    )
    .await;
}

/// Check runs and uploads for code scanning.
async fn checks(scene: &Scene) {
    let note = json!({ "path": "queue/a.go", "start_line": 5, "end_line": 5, "annotation_level": "warning", "message": "m" });
    let output = json!({ "title": "t", "summary": "s", "annotations": [note] });
    let head = scene.pull.head();
    let check =
        json!({ "name": "highwater", "head_sha": head, "status": "in_progress", "output": output });
    let run = scene.post("check-runs", check, 201).await["id"].clone();
    let sarif = STANDARD.encode([0x1f, 0x8b, 0, 0]);
    let upload = json!({ "commit_sha": head, "ref": "refs/pull/1/head", "sarif": sarif });
    let upload = scene.post("code-scanning/sarifs", upload, 202).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    ask_all(
        scene,
        &[
            (
                "PATCH",
                format!("check-runs/{run}"),
                json!({ "conclusion": "success" }),
                200,
            ),
            ("GET", format!("check-runs/{run}"), Value::Null, 200),
            (
                "GET",
                format!("check-runs/{run}/annotations"),
                Value::Null,
                200,
            ),
            (
                "GET",
                format!("commits/{head}/check-runs?app_id=4711&check_name=highwater"),
                Value::Null,
                200,
            ),
            (
                "GET",
                format!("code-scanning/sarifs/{upload}"),
                Value::Null,
                200,
            ),
        ],
    )
    .await;
}

/// Everything that is only read.
async fn reading(scene: &Scene) {
    let head = scene.pull.head();
    let tree = scene
        .get(&format!("git/trees/{head}?recursive=1"), 200)
        .await;
    let entries = tree["tree"].as_array().unwrap();
    let blob = entries.iter().find(|one| one["type"] == "blob").unwrap()["sha"]
        .as_str()
        .unwrap();
    let paths = [
        String::new(),
        "pulls?state=all&head=acme:feature&base=main".to_owned(),
        "pulls/1".to_owned(),
        "pulls/1/files".to_owned(),
        "pulls/1/reviews".to_owned(),
        "pulls/1/comments?sort=updated&direction=desc&since=2020-01-01T00:00:00Z".to_owned(),
        "issues/1/comments".to_owned(),
        format!("commits/{head}/pulls"),
        "contents/queue/a.go?ref=feature".to_owned(),
        "contents/queue".to_owned(),
        format!("git/blobs/{blob}"),
        "git/ref/heads/feature".to_owned(),
        "compare/main...feature".to_owned(),
        "compare/main...acme:feature".to_owned(),
        "collaborators/octocat/permission".to_owned(),
    ];
    ask_all(scene, &paths.map(|rest| ("GET", rest, Value::Null, 200))).await;
}

/// What the app and a person ask in their own names.
async fn as_app(scene: &Scene) {
    for parcel in scene.world.parcels() {
        scene.world.lose(&parcel);
    }
    let app = app(&scene.world);
    let (_, deliveries) = app.get("/app/hook/deliveries").await;
    let (id, delivery) = (scene.world.install("acme"), &deliveries[0]["id"]);
    let code = scene
        .world
        .manifest_code(json!({ "name": "highwater of acme" }));
    for (method, path, status) in [
        ("GET", "/app".to_owned(), 200),
        ("GET", "/app/installations?per_page=5".to_owned(), 200),
        ("GET", format!("/app/installations/{id}"), 200),
        ("GET", "/app/hook/config".to_owned(), 200),
        ("GET", format!("/app/hook/deliveries/{delivery}"), 200),
        (
            "POST",
            format!("/app/hook/deliveries/{delivery}/attempts"),
            202,
        ),
        ("GET", "/repos/acme/queue/installation".to_owned(), 200),
        ("GET", "/rate_limit".to_owned(), 200),
        ("POST", format!("/app-manifests/{code}/conversions"), 201),
        ("POST", format!("/app-manifests/{code}/conversions"), 404),
    ] {
        let (given, answer) = app.ask(method, &path, Value::Null).await;
        assert_eq!(given, status, "{method} {path}: {answer}");
    }
    scene.client.get("/installation/repositories").await;
    let person = Client {
        world: scene.world.clone(),
        token: scene.world.person_token("acme"),
    };
    for path in [
        "/user".to_owned(),
        "/user/installations".to_owned(),
        format!("/user/installations/{id}/repositories"),
    ] {
        assert_eq!(person.get(&path).await.0, 200, "{path}");
    }
}

#[tokio::test]
async fn a_server_of_an_enterprise_has_another_base() {
    let scene = scene().await;
    let (status, _) = scene
        .client
        .get(&format!("/api/v3{}", scene.at("pulls/1")))
        .await;
    assert_eq!(status, 200);
    let (status, answer) = scene
        .client
        .ask(
            "POST",
            "/api/graphql",
            json!({ "query": "{ viewer { login } }" }),
        )
        .await;
    assert_eq!(
        (status, &answer["data"]["viewer"]["login"]),
        (200, &json!("highwater"))
    );
    scene.clean();
}
