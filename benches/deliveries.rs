//! Deliveries of webhooks at a steady rate: how long until each is kept and acknowledged, what
//! that costs in memory, and what happens when the queue is full.
//!
//! `cargo bench --bench deliveries -- [SECONDS] [PER_SECOND]` (a minute, 200). The server, with its
//! bot and a SQLite file, is in this process; deliveries come over TCP. What they ask for cannot be
//! done, since no GitHub is there: the workers try, fail and put it off, as in an outage.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on says so by panicking"
)]
#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use highwater::github::clock::Clock;
use highwater::github::{Bot, Settings};
use highwater::store::Store;
use highwater::web::{self, Site};
use hmac::{Hmac, KeyInit, Mac};
use rsa::pkcs1::EncodeRsaPrivateKey;
use sha2::Sha256;
use tokio_util::sync::CancellationToken;

const SECRET: &str = "a secret of the benchmark";
/// Jobs that may wait.
const QUEUE: u32 = 2_000;

fn body(number: usize) -> String {
    // As long as GitHub's own, which tell everything about the repository.
    let padding = "x".repeat(20_000);
    format!(
        r#"{{"action":"synchronize","installation":{{"id":1}},"repository":{{"id":1,"name":"queue","owner":{{"login":"acme"}},"description":"{padding}"}},"pull_request":{{"number":{number}}}}}"#
    )
}

fn signature(body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let hex: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256={hex}")
}

/// Megabytes that this process holds.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}

struct Sender {
    client: reqwest::Client,
    url: String,
}

impl Sender {
    fn to(url: String) -> Sender {
        // The server's own client takes the ciphers of the process; here nothing is ciphered.
        let _are_set = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().tls_certs_only([]);
        Sender {
            client: client.build().unwrap(),
            url,
        }
    }

    async fn send(&self, guid: usize, number: usize) -> (u16, Duration) {
        let body = body(number);
        let request = self
            .client
            .post(&self.url)
            .header("x-github-event", "pull_request")
            .header("x-github-delivery", format!("delivery-{guid}"))
            .header("x-hub-signature-256", signature(&body))
            .body(body);
        let begun = Instant::now();
        let status = request
            .send()
            .await
            .map_or(0, |answer| answer.status().as_u16());
        (status, begun.elapsed())
    }
}

/// Sends at a rate, whether or not earlier ones are answered; gives statuses and times.
async fn steadily(
    sender: &Arc<Sender>,
    first: usize,
    total: usize,
    rate: u32,
    pulls: usize,
) -> Vec<(u16, Duration)> {
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / rate);
    let mut sent = tokio::task::JoinSet::new();
    for at in 0..total {
        ticks.tick().await;
        let sender = sender.clone();
        sent.spawn(async move { sender.send(first + at, at % pulls).await });
    }
    sent.join_all().await
}

fn told(what: &str, mut answers: Vec<(u16, Duration)>) {
    answers.sort_by_key(|answer| answer.1);
    let at = |share: f64| {
        answers[((answers.len() - 1) as f64 * share) as usize]
            .1
            .as_secs_f64()
            * 1000.0
    };
    let count = |wanted: u16| {
        answers
            .iter()
            .filter(|(status, _)| *status == wanted)
            .count()
    };
    println!(
        "{what}: {} deliveries; 202: {}, 503: {}, others: {}; p50 {:.1} ms, p99 {:.1} ms, max {:.1} ms; {} MB",
        answers.len(),
        count(202),
        count(503),
        answers.len() - count(202) - count(503),
        at(0.5),
        at(0.99),
        at(1.0),
        memory()
    );
}

fn main() {
    let mut words = std::env::args()
        .skip(1)
        .filter_map(|word| word.parse::<u32>().ok());
    let (seconds, rate) = (words.next().unwrap_or(60), words.next().unwrap_or(200));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(measure(seconds, rate));
}

async fn measure(seconds: u32, rate: u32) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("bench.db");
    let store = Store::open(&format!("sqlite://{}?mode=rwc", file.display()))
        .await
        .unwrap();
    let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
    let pem = key
        .to_pkcs1_pem(rsa::pkcs1::LineEnding::LF)
        .unwrap()
        .to_string();
    let settings = Settings {
        webhook_secrets: vec![SECRET.into()],
        // Nobody listens there.
        api_url: "http://127.0.0.1:9".to_owned(),
        queue: QUEUE,
        ..Settings::new(1, pem.into())
    };
    let bot =
        Arc::new(Bot::new(settings, store.clone(), Clock::real(), "bench".to_owned()).unwrap());
    let ends = CancellationToken::new();
    let working = tokio::spawn(bot.clone().run(ends.clone()));
    let routes = web::router(
        Site::new(web::Settings::default())
            .keeping_in(store.clone())
            .with_bot(bot),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/webhooks/github", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        axum::serve(
            listener,
            routes.into_make_service_with_connect_info::<SocketAddr>(),
        )
        .await
    });
    let sender = Arc::new(Sender::to(url));
    told(
        "to begin with",
        steadily(&sender, 0, rate as usize * 5, rate, 500).await,
    );
    told(
        "steadily",
        steadily(&sender, 1_000_000, (seconds * rate) as usize, rate, 500).await,
    );
    told(
        "until it is full",
        steadily(&sender, 2_000_000, 4_000, rate * 2, usize::MAX).await,
    );
    store.purge(1).await.unwrap();
    told(
        "when there is room",
        steadily(&sender, 3_000_000, rate as usize * 5, rate, 500).await,
    );
    ends.cancel();
    let _ended = tokio::time::timeout(Duration::from_secs(5), working).await;
    served.abort();
}
