//! Where comments may stand, what is refused, and where they are after a push.

use serde_json::{Value, json};

use super::{OLD, Scene, changed, review, scene};

async fn refused(scene: &Scene, comment: Value) -> String {
    let body = json!({ "event": "COMMENT", "body": "b", "comments": [comment] });
    let answer = scene.post("pulls/1/reviews", body, 422).await;
    answer["errors"][0].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_review_is_all_or_nothing_and_says_why() {
    let scene = scene().await;
    let comment = |more: Value| {
        let mut comment = json!({ "path": "queue/a.go", "body": "x" });
        comment
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        comment
    };
    for (more, expected) in [
        (
            json!({ "line": 400, "side": "RIGHT" }),
            "line must be part of the diff",
        ),
        (
            json!({ "line": 5, "side": "RIGHT", "path": "no.go" }),
            "Invalid value for 'pull_request_review_thread.path'",
        ),
        (
            json!({ "line": 5, "side": "RIGHT", "start_line": 5, "start_side": "RIGHT" }),
            "start line must precede the end line.",
        ),
        (
            json!({ "line": 5, "side": "RIGHT", "start_line": 6, "start_side": "RIGHT" }),
            "start line must precede the end line.",
        ),
        (
            json!({ "line": 5, "side": "RIGHT", "body": " " }),
            "Body can't be blank",
        ),
        (
            json!({ "line": 5, "side": "RIGHT", "body": "x".repeat(65_537) }),
            "Body is too long (maximum is 65536 characters)",
        ),
        (json!({ "position": 99 }), "Position is invalid"),
    ] {
        let text = refused(&scene, comment(more.clone())).await;
        assert!(text.ends_with(expected), "{more}: {text}");
    }
    let mut two = review(5);
    two["comments"]
        .as_array_mut()
        .unwrap()
        .push(comment(json!({ "line": 400, "side": "RIGHT" })));
    scene.post("pulls/1/reviews", two, 422).await;
    assert_eq!(scene.pull.now().comments, []);
    let without_body = json!({ "event": "COMMENT", "comments": review(5)["comments"] });
    scene.post("pulls/1/reviews", without_body, 422).await;
    let elsewhere =
        json!({ "event": "COMMENT", "body": "b", "commit_id": scene.repo.head("main") });
    let answer = scene.post("pulls/1/reviews", elsewhere, 422).await;
    assert_eq!(
        answer["errors"],
        json!(["Start commit oid is not part of the pull request"])
    );
    scene.clean();
}

#[tokio::test]
async fn lines_of_two_hunks_are_no_range() {
    let scene = scene().await;
    let long: String = (0..40)
        .map(|number| format!("// line {number}\n"))
        .collect();
    scene
        .repo
        .commit("long", &[("queue/a.go", &format!("{long}{OLD}"))]);
    scene.repo.commit("main", &[("b.go", &long)]);
    scene.pull.push(&[("b.go", &long)]);
    let edited = long
        .replace("line 3\n", "line three\n")
        .replace("line 30\n", "line thirty\n");
    let fresh = scene.repo.commit("other", &[("b.go", &edited)]);
    let pull = scene.repo.open_pull("other", "main");
    assert_eq!(pull.head(), fresh);
    let comment = json!({ "path": "b.go", "body": "x", "line": 31, "side": "RIGHT", "start_line": 4, "start_side": "RIGHT" });
    let body = json!({ "event": "COMMENT", "body": "b", "comments": [comment] });
    let answer = scene.post("pulls/2/reviews", body, 422).await;
    let expected =
        "Pull request review thread start line must be part of the same hunk as the line.";
    assert_eq!(answer["errors"], json!([expected]));
    let range = json!({ "path": "b.go", "body": "x", "line": 31, "side": "RIGHT", "start_line": 29, "start_side": "RIGHT" });
    scene
        .post(
            "pulls/2/reviews",
            json!({ "event": "COMMENT", "body": "b", "comments": [range] }),
            200,
        )
        .await;
    scene.clean();
}

#[tokio::test]
async fn errors_have_two_shapes() {
    let scene = scene().await;
    let comment = json!({ "path": "queue/a.go", "line": 400, "side": "RIGHT", "body": "x", "commit_id": scene.pull.head() });
    let answer = scene.post("pulls/1/comments", comment, 422).await;
    assert!(
        answer["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("must be part of the diff")
    );
    let answer = scene.post("pulls/1/reviews", review(400), 422).await;
    assert!(answer["errors"][0].is_string());
    scene.clean();
}

#[tokio::test]
async fn one_pending_review_stops_all_others() {
    let scene = scene().await;
    let mut blank = review(5);
    blank.as_object_mut().unwrap().remove("event");
    let pending = scene.post("pulls/1/reviews", blank, 200).await;
    assert_eq!(
        (&pending["state"], pending.get("submitted_at")),
        (&json!("PENDING"), None)
    );
    assert_eq!(scene.pull.bot_comments(), []);
    let answer = scene.post("pulls/1/reviews", review(5), 422).await;
    assert_eq!(
        answer["errors"],
        json!(["User can only have one pending review per pull request"])
    );
    let comment = json!({ "path": "queue/a.go", "line": 5, "side": "RIGHT", "body": "x", "commit_id": scene.pull.head() });
    scene.post("pulls/1/comments", comment, 422).await;
    let path = scene.at(&format!("pulls/1/reviews/{}", pending["id"]));
    assert_eq!(scene.client.ask("DELETE", &path, Value::Null).await.0, 200);
    scene.post("pulls/1/reviews", review(5), 200).await;
    let handed_in = scene.pull.bot_reviews(&scene.pull.head())[0].id;
    let path = scene.at(&format!("pulls/1/reviews/{handed_in}"));
    assert_eq!(scene.client.ask("DELETE", &path, Value::Null).await.0, 422);
    scene.clean();
}

#[tokio::test]
async fn comments_follow_their_lines_until_these_are_gone() {
    let scene = scene().await;
    let first = scene.pull.head();
    scene.post("pulls/1/reviews", review(5), 200).await;
    let id = scene.pull.bot_comments()[0].id;
    let second = scene
        .pull
        .push(&[("queue/a.go", &format!("// new\n{}", changed()))]);
    let seen = scene.get(&format!("pulls/comments/{id}"), 200).await;
    assert_eq!(
        (&seen["line"], &seen["original_line"]),
        (&json!(6), &json!(5))
    );
    assert_eq!(
        (&seen["commit_id"], &seen["original_commit_id"]),
        (&json!(second), &json!(first))
    );
    scene.pull.push(&[(
        "queue/a.go",
        &OLD.replace("func b() {}", "func b() { a() }"),
    )]);
    let seen = scene.get(&format!("pulls/comments/{id}"), 200).await;
    assert_eq!(
        (&seen["line"], &seen["position"], &seen["original_line"]),
        (&Value::Null, &Value::Null, &json!(5))
    );
    scene.pull.force_push(&[("queue/a.go", &changed())]);
    let seen = scene.get(&format!("pulls/comments/{id}"), 200).await;
    assert_eq!(seen["line"], json!(5));
    scene.clean();
}

#[tokio::test]
async fn comments_stand_on_removed_lines_and_whole_files_too() {
    let scene = scene().await;
    let left = json!({ "path": "queue/a.go", "line": 5, "side": "LEFT", "body": "gone" });
    scene
        .post(
            "pulls/1/reviews",
            json!({ "event": "COMMENT", "body": "b", "comments": [left] }),
            200,
        )
        .await;
    let file = json!({ "path": "queue/a.go", "subject_type": "file", "body": "all of it", "commit_id": scene.pull.head() });
    let answer = scene.post("pulls/1/comments", file, 201).await;
    assert_eq!(
        (&answer["subject_type"], answer.get("line")),
        (&json!("file"), None)
    );
    let comments = scene.pull.bot_comments();
    assert!(
        comments[0].hunk.ends_with("\n-func b() {}"),
        "{}",
        comments[0].hunk
    );
    scene.clean();
}

#[tokio::test]
async fn answers_belong_to_the_first_comment() {
    let scene = scene().await;
    scene.post("pulls/1/reviews", review(5), 200).await;
    let id = scene.pull.bot_comments()[0].id;
    let answer = scene.pull.reply_to(id, "octocat", "why?");
    assert_eq!(scene.pull.answers_to(id).len(), 1);
    scene
        .post(
            &format!("pulls/1/comments/{answer}/replies"),
            json!({ "body": "so" }),
            404,
        )
        .await;
    let reply = scene
        .post(
            &format!("pulls/1/comments/{id}/replies"),
            json!({ "body": "so" }),
            201,
        )
        .await;
    assert_eq!(reply["in_reply_to_id"], json!(id));
    assert_eq!(scene.pull.bot_reviews(&scene.pull.head()).len(), 1);
    scene.clean();
}
