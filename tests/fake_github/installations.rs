//! The app installed, suspended, taken away, and given other repositories or permissions.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::app::permissions_in;
use super::deliveries::Event;
use super::state::{Installation, Permissions, State};
use super::world::World;

impl World {
    /// Installs the app for all repositories of an account, unless it is installed there, and gives the id.
    pub fn install(&self, account: &str) -> u64 {
        self.with(|state| state.install(account))
    }

    /// Takes the app away from an account; its tokens end at once.
    pub fn uninstall(&self, account: &str) {
        let id = self.install(account);
        self.with(|state| {
            state.tell_installation(id, "installation", "deleted", account, json!({}));
            state
                .installations
                .entry(id)
                .and_modify(|one| one.deleted = true);
        });
    }

    /// Suspends the app at an account, or lets it go on.
    pub fn suspend(&self, account: &str, suspended: bool) {
        let id = self.install(account);
        self.with(|state| {
            let at = suspended.then(|| state.clock.millis());
            state
                .installations
                .entry(id)
                .and_modify(|one| one.suspended = at);
            let action = if suspended { "suspend" } else { "unsuspend" };
            state.tell_installation(id, "installation", action, account, json!({}));
        });
    }

    /// Chooses the repositories of an account on which the app works.
    pub fn choose_repositories(&self, account: &str, names: &[&str]) {
        let id = self.install(account);
        self.with(|state| {
            let before: BTreeSet<u64> = state.covered(&state.installations[&id]).iter().map(|one| one.id).collect();
            let chosen = |one: &&str| state.repository_named(account, one).map(|one| one.id);
            let after: BTreeSet<u64> = names.iter().filter_map(chosen).collect();
            state.installations.entry(id).and_modify(|one| one.repositories = Some(after.clone()));
            let briefly = |ids: &BTreeSet<u64>| -> Value {
                ids.iter().map(|id| state.show_repository_briefly(&state.repositories[id])).collect()
            };
            let (added, removed) = (briefly(&(&after - &before)), briefly(&(&before - &after)));
            for (action, changed) in [("added", after.difference(&before).count()), ("removed", before.difference(&after).count())] {
                if changed > 0 {
                    let (added, removed) = match action {
                        "added" => (added.clone(), json!([])),
                        _ => (json!([]), removed.clone()),
                    };
                    let more = json!({ "repository_selection": "selected", "repositories_added": added, "repositories_removed": removed });
                    state.tell_installation(id, "installation_repositories", action, account, more);
                }
            }
        });
    }

    /// Gives the app other permissions at an account.
    pub fn grant(&self, account: &str, permissions: Permissions) {
        let id = self.install(account);
        self.with(|state| {
            state
                .installations
                .entry(id)
                .and_modify(|one| one.permissions = permissions);
            state.tell_installation(
                id,
                "installation",
                "new_permissions_accepted",
                account,
                json!({}),
            );
        });
    }

    /// Signs deliveries with another secret from now on.
    pub fn rotate_secret(&self, secret: &str) {
        self.with(|state| secret.clone_into(&mut state.app.webhook_secret));
    }

    /// Gives installations tokens of the newer, long form from now on.
    pub fn lengthen_tokens(&self) {
        self.with(|state| state.app.long_tokens = true);
    }

    /// Ends all tokens that were given out.
    pub fn expire_tokens(&self) {
        self.with(|state| {
            state
                .tokens
                .values_mut()
                .for_each(|token| token.expires = 0)
        });
    }

    /// A person's token through the app.
    pub fn person_token(&self, login: &str) -> String {
        self.with(|state| state.mint_person(login))
    }

    /// The token of a job of GitHub Actions that a pull request started: for a fork it only reads.
    // source: docs.github.com, "Automatic token authentication": read-only for pull requests from forks
    pub fn job_token(&self, repository: u64, from_fork: bool) -> String {
        let level = if from_fork { "read" } else { "write" };
        let permissions = json!({ "contents": "read", "metadata": "read", "pull_requests": level, "checks": level,
            "issues": level, "security_events": level });
        self.with(|state| state.mint_job(repository, permissions_in(&permissions)))
    }

    /// A code of the manifest flow, as the redirect after "Create GitHub App" carries it.
    pub fn manifest_code(&self, manifest: Value) -> String {
        self.with(|state| {
            let code = format!("{:040x}", state.next_id());
            let made = state.clock.millis();
            state.manifests.insert(code.clone(), (manifest, made));
            code
        })
    }
}

impl State {
    /// Installs the app for all repositories of an account, unless it is installed there.
    pub fn install(&mut self, account: &str) -> u64 {
        self.account(account);
        let live = self
            .installations
            .values()
            .find(|one| !one.deleted && one.account == account);
        if let Some(live) = live {
            return live.id;
        }
        let installation = Installation {
            id: self.next_id(),
            account: account.to_owned(),
            repositories: None,
            permissions: self.app.permissions.clone(),
            events: self.app.events.clone(),
            suspended: None,
            deleted: false,
            created: self.clock.millis(),
        };
        let id = installation.id;
        self.installations.insert(id, installation);
        self.tell_installation(id, "installation", "created", account, json!({}));
        id
    }

    /// Tells of a change of an installation, which every app hears of.
    pub fn tell_installation(
        &mut self,
        id: u64,
        name: &'static str,
        action: &'static str,
        sender: &str,
        more: Value,
    ) {
        let Some(installation) = self.installations.get(&id).cloned() else {
            return;
        };
        let mut payload = json!({ "installation": self.show_installation(&installation) });
        if name == "installation" {
            let covered = self.covered(&installation);
            payload["repositories"] = covered
                .into_iter()
                .map(|one| self.show_repository_briefly(one))
                .collect();
        }
        for (name, value) in more.as_object().into_iter().flatten() {
            payload[name] = value.clone();
        }
        self.emit_to(
            &installation,
            Event {
                name,
                action,
                repository: None,
                payload,
                sender: sender.to_owned(),
            },
        );
    }
}
