//! The examples of the pages, read once.

use std::sync::LazyLock;

use crate::rules::examples::{self, Example};
use crate::rules::{self, Rule};
use crate::source::Language;

/// All of them.
pub static ALL: LazyLock<Vec<Example>> = LazyLock::new(examples::all);

/// What the list of examples offers: code and slug of each class.
pub fn choices() -> Vec<(&'static str, &'static str)> {
    rules::ALL
        .iter()
        .map(|rule| (rule.code, rule.slug))
        .collect()
}

/// The first piece of a page that shows its bug in a language.
pub fn first_bug(rule: &'static Rule, language: Language) -> String {
    let shows = |example: &&Example| {
        example.rule == rule
            && example.language == language
            && example.marks.iter().any(|mark| mark.code == rule.code)
    };
    let found = ALL.iter().find(shows);
    found.map_or(String::new(), |example| example.code.clone())
}
