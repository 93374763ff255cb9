//! Suggested changes hold: each one, made in the text as its lines say, takes away the finding
//! that it belongs to and brings none of another class.

use std::collections::{BTreeMap, BTreeSet};

use highwater::review::outcome::{Remark, Review};
use highwater::review::{Options, run};
use highwater::rules::examples::{self, Example};

fn check(example: &Example, text: &str) -> Review {
    let options = Options::default();
    run::check_text(example.file_name(), text, example.language, &options)
}

fn counts(review: &Review) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for remark in &review.findings {
        *counts.entry(remark.code.as_str()).or_default() += 1;
    }
    counts
}

/// What is wrong with the text that a suggestion leaves, if anything.
fn trouble(example: &Example, before: &Review, remark: &Remark, text: &str) -> Option<String> {
    let after = check(example, text);
    if after
        .skipped
        .iter()
        .any(|one| one.reason.starts_with("syntax error"))
        && before.skipped.is_empty()
    {
        return Some("breaks the syntax".to_owned());
    }
    let (before, after) = (counts(before), counts(&after));
    let of = |counts: &BTreeMap<&str, usize>, code: &str| counts.get(code).copied().unwrap_or(0);
    if of(&after, &remark.code) >= of(&before, &remark.code) {
        return Some("does not mend its finding".to_owned());
    }
    let more = after
        .iter()
        .find(|(code, count)| **count > of(&before, code));
    more.map(|(code, _)| format!("brings another {code}"))
}

#[test]
fn every_suggestion_of_the_examples_holds() {
    let mut classes = BTreeSet::new();
    let (mut wrong, mut count) = (String::new(), 0);
    for example in examples::all() {
        let review = check(&example, &example.code);
        for remark in &review.findings {
            let Some(suggestion) = &remark.suggestion else {
                continue;
            };
            count += 1;
            classes.insert(remark.code.clone());
            let text = suggestion.applied(&example.code);
            if let Some(what) = trouble(&example, &review, remark, &text) {
                let place = format!("{}:{}: {}", example.origin, remark.line, remark.code);
                wrong += &format!("{place} {what}:\n{}\n", suggestion.replacement);
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(count >= 6 && classes.len() >= 6, "{count} of {classes:?}");
}
