//! What somebody may see and do with a repository, as GitHub says it: asked with their own token,
//! and for whoever did not sign in only whether everybody may see it.
//!
//! Answers hold for a minute. When GitHub tells that anything of it may have changed, on whichever
//! server, all are forgotten; an answer that was under way then is not kept.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

use super::{Accounts, Person};
use crate::github::client::Failure;
use crate::store::events::{ACCESS, ANYTHING, Event};
use crate::web::access::{Access, Seen};
use crate::web::error::Error;

/// How long an answer holds, in milliseconds.
const HOLDS: i64 = 60_000;
/// How long a page waits for an answer.
const PATIENCE: Duration = Duration::from_secs(8);
/// Answers that are held at the same time.
const MOST: usize = 20_000;
/// Repositories of an installation that are listed.
const LISTED: usize = 5_000;
/// The longest part of a name, in bytes; GitHub takes no more than 100.
const LONGEST: usize = 100;
/// Who did not sign in.
const NOBODY: i64 = 0;

/// A repository as GitHub shows it to somebody.
#[derive(Deserialize)]
struct Shown {
    id: i64,
    private: bool,
    permissions: Option<Held>,
}

/// What somebody holds of it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Held {
    admin: bool,
    maintain: bool,
    push: bool,
    triage: bool,
    pull: bool,
}

#[derive(Deserialize)]
struct ShownList {
    repositories: Vec<Shown>,
}

#[derive(Deserialize)]
struct Installed {
    id: i64,
}

#[derive(Deserialize)]
struct InstalledList {
    installations: Vec<Installed>,
}

impl Shown {
    /// What whoever GitHub showed it to may do.
    fn access(&self) -> Access {
        let held = self.permissions.as_ref();
        match held {
            Some(held) if held.admin => Access::Administer,
            Some(held) if held.maintain || held.push => Access::Write,
            Some(held) if held.triage || held.pull => Access::Mark,
            _ if !self.private => Access::Mark,
            _ => Access::None,
        }
    }
}

/// Answers of GitHub by what was asked, each with its end.
struct Answers<K, V>(HashMap<K, (V, i64)>);

impl<K: Eq + Hash, V: Clone> Answers<K, V> {
    fn get(&self, key: &K, now: i64) -> Option<V> {
        let (answer, ends) = self.0.get(key)?;
        (*ends > now).then(|| answer.clone())
    }

    fn put(&mut self, key: K, answer: V, now: i64) {
        if self.0.len() >= MOST {
            self.0.retain(|_, (_, ends)| *ends > now);
        }
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(key, (answer, now + HOLDS));
    }
}

struct Known {
    changes: Receiver<Event>,
    /// How often everything was forgotten.
    round: u64,
    /// By person, and name in lower case.
    repositories: Answers<(i64, String), Seen>,
    /// Repositories that somebody may see: by person and installation; 0 is all of a person's.
    lists: Answers<(i64, i64), Vec<i64>>,
    /// Whom GitHub wants to be left alone by, until when.
    waits: HashMap<i64, i64>,
}

impl Known {
    /// Forgets everything if anything was told since.
    fn refresh(&mut self) {
        loop {
            match self.changes.try_recv() {
                Ok(ACCESS | ANYTHING) | Err(TryRecvError::Lagged(_)) => {
                    self.round += 1;
                    self.repositories.0.clear();
                    self.lists.0.clear();
                }
                Ok(_) => (),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }
}

/// What is known of who may see and do what.
pub struct Permitted(Mutex<Known>);

impl Permitted {
    /// Nothing yet; these are the changes that are told.
    pub fn new(changes: Receiver<Event>) -> Permitted {
        Permitted(Mutex::new(Known {
            changes,
            round: 0,
            repositories: Answers(HashMap::new()),
            lists: Answers(HashMap::new()),
            waits: HashMap::new(),
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.refresh();
        known
    }
}

/// Whether this can be a name on GitHub: what else stands in an address leads elsewhere there.
fn is_name(part: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    !part.is_empty()
        && part.len() <= LONGEST
        && part.bytes().all(is_plain)
        && part != "."
        && part != ".."
}

impl Accounts {
    /// What a person may see and do of a repository.
    pub async fn permitted(&self, person: &Person, owner: &str, name: &str) -> Result<Seen, Error> {
        if !is_name(owner) || !is_name(name) {
            return Ok(Seen::none());
        }
        let key = (person.id, format!("{owner}/{name}").to_lowercase());
        let (round, now) = match self.recalled(&key)? {
            Ok(seen) => return Ok(seen),
            Err(asking) => asking,
        };
        let path = format!("/repos/{owner}/{name}");
        let asked = self.github.person(&person.token);
        let seen = match self.answered::<Shown>(person, asked.get(&path)).await? {
            Answered::This(shown) => Seen::one(shown.access(), shown.id),
            Answered::Nothing => Seen::none(),
            Answered::SignedOut => return Ok(Seen::none()),
        };
        self.keep(round, |known| known.repositories.put(key, seen, now));
        Ok(seen)
    }

    /// Whether everybody may see a repository.
    pub async fn public(&self, owner: &str, name: &str) -> Result<Seen, Error> {
        let found = self.store.repository_named(owner, name).await?;
        // Of what was private nothing is asked: how long that takes would tell that it is there.
        let Some(found) = found.filter(|found| !found.private) else {
            return Ok(Seen::none());
        };
        let key = (
            NOBODY,
            format!("{}/{}", found.owner, found.name).to_lowercase(),
        );
        let (round, now) = match self.recalled(&key)? {
            Ok(seen) => return Ok(seen),
            Err(asking) => asking,
        };
        let path = format!("/repos/{}/{}", found.owner, found.name);
        let github = self.github.installation(found.installation);
        let shown: Option<Shown> = match in_time(github.get(&path)).await? {
            Ok(shown) => Some(shown),
            Err(failure) => nothing_there(failure)?,
        };
        let public = shown.filter(|shown| !shown.private);
        let seen = public.map_or_else(Seen::none, |shown| Seen::one(Access::Read, shown.id));
        self.keep(round, |known| known.repositories.put(key, seen, now));
        Ok(seen)
    }

    /// The repositories that somebody may see, by their numbers: of a person those that GitHub
    /// lists for them, and of everybody those that are public.
    pub async fn listed(&self, person: Option<&Person>) -> Result<Vec<i64>, Error> {
        let mut all = self.all_public().await?;
        if let Some(person) = person {
            all.extend(self.of_person(person).await?);
        }
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }

    async fn of_person(&self, person: &Person) -> Result<Vec<i64>, Error> {
        let key = (person.id, NOBODY);
        let (round, now) = {
            let known = self.permitted.lock();
            let now = self.may_ask(&known, person.id)?;
            if let Some(numbers) = known.lists.get(&key, now) {
                return Ok(numbers);
            }
            (known.round, now)
        };
        let github = self.github.person(&person.token);
        let ours = self.store.installations(false).await?;
        let path = "/user/installations?";
        let asked = github.pages(path, LISTED, |page: InstalledList| page.installations);
        let Answered::This(installed) = self.answered(person, asked).await? else {
            return Ok(Vec::new());
        };
        let mut numbers = Vec::new();
        for one in installed.iter().filter(|one| ours.contains(&one.id)) {
            let path = format!("/user/installations/{}/repositories?", one.id);
            let asked = github.pages(&path, LISTED, |page: ShownList| page.repositories);
            let shown = match self.answered(person, asked).await? {
                Answered::This(shown) => shown,
                // Taken away between the two questions.
                Answered::Nothing => continue,
                Answered::SignedOut => return Ok(Vec::new()),
            };
            let readable = shown.iter().filter(|one| one.access() >= Access::Read);
            numbers.extend(readable.map(|one| one.id));
        }
        let kept = numbers.clone();
        self.keep(round, |known| known.lists.put(key, kept, now));
        Ok(numbers)
    }

    async fn all_public(&self) -> Result<Vec<i64>, Error> {
        let mut all = Vec::new();
        for installation in self.store.installations(true).await? {
            all.extend(self.public_of(installation).await?);
        }
        Ok(all)
    }

    async fn public_of(&self, installation: i64) -> Result<Vec<i64>, Error> {
        let key = (NOBODY, installation);
        let (round, now) = {
            let known = self.permitted.lock();
            let now = self.github.clock().now();
            if let Some(numbers) = known.lists.get(&key, now) {
                return Ok(numbers);
            }
            (known.round, now)
        };
        let github = self.github.installation(installation);
        let path = "/installation/repositories?";
        let asked = github.pages(path, LISTED, |page: ShownList| page.repositories);
        let shown: Vec<Shown> = match in_time(asked).await? {
            Ok(shown) => shown,
            Err(failure) => nothing_there(failure)?.unwrap_or_default(),
        };
        let public = shown.iter().filter(|one| !one.private);
        let numbers: Vec<i64> = public.map(|one| one.id).collect();
        let kept = numbers.clone();
        self.keep(round, |known| known.lists.put(key, kept, now));
        Ok(numbers)
    }

    /// An answer that is known; else in which round it is asked for, and when.
    fn recalled(&self, key: &(i64, String)) -> Result<Result<Seen, (u64, i64)>, Error> {
        let known = self.permitted.lock();
        let now = self.may_ask(&known, key.0)?;
        let seen = known.repositories.get(key, now);
        Ok(seen.ok_or((known.round, now)))
    }

    /// The time, if GitHub may be asked for somebody.
    fn may_ask(&self, known: &Known, person: i64) -> Result<i64, Error> {
        let now = self.github.clock().now();
        match known.waits.get(&person) {
            Some(until) if *until > now => Err(Error::Unanswered),
            _ => Ok(now),
        }
    }

    /// Keeps an answer, unless everything was forgotten since it was asked for.
    fn keep(&self, round: u64, put: impl FnOnce(&mut Known)) {
        let mut known = self.permitted.lock();
        if known.round == round {
            put(&mut known);
        }
    }

    /// What GitHub answers a person. Where it does not know them any more their session is over.
    async fn answered<T>(
        &self,
        person: &Person,
        asked: impl Future<Output = Result<T, Failure>>,
    ) -> Result<Answered<T>, Error> {
        match in_time(asked).await? {
            Ok(answer) => Ok(Answered::This(answer)),
            Err(Failure::Unauthorized) => {
                self.store.end_session(&person.session).await?;
                Ok(Answered::SignedOut)
            }
            Err(Failure::NotNow { until }) => {
                self.permitted.lock().waits.insert(person.id, until);
                Err(Error::Unanswered)
            }
            Err(failure) => Ok(match nothing_there(failure)? {
                Some(answer) => Answered::This(answer),
                None => Answered::Nothing,
            }),
        }
    }
}

/// What GitHub answers somebody.
enum Answered<T> {
    /// What they asked for.
    This(T),
    /// That there is no such thing for them.
    Nothing,
    /// That it does not know them any more.
    SignedOut,
}

/// What GitHub answers while a page waits for it.
async fn in_time<T>(asked: impl Future<Output = T>) -> Result<T, Error> {
    let answered = tokio::time::timeout(PATIENCE, asked).await;
    answered.map_err(|_| Error::Unanswered)
}

/// Nothing, where a failure says that there is no such thing for whoever asks.
fn nothing_there<T>(failure: Failure) -> Result<Option<T>, Error> {
    match failure {
        Failure::Gone(_)
        | Failure::Forbidden { .. }
        | Failure::Refused { .. }
        | Failure::Unauthorized => Ok(None),
        Failure::Store(error) => Err(error.into()),
        failure => {
            tracing::warn!(%failure, "GitHub does not say who may see a repository");
            Err(Error::Unanswered)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(private: bool, held: serde_json::Value) -> Access {
        let shown = serde_json::json!({ "id": 1, "private": private, "permissions": held });
        serde_json::from_value::<Shown>(shown).unwrap().access()
    }

    #[test]
    fn access_follows_githubs_permissions() {
        use serde_json::json;
        assert_eq!(shown(true, json!({ "pull": true })), Access::Mark);
        assert_eq!(
            shown(true, json!({ "triage": true, "pull": true })),
            Access::Mark
        );
        assert_eq!(
            shown(true, json!({ "push": true, "pull": true })),
            Access::Write
        );
        assert_eq!(shown(true, json!({ "maintain": true })), Access::Write);
        assert_eq!(shown(true, json!({ "admin": true })), Access::Administer);
        assert_eq!(shown(true, json!({ "pull": false })), Access::None);
        assert_eq!(shown(true, json!(null)), Access::None);
        assert_eq!(shown(false, json!(null)), Access::Mark);
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        assert!(is_name("acme-1") && is_name("a.b_c"));
        for wrong in [
            "",
            ".",
            "..",
            "a/b",
            "a%2fb",
            "a?b",
            "a#b",
            "ü",
            &"a".repeat(101),
        ] {
            assert!(!is_name(wrong), "{wrong}");
        }
    }

    #[test]
    fn an_answer_holds_for_a_minute_and_until_something_is_told() {
        let (tell, changes) = tokio::sync::broadcast::channel(4);
        let permitted = Permitted::new(changes);
        let key = || (7, "acme/queue".to_owned());
        let seen = Seen::one(Access::Write, 1);
        permitted.lock().repositories.put(key(), seen, 1_000);
        let known = |now| permitted.lock().repositories.get(&key(), now);
        assert!(known(60_999).is_some());
        assert!(known(61_000).is_none());
        tell.send((1, 5)).unwrap();
        assert!(known(2_000).is_some(), "a mark changes nobody's rights");
        for event in [ACCESS, ANYTHING] {
            let round = permitted.lock().round;
            tell.send(event).unwrap();
            assert!(known(2_000).is_none());
            assert!(permitted.lock().round > round);
            permitted.lock().repositories.put(key(), seen, 1_000);
        }
        for number in 0..9 {
            tell.send((number, 1)).unwrap();
        }
        assert!(known(2_000).is_none(), "what was missed may have been that");
    }
}
