//! That what opens something stands nowhere in clear: in no page, no log and no copy of the
//! database. The whole program is asked, with everything logged that can be.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::redirect::Policy;

use super::{COOKIE, HERE, PRIVATE, at_github, reviewed_in};
use crate::github::fake_github::{World, client_builder};

/// A server, ended with its test.
struct Server {
    process: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}

fn start(world: &World, directory: &Path) -> Server {
    let app = world.credentials();
    let mut process = Command::new(env!("CARGO_BIN_EXE_highwater"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(directory)
        .env_clear()
        .env("HIGHWATER_PUBLIC_URL", format!("https://{HERE}"))
        .env("HIGHWATER_GITHUB_APP_ID", app.app_id.to_string())
        .env("HIGHWATER_GITHUB_PRIVATE_KEY", &app.private_key)
        .env("HIGHWATER_GITHUB_WEBHOOK_SECRETS", &app.webhook_secret)
        .env("HIGHWATER_GITHUB_CLIENT_ID", &app.client_id)
        .env("HIGHWATER_GITHUB_CLIENT_SECRET", &app.client_secret)
        .env("HIGHWATER_GITHUB_API_URL", world.address())
        .env("HIGHWATER_GITHUB_HTML_URL", world.address())
        .env("HIGHWATER_REVIEWS_ADMINISTRATORS", "root, #7")
        .env("HIGHWATER_LOG_LEVEL", "trace")
        .stdout(Stdio::piped())
        .stderr(File::create(directory.join("log")).unwrap())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line.trim().rsplit(' ').next().unwrap().to_owned();
    Server { process, address }
}

/// A browser on a server.
struct Reader {
    client: reqwest::Client,
    address: String,
    session: String,
    /// All sessions that it had.
    had: Vec<String>,
    /// All pages that it saw.
    pages: Vec<String>,
}

impl Reader {
    fn new(server: &Server) -> Reader {
        Reader {
            client: client_builder().redirect(Policy::none()).build().unwrap(),
            address: server.address.clone(),
            session: String::new(),
            had: Vec::new(),
            pages: Vec::new(),
        }
    }

    /// Asks; gives the status and where it is led.
    async fn ask(&mut self, path: &str, form: Option<&[(&str, &str)]>) -> (u16, String) {
        let address = format!("{}{path}", self.address);
        let request = match form {
            Some(form) => self
                .client
                .post(address)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(serde_urlencoded::to_string(form).unwrap()),
            None => self.client.get(address),
        };
        let answer = request
            .header("host", HERE)
            .header("cookie", format!("{COOKIE}={}", self.session))
            .send()
            .await
            .unwrap();
        let text = |name: &str| {
            let value = answer.headers().get(name);
            value.map_or(String::new(), |value| value.to_str().unwrap().to_owned())
        };
        let (cookie, location) = (text("set-cookie"), text("location"));
        let given = cookie.strip_prefix(&format!("{COOKIE}="));
        if let Some(given) = given.and_then(|given| given.split(';').next()) {
            self.session = given.to_owned();
            self.had.push(given.to_owned());
        }
        let status = answer.status().as_u16();
        self.pages.push(answer.text().await.unwrap());
        (status, location)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_and_sessions_stand_nowhere_in_clear() {
    let world = World::start().await;
    let (repo, pull) = reviewed_in(&world, "acme/secret");
    repo.set_private(true);
    repo.set_role("rita", "read");
    let directory = tempfile::tempdir().unwrap();
    let server = start(&world, directory.path());
    let mut rita = Reader::new(&server);
    let (_, github) = rita.ask("/auth/github?return_to=/reviews", None).await;
    world.sign_in_as(Some("rita"));
    let back = at_github(&github).await;
    assert_eq!(rita.ask(&back, None).await.0, 303, "{:?}", rita.pages);
    // The sweep finds it and reviews it.
    let mut tries = 0;
    while rita.ask(PRIVATE, None).await.0 != 200 {
        tries += 1;
        assert!(tries < 300, "never reviewed");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let head = pull.now().head_sha;
    let form = [
        ("item", "C1"),
        ("state", "ok"),
        ("note", "a-note"),
        ("head", &head),
    ];
    let marked = rita.ask(&format!("{PRIVATE}/marks"), Some(&form)).await;
    assert_eq!(marked.0, 303);
    for path in ["/reviews", "/repositories/acme/secret", "/reviews/a/b/1"] {
        rita.ask(path, None).await;
    }
    let mut secrets = rita.had.clone();
    assert_eq!(secrets.len(), 2, "one before and one after");
    let query = |address: &str| -> Vec<(String, String)> {
        serde_urlencoded::from_str(address.split_once('?').unwrap().1).unwrap()
    };
    secrets.extend(query(&back).into_iter().map(|(_, value)| value));
    world.with(|state| {
        let tokens = state.tokens.keys();
        secrets.extend(tokens.filter(|token| token.starts_with("ghu_")).cloned());
    });
    secrets.push(world.credentials().client_secret);
    assert_eq!(secrets.len(), 6);
    drop(server);

    let read = |name: &str| {
        let bytes = std::fs::read(directory.path().join(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let kept = read("highwater.db") + &read("highwater.db-wal");
    let log = read("log");
    assert!(kept.contains("a-note"), "what is kept is what was written");
    assert!(log.contains("/auth/github/callback") && log.contains("TRACE"));
    for secret in &secrets {
        assert!(secret.len() >= 20, "{secret}");
        assert!(!kept.contains(secret), "{secret} is kept");
        let told: Vec<&str> = log.lines().filter(|line| line.contains(secret)).collect();
        assert!(told.is_empty(), "{secret} is logged: {told:#?}");
        let shown = rita.pages.iter().any(|page| page.contains(secret));
        assert!(!shown, "{secret} is shown");
    }
    assert_eq!(world.violations(), [""; 0]);
}
