//! What somebody tries who wants to be somebody else, or to have somebody else do something.

use axum::http::StatusCode;

use super::{Browser, PRIVATE, PUBLIC, Town, at_github};

fn form(head: &str) -> [(&str, &str); 4] {
    [
        ("item", "C1"),
        ("state", "concern"),
        ("note", "mine"),
        ("head", head),
    ]
}

#[tokio::test]
async fn another_site_changes_nothing() {
    let town = Town::new().await;
    let head = town.pulls[1].now().head_sha;
    let will = town.sign_in("will").await;
    let foreign = [
        vec![("origin", "https://evil.example".to_owned())],
        vec![("origin", "null".to_owned())],
        vec![(
            "origin",
            "https://highwater.example.evil.example".to_owned(),
        )],
        vec![("sec-fetch-site", "cross-site".to_owned())],
        vec![("sec-fetch-site", "same-site".to_owned())],
    ];
    for more in foreign {
        let mut browser = Browser {
            more,
            ..will.clone()
        };
        for path in [
            &format!("{PRIVATE}/marks"),
            &format!("{PRIVATE}/post"),
            "/repositories/acme/secret/audit",
            "/auth/sign-out",
            "/auth/sign-out-everywhere",
            "/reviews/open",
        ] {
            let answer = browser.post(path, &form(&head)).await;
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{path} {:?}",
                browser.more
            );
        }
    }
    let mut will = will;
    assert_eq!(will.name().await, "will", "still signed in");
    let page = will.get(PRIVATE).await;
    assert!(page.all(".said li").is_empty(), "nothing was marked");
    assert!(page.text.contains("Your marks as Markdown"));
    let repository = will.get("/repositories/acme/secret").await;
    assert!(!repository.text.contains("Asked for by"));
    // What changes something is not done by a link.
    for path in ["/auth/sign-out", "/auth/sign-out-everywhere"] {
        assert_eq!(will.get(path).await.status, StatusCode::METHOD_NOT_ALLOWED);
    }
    town.stage.end();
}

#[tokio::test]
async fn a_session_that_was_planted_is_worth_nothing() {
    let town = Town::new().await;
    // Mallory begins to sign in, and puts the session into Rita's browser.
    let mut mallory = Browser::new(&town.site);
    mallory.get("/auth/github").await;
    let planted = mallory.session().unwrap().to_owned();
    let mut rita = Browser::new(&town.site);
    rita.plant(&planted);
    let back = rita.go_to_github(&town, "rita", PRIVATE).await;
    assert_eq!(rita.get(&back).await.headers["location"], PRIVATE);
    assert_eq!(rita.name().await, "rita");
    assert_ne!(rita.session().unwrap(), planted);
    assert_eq!(mallory.name().await, "");
    mallory.plant(&planted);
    assert_eq!(mallory.status(PRIVATE).await, 404);

    // A name that somebody made up is not taken over.
    let made_up = "AAAAAAAAAAAAAAAAAAAAAA";
    let mut rita = Browser::new(&town.site);
    rita.plant(made_up);
    rita.get("/auth/github").await;
    assert_ne!(rita.session().unwrap(), made_up);
    for wrong in ["", "x", "../../etc", &"A".repeat(5_000), "%00"] {
        let mut browser = Browser::new(&town.site);
        browser.plant(wrong);
        assert_eq!(browser.name().await, "", "{wrong}");
    }

    // Signing in again, too, gives a new name and ends the old one.
    let mut will = town.sign_in("will").await;
    let first = will.session().unwrap().to_owned();
    let back = will.go_to_github(&town, "will", PUBLIC).await;
    will.get(&back).await;
    let mut old = Browser::new(&town.site);
    old.plant(&first);
    assert_eq!(old.name().await, "");
    assert_eq!(will.name().await, "will");
    town.stage.end();
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let town = Town::new().await;
    for page in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/reviews/../..//evil.example",
        "/reviews@evil.example",
        "/auth/sign-out",
        "/reviews\r\nlocation: https://evil.example",
        "javascript:alert(1)",
        "",
    ] {
        let mut rita = Browser::new(&town.site);
        let back = rita.go_to_github(&town, "rita", page).await;
        assert_eq!(
            rita.get(&back).await.headers["location"],
            "/reviews",
            "{page}"
        );
    }
    // Nor does the page say otherwise what comes after it.
    let mut rita = Browser::new(&town.site);
    let back = rita.go_to_github(&town, "rita", PRIVATE).await;
    let more = format!("{back}&return_to=https://evil.example");
    assert_eq!(rita.get(&more).await.headers["location"], PRIVATE);
    town.stage.end();
}

/// A way back from GitHub that is not taken.
async fn refused(browser: &mut Browser, path: &str) {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
    assert_eq!(browser.name().await, "", "{path}");
}

#[tokio::test]
async fn a_sign_in_is_good_once_in_its_browser() {
    let town = Town::new().await;
    let mut rita = Browser::new(&town.site);
    let back = rita.go_to_github(&town, "rita", PRIVATE).await;
    // In another browser, and with a wrong state or none.
    refused(&mut Browser::new(&town.site), &back).await;
    let mut mallory = Browser::new(&town.site);
    let own = mallory.go_to_github(&town, "mallory", PUBLIC).await;
    let part = |path: &str, name: &str| {
        let query = path.split_once('?').unwrap().1;
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap();
        pairs.into_iter().find(|(one, _)| one == name).unwrap().1
    };
    // Somebody else's code with one's own state: the proof of the challenge is missing.
    let mixed = format!(
        "/auth/github/callback?code={}&state={}",
        part(&back, "code"),
        part(&own, "state")
    );
    refused(&mut mallory, &mixed).await;
    // The state was used up by that, and Rita's code by Mallory's try.
    refused(&mut mallory, &own).await;
    refused(&mut rita, &back).await;

    // One's own code in somebody else's browser would make them act as oneself.
    let mut victim = Browser::new(&town.site);
    victim.get("/auth/github").await;
    let mut mallory = Browser::new(&town.site);
    let own = mallory.go_to_github(&town, "mallory", PUBLIC).await;
    refused(&mut victim, &own).await;

    // Twice.
    let mut rita = Browser::new(&town.site);
    let back = rita.go_to_github(&town, "rita", PRIVATE).await;
    assert_eq!(rita.get(&back).await.status, StatusCode::SEE_OTHER);
    let again = rita.get(&back).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert_eq!(rita.name().await, "rita", "that takes nothing from her");
    // An old state with a new code.
    let mut browser = rita.clone();
    let new = browser.go_to_github(&town, "rita", PRIVATE).await;
    let mixed = format!(
        "/auth/github/callback?code={}&state={}",
        part(&new, "code"),
        part(&back, "state")
    );
    assert_eq!(browser.get(&mixed).await.status, StatusCode::BAD_REQUEST);
    for path in [
        "/auth/github/callback",
        "/auth/github/callback?code=x",
        "/auth/github/callback?state=",
        "/auth/github/callback?code=..%2F..&state=x",
    ] {
        refused(&mut Browser::new(&town.site), path).await;
    }
    assert_eq!(town.stage.world.violations(), [""; 0]);
}

#[tokio::test]
async fn who_says_no_at_github_or_takes_too_long_is_not_in() {
    let town = Town::new().await;
    let mut nobody = Browser::new(&town.site);
    let led = nobody.get("/auth/github").await;
    town.stage.world.sign_in_as(None);
    let back = at_github(led.headers["location"].to_str().unwrap()).await;
    refused(&mut nobody, &back).await;
    // The state of somebody who took too long.
    let mut late = Browser::new(&town.site);
    let back = late.go_to_github(&town, "rita", PRIVATE).await;
    let clock = town.stage.world.clock();
    clock.advance(std::time::Duration::from_secs(601));
    refused(&mut late, &back).await;
    assert_eq!(town.stage.world.violations(), [""; 0]);
}

#[tokio::test]
async fn what_is_named_in_a_form_is_of_the_page_alone() {
    let town = Town::new().await;
    let [public, private] = town.pulls.each_ref().map(|pull| pull.now().head_sha);
    assert_ne!(public, private);
    let mut mallory = town.sign_in("mallory").await;
    let marks = format!("{PUBLIC}/marks");
    // A push of what Mallory may not see, and one that is not there, are told alike.
    let other = mallory.post(&marks, &form(&private)).await;
    let nothing = mallory.post(&marks, &form("0000")).await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST);
    assert_eq!(other.all("main p")[0], nothing.all("main p")[0]);
    // Another item, as another person, on another page.
    for more in [
        ("viewer", "github:1"),
        ("repository", "1"),
        ("id", "1"),
        ("number", "2"),
    ] {
        let mut fields = form(&public).to_vec();
        fields.push(more);
        mallory.post(&marks, &fields).await;
    }
    let mut will = town.sign_in("will").await;
    let page = will.get(PUBLIC).await;
    let said = page.all("#C1 .said li");
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("mallory: concern"), "{said:?}");
    // One takes back one's own.
    let back = [("item", "C1"), ("state", "open"), ("head", public.as_str())];
    will.post(&marks, &back).await;
    assert_eq!(will.get(PUBLIC).await.all("#C1 .said li").len(), 1);
    mallory.post(&marks, &back).await;
    assert!(will.get(PUBLIC).await.all("#C1 .said li").is_empty());
    town.stage.end();
}

#[tokio::test]
async fn a_name_that_changed_hands_opens_nothing_of_its_old_holder() {
    let town = Town::new().await;
    let mut mallory = town.sign_in("mallory").await;
    assert_eq!(mallory.status(PRIVATE).await, 404);
    // The private repository gets another name, and Mallory makes one of the old name.
    let id = town.secret.id;
    town.stage.world.with(|state| {
        state.repositories.get_mut(&id).unwrap().name = "hidden".to_owned();
    });
    let own = town.stage.world.foreign_repository("acme/secret");
    own.set_role("mallory", "admin");
    let clock = town.stage.world.clock();
    clock.advance(std::time::Duration::from_secs(61));
    let shown = mallory.get("/repositories/acme/secret").await;
    assert_eq!(shown.status, StatusCode::NOT_FOUND);
    for path in [PRIVATE, "/reviews/acme/hidden/1"] {
        assert_eq!(mallory.status(path).await, 404, "{path}");
    }
    assert_eq!(mallory.listed().await, [PUBLIC]);
}
