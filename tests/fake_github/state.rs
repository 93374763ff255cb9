//! All that the stand-in knows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::app::App;
use super::checks::CheckRun;
use super::clock::Clock;
use super::deliveries::Delivery;
use super::limits::Limits;
use super::objects::Objects;
use super::pull::Pull;
use super::record::Record;
use super::sign_in::SignIns;
use super::tokens::Token;

/// Whether a permission lets its holder read or write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Read,
    Write,
}

impl Level {
    pub fn name(self) -> &'static str {
        match self {
            Level::Read => "read",
            Level::Write => "write",
        }
    }

    pub fn named(name: &str) -> Option<Level> {
        match name {
            "read" => Some(Level::Read),
            "write" => Some(Level::Write),
            _ => None,
        }
    }
}

/// Permissions by GitHub's names for them.
pub type Permissions = BTreeMap<String, Level>;

/// A person, a bot or an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: u64,
    pub login: String,
    /// `User`, `Bot` or `Organization`.
    pub kind: &'static str,
    /// The app behind a bot.
    pub app: Option<u64>,
}

/// Where the app is installed.
#[derive(Clone, Debug)]
pub struct Installation {
    pub id: u64,
    pub account: String,
    /// None stands for all repositories of the account.
    pub repositories: Option<BTreeSet<u64>>,
    pub permissions: Permissions,
    pub events: Vec<String>,
    pub suspended: Option<i64>,
    pub deleted: bool,
    pub created: i64,
}

#[derive(Clone, Debug)]
pub struct Repository {
    pub id: u64,
    pub owner: String,
    pub name: String,
    pub private: bool,
    pub default_branch: String,
    /// The repository that this one was forked from.
    pub fork_of: Option<u64>,
    /// Where its objects are, which forks share.
    pub network: u64,
    pub branches: BTreeMap<String, String>,
    pub pulls: BTreeMap<u64, Pull>,
    pub check_runs: Vec<CheckRun>,
    /// Roles by login: `admin`, `maintain`, `write`, `triage`, `read`.
    pub roles: BTreeMap<String, String>,
    /// Paths whose `patch` GitHub leaves out for reasons of its own.
    pub without_patch: BTreeSet<String>,
    /// Places in diffs that take no comment all the same, by path and line.
    pub refused: BTreeSet<(String, usize)>,
    pub uploads: Vec<Upload>,
    pub next_number: u64,
    pub created: i64,
}

/// A SARIF file that was uploaded.
#[derive(Clone, Debug)]
pub struct Upload {
    pub id: String,
    pub commit: String,
    pub reference: String,
    pub bytes: Vec<u8>,
}

impl Repository {
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    pub fn role(&self, login: &str) -> &str {
        let own = if self.owner == login {
            "admin"
        } else if self.private {
            "none"
        } else {
            "read"
        };
        self.roles.get(login).map_or(own, String::as_str)
    }

    /// Whether this person was given a role, and does not only see what everybody sees.
    // source: docs.github.com, "List repositories accessible to the user access token": explicit permission
    pub fn is_explicit(&self, login: &str) -> bool {
        self.owner == login || self.roles.get(login).is_some_and(|role| role != "none")
    }

    /// Whether this person may push.
    pub fn may_write(&self, login: &str) -> bool {
        matches!(self.role(login), "admin" | "maintain" | "write")
    }
}

/// The whole world.
#[derive(Debug)]
pub struct State {
    pub clock: Clock,
    /// The address under which the stand-in is reached.
    pub base: String,
    pub app: App,
    pub accounts: BTreeMap<String, Account>,
    pub installations: BTreeMap<u64, Installation>,
    pub repositories: BTreeMap<u64, Repository>,
    pub networks: BTreeMap<u64, Objects>,
    pub tokens: HashMap<String, Token>,
    pub deliveries: Vec<Delivery>,
    pub record: Record,
    pub limits: Limits,
    /// Codes of the manifest flow that wait to be redeemed, with what the app asks for and when they were made.
    pub manifests: BTreeMap<String, (Value, i64)>,
    pub sign_ins: SignIns,
    /// Repositories by the full names that they had.
    pub renamed: BTreeMap<String, u64>,
    next_id: u64,
}

impl State {
    pub fn new(clock: Clock, base: String) -> State {
        let mut state = State {
            clock,
            base,
            app: App::new(),
            accounts: BTreeMap::new(),
            installations: BTreeMap::new(),
            repositories: BTreeMap::new(),
            networks: BTreeMap::new(),
            tokens: HashMap::new(),
            deliveries: Vec::new(),
            record: Record::default(),
            limits: Limits::default(),
            manifests: BTreeMap::new(),
            sign_ins: SignIns::default(),
            renamed: BTreeMap::new(),
            // GitHub's numbers have outgrown 32 bits.
            next_id: 3_000_000_000,
        };
        for owner in [state.app.owner.clone(), "github".to_owned()] {
            state.organisation(&owner);
        }
        state.account("octocat");
        let bot = state.app.bot_login();
        let app = state.app.id;
        state.add_account(&bot, "Bot", Some(app));
        state.add_account(
            "github-actions[bot]",
            "Bot",
            Some(super::tokens::ACTIONS_APP),
        );
        state
    }

    pub fn next_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    fn add_account(&mut self, login: &str, kind: &'static str, app: Option<u64>) -> Account {
        let account = Account {
            id: self.next_id(),
            login: login.to_owned(),
            kind,
            app,
        };
        self.accounts.insert(login.to_owned(), account.clone());
        account
    }

    /// The account of this name; a person is made where nobody has it.
    pub fn account(&mut self, login: &str) -> Account {
        match self.accounts.get(login) {
            Some(account) => account.clone(),
            None => self.add_account(login, "User", None),
        }
    }

    pub fn organisation(&mut self, login: &str) -> Account {
        match self.accounts.get(login) {
            Some(account) => account.clone(),
            None => self.add_account(login, "Organization", None),
        }
    }

    pub fn repository_named(&self, owner: &str, name: &str) -> Option<&Repository> {
        let fits = |one: &&Repository| {
            one.owner.eq_ignore_ascii_case(owner) && one.name.eq_ignore_ascii_case(name)
        };
        self.repositories.values().find(fits)
    }

    pub fn objects(&self, repository: &Repository) -> &Objects {
        &self.networks[&repository.network]
    }

    pub fn pull(&self, repository: u64, number: u64) -> Option<&Pull> {
        self.repositories.get(&repository)?.pulls.get(&number)
    }

    /// The repository's own copy of a pull request, to be changed.
    pub fn pull_mut(&mut self, repository: u64, number: u64) -> &mut Pull {
        let pulls = &mut self
            .repositories
            .get_mut(&repository)
            .expect("the repository is there")
            .pulls;
        pulls.get_mut(&number).expect("the pull request is there")
    }

    /// The installation that covers a repository.
    pub fn installation_of(&self, repository: &Repository) -> Option<&Installation> {
        let live = |one: &&Installation| !one.deleted && one.account == repository.owner;
        let fits = |one: &&Installation| {
            one.repositories
                .as_ref()
                .is_none_or(|all| all.contains(&repository.id))
        };
        self.installations.values().filter(live).find(fits)
    }

    /// The repositories that an installation covers.
    pub fn covered(&self, installation: &Installation) -> Vec<&Repository> {
        let chosen = |one: &&Repository| match &installation.repositories {
            Some(chosen) => chosen.contains(&one.id),
            None => one.owner == installation.account,
        };
        self.repositories.values().filter(chosen).collect()
    }

    /// The commit that a branch, a full reference or an id names.
    pub fn commit_named(&self, repository: &Repository, name: &str) -> Option<String> {
        let short = name.strip_prefix("refs/").unwrap_or(name);
        let short = short.strip_prefix("heads/").unwrap_or(short);
        if let Some(sha) = repository.branches.get(short) {
            return Some(sha.clone());
        }
        let pull = short
            .strip_prefix("pull/")
            .and_then(|rest| rest.strip_suffix("/head"));
        if let Some(number) = pull.and_then(|number| number.parse::<u64>().ok()) {
            return repository
                .pulls
                .get(&number)
                .map(|pull| pull.head_sha.clone());
        }
        if name == "HEAD" {
            return repository.branches.get(&repository.default_branch).cloned();
        }
        self.objects(repository)
            .commits
            .contains_key(name)
            .then(|| name.to_owned())
    }
}
