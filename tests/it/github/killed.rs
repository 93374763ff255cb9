//! The whole program, killed without warning at one request after another: it loses nothing and
//! says nothing twice.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::blocks::{file, handler, mended};
use super::fake_github::{PullRequest, World};
use super::stage::findings;

const PATH: &str = "queue/queue.go";
/// How long it may take until all is said: a dead server's job is taken over after half a minute.
const PATIENCE: Duration = Duration::from_secs(150);

/// A server of its own process.
struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn start(world: &World, directory: &Path, port: u16) -> Server {
    let credentials = world.credentials();
    let key = directory.join("key.pem");
    std::fs::write(&key, &credentials.private_key).unwrap();
    let address = format!("127.0.0.1:{port}");
    let mut child = Command::new(env!("CARGO_BIN_EXE_highwater"))
        .args(["serve", "--listen", &address, "--data-dir"])
        .arg(directory)
        .env_clear()
        .env("HIGHWATER_GITHUB_APP_ID", credentials.app_id.to_string())
        .env("HIGHWATER_GITHUB_PRIVATE_KEY_FILE", &key)
        .env(
            "HIGHWATER_GITHUB_WEBHOOK_SECRETS",
            &credentials.webhook_secret,
        )
        .env("HIGHWATER_GITHUB_API_URL", world.address())
        .stdout(Stdio::piped())
        .stderr(log(directory))
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(line.contains(&address), "{line}");
    Server { child, address }
}

/// Where the server's log goes.
fn log(directory: &Path) -> std::fs::File {
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(directory.join("log"))
        .unwrap()
}

/// No secret stands in what the server logged or kept.
fn keeps_secrets(world: &World, directory: &Path) {
    let credentials = world.credentials();
    let key = credentials
        .private_key
        .lines()
        .nth(1)
        .unwrap_or_default()
        .to_owned();
    for name in ["log", "highwater.db", "highwater.db-wal"] {
        let bytes = std::fs::read(directory.join(name)).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        for secret in [key.as_str(), &credentials.webhook_secret, "ghs_", "Bearer "] {
            assert!(!text.contains(secret), "{name} has {secret:?}");
        }
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

async fn send_all(world: &World, server: &Server) {
    let url = format!("http://{}/webhooks/github", server.address);
    world.deliver_all(&url).await;
}

fn said(pull: &PullRequest) -> usize {
    findings(pull).len()
}

fn is_settled(pull: &PullRequest) -> bool {
    let done = |run: &super::fake_github::CheckRun| run.conclusion.is_some();
    said(pull) == 2 && pull.check_runs().iter().filter(|run| done(run)).count() == 1
}

/// One life that ends at a request, and the next.
async fn killed_at(request: usize) {
    let world = World::start().await;
    let repo = world.repository("acme/queue");
    repo.commit("main", &[("queue/sum.go", super::stage::SOUND)]);
    repo.commit(
        "feature",
        &[(PATH, &file(0, &[handler("A"), handler("B"), mended("C")]))],
    );
    let pull = repo.open_pull("feature", "main");
    let directory = tempfile::tempdir().unwrap();
    let port = free_port();
    let server = start(&world, directory.path(), port);
    let id = server.child.id();
    let asked = Arc::new(AtomicUsize::new(0));
    let number = asked.clone();
    world.before(move |_, _| {
        if number.fetch_add(1, Ordering::SeqCst) + 1 == request {
            // The request is served to its end; whoever asked hears nothing of it.
            let killed = Command::new("kill").args(["-9", &id.to_string()]).status();
            assert!(killed.is_ok_and(|status| status.success()));
        }
    });
    send_all(&world, &server).await;
    let begun = Instant::now();
    while asked.load(Ordering::SeqCst) < request && begun.elapsed() < PATIENCE && !is_settled(&pull)
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(server);
    world.behave();
    let server = start(&world, directory.path(), port);
    send_all(&world, &server).await;
    while !is_settled(&pull) {
        assert!(
            begun.elapsed() < PATIENCE,
            "killed at request {request}: {} comments, {:#?}",
            said(&pull),
            pull.check_runs()
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let reviews = pull
        .now()
        .reviews
        .iter()
        .filter(|one| one.app.is_some() && !one.implied)
        .count();
    assert_eq!(reviews, 1, "killed at request {request}");
    assert_eq!(world.violations(), Vec::<String>::new());
    keeps_secrets(&world, directory.path());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_is_killed_at_any_request_loses_nothing_and_doubles_nothing() {
    // `HIGHWATER_KILL_EVERY=1` kills at each request; every second one takes half as long.
    let every = std::env::var("HIGHWATER_KILL_EVERY");
    let every = every.ok().and_then(|every| every.parse().ok()).unwrap_or(2);
    let lives: Vec<_> = (1..=24)
        .step_by(every)
        .map(|request| tokio::spawn(killed_at(request)))
        .collect();
    for life in lives {
        life.await.unwrap();
    }
}
