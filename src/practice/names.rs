//! The same piece of code under other names, so that nobody learns a piece by its look.

use std::collections::{BTreeMap, BTreeSet};

use super::Random;
use crate::review::{Options, run};
use crate::rules::examples::{Example, Mark};
use crate::source::Language;

/// Names that mean the same; a name of a row may become any other of that row.
const ALIKE: [&[&str]; 18] = [
    &["jobs", "tasks", "work", "todo", "items", "orders"],
    &["job", "task", "item", "order", "piece"],
    &["results", "answers", "outcomes", "replies"],
    &["result", "answer", "outcome", "reply"],
    &["events", "signals", "notices", "updates"],
    &["event", "notice", "update"],
    &["queue", "backlog", "pending", "inbox"],
    &["done", "quit", "stop", "stopped"],
    &["mu", "lock", "guard", "mtx"],
    &["worker", "runner", "consumer", "handler"],
    &["pool", "crew", "workers", "team"],
    &["server", "service", "api", "app"],
    &["client", "caller", "peer", "remote"],
    &["requests", "calls", "asks"],
    &["messages", "records", "rows", "entries"],
    &["message", "record", "row", "entry"],
    &["out", "sink", "outbox", "target"],
    &["limit", "quota", "allowance", "ceiling"],
];

/// The example with some names replaced, as the seed decides. What is wrong stays the same: a
/// piece in which other names would change what is found keeps its own.
pub fn varied(example: &Example, seed: u64) -> Example {
    let renamed = renames(example, seed);
    if renamed.is_empty() {
        return example.clone();
    }
    let code = replaced(&example.code, &renamed);
    // What is found in the code as it is, tests hold to be its marks.
    if found(example, &code) != example.marks.iter().cloned().collect() {
        return example.clone();
    }
    Example {
        code,
        ..example.clone()
    }
}

/// What the engine says, as marks: line, class, confidence.
fn found(example: &Example, code: &str) -> BTreeSet<Mark> {
    let options = Options {
        inventory: false,
        suggestions: false,
        ..Options::default()
    };
    let review = run::check_text(example.file_name(), code, example.language, &options);
    let mark = |remark: crate::review::outcome::Remark| Mark {
        line: remark.line,
        code: remark.code,
        confidence: remark.confidence.name().to_owned(),
    };
    review.findings.into_iter().map(mark).collect()
}

/// Which names become which. No new name stands in the code already, so nothing is mixed up, and
/// what may be a name of a library stays: it is written small in Rust.
fn renames(example: &Example, seed: u64) -> BTreeMap<&str, &'static str> {
    let code = &example.code;
    let mut random = Random(seed ^ 0x9e37_79b9_7f4a_7c15);
    let is_fixed = |at: usize, word: &str| {
        example.language == Language::Rust && is_of_a_path_or_called(code, at, word)
    };
    let fixed: BTreeSet<&str> = words(code)
        .filter(|&(at, word)| is_fixed(at, word))
        .map(|(_, word)| word)
        .collect();
    let words: BTreeSet<&str> = words(code).map(|(_, word)| word).collect();
    let mut renamed = BTreeMap::new();
    for row in ALIKE {
        let free: Vec<&'static str> = row
            .iter()
            .copied()
            .filter(|name| !words.contains(name))
            .collect();
        let Some(own) = row.iter().find_map(|name| words.get(name)) else {
            continue;
        };
        let is_alone = row.iter().filter(|name| words.contains(*name)).count() == 1;
        if is_alone && !free.is_empty() && !fixed.contains(own) {
            renamed.insert(*own, free[random.below(free.len())]);
        }
    }
    renamed
}

/// Whether a word is part of a path, or a method that is called.
fn is_of_a_path_or_called(code: &str, at: usize, word: &str) -> bool {
    let (before, after) = (&code[..at], &code[at + word.len()..]);
    before.ends_with("::")
        || after.starts_with("::")
        || before.ends_with('.') && after.starts_with('(')
}

fn replaced(code: &str, renamed: &BTreeMap<&str, &'static str>) -> String {
    let (mut out, mut at) = (String::with_capacity(code.len()), 0);
    for (start, word) in words(code) {
        if let Some(new) = renamed.get(word) {
            out.push_str(&code[at..start]);
            out.push_str(new);
            at = start + word.len();
        }
    }
    out.push_str(&code[at..]);
    out
}

/// The words of a text with their places.
fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.split(move |c| !is_word(c))
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr() as usize - code.as_ptr() as usize, word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::examples;

    #[test]
    fn names_vary_and_what_is_wrong_stays() {
        let all = examples::all();
        let mut changed = 0;
        for example in &all {
            let other = varied(example, 7);
            assert_eq!(other.marks, example.marks);
            assert_eq!(other.code.lines().count(), example.code.lines().count());
            changed += usize::from(other.code != example.code);
        }
        assert!(changed > all.len() / 3, "{changed} of {}", all.len());
        assert_eq!(varied(&all[0], 3), varied(&all[0], 3));
    }
}
