//! Comments on lines that are changed or taken away, repositories that are renamed or deleted; and who is told.

use serde_json::{Value, json};

use super::deliveries::Event;
use super::handles::{PullRequest, Repo};
use super::state::State;

impl State {
    /// Changes the text of a comment.
    pub fn edit_comment(&mut self, place: (u64, u64), id: u64, body: &str, login: &str) {
        let now = self.clock.millis();
        let pull = self.pull_mut(place.0, place.1);
        let Some(comment) = pull.comments.iter_mut().find(|one| one.id == id) else {
            return;
        };
        let before = std::mem::replace(&mut comment.body, body.to_owned());
        comment.updated = now;
        let more = json!({ "changes": { "body": { "from": before } } });
        self.tell_comment(place, id, "edited", login, more);
    }

    /// Takes a comment away.
    pub fn delete_comment(&mut self, place: (u64, u64), id: u64, login: &str) {
        self.tell_comment(place, id, "deleted", login, json!({}));
        let pull = self.pull_mut(place.0, place.1);
        pull.remove_comment(id);
        if pull
            .deleted
            .last()
            .is_some_and(|one| one.id == id && one.author == login)
        {
            pull.taken_back.push(id);
        }
    }

    fn tell_comment(
        &mut self,
        place: (u64, u64),
        id: u64,
        action: &'static str,
        login: &str,
        more: Value,
    ) {
        let repository = &self.repositories[&place.0];
        let pull = &repository.pulls[&place.1];
        let Some(comment) = pull.comment(id).filter(|one| !pull.is_pending(one)) else {
            return;
        };
        let mut payload = json!({
            "comment": self.show_comment(repository, pull, comment),
            "pull_request": self.show_pull(repository, pull, "pull-request-simple"),
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            payload[name] = value.clone();
        }
        let (name, sender) = ("pull_request_review_comment", login.to_owned());
        self.emit(Event {
            name,
            action,
            repository: Some(place.0),
            payload,
            sender,
        });
    }
}

impl PullRequest {
    /// Changes a comment on a line, as its author.
    pub fn edit_comment(&self, id: u64, text: &str) {
        let author = self
            .now()
            .comment(id)
            .map(|one| one.author.clone())
            .unwrap_or_default();
        self.world
            .with(|state| state.edit_comment((self.repository, self.number), id, text, &author));
    }

    /// Takes a comment on a line away, as its author.
    pub fn delete_comment(&self, id: u64) {
        let author = self
            .now()
            .comment(id)
            .map(|one| one.author.clone())
            .unwrap_or_default();
        self.world
            .with(|state| state.delete_comment((self.repository, self.number), id, &author));
    }
}

impl Repo {
    /// Gives the repository another name; the old one leads to it.
    pub fn rename(&self, name: &str) {
        self.world.with(|state| {
            let Some(repository) = state.repositories.get_mut(&self.id) else {
                return;
            };
            let (full, sender) = (repository.full_name(), repository.owner.clone());
            let before = std::mem::replace(&mut repository.name, name.to_owned());
            state.renamed.insert(full, self.id);
            let payload = json!({ "changes": { "repository": { "name": { "from": before } } } });
            state.emit(Event {
                name: "repository",
                action: "renamed",
                repository: Some(self.id),
                payload,
                sender,
            });
        });
    }

    /// Deletes the repository; pull requests that come from it stay, with nothing behind them.
    pub fn delete(&self) {
        self.world.with(|state| {
            let sender = state.repositories[&self.id].owner.clone();
            let payload = json!({});
            state.emit(Event {
                name: "repository",
                action: "deleted",
                repository: Some(self.id),
                payload,
                sender,
            });
            state.repositories.remove(&self.id);
        });
    }
}
