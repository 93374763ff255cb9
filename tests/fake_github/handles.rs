//! Repositories and pull requests as a test holds them: what people do there.

use serde_json::{Value, json};

use super::deliveries::Event;
use super::history::Change;
use super::operations::{Draft, reanchor, written_comment};
use super::pull::{Pull, Review};
use super::state::{Repository, State};
use super::world::World;

/// A repository.
#[derive(Clone)]
pub struct Repo {
    pub world: World,
    pub id: u64,
}

/// A pull request.
#[derive(Clone)]
pub struct PullRequest {
    pub world: World,
    pub repository: u64,
    pub number: u64,
}

impl Repo {
    pub fn name(&self) -> String {
        self.world
            .with(|state| state.repositories[&self.id].full_name())
    }

    fn owner(&self) -> String {
        self.world
            .with(|state| state.repositories[&self.id].owner.clone())
    }

    /// Writes files on a branch, which is made from the default branch where it is not there, and gives the commit.
    pub fn commit(&self, branch: &str, files: &[(&str, &str)]) -> String {
        let changes = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), Some(text.as_bytes().to_vec())));
        self.commit_changes(branch, changes.collect())
    }

    /// Takes files away.
    pub fn remove(&self, branch: &str, paths: &[&str]) -> String {
        self.commit_changes(
            branch,
            paths
                .iter()
                .map(|path| ((*path).to_owned(), None))
                .collect(),
        )
    }

    /// Any change of a branch, in one commit.
    pub fn commit_changes(&self, branch: &str, changes: Vec<Change>) -> String {
        let author = self.owner();
        self.world
            .with(|state| state.push(self.id, branch, changes, false, &author))
    }

    /// The commit at the head of a branch.
    pub fn head(&self, branch: &str) -> String {
        self.world
            .with(|state| state.repositories[&self.id].branches[branch].clone())
    }

    /// Opens a pull request within the repository.
    pub fn open_pull(&self, head: &str, base: &str) -> PullRequest {
        self.open_pull_from(self, head, base)
    }

    pub fn open_draft(&self, head: &str, base: &str) -> PullRequest {
        let author = self.owner();
        let number = self
            .world
            .with(|state| state.open_pull(self.id, self.id, (head, base), &author, true));
        PullRequest {
            world: self.world.clone(),
            repository: self.id,
            number,
        }
    }

    /// Opens a pull request whose branch is in a fork.
    pub fn open_pull_from(&self, fork: &Repo, head: &str, base: &str) -> PullRequest {
        let author = fork.owner();
        let number = self
            .world
            .with(|state| state.open_pull(self.id, fork.id, (head, base), &author, false));
        PullRequest {
            world: self.world.clone(),
            repository: self.id,
            number,
        }
    }

    pub fn fork(&self, owner: &str) -> Repo {
        let name = self
            .world
            .with(|state| state.repositories[&self.id].name.clone());
        let id = self
            .world
            .with(|state| state.add_repository(owner, &name, Some(self.id)));
        Repo {
            world: self.world.clone(),
            id,
        }
    }

    /// Gives somebody a role: `admin`, `maintain`, `write`, `triage`, `read` or `none`.
    pub fn set_role(&self, login: &str, role: &str) {
        self.world.with(|state| {
            let member = state.account(login);
            self.change(state, |repository| {
                repository.roles.insert(login.to_owned(), role.to_owned());
            });
            let payload = json!({ "member": state.show_account(&member.login), "changes": {} });
            let sender = state.repositories[&self.id].owner.clone();
            state.emit(Event {
                name: "member",
                action: "edited",
                repository: Some(self.id),
                payload,
                sender,
            });
        });
    }

    pub fn set_private(&self, private: bool) {
        self.world.with(|state| {
            self.change(state, |repository| repository.private = private);
            let action = if private { "privatized" } else { "publicized" };
            let sender = state.repositories[&self.id].owner.clone();
            state.emit(Event {
                name: "repository",
                action,
                repository: Some(self.id),
                payload: json!({}),
                sender,
            });
        });
    }

    /// Takes no comment on a line, for no reason that is told.
    pub fn refuse_line(&self, path: &str, line: usize) {
        self.world.with(|state| {
            self.change(state, |repository| {
                repository.refused.insert((path.to_owned(), line));
            });
        });
    }

    /// Leaves out the `patch` of a file, as GitHub does at times.
    pub fn leave_out_patch(&self, path: &str) {
        self.world.with(|state| {
            self.change(state, |repository| {
                repository.without_patch.insert(path.to_owned());
            });
        });
    }

    fn change(&self, state: &mut State, act: impl FnOnce(&mut Repository)) {
        if let Some(repository) = state.repositories.get_mut(&self.id) {
            act(repository);
        }
    }
}

impl PullRequest {
    /// The pull request as it is now.
    pub fn now(&self) -> Pull {
        self.world
            .with(|state| state.pull_mut(self.repository, self.number).clone())
    }

    pub fn head(&self) -> String {
        self.now().head_sha
    }

    /// Leaves a review of the app that was begun and never handed in.
    pub fn begin_review(&self) {
        let credentials = self.world.credentials();
        let commit = self.head();
        self.world.with(|state| {
            let review = Review {
                id: state.next_id(),
                author: state.app.bot_login(),
                app: Some(credentials.app_id),
                body: String::new(),
                state: "PENDING".to_owned(),
                commit,
                submitted: None,
                implied: false,
            };
            state.put_review((self.repository, self.number), review, Vec::new(), None);
        });
    }

    /// Pushes a commit to the branch, and gives it.
    pub fn push(&self, files: &[(&str, &str)]) -> String {
        let changes = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), Some(text.as_bytes().to_vec())));
        self.push_changes(changes.collect(), false)
    }

    /// Puts one commit in the place of all commits of the branch.
    pub fn force_push(&self, files: &[(&str, &str)]) -> String {
        let changes = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), Some(text.as_bytes().to_vec())));
        self.push_changes(changes.collect(), true)
    }

    pub fn push_changes(&self, changes: Vec<Change>, force: bool) -> String {
        let pull = self.now();
        self.world.with(|state| {
            state.push(
                pull.head_repository,
                &pull.head_branch,
                changes,
                force,
                &pull.author,
            )
        })
    }

    fn act(&self, login: &str, action: &'static str, more: Value, change: impl FnOnce(&mut Pull)) {
        self.world.with(|state| {
            let now = state.clock.millis();
            let pull = state.pull_mut(self.repository, self.number);
            change(pull);
            pull.updated = now;
            state.account(login);
            state.tell_pull(self.repository, self.number, action, login, more);
        });
    }

    pub fn close(&self) {
        self.act(&self.now().author, "closed", json!({}), |pull| {
            pull.open = false
        });
    }

    pub fn reopen(&self) {
        self.act(&self.now().author, "reopened", json!({}), |pull| {
            pull.open = true
        });
    }

    pub fn ready(&self) {
        self.act(&self.now().author, "ready_for_review", json!({}), |pull| {
            pull.draft = false
        });
    }

    /// Merges the branch by a merge commit.
    pub fn merge(&self) {
        let pull = self.now();
        self.world
            .with(|state| state.merge_into(self.repository, &pull));
        self.act(&pull.author, "closed", json!({}), |pull| {
            pull.open = false;
            pull.merged = true;
        });
    }

    /// Sets another base branch.
    pub fn retarget(&self, base: &str) {
        let pull = self.now();
        let sha = self
            .world
            .with(|state| state.repositories[&self.repository].branches[base].clone());
        let changes = json!({ "changes": { "base": { "ref": { "from": pull.base_branch }, "sha": { "from": pull.base_sha } } } });
        self.world.with(|state| {
            let pull = state.pull_mut(self.repository, self.number);
            pull.base_branch = base.to_owned();
            pull.base_sha = sha;
            reanchor(state, (self.repository, self.number));
        });
        self.act(&pull.author, "edited", changes, |_| {});
    }

    /// Changes the title.
    pub fn retitle(&self, title: &str) {
        let pull = self.now();
        let changes = json!({ "changes": { "title": { "from": pull.title } } });
        self.act(&pull.author, "edited", changes, |pull| {
            pull.title = title.to_owned()
        });
    }

    /// Answers a comment on a line, and gives the answer's id.
    pub fn reply_to(&self, comment: u64, login: &str, text: &str) -> u64 {
        self.world.with(|state| {
            state.account(login);
            let pull = state.pull_mut(self.repository, self.number);
            let known = pull
                .comment(comment)
                .or(pull.deleted.iter().find(|one| one.id == comment));
            let begins = known.cloned().expect("the comment was there");
            let root = pull.root(&begins);
            let draft = Draft {
                body: text.to_owned(),
                anchor: begins.original,
                hunk: begins.hunk,
            };
            let place = (self.repository, self.number);
            written_comment(
                state,
                place,
                (login, None),
                &begins.original_commit,
                draft,
                Some(root),
            )
        })
    }

    /// Comments in the conversation, and gives the comment's id.
    pub fn comment(&self, login: &str, text: &str) -> u64 {
        self.world
            .with(|state| state.put_timeline((self.repository, self.number), (login, None), text))
    }

    /// Resolves a thread as a person.
    pub fn resolve(&self, root: u64, login: &str) {
        self.world
            .with(|state| state.resolve(self.repository, self.number, root, login, true));
    }

    /// Presses "Re-run" at a check run.
    pub fn rerequest_check(&self, run: u64, login: &str) {
        self.tell_check(run, "rerequested", login, json!({}));
    }

    /// Presses one of the buttons that a check run offers.
    pub fn request_action(&self, run: u64, identifier: &str, login: &str) {
        let more = json!({ "requested_action": { "identifier": identifier } });
        self.tell_check(run, "requested_action", login, more);
    }

    fn tell_check(&self, run: u64, action: &'static str, login: &str, more: Value) {
        self.world.with(|state| {
            let owner = &state.repositories[&self.repository];
            let known = owner
                .check_runs
                .iter()
                .find(|one| one.id == run)
                .expect("the check run is there");
            let mut shown = state.show_check_run(owner, known);
            shown["check_suite"] = state.show_check_suite(owner, &known.head_sha, known.suite);
            let mut payload = json!({ "check_run": shown });
            for (name, value) in more.as_object().into_iter().flatten() {
                payload[name] = value.clone();
            }
            let sender = login.to_owned();
            state.emit(Event {
                name: "check_run",
                action,
                repository: Some(self.repository),
                payload,
                sender,
            });
        });
    }

    /// Presses "Re-run all checks".
    // source: mergewatch.ai#558: this is an event of the suite, not of its runs
    pub fn rerequest_suite(&self, login: &str) {
        let head = self.head();
        self.world.with(|state| {
            let owner = &state.repositories[&self.repository];
            let known = owner
                .check_runs
                .iter()
                .find(|one| one.head_sha == head && one.app == state.app.id);
            let suite = known.map_or(1, |one| one.suite);
            let payload = json!({ "check_suite": state.show_check_suite(owner, &head, suite) });
            let (name, action, sender) = ("check_suite", "rerequested", login.to_owned());
            state.emit(Event {
                name,
                action,
                repository: Some(self.repository),
                payload,
                sender,
            });
        });
    }
}
