//! One of several servers, and what a browser sees of it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use tokio::task::JoinHandle;

use crate::github::fake_github::{World, client_builder};

/// What opens the pages of reviews.
pub const TOKEN: &str = "a token of some length";

/// A server of its own process.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Server {
    /// Starts one at an address, whose port may be 0, with a database and a directory of its own.
    pub fn start(world: &World, directory: &Path, listen: &str, database: &str) -> Server {
        let begun = Instant::now();
        loop {
            if let Some(server) = Server::started(world, directory, listen, database) {
                return server;
            }
            // While it was down, somebody else's connection may have got its port.
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "it does not start"
            );
            std::thread::sleep(Duration::from_millis(500));
        }
    }

    fn started(world: &World, directory: &Path, listen: &str, database: &str) -> Option<Server> {
        let credentials = world.credentials();
        let key = directory.join("key.pem");
        std::fs::write(&key, &credentials.private_key).unwrap();
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(directory.join("log"));
        let mut child = Command::new(env!("CARGO_BIN_EXE_highwater"))
            .args(["serve", "--listen", listen, "--data-dir"])
            .arg(directory)
            .env_clear()
            .env("DATABASE_URL", database)
            .env("HIGHWATER_GITHUB_APP_ID", credentials.app_id.to_string())
            .env("HIGHWATER_GITHUB_PRIVATE_KEY_FILE", &key)
            .env(
                "HIGHWATER_GITHUB_WEBHOOK_SECRETS",
                &credentials.webhook_secret,
            )
            .env("HIGHWATER_GITHUB_API_URL", world.address())
            .env("HIGHWATER_REVIEWS_TOKEN", TOKEN)
            .stdout(Stdio::piped())
            .stderr(log.unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().strip_prefix("Highwater is at http://");
        let address = address.unwrap_or("").to_owned();
        let server = Server { child, address };
        (!server.address.is_empty()).then_some(server)
    }

    /// Ends it without warning.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to stop, as an operator does, and waits for that: how long it took, or nothing where
    /// it does not.
    pub async fn stop(mut self) -> Option<Duration> {
        let begun = Instant::now();
        let told = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(told.unwrap().success());
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                assert!(status.success(), "{status}");
                return Some(begun.elapsed());
            }
            if begun.elapsed() > Duration::from_secs(60) {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A browser of somebody who brought the token to one server, and shows its cookie to all.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    cookie: String,
    /// By what its marks are known.
    pub viewer: String,
}

impl Browser {
    /// Opens the door at one of them.
    pub async fn open(address: &str, name: &str) -> Browser {
        let client = client_builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(10))
            .build()
            .unwrap();
        let form = serde_urlencoded::to_string([("token", TOKEN), ("name", name)]).unwrap();
        let opened = client
            .post(format!("http://{address}/reviews/open"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form)
            .send()
            .await
            .unwrap();
        assert_eq!(opened.status(), StatusCode::SEE_OTHER);
        let cookie = opened.headers()["set-cookie"].to_str().unwrap();
        Browser {
            client,
            cookie: cookie.split(';').next().unwrap().to_owned(),
            viewer: format!("token:{name}"),
        }
    }

    /// Marks an item; whether the server says that it did.
    pub async fn mark(&self, address: &str, place: &str, fields: [&str; 3]) -> bool {
        let [item, state, head] = fields;
        let form = [("item", item), ("state", state), ("head", head)];
        let asked = self
            .client
            .post(format!("http://{address}{place}/marks"))
            .header("cookie", &self.cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(serde_urlencoded::to_string(form).unwrap());
        let answer = asked.send().await;
        answer.is_ok_and(|answer| answer.status() == StatusCode::SEE_OTHER)
    }

    /// The status of a page; 0 where nobody answers.
    pub async fn status(&self, address: &str, path: &str) -> u16 {
        let asked = self.client.get(format!("http://{address}{path}"));
        let answer = asked.header("cookie", &self.cookie).send().await;
        answer.map_or(0, |answer| answer.status().as_u16())
    }

    /// Has a page open at a server, as long as it is held: counts how often it is told that something
    /// changed. It opens the stream again when that ends, as browsers do.
    pub fn watch(&self, address: &str, place: &str) -> Watch {
        let told = Arc::new(AtomicUsize::new(0));
        let counts = told.clone();
        let client = client_builder().build().unwrap();
        let (cookie, url) = (
            self.cookie.clone(),
            format!("http://{address}{place}/events"),
        );
        let task = tokio::spawn(async move {
            loop {
                let asked = client.get(&url).header("cookie", &cookie).send().await;
                if let Ok(mut stream) = asked {
                    // A proxy must not hold back what is told.
                    if stream.status() == StatusCode::OK {
                        assert_eq!(stream.headers()["x-accel-buffering"], "no");
                    }
                    while let Ok(Some(piece)) = stream.chunk().await {
                        let piece = String::from_utf8_lossy(&piece);
                        counts.fetch_add(piece.matches("event: changed").count(), Ordering::SeqCst);
                    }
                }
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
        });
        Watch { told, task }
    }
}

/// An open page.
pub struct Watch {
    told: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Watch {
    /// How often it was told so far.
    pub fn told(&self) -> usize {
        self.told.load(Ordering::SeqCst)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}
