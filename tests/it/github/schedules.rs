//! Everything that can go wrong, in any order: whatever happens on the way, what stands on the
//! pull request in the end is what the engine finds in its last head, each once.
//!
//! `HIGHWATER_SCHEDULES=2000` tries so many on SQLite and a quarter of that on PostgreSQL with
//! three servers; `HIGHWATER_SEED` begins elsewhere. A failure names its seed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use highwater::github::Bot;
use highwater::store::Store;
use tokio::sync::Notify;

use super::blocks::{expected, some_text};
use super::fake_github::{Fault, Parcel, PullRequest, Repo, World};
use super::stage::{clock, findings, hand, postgres, settings};

const PATH: &str = "queue/queue.go";

/// What is about to go wrong.
struct Mischief {
    rng: Rng,
    /// Which part of the requests fails.
    share: f64,
    /// After so many requests all servers are killed.
    until_death: Option<usize>,
    /// After so many requests the head moves, to this text.
    until_move: Option<(usize, String)>,
    /// How often GitHub said that it wants to be left alone.
    limits: usize,
}

/// What happens in one schedule.
struct Play {
    mischief: Arc<Mutex<Mischief>>,
    fatal: Arc<Notify>,
    rng: Rng,
    world: World,
    repo: Repo,
    pull: PullRequest,
    /// The text at the pull request's head.
    text: String,
    store: Store,
    bots: Vec<Arc<Bot>>,
    /// How many servers were started.
    started: usize,
    /// How often all were killed.
    deaths: usize,
    /// What is delivered later than what came after it.
    late: Vec<Parcel>,
    /// What happened, to be read when it failed.
    told: Vec<String>,
}

fn bot(world: &World, store: &Store, number: usize) -> Arc<Bot> {
    let bot = Bot::new(
        settings(world),
        store.clone(),
        clock(&world.clock()),
        format!("server {number}"),
    );
    Arc::new(bot.unwrap())
}

/// Whether it is over with this.
fn count_down(left: &mut Option<usize>) -> bool {
    *left = left.and_then(|left| left.checked_sub(1));
    *left == Some(0)
}

impl Mischief {
    /// What goes wrong with a request, if anything does.
    fn fault(&mut self) -> Option<Fault> {
        if self.rng.f64() >= self.share {
            return None;
        }
        let fault = match self.rng.u32(0..9) {
            0 => Fault::Before(502),
            1 => Fault::Before(500),
            2 | 3 => Fault::After(502),
            4 => Fault::CutAfter,
            5 => Fault::CutBefore,
            6 => Fault::Expired,
            7 => Fault::Limited {
                status: 403,
                seconds: Some(self.rng.i64(1..90)),
            },
            _ => Fault::Limited {
                status: 429,
                seconds: None,
            },
        };
        self.limits += usize::from(matches!(fault, Fault::Limited { .. }));
        Some(fault)
    }
}

impl Play {
    async fn begin(seed: u64, store: Store, servers: usize) -> Play {
        let mut rng = Rng::with_seed(seed);
        let world = World::start().await;
        let repo = world.repository("acme/queue");
        repo.commit("main", &[("queue/sum.go", super::stage::SOUND)]);
        let text = some_text(&mut rng);
        repo.commit("feature", &[(PATH, &text)]);
        let pull = repo.open_pull("feature", "main");
        store
            .purge(i64::try_from(world.install("acme")).unwrap())
            .await
            .unwrap();
        let bots = (0..servers)
            .map(|number| bot(&world, &store, number))
            .collect();
        let mischief = Mischief {
            rng: rng.fork(),
            share: 0.0,
            until_death: None,
            until_move: None,
            limits: 0,
        };
        let (mischief, fatal) = (Arc::new(Mutex::new(mischief)), Arc::new(Notify::new()));
        let play = Play {
            mischief,
            fatal,
            rng,
            world,
            repo,
            pull,
            text,
            store,
            bots,
            started: servers,
            deaths: 0,
            late: Vec::new(),
            told: Vec::new(),
        };
        play.set_up();
        play
    }

    /// Lets mischief happen at requests.
    fn set_up(&self) {
        let (mischief, fatal) = (self.mischief.clone(), self.fatal.clone());
        self.world.plan_faults(move |_| {
            let mut mischief = mischief.lock().unwrap();
            if count_down(&mut mischief.until_death) {
                fatal.notify_one();
            }
            mischief.fault()
        });
        let (mischief, pull) = (self.mischief.clone(), self.pull.clone());
        self.world.before(move |_, _| {
            let mut mischief = mischief.lock().unwrap();
            let Some((left, text)) = mischief.until_move.take() else {
                return;
            };
            match left {
                0 => {
                    pull.push(&[(PATH, &text)]);
                }
                _ => mischief.until_move = Some((left - 1, text)),
            }
        });
    }

    fn tell(&mut self, what: impl Into<String>) {
        self.told.push(what.into());
    }

    /// Something that a person does.
    fn happen(&mut self) {
        let seed = self.rng.u64(..);
        match self.rng.u32(0..12) {
            0..=3 => self.push(),
            4 | 5 => self.answer(),
            6 => {
                self.tell("main goes on");
                self.repo.commit(
                    "main",
                    &[(
                        "queue/other.go",
                        &format!("package queue\n\nconst Seed = {seed}\n"),
                    )],
                );
            }
            7 => {
                self.tell("closed and opened again");
                self.pull.close();
                self.pull.reopen();
            }
            8 => {
                self.tell("the token takes its long form");
                self.world.with(|state| state.app.long_tokens = true);
            }
            9 => {
                let ahead = Duration::from_secs(self.rng.u64(1..5_000));
                self.tell(format!("{ahead:?} go by"));
                self.world.clock().advance(ahead);
            }
            10 => self.head_moves_meanwhile(),
            _ => {
                let dies = self.rng.usize(..self.bots.len());
                self.tell(format!("server {dies} dies"));
                self.started += 1;
                self.bots[dies] = bot(&self.world, &self.store, self.started);
            }
        }
    }

    fn push(&mut self) {
        self.move_now();
        self.text = some_text(&mut self.rng);
        let forced = self.rng.bool();
        self.tell(format!("push, forced: {forced}"));
        let change = vec![(PATH.to_owned(), Some(self.text.clone().into_bytes()))];
        self.pull.push_changes(change, forced);
    }

    /// Somebody answers one of the bot's comments.
    fn answer(&mut self) {
        let comments: Vec<u64> = self
            .pull
            .bot_comments()
            .iter()
            .filter(|one| one.answers.is_none())
            .map(|one| one.id)
            .collect();
        if let Some(&comment) = comments.get(self.rng.usize(..comments.len().max(1))) {
            self.tell("an answer");
            self.pull.reply_to(comment, "octocat", "I do not think so.");
        }
    }

    /// The head moves between what the bot reads and what it writes.
    fn head_moves_meanwhile(&mut self) {
        self.text = some_text(&mut self.rng);
        self.tell("the head moves while it is read");
        let left = self.rng.usize(..20);
        self.mischief.lock().unwrap().until_move = Some((left, self.text.clone()));
    }

    /// What was to move moves now.
    fn move_now(&mut self) {
        let moves = self.mischief.lock().unwrap().until_move.take();
        if let Some((_, text)) = moves {
            self.pull.push(&[(PATH, &text)]);
        }
    }

    /// Brings some of what waits to some server, in any order, some of it twice, some late, some never.
    async fn deliver(&mut self) {
        let mut parcels = self.world.parcels();
        parcels.append(&mut self.late);
        self.rng.shuffle(&mut parcels);
        for parcel in parcels {
            let to = self.bots[self.rng.usize(..self.bots.len())].clone();
            match self.rng.u32(0..10) {
                0 => self.world.lose(&parcel),
                1 => {
                    hand(&to, &parcel).await;
                    hand(&to, &parcel).await;
                }
                2 => self.late.push(parcel),
                _ => {
                    hand(&to, &parcel).await;
                }
            }
        }
    }

    /// Every server works for a while, at the same time; one may die at any request.
    async fn work(&mut self) {
        let dies = self.rng.bool().then(|| self.rng.usize(1..40));
        self.mischief.lock().unwrap().until_death = dies;
        let working = self.bots.iter().map(|bot| async {
            for _ in 0..3 {
                if !matches!(bot.work_once().await, Ok(true)) {
                    break;
                }
            }
        });
        let all = futures_join(working.collect());
        let is_dead = tokio::select! {
            () = all => false,
            () = self.fatal.notified() => true,
        };
        self.mischief.lock().unwrap().until_death = None;
        if is_dead {
            self.tell("all servers are killed at a request");
            self.deaths += 1;
            for number in 0..self.bots.len() {
                self.started += 1;
                self.bots[number] = bot(&self.world, &self.store, self.started);
            }
        }
    }

    /// Everything comes to rest: no more trouble, what was missed is found, all work is done.
    async fn rest(&mut self) {
        self.mischief.lock().unwrap().share = 0.0;
        self.move_now();
        self.world.behave();
        for _ in 0..400 {
            let mut parcels = self.world.parcels();
            parcels.append(&mut self.late);
            for parcel in &parcels {
                hand(&self.bots[0], parcel).await;
            }
            self.bots[0].look_once().await;
            while self.work_all().await {}
            let depth = self.store.depth().await.unwrap();
            if depth.waiting == 0 && depth.running == 0 && parcels.is_empty() {
                assert_eq!(depth.dead, 0, "{:#?}", self.store.dead().await);
                return;
            }
            self.world.clock().advance(Duration::from_secs(130));
        }
        panic!("it does not come to rest: {:?}", self.store.depth().await);
    }

    async fn work_all(&self) -> bool {
        let mut any = false;
        for bot in &self.bots {
            any |= bot.work_once().await.unwrap();
        }
        any
    }

    /// What is wrong with how fast GitHub was asked.
    fn pace(&self) -> Option<String> {
        let (hasty, during) = self.world.with(|state| {
            // Tokens are asked for when they are needed; that writes nothing that people see.
            let buckets = state
                .limits
                .buckets
                .iter()
                .filter(|(name, _)| name.starts_with("installation"))
                .map(|(_, one)| one);
            buckets.fold((0, 0), |sum, one| {
                // A limit that named no time is unknown to all when who was told of it died.
                let impatient = if self.deaths == 0 { one.impatient } else { 0 };
                (
                    sum.0 + one.hasty_writes,
                    sum.1 + one.during_retry_after + impatient,
                )
            })
        });
        // What another server sent before it could know is no disobedience; nor is it when the one
        // that was told died of it.
        let limits = self.mischief.lock().unwrap().limits;
        let under_way = (self.bots.len() - 1) * limits + self.deaths.min(limits);
        if hasty > 0 || during > under_way {
            return Some(format!(
                "{hasty} writes in haste, {during} requests while GitHub wanted none"
            ));
        }
        None
    }

    /// What is wrong in the end.
    fn wrong(&self) -> Vec<String> {
        let mut wrong = self.world.violations();
        let pull = self.pull.now();
        let said = findings(&self.pull);
        let mut findings = 0;
        for (code, line) in expected(PATH, None, &self.text) {
            let here = said.iter().filter(|one| {
                one.body.contains(&format!("highwater:finding {code}:"))
                    && one
                        .current
                        .as_ref()
                        .is_none_or(|at| at.line.is_none_or(|stands| stands == line as usize))
            });
            if here.count() == 0 {
                wrong.push(format!("not said: {code} in line {line}"));
            }
            findings += 1;
        }
        if said.len() != findings {
            wrong.push(format!("{} comments for {} findings", said.len(), findings));
        }
        for gone in &pull.deleted {
            let is_answered = |one: &&super::fake_github::ReviewComment| {
                one.answers == Some(gone.id) && one.app.is_none()
            };
            if pull.comments.iter().any(|one| is_answered(&one)) {
                wrong.push(format!("deleted although somebody answered: {}", gone.id));
            }
        }
        for head in &pull.heads {
            let app = self.world.credentials().app_id;
            let ours = pull
                .reviews
                .iter()
                .filter(|one| one.app == Some(app) && !one.implied && &one.commit == head);
            let number = ours.count();
            if number > 1 {
                wrong.push(format!("{number} reviews of {head}"));
            }
        }
        wrong.extend(self.pace());
        wrong
    }
}

/// All of them, at the same time.
async fn futures_join(all: Vec<impl Future<Output = ()>>) {
    let mut all: Vec<_> = all.into_iter().map(Box::pin).collect();
    std::future::poll_fn(|context| {
        all.retain_mut(|one| one.as_mut().poll(context).is_pending());
        if all.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}

async fn play(seed: u64, store: Store, servers: usize) {
    let mut play = Play::begin(seed, store, servers).await;
    for _ in 0..play.rng.usize(2..7) {
        let share = if play.rng.bool() {
            play.rng.f64() * 0.25
        } else {
            0.0
        };
        play.mischief.lock().unwrap().share = share;
        play.happen();
        play.deliver().await;
        play.work().await;
    }
    play.rest().await;
    let wrong = play.wrong();
    if !wrong.is_empty() {
        let log: Vec<String> = play
            .world
            .log()
            .iter()
            .map(|one| {
                format!(
                    "{} {} {} {} {}",
                    one.at % 10_000_000,
                    one.caller,
                    one.status,
                    one.method,
                    one.path
                )
            })
            .collect();
        panic!(
            "seed {seed}, {servers} servers:\n{wrong:#?}\n{:#?}\n{}",
            play.told,
            log.join("\n")
        );
    }
}

fn number(name: &str, by_default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|given| given.parse().ok())
        .unwrap_or(by_default)
}

#[tokio::test]
async fn whatever_happens_every_finding_is_said_once() {
    let first = number("HIGHWATER_SEED", 1);
    for seed in first..first + number("HIGHWATER_SCHEDULES", 60) {
        let store = Store::open("sqlite::memory:").await.unwrap();
        play(seed, store, 1).await;
    }
}

#[tokio::test]
async fn several_servers_say_it_once_together() {
    let Some(store) = postgres("schedules").await else {
        return;
    };
    let first = number("HIGHWATER_SEED", 1);
    for seed in first..first + number("HIGHWATER_SCHEDULES", 60) / 4 {
        play(seed, store.clone(), 3).await;
    }
}
