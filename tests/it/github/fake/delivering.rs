//! Deliveries: who hears of what, signed how, remembered how long, and sent again under the same id.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};

use super::super::fake_github::{
    Clock, Fate, World, client_builder, disturbed, payloads, permissions, signature,
};
use super::{app, review, scene};

type Received = Arc<Mutex<Vec<(HeaderMap, Vec<u8>)>>>;

/// A receiver that answers with this status.
async fn receiver(status: u16) -> (String, Received) {
    let received: Received = Arc::default();
    let kept = Arc::clone(&received);
    let hook = post(
        move |headers: HeaderMap, body: axum::body::Bytes| async move {
            kept.lock().unwrap().push((headers, body.to_vec()));
            StatusCode::from_u16(status).unwrap()
        },
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/hook", hook)).await });
    (url, received)
}

fn actions(world: &World) -> Vec<String> {
    let name = |one: super::super::fake_github::Parcel| {
        format!("{} {}", one.event, one.action.unwrap_or_default())
    };
    world.parcels().into_iter().map(name).collect()
}

#[tokio::test]
async fn deliveries_are_signed_and_name_their_event() {
    let scene = scene().await;
    let (url, received) = receiver(202).await;
    assert_eq!(scene.world.deliver_all(&url).await, [202, 202]);
    let received = received.lock().unwrap();
    let (headers, body) = &received[1];
    let secret = scene.world.credentials().webhook_secret;
    assert_eq!(headers["x-hub-signature-256"], signature(&secret, body));
    assert_eq!(
        (&headers["x-github-event"], &headers["content-type"]),
        (
            &"pull_request".parse().unwrap(),
            &"application/json".parse().unwrap()
        )
    );
    let payload: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(
        (&payload["action"], &payload["number"]),
        (&json!("opened"), &json!(1))
    );
    assert_eq!(
        payload["installation"]["id"],
        json!(scene.world.install("acme"))
    );
}

#[tokio::test]
async fn every_change_is_told() {
    let scene = scene().await;
    scene.repo.commit("next", &[("n.go", "package n\n")]);
    scene.world.parcels();
    scene.pull.push(&[("queue/b.go", "package queue\n")]);
    scene.pull.retarget("next");
    scene.pull.close();
    scene.pull.reopen();
    scene.repo.open_draft("next", "main").ready();
    assert_eq!(
        actions(&scene.world),
        [
            "synchronize",
            "edited",
            "closed",
            "reopened",
            "opened",
            "ready_for_review"
        ]
        .map(|action| format!("pull_request {action}"))
    );
    let check =
        json!({ "name": "highwater", "head_sha": scene.pull.head(), "status": "in_progress" });
    let run = scene.post("check-runs", check, 201).await["id"]
        .as_u64()
        .unwrap();
    scene.world.parcels();
    scene.pull.rerequest_check(run, "octocat");
    scene.pull.request_action(run, "recheck", "octocat");
    scene.pull.rerequest_suite("octocat");
    scene.repo.set_role("octocat", "write");
    scene.repo.set_private(true);
    scene.world.choose_repositories("acme", &[]);
    scene.world.choose_repositories("acme", &["queue"]);
    scene.world.suspend("acme", true);
    scene
        .pull
        .push(&[("queue/b.go", "package queue // unheard\n")]);
    scene.world.suspend("acme", false);
    scene.world.uninstall("acme");
    assert_eq!(
        actions(&scene.world),
        [
            "check_run rerequested",
            "check_run requested_action",
            "check_suite rerequested",
            "member edited",
            "repository privatized",
            "installation_repositories removed",
            "installation_repositories added",
            "installation suspend",
            "installation unsuspend",
            "installation deleted",
        ]
    );
    scene.clean();
}

#[tokio::test]
async fn comments_of_the_conversation_need_the_permission_for_issues() {
    let scene = scene().await;
    scene.world.parcels();
    scene.pull.comment("octocat", "highwater recheck");
    assert_eq!(actions(&scene.world), Vec::<String>::new());
    scene.world.grant(
        "acme",
        permissions(&[
            ("issues", "read"),
            ("pull_requests", "write"),
            ("metadata", "read"),
        ]),
    );
    scene.world.with(|state| {
        state
            .installations
            .values_mut()
            .for_each(|one| one.events.push("issue_comment".to_owned()))
    });
    scene.world.parcels();
    scene.pull.comment("octocat", "highwater recheck");
    assert_eq!(actions(&scene.world), ["issue_comment created"]);
}

#[tokio::test]
async fn a_delivery_that_failed_is_sent_again_under_its_guid() {
    let scene = scene().await;
    for parcel in scene.world.parcels() {
        scene.world.lose(&parcel);
    }
    let app = app(&scene.world);
    let (_, failed) = app
        .get("/app/hook/deliveries?status=failure&per_page=1")
        .await;
    let (guid, id) = (
        failed[0]["guid"].as_str().unwrap().to_owned(),
        failed[0]["id"].as_u64().unwrap(),
    );
    assert_eq!(
        (&failed[0]["status_code"], &failed[0]["redelivery"]),
        (&json!(0), &json!(false))
    );
    let (status, whole) = app.get(&format!("/app/hook/deliveries/{id}")).await;
    assert_eq!(
        (status, &whole["request"]["payload"]["action"]),
        (200, &json!("opened"))
    );
    let (status, _) = app
        .ask(
            "POST",
            &format!("/app/hook/deliveries/{id}/attempts"),
            Value::Null,
        )
        .await;
    assert_eq!(status, 202);
    let (url, received) = receiver(200).await;
    assert_eq!(scene.world.deliver_all(&url).await, [200]);
    assert_eq!(received.lock().unwrap()[0].0["x-github-delivery"], guid);
    let (_, all) = app.get("/app/hook/deliveries").await;
    assert_eq!(
        (&all[0]["guid"], &all[0]["redelivery"]),
        (&json!(guid), &json!(true))
    );
    assert_ne!(all[0]["id"], json!(id));
    scene.clean();
}

#[tokio::test]
async fn deliveries_are_paged_by_cursor_and_forgotten_after_three_days() {
    let clock = Clock::standing(1_800_000_000);
    let world = World::start_at(clock.clone()).await;
    let repo = world.repository("acme/queue");
    repo.commit("feature", &[("a.go", "package a\n")]);
    let pull = repo.open_pull("feature", "main");
    for _ in 0..4 {
        pull.push(&[("a.go", "package a\n\n")]);
    }
    for parcel in world.parcels() {
        world.lose(&parcel);
    }
    let (mut path, mut seen) = ("/app/hook/deliveries?per_page=4".to_owned(), Vec::new());
    loop {
        let answer = app(&world).send("GET", &path, Value::Null, &[]).await;
        let next = answer
            .headers()
            .get("link")
            .map(|link| link.to_str().unwrap().to_owned());
        let page: Value = answer.json().await.unwrap();
        seen.extend(
            page.as_array()
                .unwrap()
                .iter()
                .map(|one| one["guid"].clone()),
        );
        let Some(link) = next else { break };
        path = link
            .split(['<', '>'])
            .nth(1)
            .unwrap()
            .trim_start_matches(&world.address())
            .to_owned();
    }
    assert_eq!(seen.len(), 6);
    clock.advance(Duration::from_secs(3 * 24 * 3600));
    let (_, left) = app(&world).get("/app/hook/deliveries").await;
    assert_eq!(left, json!([]));
    assert_eq!(world.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn what_the_app_writes_is_told_too() {
    let scene = scene().await;
    scene.world.parcels();
    scene.post("pulls/1/reviews", review(5), 200).await;
    let check =
        json!({ "name": "highwater", "head_sha": scene.pull.head(), "conclusion": "neutral" });
    scene.post("check-runs", check, 201).await;
    assert_eq!(
        actions(&scene.world),
        [
            "pull_request_review_comment created",
            "pull_request_review submitted",
            "check_run created"
        ]
    );
}

#[test]
fn the_corpus_is_whole() {
    let all = payloads();
    assert_eq!(all.len(), 329);
    assert!(
        all.iter()
            .all(|(event, body)| !event.is_empty() && body.is_object())
    );
    let of = |event: &str| all.iter().filter(|(name, _)| name == event).count();
    assert_eq!(
        (
            of("pull_request"),
            of("check_run"),
            of("pull_request_review_comment")
        ),
        (29, 9, 5)
    );
    assert!(
        !all.iter()
            .any(|(_, body)| body.to_string().contains("{\"=\":"))
    );
}

#[tokio::test]
async fn deliveries_are_lost_doubled_and_shuffled_by_a_seed() {
    let scene = scene().await;
    for _ in 0..20 {
        scene.pull.push(&[("queue/b.go", "package queue\n")]);
    }
    let (url, received) = receiver(200).await;
    let sent = disturbed(scene.world.parcels(), &mut fastrand::Rng::with_seed(7));
    let count = |fate: Fate| sent.iter().filter(|(_, one)| *one == fate).count();
    assert!(count(Fate::Lost) > 0 && count(Fate::Twice) > 0);
    for (parcel, fate) in &sent {
        scene.world.send_as(parcel, &url, *fate).await;
    }
    assert_eq!(
        received.lock().unwrap().len(),
        count(Fate::Once) + 2 * count(Fate::Twice)
    );
    let (_, failed) = app(&scene.world)
        .get("/app/hook/deliveries?status=failure&per_page=100")
        .await;
    assert_eq!(failed.as_array().unwrap().len(), count(Fate::Lost));
}

#[tokio::test]
async fn comments_that_are_changed_or_taken_away_are_told() {
    let scene = scene().await;
    scene.post("pulls/1/reviews", review(5), 200).await;
    let root = scene.pull.bot_comments()[0].id;
    let answer = scene.pull.reply_to(root, "octocat", "highwater ignor");
    scene.world.parcels();
    scene.pull.edit_comment(answer, "highwater ignore");
    scene.pull.delete_comment(answer);
    assert_eq!(
        (
            scene.pull.lost_human_comments(),
            scene.pull.answers_to(root)
        ),
        (Vec::new(), Vec::new())
    );
    let answer = scene.pull.reply_to(root, "octocat", "no");
    let path = scene.at(&format!("pulls/comments/{answer}"));
    assert_eq!(scene.client.ask("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(scene.pull.lost_human_comments().len(), 1);
    let told: Vec<String> = actions(&scene.world)
        .into_iter()
        .filter(|one| one.contains("comment"))
        .collect();
    let expected = ["edited", "deleted", "created", "deleted"];
    assert_eq!(
        told,
        expected.map(|action| format!("pull_request_review_comment {action}"))
    );
    scene.clean();
}

#[tokio::test]
async fn a_repository_is_renamed_and_a_fork_deleted() {
    let scene = scene().await;
    let fork = scene.repo.fork("stranger");
    fork.commit("patch", &[("queue/a.go", "package queue\n")]);
    let pull = scene.repo.open_pull_from(&fork, "patch", "main");
    fork.delete();
    let seen = scene.get(&format!("pulls/{}", pull.number), 200).await;
    assert_eq!(
        (&seen["head"]["repo"], &seen["head"]["label"]),
        (&Value::Null, &json!("stranger:patch"))
    );
    scene
        .get(&format!("pulls/{}/files", pull.number), 200)
        .await;
    pull.close();
    scene.repo.rename("line");
    let answer = scene
        .client
        .send("GET", "/repos/acme/line/pulls/1", Value::Null, &[])
        .await;
    assert_eq!(answer.status().as_u16(), 200);
    let client = client_builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let old = format!("{}/repos/acme/queue/pulls/1", scene.world.address());
    let answer = client
        .get(old)
        .header("User-Agent", "test")
        .send()
        .await
        .unwrap();
    let location = format!("{}/repos/acme/line/pulls/1", scene.world.address());
    assert_eq!(
        (
            answer.status().as_u16(),
            answer.headers()["location"].to_str().unwrap()
        ),
        (301, location.as_str())
    );
    assert!(actions(&scene.world).contains(&"repository renamed".to_owned()));
    scene.clean();
}
