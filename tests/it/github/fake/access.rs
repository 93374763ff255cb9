//! Who may do what, and for how long.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::fake_github::{Clock, World, client_builder, permissions};
use super::{Client, app, installed, review, scene};

#[tokio::test]
async fn a_missing_permission_is_said() {
    let scene = scene().await;
    scene.world.grant(
        "acme",
        permissions(&[("metadata", "read"), ("pull_requests", "read")]),
    );
    let client = installed(&scene.world, "acme").await;
    let answer = client
        .send("POST", &scene.at("pulls/1/reviews"), review(5), &[])
        .await;
    assert_eq!(answer.status().as_u16(), 403);
    assert_eq!(
        answer.headers()["x-accepted-github-permissions"],
        "pull_requests=write"
    );
    let text: Value = answer.json().await.unwrap();
    assert_eq!(text["message"], "Resource not accessible by integration");
    let (status, _) = client.get(&scene.at("contents/queue/a.go")).await;
    assert_eq!(status, 403);
    scene.clean();
}

#[tokio::test]
async fn what_was_used_of_the_permissions_is_known() {
    let scene = scene().await;
    scene.post("pulls/1/reviews", review(5), 200).await;
    assert_eq!(
        scene.world.unused_permissions("acme"),
        ["checks: write", "contents: read"]
    );
    let check =
        json!({ "name": "highwater", "head_sha": scene.pull.head(), "status": "in_progress" });
    scene.post("check-runs", check, 201).await;
    scene.get("contents/queue/a.go", 200).await;
    assert_eq!(scene.world.unused_permissions("acme"), Vec::<String>::new());
}

#[tokio::test]
async fn what_may_not_be_known_is_not_found() {
    let scene = scene().await;
    let secret = scene.world.foreign_repository("other/secret");
    secret.set_private(true);
    let (status, answer) = scene.client.get("/repos/other/secret").await;
    assert_eq!((status, &answer["message"]), (404, &json!("Not Found")));
    let (status, _) = app(&scene.world)
        .get("/repos/other/secret/installation")
        .await;
    assert_eq!(status, 404);
    scene.clean();
}

#[tokio::test]
async fn a_token_is_narrowed() {
    let scene = scene().await;
    scene.world.repository("acme/other").set_private(true);
    let path = format!(
        "/app/installations/{}/access_tokens",
        scene.world.install("acme")
    );
    let body = json!({ "repositories": ["queue"], "permissions": { "pull_requests": "read" } });
    let (status, answer) = app(&scene.world).ask("POST", &path, body).await;
    assert_eq!(
        (status, &answer["permissions"]),
        (201, &json!({ "pull_requests": "read" }))
    );
    let client = Client {
        world: scene.world.clone(),
        token: answer["token"].as_str().unwrap().to_owned(),
    };
    assert_eq!(client.get("/repos/acme/queue/pulls/1").await.0, 200);
    assert_eq!(client.get("/repos/acme/other/pulls").await.0, 404);
    assert_eq!(
        client
            .ask("POST", "/repos/acme/queue/pulls/1/reviews", review(5))
            .await
            .0,
        403
    );
    for body in [
        json!({ "repositories": ["none"] }),
        json!({ "permissions": { "contents": "write" } }),
    ] {
        assert_eq!(app(&scene.world).ask("POST", &path, body).await.0, 422);
    }
    scene.clean();
}

#[tokio::test]
async fn tokens_end() {
    let clock = Clock::standing(1_800_000_000);
    let world = World::start_at(clock.clone()).await;
    world.repository("acme/queue");
    let client = installed(&world, "acme").await;
    assert_eq!(client.get("/installation/repositories").await.0, 200);
    clock.advance(Duration::from_secs(3601));
    let (status, answer) = client.get("/installation/repositories").await;
    assert_eq!(
        (status, &answer["message"]),
        (401, &json!("Bad credentials"))
    );
    world.lengthen_tokens();
    let client = installed(&world, "acme").await;
    assert!(
        client.token.starts_with("ghs_4711_ey") && client.token.len() > 300,
        "{}",
        client.token
    );
    assert_eq!(client.get("/installation/repositories").await.0, 200);
    world.suspend("acme", true);
    assert_eq!(client.get("/installation/repositories").await.0, 401);
    world.suspend("acme", false);
    world.uninstall("acme");
    assert_eq!(client.get("/installation/repositories").await.0, 401);
    assert_eq!(world.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn the_apps_own_tokens_are_checked() {
    let world = World::start().await;
    let now = world.clock().seconds();
    let ask = async |issued: i64, expires: i64| {
        let token = world.with(|state| state.app.token(issued, expires));
        Client {
            world: world.clone(),
            token,
        }
        .get("/app")
        .await
        .0
    };
    assert_eq!(ask(now - 60, now + 540).await, 200);
    assert_eq!(ask(now - 60, now + 900).await, 401);
    assert_eq!(ask(now + 300, now + 540).await, 401);
    assert_eq!(ask(now - 700, now - 100).await, 401);
    let forged = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOjQ3MTF9.c2lnbmF0dXJl".to_owned();
    let client = Client {
        world: world.clone(),
        token: forged,
    };
    assert_eq!(client.get("/app").await.0, 401);
    assert_eq!(world.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_job_of_a_fork_only_reads() {
    let scene = scene().await;
    let job = |fork| Client {
        world: scene.world.clone(),
        token: scene.world.job_token(scene.repo.id, fork),
    };
    let path = scene.at("pulls/1/reviews");
    assert_eq!(job(true).ask("POST", &path, review(5)).await.0, 403);
    let (status, answer) = job(false).ask("POST", &path, review(5)).await;
    assert_eq!(
        (status, &answer["user"]["login"]),
        (200, &json!("github-actions[bot]"))
    );
    assert_eq!(scene.pull.bot_reviews(&scene.pull.head()), []);
    scene.clean();
}

#[tokio::test]
async fn resolving_needs_write_access_to_code_and_hiding_does_not() {
    let scene = scene().await;
    scene.post("pulls/1/reviews", review(5), 200).await;
    let id = scene.pull.bot_comments()[0].id;
    let threads = json!({ "query": "query($n: Int!) { repository(owner: \"acme\", name: \"queue\") { pullRequest(number: $n) {
        reviewThreads(first: 50) { nodes { id isOutdated comments(first: 1) { nodes { id databaseId author { login } } } } } } } }",
        "variables": { "n": 1 } });
    let (_, answer) = scene.client.ask("POST", "/graphql", threads).await;
    let thread = &answer["data"]["repository"]["pullRequest"]["reviewThreads"]["nodes"][0];
    assert_eq!(
        thread["comments"]["nodes"][0],
        json!({ "id": format!("PRRC_{id}"), "databaseId": id, "author": { "login": "highwater" } })
    );
    let resolve = json!({ "query": "mutation($id: ID!) { resolveReviewThread(input: { threadId: $id }) { thread { isResolved } } }",
        "variables": { "id": thread["id"] } });
    let (status, answer) = scene.client.ask("POST", "/graphql", resolve).await;
    assert_eq!(
        (status, &answer["errors"][0]["type"]),
        (200, &json!("FORBIDDEN"))
    );
    let hide = json!({ "query": "mutation($id: ID!) { minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) {
        minimizedComment { isMinimized minimizedReason } } }", "variables": { "id": format!("PRRC_{id}") } });
    let (_, answer) = scene.client.ask("POST", "/graphql", hide).await;
    let hidden = &answer["data"]["minimizeComment"]["minimizedComment"];
    assert_eq!(
        hidden,
        &json!({ "isMinimized": true, "minimizedReason": "outdated" })
    );
    assert_eq!(scene.pull.bot_comments(), []);
    scene.clean();
    let wrong = json!({ "query": "{ viewer { loginn } }" });
    scene.client.ask("POST", "/graphql", wrong).await;
    assert_eq!(scene.world.violations().len(), 1);
}

#[tokio::test]
async fn a_person_sees_through_the_app_what_the_person_sees() {
    let scene = scene().await;
    scene.repo.set_private(true);
    scene.repo.set_role("alice", "read");
    let person = |login: &str| Client {
        world: scene.world.clone(),
        token: scene.world.person_token(login),
    };
    let (_, answer) = person("alice").get("/user/installations").await;
    let path = format!(
        "/user/installations/{}/repositories",
        answer["installations"][0]["id"]
    );
    assert_eq!(
        person("alice").get(&path).await.1["repositories"][0]["full_name"],
        "acme/queue"
    );
    assert_eq!(
        person("mallory").get("/user/installations").await.1["total_count"],
        0
    );
    assert_eq!(person("mallory").get(&path).await.0, 404);
    assert_eq!(person("alice").get("/user").await.1["login"], "alice");
    scene.clean();
}

#[tokio::test]
async fn a_person_signs_in() {
    let world = World::start().await;
    world.repository("acme/queue").set_role("alice", "read");
    world.sign_in_as(Some("alice"));
    let app = world.credentials();
    let client = client_builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    // source: RFC 7636, appendix B
    let (verifier, challenge) = (
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    );
    let code = async |challenge: &str| {
        let query = format!(
            "client_id={}&redirect_uri=https%3A%2F%2Fhw.example%2Fin&state=0123456789abcdef0123456789abcdef&code_challenge={challenge}&code_challenge_method=S256",
            app.client_id
        );
        let answer = client
            .get(format!("{}/login/oauth/authorize?{query}", world.address()))
            .send()
            .await
            .unwrap();
        let back = url::Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        back.query_pairs()
            .find(|(name, _)| name == "code")
            .unwrap()
            .1
            .into_owned()
    };
    let redeem = async |code: &str| {
        let body = json!({ "client_id": app.client_id, "client_secret": app.client_secret, "code": code, "code_verifier": verifier });
        let url = format!("{}/login/oauth/access_token", world.address());
        let answer = client
            .post(url)
            .header("Accept", "application/json")
            .json(&body)
            .send()
            .await
            .unwrap();
        answer.json::<Value>().await.unwrap()
    };
    assert_eq!(
        redeem(&code("another-challenge-that-fits-no-verifier-at-all").await).await["error"],
        "bad_verification_code"
    );
    let good = code(challenge).await;
    let token = redeem(&good).await["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(redeem(&good).await["error"], "bad_verification_code");
    let alice = Client {
        world: world.clone(),
        token,
    };
    assert_eq!(alice.get("/user").await.1["login"], "alice");
    world.revoke("alice");
    assert_eq!(alice.get("/user").await.0, 401);
    assert_eq!(world.violations(), Vec::<String>::new());
}
