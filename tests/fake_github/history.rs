//! What happens in repositories: commits, branches, pull requests that are opened, follow their branch and are merged.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::deliveries::Event;
use super::objects::{Commit, Leaf, Objects};
use super::operations::reanchor;
use super::pull::Pull;
use super::state::{Repository, State};

/// What a commit does to a file: its new content, or none to take it away.
pub type Change = (String, Option<Vec<u8>>);

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
            without_patch: BTreeSet::new(),
            refused: BTreeSet::new(),
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
            taken_back: Vec::new(),
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

    /// Merges the branch of a pull request into its base.
    pub fn merge_into(&mut self, repository: u64, pull: &Pull) {
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
