//! How sessions end: by themselves, by their holder, and by GitHub; and what is not lost then.

use std::time::Duration;

use axum::http::StatusCode;

use super::{Browser, PRIVATE, PUBLIC, Town};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_session_ends_when_nobody_is_there_and_after_eight_hours() {
    let town = Town::new().await;
    let clock = town.stage.world.clock();
    let (mut busy, mut idle) = (town.sign_in("rita").await, town.sign_in("rita").await);
    for hour in 1..8 {
        clock.advance(HOUR);
        assert_eq!(busy.name().await, "rita", "after {hour} hours");
        if hour == 1 {
            assert_eq!(idle.name().await, "rita");
        }
    }
    assert_eq!(idle.name().await, "", "not there for two hours");
    assert_eq!(idle.session(), None, "the cookie is taken away");
    clock.advance(HOUR);
    assert_eq!(busy.name().await, "", "the token holds no more");
    assert_eq!(busy.status(PRIVATE).await, 404);
    let store = &town.stage.store;
    assert_eq!(store.forget_sessions(clock.millis()).await.unwrap(), 2);
    // What somebody began and left is forgotten in time.
    Browser::new(&town.site).get("/auth/github").await;
    clock.advance(HOUR);
    assert_eq!(store.forget_sessions(clock.millis()).await.unwrap(), 1);
    town.stage.end();
}

#[tokio::test]
async fn signing_out_ends_one_session_and_everywhere_ends_all_of_ones_own() {
    let town = Town::new().await;
    let mut one = town.sign_in("rita").await;
    let (mut other, mut third) = (town.sign_in("rita").await, town.sign_in("rita").await);
    let mut will = town.sign_in("will").await;
    let copy = one.clone();
    one.post("/auth/sign-out", &[]).await;
    let mut stolen = copy;
    assert_eq!(
        stolen.name().await,
        "",
        "the name is worth nothing any more"
    );
    assert_eq!(other.name().await, "rita");
    other.post("/auth/sign-out-everywhere", &[]).await;
    for browser in [&mut other, &mut third] {
        assert_eq!(browser.name().await, "");
    }
    assert_eq!(will.name().await, "will");
    // Nobody's is nobody's.
    let mut nobody = Browser::new(&town.site);
    let out = nobody.post("/auth/sign-out-everywhere", &[]).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    assert_eq!(will.name().await, "will");
    town.stage.end();
}

#[tokio::test]
async fn who_takes_the_app_its_right_is_signed_out() {
    let town = Town::new().await;
    let (mut rita, mut will) = (town.sign_in("rita").await, town.sign_in("will").await);
    assert_eq!(rita.status(PRIVATE).await, 200);
    town.stage.world.revoke("rita");
    town.stage.deliver().await;
    assert_eq!(rita.status(PRIVATE).await, 404);
    assert_eq!(rita.name().await, "");
    assert_eq!(will.status(PRIVATE).await, 200);
    // Where that was not heard, GitHub says so when it is asked.
    town.stage.world.revoke("will");
    town.stage.world.clock().advance(Duration::from_secs(61));
    assert_eq!(will.status(PRIVATE).await, 404);
    assert_eq!(will.name().await, "");
}

#[tokio::test]
async fn what_somebody_wrote_is_not_lost_with_the_session() {
    let town = Town::new().await;
    let mut rita = town.sign_in("rita").await;
    let head = town.pulls[1].now().head_sha;
    town.stage.world.clock().advance(3 * HOUR);
    let note = "Who drains it?\n<b>& \"why\"</b>";
    let marks = format!("{PRIVATE}/marks");
    let form = [
        ("item", "C2"),
        ("state", "concern"),
        ("note", note),
        ("head", &head),
    ];
    let answer = rita.post(&marks, &form).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.headers.contains_key("www-authenticate"));
    let action = answer.attributes("main form", "action");
    assert_eq!(action, [marks.as_str()]);
    let names = answer.attributes("main form input", "name");
    let values = answer.attributes("main form input", "value");
    let written = answer.all("main form textarea");
    assert_eq!(written, [note]);
    let way = answer.attributes("main a[href^='/auth']", "href");
    assert_eq!(way, [format!("/auth/github?return_to={PRIVATE}")]);
    // It signs in, comes back, and sends the form as it stands there.
    let back = rita.go_to_github(&town, "rita", PRIVATE).await;
    rita.get(&back).await;
    let mut fields: Vec<(&str, &str)> = vec![("note", &written[0])];
    let pairs = names.iter().zip(&values);
    fields.extend(pairs.map(|(name, value)| (name.as_str(), value.as_str())));
    let marked = rita.post(&action[0], &fields).await;
    assert_eq!(marked.status, StatusCode::SEE_OTHER, "{}", marked.text);
    let page = rita.get(PRIVATE).await;
    assert_eq!(page.all("#C2 .said .note"), [note]);
    // Whoever has no session is told the same of everything.
    let mut nobody = Browser::new(&town.site);
    let told = async |nobody: &mut Browser, path: &str| {
        let answer = nobody.post(path, &form).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        answer.all("main h1, main p")
    };
    let private = told(&mut nobody, &marks).await;
    for path in [
        format!("{PUBLIC}/marks"),
        "/reviews/acme/gone/9/marks".to_owned(),
    ] {
        assert_eq!(told(&mut nobody, &path).await, private);
    }
}
