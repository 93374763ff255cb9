//! Who asks: tokens and what they stand for.

use std::collections::BTreeSet;

use super::objects::id;
use super::state::{Account, Installation, Level, Permissions, Repository, State};

/// The app in whose name a job of GitHub Actions asks.
pub const ACTIONS_APP: u64 = 15368;
/// How long a token of an installation holds.
// source: docs.github.com, "Generating an installation access token for a GitHub App": expires after 1 hour
const INSTALLATION_MILLIS: i64 = 3_600_000;

/// What an installation's or a job's token allows.
#[derive(Clone, Debug)]
pub struct Grant {
    pub installation: u64,
    pub permissions: Permissions,
    /// None stands for all that the installation covers.
    pub repositories: Option<BTreeSet<u64>>,
    /// The bot in whose name is written.
    pub bot: String,
    pub app: u64,
}

/// Who asks.
#[derive(Clone, Debug)]
pub enum Caller {
    Nobody,
    /// The app itself, by its signed token.
    App,
    Installation(Grant),
    /// A job of GitHub Actions.
    Job(Grant),
    /// A person, through the app.
    Person(Account),
}

#[derive(Clone, Debug)]
pub struct Token {
    pub caller: Caller,
    pub expires: i64,
}

impl Caller {
    pub fn grant(&self) -> Option<&Grant> {
        match self {
            Caller::Installation(grant) | Caller::Job(grant) => Some(grant),
            _ => None,
        }
    }

    /// The login under which is written.
    pub fn login(&self) -> Option<&str> {
        match self {
            Caller::Person(account) => Some(&account.login),
            other => other.grant().map(|grant| grant.bot.as_str()),
        }
    }

    pub fn app(&self) -> Option<u64> {
        self.grant().map(|grant| grant.app)
    }

    /// What limits are counted for.
    pub fn bucket(&self) -> String {
        match self {
            Caller::Nobody => "anonymous".to_owned(),
            Caller::App => "app".to_owned(),
            Caller::Installation(grant) => format!("installation {}", grant.installation),
            Caller::Job(grant) => format!("job {:?}", grant.repositories),
            Caller::Person(account) => format!("user {}", account.login),
        }
    }

    /// Whether the caller can know that a repository exists.
    pub fn sees(&self, state: &State, repository: &Repository) -> bool {
        match self {
            Caller::Nobody | Caller::App => !repository.private,
            // source: docs.github.com, "Generating a user access token for a GitHub App": only what both the
            // person and the app can reach; anybody sees what is public
            Caller::Person(account) => {
                !repository.private
                    || repository.role(&account.login) != "none"
                        && state
                            .installation_of(repository)
                            .is_some_and(|one| one.suspended.is_none())
            }
            Caller::Job(grant) => {
                !repository.private
                    || grant
                        .repositories
                        .as_ref()
                        .is_some_and(|all| all.contains(&repository.id))
            }
            Caller::Installation(grant) => !repository.private || covers(state, grant, repository),
        }
    }

    /// Whether the caller holds a permission on a repository.
    pub fn holds(
        &self,
        state: &State,
        repository: &Repository,
        permission: &str,
        level: Level,
    ) -> bool {
        match self {
            Caller::Nobody | Caller::App => false,
            Caller::Person(account) => level == Level::Read || repository.may_write(&account.login),
            Caller::Installation(grant) | Caller::Job(grant) => {
                grant
                    .permissions
                    .get(permission)
                    .is_some_and(|held| *held >= level)
                    && covers(state, grant, repository)
            }
        }
    }
}

/// Whether a grant covers a repository.
fn covers(state: &State, grant: &Grant, repository: &Repository) -> bool {
    let chosen = grant
        .repositories
        .as_ref()
        .is_none_or(|all| all.contains(&repository.id));
    let installed = state.installations.get(&grant.installation);
    let inside = |one: &Installation| {
        state
            .covered(one)
            .iter()
            .any(|covered| covered.id == repository.id)
    };
    chosen && (grant.app == ACTIONS_APP || installed.is_some_and(inside))
}

impl State {
    /// Makes a token for an installation.
    pub fn mint(&mut self, grant: Grant) -> (String, i64) {
        let number = self.next_id();
        let noise = format!(
            "{}{}",
            id("token", &number.to_be_bytes()),
            id("more", &number.to_be_bytes())
        );
        let text = if self.app.long_tokens {
            // source: OpenAPI description of `apps/create-installation-access-token`: `ghs_APPID_JWT`
            let claims =
                serde_json::json!({ "iss": self.app.id, "jti": noise, "iid": grant.installation });
            format!("ghs_{}_{}", self.app.id, super::app::signed(&claims))
        } else {
            format!("ghs_{}", &noise[..36])
        };
        let expires = self.clock.millis() + INSTALLATION_MILLIS;
        self.tokens.insert(
            text.clone(),
            Token {
                caller: Caller::Installation(grant),
                expires,
            },
        );
        (text, expires)
    }

    /// The token that a job of Actions gets for a pull request's repository.
    pub fn mint_job(&mut self, repository: u64, permissions: Permissions) -> String {
        let number = self.next_id();
        let text = format!("ghs_{}", &id("job", &number.to_be_bytes())[..36]);
        let grant = Grant {
            installation: 0,
            permissions,
            repositories: Some(BTreeSet::from([repository])),
            bot: "github-actions[bot]".to_owned(),
            app: ACTIONS_APP,
        };
        let expires = self.clock.millis() + INSTALLATION_MILLIS;
        self.tokens.insert(
            text.clone(),
            Token {
                caller: Caller::Job(grant),
                expires,
            },
        );
        text
    }

    /// A person's token through the app.
    pub fn mint_person(&mut self, login: &str) -> String {
        let account = self.account(login);
        let number = self.next_id();
        let text = format!("ghu_{}", &id("person", &number.to_be_bytes())[..36]);
        // source: docs.github.com, "Generating a user access token for a GitHub App": expires after 8 hours
        let expires = self.clock.millis() + 8 * INSTALLATION_MILLIS;
        self.tokens.insert(
            text.clone(),
            Token {
                caller: Caller::Person(account),
                expires,
            },
        );
        text
    }

    /// Who sends this `Authorization` header, or why it is not accepted.
    pub fn caller(&self, authorization: Option<&str>) -> Result<Caller, String> {
        let Some(header) = authorization else {
            return Ok(Caller::Nobody);
        };
        let token = header.split_once(' ').filter(|(scheme, _)| {
            scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token")
        });
        let Some((_, token)) = token else {
            return Err("Bad credentials".to_owned());
        };
        if token.starts_with("ey") {
            return self
                .app
                .check(token, self.clock.seconds())
                // Who signs has the real time, also where a test moved this world's.
                .or_else(|_| self.app.check(token, super::Clock::real().seconds()))
                .map(|()| Caller::App)
                .map_err(str::to_owned);
        }
        let known = self
            .tokens
            .get(token)
            .filter(|known| known.expires > self.clock.millis());
        let caller = known
            .map(|known| known.caller.clone())
            .ok_or("Bad credentials")?;
        if let Caller::Installation(grant) = &caller {
            let installed = self
                .installations
                .get(&grant.installation)
                .filter(|one| !one.deleted);
            if installed.ok_or("Bad credentials")?.suspended.is_some() {
                return Err("This installation has been suspended".to_owned());
            }
        }
        Ok(caller)
    }
}
