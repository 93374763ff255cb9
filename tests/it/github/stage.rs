//! A stage for the bot: the stand-in for GitHub, the bot beside it, and one time for both.

use std::sync::Arc;
use std::time::Duration;

use highwater::github::clock::Clock;
use highwater::github::webhook::Headers;
use highwater::github::{Bot, Settings};
use highwater::store::Store;
use sqlx::Connection;

use super::fake_github::{self, Parcel, PullRequest, ReviewComment, World};

/// A channel that nobody drains once its reader is gone: a finding of high confidence.
pub const SOUND: &str = "package queue\n\nfunc Sum(numbers []int) int {\n\ttotal := 0\n\tfor _, number := range numbers {\n\t\ttotal += number\n\t}\n\treturn total\n}\n";

/// The stand-in and a bot that shares its time and a database.
pub struct Stage {
    pub world: World,
    pub store: Store,
    pub bot: Arc<Bot>,
}

/// The bot's clock: shows the stand-in's time, and moves it.
pub fn clock(shared: &fake_github::Clock) -> Clock {
    let (shown, moved) = (shared.clone(), shared.clone());
    Clock::by_hand(
        move || shown.millis(),
        move |time| {
            let ahead = u64::try_from(time - moved.millis()).unwrap_or(0);
            moved.advance(Duration::from_millis(ahead));
        },
    )
}

/// Settings with which a bot is the stand-in's App.
pub fn settings(world: &World) -> Settings {
    let credentials = world.credentials();
    Settings {
        webhook_secrets: vec![credentials.webhook_secret.as_str().into()],
        api_url: world.address(),
        html_url: "https://github.example".to_owned(),
        public_url: "https://highwater.example".to_owned(),
        ..Settings::new(credentials.app_id, credentials.private_key.as_str().into())
    }
}

impl Stage {
    /// A new world with an empty database.
    pub async fn new() -> Stage {
        let world = World::start().await;
        let store = Store::open("sqlite::memory:").await.unwrap();
        Stage::with(world, store, |_| ()).await
    }

    /// A bot in this world, with this database.
    pub async fn with(world: World, store: Store, set: impl FnOnce(&mut Settings)) -> Stage {
        let mut settings = settings(&world);
        set(&mut settings);
        let bot = Bot::new(
            settings,
            store.clone(),
            clock(&world.clock()),
            "one".to_owned(),
        )
        .unwrap();
        Stage {
            world,
            store,
            bot: Arc::new(bot),
        }
    }

    /// Another bot with this database: nothing is left of the first but what is kept.
    pub fn bot_with(&self, set: impl FnOnce(&mut Settings)) -> Arc<Bot> {
        let mut settings = settings(&self.world);
        set(&mut settings);
        let bot = Bot::new(
            settings,
            self.store.clone(),
            clock(&self.world.clock()),
            "another".to_owned(),
        );
        Arc::new(bot.unwrap())
    }

    /// Hands everything that waits to the bot.
    pub async fn deliver(&self) {
        for parcel in self.world.parcels() {
            hand(&self.bot, &parcel).await;
        }
    }

    /// Delivers everything and works until nothing is left to do, however late that is.
    pub async fn settle(&self) {
        self.deliver().await;
        work(&self.bot, &self.store, &self.world).await;
    }

    /// What was asked and answered, to be read when a test fails.
    pub fn told(&self) -> String {
        let line = |one: &fake_github::Logged| {
            let answer: String = one
                .response
                .chars()
                .take(if one.status < 300 { 0 } else { 400 })
                .collect();
            format!("{} {} {} {answer}", one.status, one.method, one.path)
        };
        let lines: Vec<String> = self.world.log().iter().map(line).collect();
        format!("{}\n{:#?}", lines.join("\n"), self.world.violations())
    }

    /// What went against GitHub's description or rules. Ends a test.
    pub fn end(&self) {
        let violations = self.world.violations();
        assert!(violations.is_empty(), "{violations:#?}");
        let wrong = self.world.with(|state| {
            state
                .limits
                .buckets
                .iter()
                // Tokens are asked for when they are needed; that writes nothing that people see.
                .filter(|(name, _)| name.starts_with("installation"))
                .map(|(_, one)| one)
                .map(|one| one.during_retry_after + one.impatient + one.hasty_writes)
                .sum::<usize>()
        });
        assert_eq!(
            wrong, 0,
            "writes in haste, or requests while GitHub wanted none"
        );
    }
}

/// Hands one delivery to a bot.
pub async fn hand(bot: &Bot, parcel: &Parcel) -> bool {
    let header = |name: &str| {
        let found = parcel
            .headers
            .iter()
            .find(|(one, _)| one.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    };
    let headers = Headers {
        event: header("x-github-event"),
        guid: header("x-github-delivery"),
        signature: header("x-hub-signature-256"),
        target: header("x-github-hook-installation-target-id"),
    };
    bot.take_in(headers, &parcel.body).await.is_ok()
}

/// Works until nothing is left to do.
pub async fn work(bot: &Bot, store: &Store, world: &World) {
    for _ in 0..10_000 {
        if bot.work_once().await.unwrap() {
            continue;
        }
        let depth = store.depth().await.unwrap();
        let Some(due) = depth.oldest else { return };
        clock(&world.clock()).wait_until(due).await;
    }
    panic!("the work does not end");
}

/// The bot's comments on a pull request that are findings, and no answers.
pub fn findings(pull: &PullRequest) -> Vec<ReviewComment> {
    let mut comments = pull.bot_comments();
    comments.retain(|one| one.body.contains("highwater:finding"));
    comments
}

/// An empty PostgreSQL database of this name with today's tables, if there is a server to have it.
pub async fn postgres(name: &str) -> Option<Store> {
    let url = empty_postgres(name).await?;
    Some(Store::open(&url).await.unwrap())
}

/// Where a new PostgreSQL database of this name is, if there is a server to have it.
pub async fn empty_postgres(name: &str) -> Option<String> {
    let Ok(url) = std::env::var("HIGHWATER_TEST_POSTGRES") else {
        let is_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!is_ci, "HIGHWATER_TEST_POSTGRES is not set");
        eprintln!("SKIPPED: HIGHWATER_TEST_POSTGRES is not set, so only SQLite is tested");
        return None;
    };
    let own = format!("highwater_{name}");
    let mut server = sqlx::PgConnection::connect(&url).await.unwrap();
    for sql in [
        format!("DROP DATABASE IF EXISTS {own}"),
        format!("CREATE DATABASE {own}"),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&mut server)
            .await
            .unwrap();
    }
    let mut own_url = url::Url::parse(&url).unwrap();
    own_url.set_path(&own);
    Some(own_url.into())
}
