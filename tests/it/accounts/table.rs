//! Who may ask for what: every route of the site, for everybody, of a public repository, a private
//! one and one that is not there. The routes are the router's own, so none can be left out.

use highwater::web::routes;

use super::{Browser, Town};

const PEOPLE: [&str; 5] = ["nobody", "mallory", "rita", "will", "root"];
const PLACES: [&str; 3] = ["acme/queue", "acme/secret", "acme/absent"];

/// What one person is answered, place by place.
type Row = [u16; 3];

/// Who may read.
const READS: [Row; 5] = [
    [200, 404, 404],
    [200, 404, 404],
    [200, 200, 404],
    [200, 200, 404],
    [200, 200, 404],
];

/// Who may have something done in the App's name.
const WRITES: [Row; 5] = [
    [401, 401, 401],
    [403, 404, 404],
    [403, 403, 404],
    [303, 303, 404],
    [303, 303, 404],
];

/// Who may mark.
const MARKS: [Row; 5] = [
    [401, 401, 401],
    [303, 404, 404],
    [303, 303, 404],
    [303, 303, 404],
    [303, 303, 404],
];

/// What everybody is answered: rows in the order of `PEOPLE`.
fn expected(method: &str, path: &str) -> [Row; 5] {
    let review = "/reviews/{owner}/{repository}/{number}";
    let repository = "/repositories/{owner}/{repository}";
    let below = path.strip_prefix(review).or(path.strip_prefix(repository));
    let same = |status: u16| [[status; 3]; 5];
    match (method, path, below) {
        ("GET", _, Some("" | "/events")) => READS,
        ("POST", _, Some("/marks")) => MARKS,
        ("POST", _, Some("/post" | "/audit")) => WRITES,
        ("GET", "/reviews", _) => same(200),
        // The way in by the operator's token; here there is none, and who is signed in is in.
        ("GET", "/reviews/open", _) => {
            let mut rows = same(303);
            rows[0] = [200; 3];
            rows
        }
        ("POST", "/reviews/open", _) => same(404),
        ("GET", "/auth/github", _) => same(303),
        ("GET", "/auth/github/callback", _) => same(400),
        ("POST", "/auth/sign-out" | "/auth/sign-out-everywhere", _) => same(303),
        // Nobody sets up what is set up, but whoever sits at the machine.
        ("GET", "/setup" | "/setup/callback", _) => same(404),
        ("POST", "/setup/write", _) => same(400),
        ("POST", "/webhooks/github", _) => same(401),
        ("GET", "/r/{id}", _) | ("POST", "/r/{id}/delete", _) => same(404),
        ("POST", "/r", _) => same(400),
        ("GET", "/static/{*path}" | "/bugs/{name}", _) => same(404),
        ("POST", "/api/v1/check" | "/api/v1/review", _) => same(415),
        (
            "GET",
            "/"
            | "/bugs"
            | "/checklist"
            | "/smell-check"
            | "/precision"
            | "/api"
            | "/api/v1/rules"
            | "/api/v1/openapi.json"
            | "/healthz"
            | "/readyz"
            | "/metrics"
            | "/favicon.ico",
            _,
        ) => same(200),
        ("GET", "/practice", _) => same(303),
        ("POST", "/" | "/fragment", _) => same(200),
        ("POST", "/practice", _) => same(422),
        _ => panic!("{method} {path} is new: say here who may ask for it"),
    }
}

/// A path with a place in it.
fn filled(path: &str, place: &str) -> String {
    let (owner, repository) = place.split_once('/').unwrap();
    path.replace("{owner}", owner)
        .replace("{repository}", repository)
        .replace("{number}", "1")
        .replace("{id}", "0123456789abcdef0123456789abcdef")
        .replace("{name}", "none")
        .replace("{*path}", "none")
}

async fn somebody(town: &Town, login: &str) -> Browser {
    match login {
        "nobody" => Browser::new(&town.site),
        login => town.sign_in(login).await,
    }
}

#[tokio::test]
async fn everybody_may_ask_for_what_the_table_says() {
    let town = Town::new().await;
    let mut people = Vec::new();
    for login in PEOPLE {
        people.push(somebody(&town, login).await);
    }
    let heads = town.pulls.each_ref().map(|pull| pull.now().head_sha);
    let mut wrong = Vec::new();
    let all = routes::all();
    assert!(all.len() > 40);
    for (method, path) in all {
        let (method, rows) = (method.as_str(), expected(method.as_str(), path));
        for (who, (login, row)) in PEOPLE.into_iter().zip(rows).enumerate() {
            for (place, status) in PLACES.into_iter().zip(row) {
                let mut browser = people[who].clone();
                if path.starts_with("/auth/") {
                    browser = somebody(&town, login).await;
                }
                let head = &heads[usize::from(place == "acme/secret")];
                let form = [
                    ("item", "C1"),
                    ("state", "ok"),
                    ("note", ""),
                    ("head", head),
                ];
                let form = if path.ends_with("/marks") {
                    &form[..]
                } else {
                    &[]
                };
                let answer = browser.ask(method, &filled(path, place), form).await;
                if answer.status.as_u16() != status {
                    let given = answer.status.as_u16();
                    wrong.push(format!(
                        "{method} {path} {login} {place}: {given}, not {status}"
                    ));
                }
                let is_told = answer.text.contains("acme/secret") && place != "acme/secret";
                if is_told && ["nobody", "mallory"].contains(&login) {
                    wrong.push(format!("{method} {path} tells {login} of what is private"));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\n{}",
        wrong.join("\n"),
        town.stage.told()
    );
    town.stage.end();
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_yours_are_answered_alike() {
    let town = Town::new().await;
    for login in ["nobody", "mallory"] {
        let mut browser = somebody(&town, login).await;
        for (method, path) in routes::all() {
            if !path.contains("{repository}") {
                continue;
            }
            let mut seen = Vec::new();
            for place in ["acme/secret", "acme/absent"] {
                let form = [("item", "C1"), ("state", "ok"), ("head", "x")];
                let answer = browser
                    .ask(method.as_str(), &filled(path, place), &form)
                    .await;
                let request = answer.headers["x-request-id"].to_str().unwrap().to_owned();
                let policy = answer.headers["content-security-policy"].to_str().unwrap();
                let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next();
                let same = |text: &str| {
                    text.replace(&request, "")
                        .replace(nonce.unwrap(), "")
                        .replace(place, "")
                };
                let headers: Vec<String> = answer
                    .headers
                    .iter()
                    .map(|(name, value)| same(&format!("{name}: {}", value.to_str().unwrap())))
                    .collect();
                seen.push((answer.status, headers, same(&answer.text)));
            }
            assert_eq!(seen[0], seen[1], "{login} {method} {path}");
        }
    }
    town.stage.end();
}

#[tokio::test]
async fn lists_hold_what_somebody_may_read_and_no_trace_of_the_rest() {
    let town = Town::new().await;
    let own = |places: &[&str]| -> Vec<String> {
        places
            .iter()
            .map(|place| format!("/reviews/{place}/1"))
            .collect()
    };
    for (who, places) in [
        ("nobody", &["acme/queue"][..]),
        ("mallory", &["acme/queue"]),
        ("rita", &["acme/secret", "acme/queue"]),
        ("will", &["acme/secret", "acme/queue"]),
        ("root", &["acme/secret", "acme/queue"]),
    ] {
        let mut listed = somebody(&town, who).await.listed().await;
        let mut wanted = own(places);
        listed.sort();
        wanted.sort();
        assert_eq!(listed, wanted, "{who} {}", town.stage.told());
    }
    // More than a page of what is private, newer than all else.
    let store = &town.stage.store;
    let some = store.reviewed("acme", "secret", 1).await.unwrap().unwrap();
    let kept = store.review_of(some.repository, 1, &some.head).await;
    let review = kept.unwrap().unwrap().review;
    for number in 2..=60 {
        let mut pull = some.clone();
        (pull.number, pull.made) = (number, some.made + number);
        store.keep_review(&pull, "base", &review).await.unwrap();
    }
    for (who, rows, has_more) in [
        ("nobody", 1, false),
        ("mallory", 1, false),
        ("rita", 50, true),
    ] {
        let mut browser = somebody(&town, who).await;
        let page = browser.get("/reviews?state=all").await;
        let listed = page.attributes("table.reviews th a", "href");
        assert_eq!(listed.len(), rows, "{who}");
        let more = page.attributes("main a.button[href*=after]", "href");
        assert_eq!(!more.is_empty(), has_more, "{who}");
        if let Some(more) = more.first() {
            let page = browser.get(more).await;
            assert_eq!(page.attributes("table.reviews th a", "href").len(), 11);
        }
        let of_one = browser
            .get("/reviews?state=all&repository=acme/secret")
            .await;
        let of_none = browser
            .get("/reviews?state=all&repository=acme/absent")
            .await;
        if !has_more {
            assert_eq!(of_one.all("main > p"), of_none.all("main > p"), "{who}");
        }
    }
    town.stage.end();
}
