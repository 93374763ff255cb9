//! Limits and faults.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::fake_github::{Clock, Fault, World, client, drawn};
use super::{installed, review, scene};

#[tokio::test]
async fn a_limit_says_how_long_and_counts_who_does_not_wait() {
    let clock = Clock::standing(1_800_000_000);
    let world = World::start_at(clock.clone()).await;
    world.repository("acme/queue");
    let client = installed(&world, "acme").await;
    world.with(|state| state.limits.numbers.points_a_minute = 3);
    let path = "/repos/acme/queue";
    for _ in 0..3 {
        assert_eq!(client.get(path).await.0, 200);
    }
    let answer = client.send("GET", path, Value::Null, &[]).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["retry-after"]),
        (403, &"60".parse().unwrap())
    );
    assert_eq!(client.get(path).await.0, 403);
    assert_eq!(
        (
            world.seen("acme").during_retry_after,
            world.seen("acme").limited
        ),
        (1, 1)
    );
    clock.advance(Duration::from_secs(61));
    assert_eq!(client.get(path).await.0, 200);
    assert_eq!(world.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn the_hourly_limit_is_told_by_headers_and_304_is_free() {
    let clock = Clock::standing(1_800_000_000);
    let world = World::start_at(clock.clone()).await;
    world.repository("acme/queue");
    world.with(|state| state.limits.numbers.primary = 2);
    let client = installed(&world, "acme").await;
    let answer = client
        .send("GET", "/repos/acme/queue", Value::Null, &[])
        .await;
    assert_eq!(answer.headers()["x-ratelimit-remaining"], "1");
    let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
    for _ in 0..5 {
        let again = client
            .send(
                "GET",
                "/repos/acme/queue",
                Value::Null,
                &[("If-None-Match", &tag)],
            )
            .await;
        assert_eq!(
            (
                again.status().as_u16(),
                &again.headers()["x-ratelimit-remaining"]
            ),
            (304, &"1".parse().unwrap())
        );
    }
    assert_eq!(client.get("/repos/acme/queue").await.0, 200);
    let answer = client
        .send("GET", "/repos/acme/queue", Value::Null, &[])
        .await;
    assert_eq!(
        (
            answer.status().as_u16(),
            &answer.headers()["x-ratelimit-remaining"]
        ),
        (403, &"0".parse().unwrap())
    );
    assert_eq!(answer.headers()["x-ratelimit-reset"], "1800003600");
    assert_eq!(world.seen("acme").during_retry_after, 0);
    assert_eq!(client.get("/repos/acme/queue").await.0, 403);
    assert_eq!(world.seen("acme").during_retry_after, 1);
    clock.advance(Duration::from_secs(3600));
    let client = installed(&world, "acme").await;
    assert_eq!(client.get("/repos/acme/queue").await.0, 200);
}

#[tokio::test]
async fn a_failure_comes_before_or_after_the_write() {
    let scene = scene().await;
    for (fault, written) in [
        (Fault::Before(502), 0),
        (Fault::CutBefore, 0),
        (Fault::After(502), 1),
        (Fault::CutAfter, 2),
    ] {
        scene.world.plan_faults(move |asked| {
            (asked.operation.id == "pulls/create-review").then_some(fault)
        });
        let url = format!("{}{}", scene.world.address(), scene.at("pulls/1/reviews"));
        let sent = client()
            .post(url)
            .header("User-Agent", "test")
            .header("Authorization", format!("Bearer {}", scene.client.token))
            .body(review(5).to_string())
            .send()
            .await;
        match (fault, sent) {
            (Fault::Before(status) | Fault::After(status), sent) => {
                assert_eq!(sent.unwrap().status().as_u16(), status)
            }
            (Fault::CutAfter, sent) => {
                assert!(
                    sent.unwrap().text().await.is_err(),
                    "the answer was not cut"
                );
            }
            (_, sent) => assert!(sent.is_err(), "something of the answer arrived"),
        }
        assert_eq!(scene.pull.bot_comments().len(), written, "{fault:?}");
    }
    scene.world.behave();
    scene.post("pulls/1/reviews", review(5), 200).await;
    scene.clean();
}

#[tokio::test]
async fn tokens_and_limits_fail_on_demand() {
    let scene = scene().await;
    scene.world.plan_faults(|_| {
        Some(Fault::Limited {
            status: 429,
            seconds: None,
        })
    });
    let answer = scene
        .client
        .send("GET", &scene.at("pulls/1"), Value::Null, &[])
        .await;
    assert_eq!(
        (
            answer.status().as_u16(),
            answer.headers().get("retry-after")
        ),
        (429, None)
    );
    scene
        .world
        .plan_faults(|_| Some(Fault::Delay(Duration::from_millis(200))));
    let begun = Instant::now();
    scene.get("pulls/1", 200).await;
    assert!(begun.elapsed() >= Duration::from_millis(200));
    scene.world.plan_faults(|_| Some(Fault::Expired));
    scene.get("pulls/1", 401).await;
    scene.world.behave();
    scene.get("pulls/1", 401).await;
    scene.clean();
}

#[tokio::test]
async fn the_head_moves_between_reading_and_writing() {
    let scene = scene().await;
    let pull = scene.pull.clone();
    let before = pull.head();
    let moved = pull.clone();
    scene.world.before(move |_, asked| {
        if asked.operation.id == "pulls/create-review" {
            moved.push(&[("queue/z.go", "package queue\n")]);
        }
    });
    let mut body = review(5);
    body["commit_id"] = json!(before);
    scene.post("pulls/1/reviews", body, 200).await;
    assert_ne!(pull.head(), before);
    assert_eq!(
        (
            pull.bot_reviews(&before).len(),
            pull.bot_comments()[0].commit.clone()
        ),
        (1, pull.head())
    );
    scene.clean();
}

#[tokio::test]
async fn writes_too_close_to_each_other_are_counted() {
    let clock = Clock::standing(1_800_000_000);
    let world = World::start_at(clock.clone()).await;
    let repo = world.repository("acme/queue");
    repo.commit("feature", &[("a.go", "package a\n")]);
    repo.open_pull("feature", "main");
    let client = installed(&world, "acme").await;
    for (wait, hasty) in [(0, 0), (0, 1), (1000, 1), (999, 2)] {
        clock.advance(Duration::from_millis(wait));
        let (status, _) = client
            .ask(
                "POST",
                "/repos/acme/queue/issues/1/comments",
                json!({ "body": "x" }),
            )
            .await;
        assert_eq!((status, world.seen("acme").hasty_writes), (201, hasty));
    }
}

#[tokio::test]
async fn faults_are_drawn_alike_by_the_same_seed() {
    let mut told = Vec::new();
    for _ in 0..2 {
        let scene = scene().await;
        let mut plan = drawn(11, 500);
        scene.world.plan_faults(move |asked| match plan(asked) {
            // A token that ended would end all that follows.
            Some(Fault::Expired | Fault::Limited { .. }) => None,
            other => other,
        });
        let url = format!("{}{}", scene.world.address(), scene.at("pulls/1"));
        let mut seen = Vec::new();
        for _ in 0..30 {
            let ask = client()
                .get(&url)
                .header("User-Agent", "test")
                .bearer_auth(&scene.client.token);
            seen.push(
                ask.send()
                    .await
                    .map_or(0, |answer| answer.status().as_u16()),
            );
        }
        told.push(seen);
    }
    assert_eq!(told[0], told[1]);
    assert!(
        told[0].contains(&200) && told[0].contains(&502) && told[0].contains(&0),
        "{told:?}"
    );
}

#[tokio::test]
async fn who_leaves_is_no_longer_under_way() {
    let scene = scene().await;
    scene
        .world
        .plan_faults(|_| Some(Fault::Delay(Duration::from_secs(30))));
    let url = format!("{}{}", scene.world.address(), scene.at("pulls/1"));
    let ask = client()
        .get(url)
        .header("User-Agent", "test")
        .timeout(Duration::from_millis(300));
    assert!(ask.send().await.is_err());
    for _ in 0..100 {
        if scene.world.with(|state| state.limits.in_flight) == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the request is still counted");
}
