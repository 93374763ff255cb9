//! The stand-in for GitHub, held to what GitHub does.

mod access;
mod anchors;
mod comparing;
mod delivering;
mod faults;
mod loading;
mod operations;
mod strictness;

use serde_json::{Value, json};

use super::fake_github::{PullRequest, Repo, World, signature};

/// A client of the API with one token.
struct Client {
    world: World,
    token: String,
}

impl Client {
    /// The status and the body of an answer; a body that is no JSON as text.
    async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let answer = self.send(method, path, body, &[]).await;
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (
            status,
            serde_json::from_str(&text).unwrap_or(Value::String(text)),
        )
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        body: Value,
        headers: &[(&str, &str)],
    ) -> reqwest::Response {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}{path}", self.world.address());
        let mut request = super::fake_github::client()
            .request(method, url)
            .header("User-Agent", "test");
        if !self.token.is_empty() {
            request = request.header("Authorization", format!("Bearer {}", self.token));
        }
        if !body.is_null() {
            request = request.body(body.to_string());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
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

/// A world with a pull request that changes the second of five functions, and a client of its installation.
struct Scene {
    world: World,
    repo: Repo,
    pull: PullRequest,
    client: Client,
}

async fn scene() -> Scene {
    let world = World::start().await;
    let repo = world.repository("acme/queue");
    repo.commit("main", &[("queue/a.go", OLD)]);
    repo.commit("feature", &[("queue/a.go", &changed())]);
    let pull = repo.open_pull("feature", "main");
    let client = installed(&world, "acme").await;
    Scene {
        world,
        repo,
        pull,
        client,
    }
}

fn changed() -> String {
    OLD.replace("func b() {}", "func b() { go a() }")
}

/// The body of a review with one comment on a line.
fn review(line: usize) -> Value {
    let comment =
        json!({ "path": "queue/a.go", "line": line, "side": "RIGHT", "body": "unbounded" });
    json!({ "event": "COMMENT", "body": "one finding", "comments": [comment] })
}

impl Scene {
    fn at(&self, rest: &str) -> String {
        format!("/repos/acme/queue/{rest}")
    }

    /// Posts and gives the answer, which must have this status.
    async fn post(&self, rest: &str, body: Value, expected: u16) -> Value {
        let (status, answer) = self.client.ask("POST", &self.at(rest), body).await;
        assert_eq!(status, expected, "{rest}: {answer}");
        answer
    }

    async fn get(&self, rest: &str, expected: u16) -> Value {
        let (status, answer) = self.client.get(&self.at(rest)).await;
        assert_eq!(status, expected, "{rest}: {answer}");
        answer
    }

    /// Nothing went against the description.
    fn clean(&self) {
        assert_eq!(self.world.violations(), Vec::<String>::new());
    }
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
