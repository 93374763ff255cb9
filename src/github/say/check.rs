//! The check run of a push: how it went, the five questions, the checklist, and what has no
//! comment of its own. Pure, but for sending it.

use std::collections::{BTreeMap, BTreeSet};

use http::Method;
use serde_json::{Value, json};

use super::super::client::{Failure, Installation};
use super::super::read::Repository;
use super::super::read::answers::CheckRun;
use super::super::settings::FailOn;
use super::comment::{About, command};
use super::plan::told;
use super::standing;
use crate::report::coverage::coverage;
use crate::report::markdown;
use crate::report::plain::{counted, printable, sentence};
use crate::review::Review;
use crate::review::outcome::{Confidence, Remark};
use crate::store::dismissals::Dismissal;

/// The name of the check.
pub const NAME: &str = "Highwater";
/// The most characters of a summary or a text.
/// source: GitHub's API description, `maxLength` of a check run's output.
const LONGEST: usize = 65_535;
/// Annotations of one request.
/// source: docs.github.com, "Create a check run".
const BATCH: usize = 50;
/// Annotations in all: nobody reads more.
const ANNOTATIONS: usize = 200;

/// What a check run is to show.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    conclusion: &'static str,
    title: String,
    summary: String,
    text: String,
    annotations: Vec<Value>,
}

/// The check run for a review.
pub fn check(
    review: &Review,
    dismissed: &BTreeMap<String, Dismissal>,
    beside: &BTreeSet<String>,
    notes: &[String],
    about: &About<'_>,
) -> Check {
    let told = told(review, dismissed);
    let number = u64::try_from(told.len()).unwrap_or(u64::MAX);
    let title = match number {
        0 => "No backpressure bug found in what this change adds".to_owned(),
        _ => format!("{} in what this change adds", counted(number, "finding")),
    };
    let without: Vec<&&Remark> = told
        .iter()
        .filter(|remark| beside.contains(&remark.fingerprint))
        .collect();
    let annotations = without
        .iter()
        .take(ANNOTATIONS)
        .map(|remark| annotation(remark))
        .collect();
    Check {
        conclusion: conclusion(&told, about.settings.fail_on),
        title,
        summary: summary(review, dismissed, &without, notes, about),
        text: bounded(vec![
            markdown::questions_and_checklist(review),
            markdown::not_looked_at(review),
        ]),
        annotations,
    }
}

fn conclusion(told: &[&Remark], fail_on: FailOn) -> &'static str {
    let surest = told.iter().map(|remark| remark.confidence).max();
    match (surest, fail_on) {
        (None | Some(Confidence::Low), _) => "success",
        (Some(Confidence::High), FailOn::High | FailOn::Medium)
        | (Some(Confidence::Medium), FailOn::Medium) => "failure",
        _ => "neutral",
    }
}

fn summary(
    review: &Review,
    dismissed: &BTreeMap<String, Dismissal>,
    without: &[&&Remark],
    notes: &[String],
    about: &About<'_>,
) -> String {
    let mut parts = vec![format!("{}\n", sentence(&coverage(review)))];
    parts.extend(
        notes
            .iter()
            .map(|note| format!("\n{}\n", markdown::words(note))),
    );
    let here = review
        .findings
        .iter()
        .filter_map(|remark| dismissed.get(&remark.fingerprint));
    let here: Vec<&Dismissal> = here.collect();
    if !here.is_empty() {
        let list: String = here
            .iter()
            .map(|dismissal| dismissed_line(dismissal))
            .collect();
        parts.push(format!("\n#### Dismissed\n\n{list}"));
    }
    if !without.is_empty() {
        parts.push("\n#### Findings without a comment of their own\n".to_owned());
        parts.extend(without.iter().map(|remark| markdown::finding(remark)));
    }
    parts.push(markdown::fixed_by_change(review));
    let site = about.settings.public_url.trim_end_matches('/');
    let checklist = if site.is_empty() {
        String::new()
    } else {
        format!(" · [The reviewer's checklist](<{}>)", about.page(site))
    };
    parts.push(format!(
        "\nThe same in a clone: `{}`{checklist}\n",
        command(about)
    ));
    bounded(parts)
}

fn dismissed_line(dismissal: &Dismissal) -> String {
    let at = markdown::code_span(&dismissal.path);
    let why = if dismissal.reason.is_empty() {
        "no reason given"
    } else {
        &dismissal.reason
    };
    let who = markdown::code_span(&dismissal.who);
    format!(
        "- {} {at} by {who}: {}\n",
        dismissal.code,
        markdown::words(why)
    )
}

/// The parts that fit, in order; says so where some do not.
fn bounded(parts: Vec<String>) -> String {
    const CUT: &str = "\n(cut: there is more than a check run can show)\n";
    let mut out = String::new();
    let mut length = 0;
    for part in parts {
        let more = part.chars().count();
        if length + more + CUT.len() > LONGEST {
            out += CUT;
            break;
        }
        length += more;
        out += &part;
    }
    out
}

fn annotation(remark: &Remark) -> Value {
    let level = match remark.confidence {
        Confidence::High => "failure",
        Confidence::Medium => "warning",
        Confidence::Low => "notice",
    };
    let (path, line) = match remark.comment_line {
        Some(line) => (remark.comment_path.as_deref().unwrap_or(&remark.path), line),
        None => (remark.path.as_str(), remark.line),
    };
    let message = format!(
        "{}\n{}\n{}\n{}",
        sentence(&remark.message),
        remark.why,
        remark.fix,
        remark.help
    );
    json!({
        "path": path,
        "start_line": line,
        "end_line": line,
        "annotation_level": level,
        "title": cut(&format!("{} {}", remark.code, remark.slug), 255),
        "message": cut(&message, 60_000),
    })
}

fn cut(text: &str, most: usize) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| printable(line).into_owned())
        .collect();
    lines.join("\n").chars().take(most).collect()
}

impl Check {
    fn output(&self, annotations: &[Value]) -> Value {
        json!({
            "title": self.title,
            "summary": self.summary,
            "text": self.text,
            "annotations": annotations,
        })
    }

    /// Whether a check run shows this already.
    fn is_shown_by(&self, run: &CheckRun) -> bool {
        let output = &run.output;
        run.status == "completed"
            && run.conclusion.as_deref() == Some(self.conclusion)
            && output.title.as_deref() == Some(self.title.as_str())
            && output.summary.as_deref().map(str::trim_end) == Some(self.summary.trim_end())
            && output.text.as_deref().unwrap_or("").trim_end() == self.text.trim_end()
    }

    /// Sends it. A run that was begun is gone on with, so that nothing is shown twice; it is done
    /// only when all of it is there. What is shown already is not sent, unless it is asked for
    /// `again`: GitHub waits for an answer then.
    ///
    /// # Errors
    ///
    /// See [`Failure`].
    pub async fn send(
        &self,
        installation: &Installation,
        repository: &Repository,
        about: &About<'_>,
        again: bool,
    ) -> Result<(), Failure> {
        let standing = standing::check_run(installation, repository, about.head).await?;
        if !again && standing.as_ref().is_some_and(|run| self.is_shown_by(run)) {
            return Ok(());
        }
        let (id, mut sent) = match standing {
            Some(run) => (run.id, run.output.annotations_count),
            None => (self.begin(installation, repository, about).await?, 0),
        };
        let path = format!("{}/check-runs/{id}", repository.path());
        loop {
            let rest = self.annotations.get(sent..).unwrap_or(&[]);
            let batch = &rest[..rest.len().min(BATCH)];
            let is_last = batch.len() == rest.len();
            let mut body = json!({ "output": self.output(batch) });
            if is_last {
                body["status"] = json!("completed");
                body["conclusion"] = json!(self.conclusion);
                body["actions"] = actions();
            }
            installation
                .write::<CheckRun>(Method::PATCH, &path, &body)
                .await?;
            sent += batch.len();
            if is_last {
                return Ok(());
            }
        }
    }

    async fn begin(
        &self,
        installation: &Installation,
        repository: &Repository,
        about: &About<'_>,
    ) -> Result<i64, Failure> {
        let mut body = json!({
            "name": NAME,
            "head_sha": about.head,
            "status": "in_progress",
            "external_id": format!("{}/{}", about.number, about.head),
        });
        let site = about.settings.public_url.trim_end_matches('/');
        if site.starts_with("https://") || site.starts_with("http://") {
            body["details_url"] = json!(about.page(site));
        }
        let path = format!("{}/check-runs", repository.path());
        let run: CheckRun = installation.write(Method::POST, &path, &body).await?;
        Ok(run.id)
    }
}

/// The buttons.
/// source: docs.github.com, "Create a check run": at most three; a label has at most 20
/// characters, a description 40, an identifier 20.
fn actions() -> Value {
    json!([
        { "label": "Re-run", "description": "Look at this change again", "identifier": "rerun" },
        { "label": "Open checklist", "description": "Show the checklist as it is now", "identifier": "checklist" },
    ])
}
