//! What the doctor says: of an App that is as it should be, and of each thing that may be wrong.

use highwater::github::client::GitHub;
use highwater::github::clock::Clock;
use highwater::github::doctor::{Line, State, examine};
use highwater::github::{Settings, permissions};
use highwater::store::Store;

use super::fake_github::{World, permissions as granted};
use super::stage::{Stage, hand, settings};
use crate::world::World as Directory;

async fn seen(world: &World, store: &Store, set: impl FnOnce(&mut Settings)) -> Vec<Line> {
    seen_at(world, store, Clock::real(), set).await
}

async fn seen_at(
    world: &World,
    store: &Store,
    clock: Clock,
    set: impl FnOnce(&mut Settings),
) -> Vec<Line> {
    let mut settings = settings(world);
    set(&mut settings);
    let now = clock.now();
    let github = GitHub::new(settings, store.clone(), clock, "doctor".to_owned());
    examine(store, now, Some(github)).await
}

/// What `/metrics` says beside it.
#[tokio::test]
async fn the_numbers_of_the_queue_are_there_for_who_asks() {
    let stage = sound().await;
    let site = highwater::web::Site::new(highwater::web::Settings::default());
    let site = highwater::web::router(site.with_bot(stage.bot.clone()));
    let request = axum::http::Request::get("/metrics").body(axum::body::Body::empty());
    let answer = tower::ServiceExt::oneshot(site, request.unwrap())
        .await
        .unwrap();
    let body = http_body_util::BodyExt::collect(answer.into_body()).await;
    let text = String::from_utf8(body.unwrap().to_bytes().to_vec()).unwrap();
    for line in [
        "highwater_queue_jobs{state=\"waiting\"} 1\n",
        "highwater_queue_jobs{state=\"dead\"} 0\n",
        "# HELP highwater_queue_oldest_seconds ",
        "highwater_last_delivery_age_seconds 0",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

/// What is said about one thing, with the way out.
fn said(lines: &[Line], about: &str) -> (State, String) {
    let line = lines.iter().find(|line| line.about == about);
    let line = line.unwrap_or_else(|| panic!("nothing about {about}: {lines:#?}"));
    let way_out = line.way_out.clone().unwrap_or_default();
    (line.state, format!("{} | {way_out}", line.found))
}

fn is(lines: &[Line], about: &str, state: State, words: &str) {
    let (found, text) = said(lines, about);
    assert_eq!(found, state, "{about}: {text}");
    assert!(text.contains(words), "{about}: {text}");
}

/// A world whose App is as the manifest makes it, with a delivery that arrived.
async fn sound() -> Stage {
    let stage = Stage::new().await;
    stage.world.with(|state| {
        state.app.webhook_url = "https://highwater.example/webhooks/github".to_owned();
        let events = permissions::EVENTS;
        state.app.events = events.iter().map(|(name, _)| (*name).to_owned()).collect();
    });
    stage.world.repository("acme/queue");
    for parcel in stage.world.parcels() {
        assert!(hand(&stage.bot, &parcel).await);
        let guid = parcel.guid.clone();
        stage
            .world
            .with(|state| state.attempted(&guid, 202, String::new()));
    }
    stage
}

#[tokio::test]
async fn all_is_well_where_all_is_as_the_manifest_makes_it() {
    let stage = sound().await;
    let lines = seen(&stage.world, &stage.store, |_| ()).await;
    for line in &lines {
        assert_eq!(line.state, State::Ok, "{lines:#?}");
    }
    assert_eq!(lines.len(), 9, "{lines:#?}");
    stage.end();
}

#[tokio::test]
async fn each_thing_that_is_wrong_is_said_with_the_way_out() {
    let stage = sound().await;
    let (world, store) = (&stage.world, &stage.store);
    let lines = examine(store, 0, None).await;
    is(&lines, "app", State::Fail, "--setup");
    let lines = seen(world, store, |set| set.private_key = "nonsense".into()).await;
    is(&lines, "credentials", State::Fail, "private key");
    let lines = seen(world, store, |set| set.app_id = 1).await;
    is(&lines, "credentials", State::Fail, "belong together");
    let lines = seen(world, store, |set| {
        set.api_url = "http://127.0.0.1:1".to_owned();
    })
    .await;
    is(&lines, "github", State::Fail, "HIGHWATER_GITHUB_API_URL");
    let ahead = Clock::by_hand(|| Clock::real().now() + 300_000, |_| ());
    let lines = seen_at(world, store, ahead, |_| ()).await;
    is(&lines, "clock", State::Fail, "NTP");
    let lines = seen(world, store, |set| set.webhook_secrets.clear()).await;
    is(&lines, "webhook", State::Fail, "no secret");
    let lines = seen(world, store, |set| {
        set.public_url = "https://other.example".to_owned();
    })
    .await;
    is(&lines, "webhook", State::Warn, "https://other.example");

    world.with(|state| {
        state.app.permissions = granted(&[
            ("metadata", "read"),
            ("contents", "write"),
            ("pull_requests", "write"),
            ("checks", "write"),
        ]);
        state.app.events.retain(|event| event != "check_suite");
    });
    world.grant("acme", granted(&[("metadata", "read")]));
    let lines = seen(world, store, |_| ()).await;
    is(&lines, "permissions", State::Warn, "Contents: write");
    is(&lines, "events", State::Fail, "check_suite");
    is(
        &lines,
        "installations",
        State::Warn,
        "acme has not accepted",
    );
    world.with(|state| state.app.permissions = granted(&[("metadata", "read")]));
    world.suspend("acme", true);
    let lines = seen(world, store, |_| ()).await;
    is(&lines, "permissions", State::Fail, "Checks: write");
    is(&lines, "installations", State::Warn, "acme has suspended");
    is(
        &lines,
        "permissions",
        State::Fail,
        "https://github.example/organizations/highwater-makers/settings/apps/highwater/permissions",
    );
    stage.end();
}

#[tokio::test]
async fn deliveries_that_fail_and_work_that_is_late_are_seen() {
    let stage = sound().await;
    let (world, store) = (&stage.world, &stage.store);
    world.suspend("acme", true);
    world.suspend("acme", false);
    for parcel in world.parcels() {
        world.with(|state| state.attempted(&parcel.guid, 401, String::new()));
    }
    let lines = seen(world, store, |_| ()).await;
    is(&lines, "deliveries", State::Fail, "WEBHOOK_SECRETS");
    is(&lines, "deliveries", State::Fail, "the last arrived");
    let later = examine(store, Clock::real().now() + 3_600_000, None).await;
    is(&later, "queue", State::Fail, "the oldest has been due");
    let job = store.claim("one", i64::MAX, 0).await.unwrap().unwrap();
    store.bury(&job, 0, "broken").await.unwrap();
    let lines = seen(world, store, |_| ()).await;
    is(&lines, "queue", State::Warn, "highwater queue revive");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_says_it_and_its_status_is_a_verdict() {
    let stage = sound().await;
    let credentials = stage.world.credentials();
    let api = stage.world.address();
    let run = move |arguments: &[&str], url: &str| {
        let directory = Directory::new(&[("key.pem", &credentials.private_key)]);
        let app = credentials.app_id.to_string();
        directory.run_with(
            arguments,
            "",
            &[
                ("HIGHWATER_GITHUB_APP_ID", &app),
                ("HIGHWATER_GITHUB_PRIVATE_KEY_FILE", "key.pem"),
                (
                    "HIGHWATER_GITHUB_WEBHOOK_SECRETS",
                    &credentials.webhook_secret,
                ),
                ("HIGHWATER_GITHUB_API_URL", url),
                ("HIGHWATER_PUBLIC_URL", "https://highwater.example"),
            ],
        )
    };
    let done = tokio::task::spawn_blocking(move || {
        (
            run(&["doctor"], &api),
            run(&["doctor", "--format", "json"], "http://127.0.0.1:1"),
            run(
                &["doctor", "--database-url", "sqlite://nowhere/at/all.db"],
                &api,
            ),
        )
    });
    let (well, ill, without) = done.await.unwrap();
    assert_eq!(without.status, 1, "{without:?}");
    assert!(without.out.starts_with("fail  database"), "{without:?}");
    assert_eq!(well.status, 0, "{well:?}");
    assert!(
        well.out
            .contains("ok    permissions    what is needed, and no more\n"),
        "{}",
        well.out
    );
    assert!(
        well.out
            .starts_with("warn  database       there is none yet\n"),
        "{}",
        well.out
    );
    assert_eq!(ill.status, 1, "{ill:?}");
    assert_eq!(ill.json()["works"], false);
    stage.end();
}
