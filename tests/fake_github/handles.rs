//! Repositories and pull requests as a test holds them: what people do there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::deliveries::Event;
use super::objects::{Commit, Leaf, Objects};
use super::operations::{Draft, reanchor, written_comment};
use super::pull::{Pull, ReviewComment};
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

/// What a commit does to a file: its new content, or none to take it away.
pub type Change = (String, Option<Vec<u8>>);

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

    /// The comments of the app on lines that are seen: neither deleted nor hidden, nor of a review not handed in.
    pub fn bot_comments(&self) -> Vec<ReviewComment> {
        let app = self.world.credentials().app_id;
        let pull = self.now();
        let seen = |one: &&ReviewComment| {
            one.app == Some(app) && one.minimised.is_none() && !pull.is_pending(one)
        };
        pull.comments.iter().filter(seen).cloned().collect()
    }
}

impl State {
    /// Makes a repository, with one commit or all that it is forked from, and gives its id.
    pub fn add_repository(&mut self, owner: &str, name: &str, fork_of: Option<u64>) -> u64 {
        if fork_of.is_some() {
            self.account(owner)
        } else {
            self.organisation(owner)
        };
        let (id, now) = (self.next_id(), self.clock.millis());
        let source = fork_of.and_then(|source| self.repositories.get(&source));
        let network = source.map_or(id, |source| source.network);
        let branches = source
            .map(|source| source.branches.clone())
            .unwrap_or_default();
        let repository = Repository {
            id,
            owner: owner.to_owned(),
            name: name.to_owned(),
            private: false,
            default_branch: "main".to_owned(),
            fork_of,
            network,
            branches,
            pulls: BTreeMap::new(),
            check_runs: Vec::new(),
            roles: BTreeMap::new(),
            without_patch: std::collections::BTreeSet::new(),
            uploads: Vec::new(),
            next_number: 1,
            created: now,
        };
        self.repositories.insert(id, repository);
        if fork_of.is_none() {
            self.networks.insert(network, Objects::default());
            let readme = (
                "README.md".to_owned(),
                Some(format!("# {name}\n").into_bytes()),
            );
            self.push(id, "main", vec![readme], false, owner);
        }
        id
    }

    /// Puts a commit on a branch; with `force` in the place of what is on it beyond the default branch.
    pub fn push(
        &mut self,
        repository: u64,
        branch: &str,
        changes: Vec<Change>,
        force: bool,
        author: &str,
    ) -> String {
        let now = self.clock.millis();
        let number = self.next_id();
        let owner = &self.repositories[&repository];
        let trunk = owner.branches.get(&owner.default_branch).cloned();
        let tip = owner.branches.get(branch).cloned();
        let network = owner.network;
        let objects = self
            .networks
            .get_mut(&network)
            .expect("every repository has its objects");
        let under = match (&tip, &trunk) {
            (Some(tip), Some(trunk)) if force => objects.merge_base(tip, trunk),
            (Some(tip), _) => Some(tip.clone()),
            (None, trunk) => trunk.clone(),
        };
        let mut files = under
            .as_ref()
            .map(|sha| objects.files_of_commit(sha))
            .unwrap_or_default();
        for (path, content) in changes {
            match content {
                None => {
                    files.remove(&path);
                }
                Some(bytes) => {
                    let sha = objects.put_blob(&bytes);
                    files.insert(
                        path,
                        Leaf {
                            mode: "100644".to_owned(),
                            sha,
                        },
                    );
                }
            }
        }
        let tree = objects.put_files(&files);
        let message = format!("Change {number}");
        let parents = under.into_iter().collect();
        let commit = Commit {
            tree,
            parents,
            author: author.to_owned(),
            message,
            millis: now,
        };
        let sha = objects.put_commit(commit);
        self.move_branch(repository, branch, &sha, author);
        sha
    }

    /// Points a branch at a commit; pull requests that come from it follow.
    pub fn move_branch(&mut self, repository: u64, branch: &str, sha: &str, author: &str) {
        let now = self.clock.millis();
        if let Some(owner) = self.repositories.get_mut(&repository) {
            owner.branches.insert(branch.to_owned(), sha.to_owned());
        }
        let mut synchronized = Vec::new();
        for target in self.repositories.values_mut() {
            let (id, branches) = (target.id, target.branches.clone());
            let own = |pull: &&mut Pull| {
                pull.open && pull.head_repository == repository && pull.head_branch == branch
            };
            for pull in target.pulls.values_mut().filter(own) {
                let before = std::mem::replace(&mut pull.head_sha, sha.to_owned());
                pull.heads.push(sha.to_owned());
                pull.updated = now;
                if let Some(tip) = branches.get(&pull.base_branch) {
                    pull.base_sha.clone_from(tip);
                }
                synchronized.push((id, pull.number, before));
            }
        }
        self.account(author);
        for (id, number, before) in synchronized {
            reanchor(self, (id, number));
            let more = json!({ "before": before, "after": sha });
            self.tell_pull(id, number, "synchronize", author, more);
        }
    }

    /// Opens a pull request and gives its number.
    pub fn open_pull(
        &mut self,
        repository: u64,
        from: u64,
        ends: (&str, &str),
        author: &str,
        draft: bool,
    ) -> u64 {
        let (head, base) = ends;
        let (id, now) = (self.next_id(), self.clock.millis());
        self.account(author);
        let head_sha = self.repositories[&from].branches[head].clone();
        let owner = self
            .repositories
            .get_mut(&repository)
            .expect("the repository is there");
        let number = owner.next_number;
        owner.next_number += 1;
        let pull = Pull {
            id,
            number,
            title: format!("Change {head}"),
            body: String::new(),
            author: author.to_owned(),
            open: true,
            draft,
            merged: false,
            base_branch: base.to_owned(),
            base_sha: owner.branches[base].clone(),
            head_branch: head.to_owned(),
            head_repository: from,
            heads: vec![head_sha.clone()],
            head_sha,
            created: now,
            updated: now,
            reviews: Vec::new(),
            comments: Vec::new(),
            timeline: Vec::new(),
            resolved: BTreeMap::new(),
            deleted: Vec::new(),
        };
        owner.pulls.insert(number, pull);
        self.tell_pull(repository, number, "opened", author, json!({}));
        number
    }

    /// Tells of a change of a pull request.
    pub fn tell_pull(
        &mut self,
        repository: u64,
        number: u64,
        action: &'static str,
        sender: &str,
        more: Value,
    ) {
        let owner = &self.repositories[&repository];
        let pull = &owner.pulls[&number];
        let mut payload = json!({ "number": number, "pull_request": self.show_pull(owner, pull, "pull-request") });
        for (name, value) in more.as_object().into_iter().flatten() {
            payload[name] = value.clone();
        }
        let sender = sender.to_owned();
        self.emit(Event {
            name: "pull_request",
            action,
            repository: Some(repository),
            payload,
            sender,
        });
    }

    fn merge_into(&mut self, repository: u64, pull: &Pull) {
        let now = self.clock.millis();
        let owner = &self.repositories[&repository];
        let tip = owner.branches[&pull.base_branch].clone();
        let objects = self
            .networks
            .get_mut(&owner.network)
            .expect("every repository has its objects");
        let fork = objects.merge_base(&tip, &pull.head_sha).unwrap_or_default();
        let (old, new) = (
            objects.files_of_commit(&fork),
            objects.files_of_commit(&pull.head_sha),
        );
        let mut files = objects.files_of_commit(&tip);
        files.retain(|path, _| new.contains_key(path) || !old.contains_key(path));
        files.extend(
            new.into_iter()
                .filter(|(path, leaf)| old.get(path) != Some(leaf)),
        );
        let tree = objects.put_files(&files);
        let parents = vec![tip, pull.head_sha.clone()];
        let message = format!("Merge pull request #{}", pull.number);
        let sha = objects.put_commit(Commit {
            tree,
            parents,
            author: pull.author.clone(),
            message,
            millis: now,
        });
        self.move_branch(repository, &pull.base_branch, &sha, &pull.author);
    }
}
