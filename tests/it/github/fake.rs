//! The stand-in for GitHub, held to what GitHub does.

use serde_json::{Value, json};

use super::fake_github::{World, signature};

/// A client of the API with one token.
struct Client {
    world: World,
    token: String,
}

impl Client {
    async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}{path}", self.world.address());
        let mut request = reqwest::Client::new()
            .request(method, url)
            .header("User-Agent", "test");
        if !self.token.is_empty() {
            request = request.header("Authorization", format!("Bearer {}", self.token));
        }
        if !body.is_null() {
            request = request.body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (
            status,
            serde_json::from_str(&text).unwrap_or(Value::String(text)),
        )
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.ask("GET", path, Value::Null).await
    }
}

fn app(world: &World) -> Client {
    let now = world.clock().seconds();
    let token = world.with(|state| state.app.token(now - 60, now + 540));
    Client {
        world: world.clone(),
        token,
    }
}

async fn installed(world: &World, account: &str) -> Client {
    let id = world.install(account);
    let path = format!("/app/installations/{id}/access_tokens");
    let (status, answer) = app(world).ask("POST", &path, Value::Null).await;
    assert_eq!(status, 201, "{answer}");
    Client {
        world: world.clone(),
        token: answer["token"].as_str().unwrap().to_owned(),
    }
}

const OLD: &str =
    "package queue\n\nfunc a() {}\n\nfunc b() {}\n\nfunc c() {}\n\nfunc d() {}\n\nfunc e() {}\n";

#[tokio::test]
async fn a_pull_request_is_read_and_reviewed() {
    let world = World::start().await;
    let repo = world.repository("acme/queue");
    repo.commit("main", &[("queue/a.go", OLD)]);
    repo.commit(
        "feature",
        &[(
            "queue/a.go",
            &OLD.replace("func b() {}", "func b() { go a() }"),
        )],
    );
    let pull = repo.open_pull("feature", "main");
    let client = installed(&world, "acme").await;
    let (status, seen) = client.get("/repos/acme/queue/pulls/1").await;
    assert_eq!((status, &seen["head"]["sha"]), (200, &json!(pull.head())));
    let (_, files) = client.get("/repos/acme/queue/pulls/1/files").await;
    assert!(
        files[0]["patch"]
            .as_str()
            .unwrap()
            .contains("\n-func b() {}\n+func b() { go a() }\n"),
        "{files}"
    );
    let review = json!({
        "commit_id": pull.head(),
        "event": "COMMENT",
        "body": "one finding",
        "comments": [{ "path": "queue/a.go", "line": 5, "side": "RIGHT", "body": "unbounded" }],
    });
    let (status, answer) = client
        .ask("POST", "/repos/acme/queue/pulls/1/reviews", review)
        .await;
    assert_eq!(status, 200, "{answer}");
    pull.push(&[(
        "queue/a.go",
        &format!(
            "// new\n{}",
            OLD.replace("func b() {}", "func b() { go a() }")
        ),
    )]);
    let comments = pull.bot_comments();
    assert_eq!(comments[0].current.as_ref().unwrap().line, Some(6));
    pull.push(&[(
        "queue/a.go",
        &OLD.replace("func b() {}", "func b() { a() }"),
    )]);
    assert_eq!(pull.bot_comments()[0].current, None);
    let (_, listed) = client.get("/repos/acme/queue/pulls/1/comments").await;
    assert_eq!(listed[0]["line"], Value::Null);
    pull.reply_to(comments[0].id, "octocat", "thanks");
    let events: Vec<String> = world
        .parcels()
        .iter()
        .map(|one| one.event.clone())
        .collect();
    assert!(
        events.contains(&"pull_request_review_comment".to_owned()),
        "{events:?}"
    );
    let check = json!({ "name": "highwater", "head_sha": pull.head(), "conclusion": "neutral",
        "output": { "title": "t", "summary": "s", "annotations": [] } });
    let (status, answer) = client
        .ask("POST", "/repos/acme/queue/check-runs", check)
        .await;
    assert_eq!(status, 201, "{answer}");
    assert_eq!(world.violations(), Vec::<String>::new());
}

#[test]
fn signs_as_github_documents_it() {
    // source: docs.github.com, "Validating webhook deliveries"
    let expected = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    assert_eq!(
        signature("It's a Secret to Everybody", b"Hello, World!"),
        expected
    );
}
