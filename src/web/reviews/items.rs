//! The items and questions of a review with their findings, their sites, and what reviewers say of
//! them. A mark holds as long as what it was made on is the same.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sha2::{Digest, Sha256};

use super::excerpts::{Excerpt, Source};
use super::{date, message, short};
use crate::report::plain::counted;
use crate::review::Review;
use crate::review::outcome::{self, Remark, Site, State};
use crate::store::dismissals::Dismissal;
use crate::store::marks::Mark;
use crate::store::reviews::Kept;

/// Sites of an item that are shown with their code.
const SITES: usize = 12;

/// A finding as a card.
#[derive(Default)]
pub struct Finding {
    /// Its code.
    pub code: String,
    /// The last part of the address of its explanation.
    pub name: String,
    /// `high`, `medium` or `low`.
    pub confidence: &'static str,
    /// `introduced`, `pre-existing`, `fixed` or `dismissed`.
    pub standing: &'static str,
    /// Where.
    pub place: String,
    /// Where on GitHub.
    pub link: Option<String>,
    /// What is wrong, as HTML.
    pub message: String,
    /// What happens at run time, as HTML.
    pub why: String,
    /// What to do, as HTML.
    pub fix: String,
    /// Its code.
    pub excerpt: Option<Excerpt>,
    /// Who dismissed it, why and until when.
    pub dismissed: String,
}

/// A site.
pub struct Seen {
    /// Where.
    pub place: String,
    /// Where on GitHub.
    pub link: Option<String>,
    /// What is there, as HTML.
    pub what: String,
    /// The answer.
    pub answer: String,
    /// Whether it is a good one.
    pub ok: bool,
    /// Its code.
    pub excerpt: Option<Excerpt>,
}

/// What somebody says of an item.
pub struct Said {
    /// Who.
    pub name: String,
    /// `ok`, `concern` or `not-applicable`.
    pub state: String,
    /// In their words.
    pub note: String,
    /// On which commit, short.
    pub head: String,
    /// When.
    pub made: String,
    /// Whether it is the reader.
    pub is_mine: bool,
    /// What changed since, where anything did: it does not hold any more.
    pub changed: Option<Vec<String>>,
}

impl Said {
    /// The state as it is read.
    pub fn words(&self) -> &str {
        match self.state.as_str() {
            "not-applicable" => "not applicable",
            other => other,
        }
    }
}

/// An item of the checklist.
pub struct Item {
    /// `C1`.
    pub id: String,
    /// What to look for, as it is written.
    pub plain: String,
    /// The same as HTML.
    pub text: String,
    /// `flagged`, `look` or `clear`.
    pub status: &'static str,
    /// How many sites, in words.
    pub looked_at: String,
    /// Its findings.
    pub findings: Vec<Finding>,
    /// Findings that are less sure than the settings report.
    pub unsure: usize,
    /// Its sites.
    pub sites: Vec<Seen>,
    /// What reviewers say of it.
    pub said: Vec<Said>,
}

impl Item {
    /// What the reader says of it, where that holds.
    pub fn mine(&self) -> Option<&Said> {
        let mut said = self.said.iter();
        said.find(|one| one.is_mine && one.changed.is_none())
    }

    /// What the reader said last, whether it holds or not.
    pub fn my_note(&self) -> &str {
        let mut said = self.said.iter();
        said.find(|one| one.is_mine).map_or("", |one| &one.note)
    }

    /// Whether the reader has marked it.
    pub fn is_marked(&self) -> bool {
        self.mine().is_some()
    }

    /// The reader's mark, or `open`.
    pub fn state(&self) -> &str {
        self.mine().map_or("open", |said| said.state.as_str())
    }

    /// Whether the reader's mark is this one.
    pub fn is(&self, state: &str) -> bool {
        self.state() == state
    }
}

/// A question with its sites.
pub struct Question {
    /// `Q1`.
    pub id: String,
    /// The question, as HTML.
    pub text: String,
    /// `fine`, `look` or `smell`.
    pub verdict: &'static str,
    /// Its findings.
    pub findings: Vec<Finding>,
    /// Its sites.
    pub sites: Vec<Seen>,
}

/// What an item is about: a line for each finding and site, however the lines of the code move.
pub fn about(review: &Review, id: &str) -> Option<Vec<String>> {
    let item = review.checklist.iter().find(|item| item.id == id)?;
    let found = item.findings.iter().map(|print| {
        let remark = review.findings.iter().find(|one| one.fingerprint == *print);
        let words = remark.map_or(String::new(), |remark| {
            format!(" {} in {}: {}", remark.code, remark.path, remark.message)
        });
        format!("{print}{words}")
    });
    let sites = item.sites.iter();
    let sites = sites.map(|site| format!("site {} in {}: {}", site.what, site.path, site.answer));
    let mut lines: Vec<String> = found.chain(sites).collect();
    lines.sort();
    Some(lines)
}

/// A digest of what an item is about.
pub fn digest(review: &Review, id: &str) -> Option<String> {
    let mut hash = Sha256::new();
    for line in about(review, id)? {
        hash.update((line.len() as u64).to_le_bytes());
        hash.update(line);
    }
    let hash = hash.finalize();
    Some(
        hash[..16]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    )
}

/// What is only in one of two lists, however often: `gone` and `new`.
fn changes(before: &[String], after: &[String]) -> Vec<String> {
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for line in before {
        *counts.entry(line).or_default() -= 1;
    }
    for line in after {
        *counts.entry(line).or_default() += 1;
    }
    let words = |line: &str| match line.strip_prefix("site ") {
        Some(site) => site.to_owned(),
        None => line
            .split_once(' ')
            .map_or(line, |(_, words)| words)
            .to_owned(),
    };
    counts
        .into_iter()
        .filter(|(_, count)| *count != 0)
        .map(|(line, count)| {
            let how = if count > 0 { "new" } else { "gone" };
            message(&format!("{how}: {}", words(line)))
        })
        .collect()
}

/// A review that is being shown.
pub struct Shown<'a> {
    kept: &'a Kept,
    dismissals: HashMap<&'a str, &'a Dismissal>,
    source: &'a Source,
}

impl<'a> Shown<'a> {
    /// A review with the dismissals that hold.
    pub fn new(kept: &'a Kept, dismissals: &'a [Dismissal], source: &'a Source) -> Shown<'a> {
        let dismissals = dismissals
            .iter()
            .map(|dismissal| (dismissal.fingerprint.as_str(), dismissal));
        Shown {
            kept,
            dismissals: dismissals.collect(),
            source,
        }
    }

    fn standing(&self, remark: &Remark) -> &'static str {
        match remark.state {
            Some(State::Fixed) => "fixed",
            _ if self.dismissals.contains_key(remark.fingerprint.as_str()) => "dismissed",
            Some(State::Preexisting) => "pre-existing",
            Some(State::Introduced) | None => "introduced",
        }
    }

    fn finding(&self, remark: &Remark) -> Finding {
        let in_base = remark.state == Some(State::Fixed);
        let lines = (remark.line, remark.end_line);
        let dismissal = self.dismissals.get(remark.fingerprint.as_str());
        Finding {
            code: remark.code.clone(),
            name: format!("{}-{}", remark.code, remark.slug),
            confidence: remark.confidence.name(),
            standing: self.standing(remark),
            place: format!("{}:{}", remark.path, remark.line),
            link: self.source.link(&remark.path, lines, in_base),
            message: message(&remark.message),
            why: message(&remark.why),
            fix: message(&remark.fix),
            excerpt: self.source.excerpt(&remark.path, lines, in_base),
            dismissed: dismissal.map_or(String::new(), |one| dismissed_by(one)),
        }
    }

    fn seen(&self, site: &Site, with_code: bool) -> Seen {
        let lines = (site.line, site.line);
        let excerpt = self.source.excerpt(&site.path, lines, false);
        Seen {
            place: format!("{}:{}", site.path, site.line),
            link: self.source.link(&site.path, lines, false),
            what: message(&site.what),
            answer: site.answer.clone(),
            ok: site.ok,
            excerpt: excerpt.filter(|_| with_code),
        }
    }

    fn sites(&self, sites: &[Site]) -> Vec<Seen> {
        let seen = |(at, site)| self.seen(site, at < SITES);
        sites.iter().enumerate().map(seen).collect()
    }

    fn is_told(&self, print: &str) -> bool {
        let mut all = self.kept.review.findings.iter();
        all.any(|remark| remark.fingerprint == print)
    }

    fn findings(&self, prints: &[String]) -> Vec<Finding> {
        let all = self.kept.review.findings.iter();
        all.filter(|remark| remark.state != Some(State::Fixed))
            .filter(|remark| prints.contains(&remark.fingerprint))
            .map(|remark| self.finding(remark))
            .collect()
    }

    /// The items, with what reviewers say of them.
    pub fn items(&self, marks: &[Mark], earlier: &[Kept], me: &str) -> Vec<Item> {
        let item = |item: &outcome::Item| Item {
            id: item.id.clone(),
            plain: item.item.clone(),
            text: message(&item.item),
            status: item.status.name(),
            looked_at: counted(u64::from(item.looked_at), "site"),
            unsure: item
                .findings
                .iter()
                .filter(|print| !self.is_told(print))
                .count(),
            findings: self.findings(&item.findings),
            sites: self.sites(&item.sites),
            said: marks
                .iter()
                .filter(|mark| mark.item == item.id)
                .map(|mark| self.said(mark, earlier, me))
                .collect(),
        };
        self.kept.review.checklist.iter().map(item).collect()
    }

    fn said(&self, mark: &Mark, earlier: &[Kept], me: &str) -> Said {
        let holds = digest(&self.kept.review, &mark.item).as_ref() == Some(&mark.digest);
        let changed = (!holds).then(|| {
            let before = earlier.iter().find(|kept| kept.head == mark.head);
            let before = before.and_then(|kept| about(&kept.review, &mark.item));
            let after = about(&self.kept.review, &mark.item).unwrap_or_default();
            // The push that it was made on may be forgotten.
            before.map_or_else(Vec::new, |before| changes(&before, &after))
        });
        Said {
            name: mark.name.clone(),
            state: mark.state.clone(),
            note: mark.note.clone(),
            head: short(&mark.head),
            made: date(mark.made),
            is_mine: mark.viewer == me,
            changed,
        }
    }

    /// The questions.
    pub fn questions(&self) -> Vec<Question> {
        let shown = |question: &outcome::Question| Question {
            id: question.id.clone(),
            text: message(&question.question),
            verdict: question.verdict.name(),
            findings: self.findings(&question.findings),
            sites: self.sites(&question.sites),
        };
        self.kept.review.smell.iter().map(shown).collect()
    }

    /// How many findings there are of each standing.
    pub fn numbers(&self) -> Vec<(&'static str, usize)> {
        let count = |standing: &'static str| {
            let all = self.kept.review.findings.iter();
            let count = all.filter(|remark| self.standing(remark) == standing);
            (standing, count.count())
        };
        ["introduced", "fixed", "pre-existing", "dismissed"]
            .map(count)
            .to_vec()
    }

    /// Findings that answer to no item.
    pub fn others(&self) -> Vec<Finding> {
        let items = self.kept.review.checklist.iter();
        let shown: BTreeSet<&str> = items
            .flat_map(|item| item.findings.iter().map(String::as_str))
            .collect();
        self.those(|remark, standing| {
            matches!(standing, "introduced" | "pre-existing")
                && !shown.contains(remark.fingerprint.as_str())
        })
    }

    /// Findings that somebody dismissed.
    pub fn dismissed(&self) -> Vec<Finding> {
        self.those(|_, standing| standing == "dismissed")
    }

    /// Findings that the change mends.
    pub fn fixed(&self) -> Vec<Finding> {
        self.those(|_, standing| standing == "fixed")
    }

    fn those(&self, are_wanted: impl Fn(&Remark, &str) -> bool) -> Vec<Finding> {
        let all = self.kept.review.findings.iter();
        all.filter(|remark| are_wanted(remark, self.standing(remark)))
            .map(|remark| self.finding(remark))
            .collect()
    }
}

/// Who dismissed a finding, why and until when.
pub fn dismissed_by(dismissal: &Dismissal) -> String {
    let why = match dismissal.reason.as_str() {
        "" => "no reason given",
        reason => reason,
    };
    let ends = dismissal
        .ends
        .map_or(String::new(), |ends| format!(", until {}", date(ends)));
    format!("{} by {}: {why}{ends}", dismissal.kind, dismissal.who)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_is_told_and_what_moved_is_not() {
        let lines = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        let before = lines(&["0a BP06 in a.go: sends", "site `c` in a.go: none"]);
        let after = lines(&["site `c` in a.go: none", "site `d` in b.go: bounded"]);
        assert_eq!(
            changes(&before, &after),
            [
                "gone: BP06 in a.go: sends",
                "new: <code>d</code> in b.go: bounded"
            ]
        );
        assert_eq!(changes(&before, &before), [""; 0]);
    }
}
