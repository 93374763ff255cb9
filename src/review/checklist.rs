//! The checklist C1 to C11 and the five questions, answered from findings and sites.

use std::collections::BTreeSet;

use super::outcome::{Confidence, Item, Question, Remark, Site, Status, Verdict};
use super::unit::Seen;

/// The items: what to look for in a review.
pub const ITEMS: [(&str, &str); 11] = [
    ("C1", "slices and lists used as queues without a bound"),
    ("C2", "channel buffers over 10,000 without a reason"),
    (
        "C3",
        "goroutines or tasks started in handlers without a limit",
    ),
    ("C4", "loops over a channel without cancellation"),
    (
        "C5",
        "sends with no way out (`default`, `try_send`, a done arm, a deadline), unless blocking is meant",
    ),
    ("C6", "channels closed by anyone but the sole owner"),
    ("C7", "counters that are written and never read"),
    ("C8", "drop and reject branches without a metric"),
    ("C9", "retries without exponential back-off and jitter"),
    ("C10", "retries without a maximum"),
    (
        "C11",
        "a resource taken per request outside the goroutine or task that uses it",
    ),
];

/// The questions of the smell check.
pub const QUESTIONS: [(&str, &str); 5] = [
    ("Q1", "where is data buffered, and is the buffer bounded?"),
    (
        "Q2",
        "where does a goroutine or task block, and can it wake up?",
    ),
    (
        "Q3",
        "where does work cross a boundary, and is there admission control?",
    ),
    ("Q4", "where is a channel closed, and by a single owner?"),
    ("Q5", "where does the system shut down, and does it drain?"),
];

/// The most sites of a checklist item that are listed.
const SITES: usize = 50;

/// Answers all items from the findings that count and the sites that were seen.
pub fn items(findings: &[&Remark], seen: &[Seen]) -> Vec<Item> {
    ITEMS
        .iter()
        .map(|&(id, text)| item(id, text, findings, seen))
        .collect()
}

fn item(id: &str, text: &str, findings: &[&Remark], seen: &[Seen]) -> Item {
    let flagged: Vec<&Remark> = findings
        .iter()
        .copied()
        .filter(|remark| remark.checklist.iter().any(|item| item == id))
        .collect();
    let sites: Vec<&Site> = seen
        .iter()
        .filter(|seen| seen.items.contains(&id))
        .map(|seen| &seen.site)
        .collect();
    let found_at: BTreeSet<(&str, u32)> = flagged
        .iter()
        .map(|remark| (remark.path.as_str(), remark.line))
        .collect();
    let mut looked_at = found_at.clone();
    looked_at.extend(sites.iter().map(|site| (site.path.as_str(), site.line)));
    let mut quiet: Vec<&Site> = sites
        .into_iter()
        .filter(|site| !found_at.contains(&(site.path.as_str(), site.line)))
        .collect();
    // What has no good answer comes first, since the list is cut.
    quiet.sort_by_key(|site| site.ok);
    quiet.truncate(SITES);
    Item {
        id: id.to_owned(),
        item: text.to_owned(),
        status: if flagged.iter().any(|remark| counts(remark)) {
            Status::Flagged
        } else if looked_at.is_empty() {
            Status::Clear
        } else {
            Status::Look
        },
        looked_at: u32::try_from(looked_at.len()).unwrap_or(u32::MAX),
        findings: flagged
            .iter()
            .map(|remark| remark.fingerprint.clone())
            .collect(),
        sites: quiet.into_iter().cloned().collect(),
    }
}

/// Answers all questions from the findings that count and the sites that were seen.
pub fn questions(findings: &[&Remark], seen: &[Seen]) -> Vec<Question> {
    QUESTIONS
        .iter()
        .map(|&(id, text)| question(id, text, findings, seen))
        .collect()
}

fn question(id: &str, text: &str, findings: &[&Remark], seen: &[Seen]) -> Question {
    let answering: Vec<&Remark> = findings
        .iter()
        .copied()
        .filter(|remark| remark.questions.iter().any(|question| question == id))
        .collect();
    let sites: Vec<Site> = seen
        .iter()
        .filter(|seen| seen.question == id)
        .map(|seen| seen.site.clone())
        .collect();
    Question {
        id: id.to_owned(),
        question: text.to_owned(),
        verdict: if answering.iter().any(|remark| counts(remark)) {
            Verdict::Smell
        } else if !answering.is_empty() || sites.iter().any(|site| !site.ok) {
            Verdict::Look
        } else {
            Verdict::Fine
        },
        sites,
        findings: answering
            .iter()
            .map(|remark| remark.fingerprint.clone())
            .collect(),
    }
}

fn counts(remark: &Remark) -> bool {
    remark.confidence >= Confidence::Medium
}
