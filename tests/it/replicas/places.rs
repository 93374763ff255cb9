//! A pull request on which three servers work, and what must have come of it.

use highwater::store::Store;

use crate::github::blocks::{file, handler, mended};
use crate::github::fake_github::{PullRequest, Repo, ReviewComment, World};
use crate::github::stage::SOUND;

/// The file that is pushed to.
pub const PATH: &str = "queue/queue.go";

/// A pull request and what is known of it.
pub struct Place {
    /// Where.
    pub repo: Repo,
    /// It.
    pub pull: PullRequest,
    /// Its page.
    pub page: String,
    /// Its pieces that have a bug.
    pub bugs: Vec<String>,
    /// Those whose findings somebody dismissed.
    pub dismissed: Vec<String>,
    /// Answers of people that are commands.
    pub commands: Vec<u64>,
    /// A head whose review stands on the page.
    pub head: String,
}

impl Place {
    /// A new one; the first makes the repository.
    pub fn new(world: &World, name: &str, number: usize) -> Place {
        let repo = if number == 1 {
            let repo = world.repository(name);
            repo.commit("main", &[("queue/sum.go", SOUND)]);
            repo.set_role("octocat", "write");
            repo
        } else {
            let id = world.with(|state| {
                let mut all = state.repositories.values();
                let found = all.find(|one| one.full_name() == name);
                found.map(|one| one.id)
            });
            Repo {
                world: world.clone(),
                id: id.unwrap(),
            }
        };
        let bugs = vec![format!("N{number}A"), format!("N{number}B")];
        let branch = format!("feature-{number}");
        repo.commit(&branch, &[(PATH, &text(&bugs))]);
        let pull = repo.open_pull(&branch, "main");
        Place {
            page: format!("/reviews/{name}/{}", pull.number),
            head: pull.head(),
            repo,
            pull,
            bugs,
            dismissed: Vec::new(),
            commands: Vec::new(),
        }
    }

    /// The comments about findings that are seen.
    pub fn said(&self) -> Vec<ReviewComment> {
        let said = |one: &ReviewComment| one.body.contains("highwater:finding");
        let comments = self.pull.bot_comments();
        comments.into_iter().filter(said).collect()
    }

    fn answers(&self, command: u64) -> usize {
        let mark = format!("highwater:answer {command}");
        let all = self.pull.now().comments;
        all.iter().filter(|one| one.body.contains(&mark)).count()
    }

    /// What is still missing.
    pub fn missing(&self) -> Option<String> {
        let (said, wanted) = (self.said().len(), self.bugs.len() - self.dismissed.len());
        let runs = self.pull.check_runs();
        let done = runs.iter().filter(|run| run.conclusion.is_some()).count();
        let unanswered = self.commands.iter().filter(|one| self.answers(**one) == 0);
        let unanswered = unanswered.count();
        let is_settled = said == wanted && done == 1 && unanswered == 0;
        (!is_settled).then(|| {
            format!(
                "{}: {said} of {wanted} findings said, {done} of {} check runs done, {unanswered} commands unanswered",
                self.page,
                runs.len()
            )
        })
    }
}

/// A file with these bugs.
pub fn text(bugs: &[String]) -> String {
    let mut pieces: Vec<String> = bugs.iter().map(|name| handler(name)).collect();
    pieces.push(mended("Sound"));
    file(0, &pieces)
}

/// A number as the database has it.
pub fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap()
}

/// Whether a comment is about this piece.
pub fn named(comment: &ReviewComment, name: &str) -> bool {
    comment.body.contains(&format!("jobs{name}`"))
}

impl Place {
    /// What is wrong in the end.
    pub async fn wrong(&self, store: &Store) -> Vec<String> {
        let mut wrong = Vec::new();
        let pull = self.pull.now();
        for name in &self.bugs {
            // Also those that were dismissed were said once.
            let mut said = pull.comments.iter().chain(&pull.deleted);
            let is_ours = |one: &&ReviewComment| one.app.is_some() && one.answers.is_none();
            let number = said
                .by_ref()
                .filter(is_ours)
                .filter(|one| named(one, name))
                .count();
            let is_dismissed = self.dismissed.contains(name);
            if number != 1 && !(is_dismissed && number == 0) {
                wrong.push(format!("{}: {name} is said {number} times", self.page));
            }
        }
        for command in &self.commands {
            if self.answers(*command) != 1 {
                wrong.push(format!("{} answers", self.answers(*command)));
            }
        }
        let dismissed = store.dismissals(signed(self.repo.id), 0).await.unwrap();
        let mine = dismissed
            .iter()
            .filter(|one| one.pull == signed(self.pull.number));
        if mine.count() != self.dismissed.len() {
            wrong.push(format!(
                "lost: {:?} were dismissed, {dismissed:?} are",
                self.dismissed
            ));
        }
        let mut last = 0;
        for review in pull
            .reviews
            .iter()
            .filter(|one| one.app.is_some() && !one.implied)
        {
            let at = pull.heads.iter().position(|head| head == &review.commit);
            let at = at.unwrap_or(0);
            if at < last {
                wrong.push(format!("{}: an older head is reviewed later", self.page));
            }
            last = at;
        }
        for head in &pull.heads {
            let (reviews, runs) = (
                self.pull.bot_reviews(head).len(),
                self.repo.check_runs(head).len(),
            );
            if reviews > 1 || runs > 1 {
                wrong.push(format!("{head}: {reviews} reviews, {runs} check runs"));
            }
        }
        wrong
    }
}
