//! The examples of the explanations are tests: a marked line gives exactly that finding, and
//! everything else gives none of any class.
//!
//! A mark is `//~ BP06 high` at the end of the line a comment would go on. `ONLY=BP06` runs the
//! examples of one class; `RULES=1` beside it looks only at what that class says.

use std::collections::BTreeSet;

use highwater::review::{Options, run};
use highwater::rules::examples::{self, Example};
use highwater::source::recognise;

/// What is said where: line, code, confidence.
type Said = BTreeSet<(u32, String, String)>;

fn marks(example: &Example) -> Said {
    let marks = example.marks.iter();
    marks
        .map(|mark| (mark.line, mark.code.clone(), mark.confidence.clone()))
        .collect()
}

fn said(example: &Example) -> Said {
    let review = run::check_text(
        example.file_name(),
        &example.code,
        example.language,
        &Options::default(),
    );
    review
        .findings
        .iter()
        .map(|finding| {
            (
                finding.line,
                finding.code.clone(),
                finding.confidence.name().to_owned(),
            )
        })
        .collect()
}

#[test]
fn every_example_is_recognised() {
    for example in examples::all() {
        let found = recognise::language_of(&example.code);
        assert_eq!(found, example.language, "{}", example.origin);
    }
}

#[test]
fn every_example_gives_what_its_marks_say() {
    let only = std::env::var("ONLY").ok();
    let one_rule = std::env::var("RULES").is_ok();
    let mut wrong = String::new();
    let mut count = 0;
    for example in examples::all() {
        let class = example.rule.code;
        if only.as_ref().is_some_and(|only| !only.contains(class)) {
            continue;
        }
        count += 1;
        let (mut expected, mut given) = (marks(&example), said(&example));
        if one_rule {
            expected.retain(|(_, code, _)| code == class);
            given.retain(|(_, code, _)| code == class);
        }
        let name = &example.origin;
        for (line, code, confidence) in expected.difference(&given) {
            wrong += &format!("{name}: line {line}: {code} {confidence} is not said\n");
        }
        for (line, code, confidence) in given.difference(&expected) {
            wrong += &format!("{name}: line {line}: {code} {confidence} is said unasked\n");
        }
    }
    assert!(count > 0, "there are examples");
    assert!(
        wrong.is_empty(),
        "\n{wrong}{} of {count} examples are wrong",
        {
            let names: BTreeSet<&str> = wrong
                .lines()
                .filter_map(|line| line.split_once(": line").map(|(name, _)| name))
                .collect();
            names.len()
        }
    );
}
