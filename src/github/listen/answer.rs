//! Does what an answer to one of our comments asks for, and says so once.

use http::Method;
use jiff::tz::TimeZone;
use serde_json::json;

use super::super::client::{Failure, Installation};
use super::super::read::Repository;
use super::super::read::answers::{Comment, Permission, PullRequest};
use super::super::say::comment::bounded;
use super::super::say::plan::Said;
use super::super::say::seal::{Kind, Seal};
use super::super::say::standing::{comments, is_app, said};
use super::command::{self, Command};
use crate::report::markdown::{address, code_span, words};
use crate::rules;
use crate::store::dismissals::Dismissal;

/// Where a command was given.
pub struct Asked<'a> {
    /// For whom.
    pub installation: &'a Installation,
    /// Where.
    pub repository: &'a Repository,
    /// The pull request.
    pub pull: &'a PullRequest,
    /// The number of the comment.
    pub comment: i64,
    /// Our name.
    pub slug: &'a str,
    /// Knows our marks.
    pub seal: &'a Seal,
}

/// Answers a command. Whether the pull request is to be looked at again.
///
/// # Errors
///
/// See [`Failure`].
pub async fn answer(asked: &Asked<'_>) -> Result<bool, Failure> {
    let all = comments(asked.installation, asked.repository, asked.pull.number).await?;
    let Some(comment) = all.iter().find(|comment| comment.id == asked.comment) else {
        return Ok(false);
    };
    let Some((root, command)) = asked.of(comment, &all) else {
        return Ok(false);
    };
    let login = comment.user.as_ref().map_or("", |user| user.login.as_str());
    let outcome = asked.outcome(&command, &root, login, comment).await?;
    let Some(sentence) = outcome.sentence else {
        asked.react(comment.id).await?;
        return Ok(outcome.again);
    };
    let number = comment.id.to_string();
    let is_answered = all.iter().any(|other| {
        is_app(other.user.as_ref(), asked.slug)
            && asked.seal.read(Kind::Answer, &other.body).as_ref() == Some(&number)
    });
    if !is_answered {
        let body = bounded(
            format!("{sentence}\n"),
            &asked.seal.mark(Kind::Answer, &number),
        );
        let path = format!(
            "{}/pulls/{}/comments/{}/replies",
            asked.repository.path(),
            asked.pull.number,
            root.id
        );
        asked
            .installation
            .write::<serde::de::IgnoredAny>(Method::POST, &path, &json!({ "body": body }))
            .await?;
    }
    Ok(outcome.again)
}

/// What came of a command.
struct Outcome {
    /// What is answered; where the deed says enough, a pair of eyes on the comment.
    sentence: Option<String>,
    /// Whether the pull request is to be looked at again.
    again: bool,
}

impl Outcome {
    fn says(sentence: impl Into<String>) -> Outcome {
        Outcome {
            sentence: Some(sentence.into()),
            again: false,
        }
    }
}

impl Asked<'_> {
    /// The comment of ours that a person answered, and the command.
    fn of(&self, comment: &Comment, all: &[Comment]) -> Option<(Said, Command)> {
        let is_person = comment
            .user
            .as_ref()
            .is_some_and(|user| user.kind == "User");
        let root = comment.in_reply_to_id.filter(|_| is_person)?;
        let root: Vec<Comment> = all.iter().filter(|one| one.id == root).cloned().collect();
        let root = said(&root, self.slug, self.seal).into_iter().next()?;
        Some((root, command::parse(&comment.body)?))
    }

    async fn outcome(
        &self,
        command: &Command,
        root: &Said,
        login: &str,
        comment: &Comment,
    ) -> Result<Outcome, Failure> {
        let is_author = self.pull.user.as_ref().is_some_and(|user| {
            comment
                .user
                .as_ref()
                .is_some_and(|asking| asking.id == user.id)
        });
        let dismissal = match command {
            Command::Explain => return Ok(Outcome::says(self.explanation(&root.code))),
            Command::Unknown => {
                return Ok(Outcome::says(
                    "I know `highwater ignore [reason] [until YYYY-MM-DD]`, `highwater false-positive [reason]`, \
                     `highwater explain` and `highwater recheck`.",
                ));
            }
            Command::Recheck if is_author || self.may_write(login).await? => {
                return Ok(Outcome {
                    sentence: None,
                    again: true,
                });
            }
            Command::Recheck => {
                return Ok(Outcome::says(
                    "Only the author of a pull request and those with write access can ask for that.",
                ));
            }
            Command::Ignore { reason, until } => ("ignored", reason, *until),
            Command::FalsePositive { reason } => ("false-positive", reason, None),
        };
        if !self.may_write(login).await? {
            return Ok(Outcome::says(
                "Only those with write access can dismiss a finding.",
            ));
        }
        self.dismiss(dismissal, root, login).await
    }

    async fn dismiss(
        &self,
        (kind, reason, until): (&str, &String, Option<jiff::civil::Date>),
        root: &Said,
        login: &str,
    ) -> Result<Outcome, Failure> {
        let github = self.installation.github();
        let now = github.clock().now();
        // A finding that is ignored until a day is told again on the next.
        let end = until.map(|day| day.tomorrow().and_then(|day| day.to_zoned(TimeZone::UTC)));
        let ends = match end {
            None => None,
            Some(Ok(end)) if end.timestamp().as_millisecond() > now => {
                Some(end.timestamp().as_millisecond())
            }
            Some(_) => return Ok(Outcome::says("That day is over, so nothing was changed.")),
        };
        let dismissal = Dismissal {
            repository: self.repository.id,
            fingerprint: root.fingerprint.clone(),
            installation: self.installation.id,
            kind: kind.to_owned(),
            code: root.code.clone(),
            path: root.path.clone(),
            reason: reason.clone(),
            who: login.to_owned(),
            pull: self.pull.number,
            made: now,
            ends,
        };
        github.store().dismiss(&dismissal).await?;
        let how_long = until.map_or_else(|| "for good".to_owned(), |day| format!("until {day}"));
        let sentence = format!(
            "Dismissed {how_long}, here and in other pull requests of this repository. \
             `highwater export-allow` makes an allow comment of it."
        );
        Ok(Outcome {
            sentence: Some(sentence),
            again: true,
        })
    }

    /// Puts a pair of eyes on a comment. GitHub keeps the same one of the same App once.
    async fn react(&self, comment: i64) -> Result<(), Failure> {
        let path = format!(
            "{}/pulls/comments/{comment}/reactions",
            self.repository.path()
        );
        let body = json!({ "content": "eyes" });
        let reacted = self
            .installation
            .write::<serde::de::IgnoredAny>(Method::POST, &path, &body)
            .await;
        match reacted {
            // It was deleted meanwhile.
            Ok(_) | Err(Failure::Gone(_)) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    async fn may_write(&self, login: &str) -> Result<bool, Failure> {
        let is_name = !login.is_empty()
            && login
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_');
        if !is_name {
            return Ok(false);
        }
        let path = format!(
            "{}/collaborators/{login}/permission",
            self.repository.path()
        );
        let permission = self.installation.get_if_there::<Permission>(&path).await?;
        Ok(permission
            .is_some_and(|may| matches!(may.permission.as_str(), "admin" | "write" | "maintain")))
    }

    fn explanation(&self, code: &str) -> String {
        let Some(rule) = rules::by_name(code) else {
            return "There is no explanation of this class.".to_owned();
        };
        let introduction = crate::report::page::introduction(rule.page);
        let site = self
            .installation
            .github()
            .settings()
            .public_url
            .trim_end_matches('/');
        let more = format!("{site}/bugs/{}-{}", rule.code, rule.slug);
        let more = if site.is_empty() {
            String::new()
        } else {
            format!(" [More](<{}>)", address(&more))
        };
        format!("{}: {}{more}", code_span(rule.code), words(introduction))
    }
}
