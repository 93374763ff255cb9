//! The reviewers' pages with 10,000 pull requests in the database: how long lists and pages take at a
//! steady rate while many have a page open, and how soon those are told of a mark.
//!
//! `cargo bench --bench reviewing -- [SECONDS] [VIEWS_PER_SECOND] [STREAMS] [PULLS]` (60, 50, 500,
//! 10000). The server is in this process, with a SQLite file or the database that `DATABASE_URL` names,
//! which must be empty; requests come over TCP. There is no bot, so pages are without code.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on says so by panicking"
)]
#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use highwater::review::outcome::State;
use highwater::review::{Options, Review, run};
use highwater::source::Language;
use highwater::store::Store;
use highwater::store::purging::Old;
use highwater::store::reviews::Reviewed;
use highwater::web::{self, Settings, Site};

/// Repositories that the pull requests are of.
const REPOSITORIES: i64 = 20;
/// How often somebody marks something, in page views.
const MARKS: usize = 25;

/// Megabytes that this process holds.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}

/// A review with a few findings, as of a change that brings them.
fn review() -> Review {
    let mut text = "package queue\n\nimport \"net/http\"\n\n".to_owned();
    for name in ["A", "B", "C", "D"] {
        text += &format!(
            "var jobs{name} = make(chan int, 10)\n\nfunc init() {{\n\tgo func() {{\n\t\tfor job := range jobs{name} {{\n\t\t\tprintln(job)\n\t\t}}\n\t}}()\n}}\n\n\
             func Handle{name}(w http.ResponseWriter, r *http.Request) {{\n\tjobs{name} <- 1\n\tw.WriteHeader(202)\n}}\n\n"
        );
    }
    let mut review = run::check_text("queue/queue.go", &text, Language::Go, &Options::default());
    for remark in &mut review.findings {
        remark.state = Some(State::Introduced);
    }
    review
}

fn name(at: i64) -> (i64, String, i64) {
    let repository = at % REPOSITORIES;
    (
        repository,
        format!("queue{repository}"),
        at / REPOSITORIES + 1,
    )
}

async fn fill(store: &Store, pulls: i64) {
    let review = review();
    for at in 0..pulls {
        let (repository, name, number) = name(at);
        let pull = Reviewed {
            repository,
            number,
            installation: 1,
            owner: "acme".to_owned(),
            name,
            title: format!("Change number {at} of the queue"),
            author: format!("author{}", at % 50),
            state: if at % 4 == 0 { "open" } else { "closed" }.to_owned(),
            head: format!("{at:040x}"),
            made: 1_700_000_000_000 + at * 1_000,
            introduced: at % 5,
        };
        store.keep_review(&pull, "base", &review).await.unwrap();
    }
}

fn client() -> reqwest::Client {
    // The server's own client takes the ciphers of the process; here nothing is ciphered.
    let _are_set = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().tls_certs_only([]);
    client
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// What is asked for, and how it is called.
fn view(at: usize, pulls: i64) -> (&'static str, String) {
    let mut rng = fastrand::Rng::with_seed(at as u64);
    let (repository, one, number) = name(rng.i64(0..pulls));
    match at % 5 {
        0 => ("list, open", "/reviews".to_owned()),
        1 => {
            let made = 1_700_000_000_000 + rng.i64(0..pulls) * 1_000;
            let after = format!("{made}.{repository}.{number}");
            (
                "list, all, further on",
                format!("/reviews?state=all&after={after}"),
            )
        }
        2 => {
            let author = rng.u32(0..50);
            let path = format!("/reviews?state=all&repository=acme/{one}&author=author{author}");
            ("list, filtered", path)
        }
        _ => ("page", format!("/reviews/acme/{one}/{number}")),
    }
}

/// Counts how often the pages that are open were told, and when.
#[derive(Default)]
struct Told {
    open: AtomicUsize,
    times: Mutex<Vec<Instant>>,
}

async fn watch(client: reqwest::Client, url: String, told: Arc<Told>) {
    let mut stream = client.get(url).send().await.unwrap();
    assert_eq!(stream.status(), 200);
    told.open.fetch_add(1, Ordering::SeqCst);
    while let Ok(Some(piece)) = stream.chunk().await {
        if String::from_utf8_lossy(&piece).contains("event: changed") {
            told.times.lock().unwrap().push(Instant::now());
        }
    }
    told.open.fetch_sub(1, Ordering::SeqCst);
}

fn print(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    println!(
        "| {what} | {} | {:.1} | {:.1} | {:.1} |",
        times.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

fn main() {
    let words: Vec<i64> = std::env::args()
        .skip(1)
        .filter_map(|word| word.parse().ok())
        .collect();
    let number = |at: usize, default: i64| words.get(at).copied().unwrap_or(default);
    let (seconds, rate) = (number(0, 60) as u64, number(1, 50) as u32);
    let (streams, pulls) = (number(2, 500) as usize, number(3, 10_000));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(measure(seconds, rate, streams, pulls));
}

/// Opens pages of the ten newest, so that a mark is told to many.
async fn opened(site: &str, client: &reqwest::Client, streams: usize, pulls: i64) -> Arc<Told> {
    let told = Arc::new(Told::default());
    for at in 0..streams {
        let (_, one, number) = name(pulls - 1 - (at % 10) as i64);
        let url = format!("{site}/reviews/acme/{one}/{number}/events");
        tokio::spawn(watch(client.clone(), url, told.clone()));
    }
    while told.open.load(Ordering::SeqCst) < streams {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    told
}

async fn measure(seconds: u64, rate: u32, streams: usize, pulls: i64) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("bench.db");
    let url = std::env::var("DATABASE_URL");
    let url = url.unwrap_or_else(|_| format!("sqlite://{}?mode=rwc", file.display()));
    let store = Store::open(&url).await.unwrap();
    let begun = Instant::now();
    fill(&store, pulls).await;
    println!(
        "{pulls} reviews written in {:.1?}; {} MB",
        begun.elapsed(),
        memory()
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let site = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(web::serve(
        listener,
        Site::new(Settings::default()).keeping_in(store.clone()),
        async {
            let _ = stopped.await;
        },
    ));
    let client = client();
    let told = opened(&site, &client, streams, pulls).await;
    println!("{streams} streams open; {} MB", memory());
    println!("\n| what | answers | p50 ms | p99 ms | longest ms |\n|---|---|---|---|---|");
    let (all, marked) = views(&site, &client, (seconds, rate, pulls)).await;
    for (what, times) in all {
        print(what, times);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let heard = told.times.lock().unwrap().clone();
    let late = heard.iter().filter_map(|heard| {
        let before = marked.iter().filter(|mark| *mark <= heard).max()?;
        Some(*heard - *before)
    });
    print("a mark, until a stream is told", late.collect());
    let open = told.open.load(Ordering::SeqCst);
    println!(
        "\n{} marks; {open} streams still open; {} MB",
        marked.len(),
        memory()
    );
    let begun = Instant::now();
    let old = Old {
        before: i64::MAX,
        deliveries_before: 0,
        repository: None,
    };
    store.forget_old(&old).await.unwrap();
    println!("all of it forgotten in {:.1?}", begun.elapsed());
    let _ = stop.send(());
    serving.await.unwrap().unwrap();
}

/// Looks at pages at a rate, whether or not earlier ones are answered; how long each took by its
/// kind, and when marks were sent.
async fn views(
    site: &str,
    client: &reqwest::Client,
    (seconds, rate, pulls): (u64, u32, i64),
) -> (BTreeMap<&'static str, Vec<Duration>>, Vec<Instant>) {
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / rate);
    let (mut asked, mut marked) = (tokio::task::JoinSet::new(), Vec::new());
    for at in 0..seconds as usize * rate as usize {
        ticks.tick().await;
        let (what, path) = view(at, pulls);
        let (client, url) = (client.clone(), format!("{site}{path}"));
        if at % MARKS == 0 {
            let newest = pulls - 1 - (at / MARKS % 10) as i64;
            let (_, one, number) = name(newest);
            let url = format!("{site}/reviews/acme/{one}/{number}/marks");
            let state = if at % (2 * MARKS) == 0 {
                "ok"
            } else {
                "concern"
            };
            let form = format!("item=C1&state={state}&head={newest:040x}");
            marked.push(Instant::now());
            let asking = client
                .post(url)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form);
            asked.spawn(async move {
                let begun = Instant::now();
                assert_eq!(asking.send().await.unwrap().status(), 303);
                ("mark", begun.elapsed())
            });
        }
        asked.spawn(async move {
            let begun = Instant::now();
            let answer = client.get(url).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            answer.bytes().await.unwrap();
            (what, begun.elapsed())
        });
    }
    let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (what, took) in asked.join_all().await {
        all.entry(what).or_default().push(took);
    }
    (all, marked)
}
