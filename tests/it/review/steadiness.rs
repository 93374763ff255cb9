//! Fingerprints of real findings hold still while the text around them moves: every example of
//! every class, shifted, reordered, renamed, indented anew and edited nearby.

use highwater::review::change::review;
use highwater::review::outcome::{Remark, State};
use highwater::review::{Options, run};
use highwater::source::change::Change;
use highwater::source::diff::Diff;
use highwater::source::{Language, SourceFile, between};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Every Go example: the blocks of the pages and the files beside them.
fn examples() -> Vec<(String, String)> {
    let found: Vec<(String, String)> = highwater::rules::examples::all()
        .into_iter()
        .map(|example| (example.origin, example.code))
        .collect();
    assert!(found.len() > 100, "the pages are there");
    found
}

fn findings(path: &str, text: &str) -> Vec<Remark> {
    let options = Options {
        suggestions: false,
        inventory: false,
        ..Options::default()
    };
    run::check_text(path, text, Language::Go, &options).findings
}

fn fingerprints(path: &str, text: &str) -> Vec<(String, String)> {
    let mut prints: Vec<(String, String)> = findings(path, text)
        .into_iter()
        .map(|remark| (remark.code, remark.fingerprint))
        .collect();
    prints.sort();
    prints
}

/// Declarations that start at the margin, each with the comments above it.
fn declarations(text: &str) -> (String, Vec<String>) {
    let starts = ["func ", "type ", "var ", "const "];
    let mut head = String::new();
    let mut parts: Vec<String> = Vec::new();
    let mut waiting = String::new();
    let mut open = false;
    for line in text.split_inclusive('\n') {
        let begins = starts.iter().any(|start| line.starts_with(start));
        if begins && !open {
            parts.push(std::mem::take(&mut waiting) + line);
            open = line.trim_end().ends_with(['{', '(']);
        } else if open {
            parts.last_mut().unwrap().push_str(line);
            open = !line.starts_with(['}', ')']);
        } else if parts.is_empty() && !line.starts_with("//") {
            head.push_str(&std::mem::take(&mut waiting));
            head.push_str(line);
        } else {
            waiting.push_str(line);
        }
    }
    if let Some(last) = parts.last_mut() {
        last.push_str(&waiting);
    }
    (head, parts)
}

/// Whether a text can be cut into declarations: snippets of bare statements cannot.
fn is_cut_cleanly(text: &str) -> bool {
    let (head, parts) = declarations(text);
    let only_clauses = head.lines().all(|line| {
        let line = line.trim();
        line.is_empty()
            || line.starts_with(['"', ')'])
            || line.starts_with("package")
            || line.starts_with("import")
    });
    only_clauses && head.len() + parts.iter().map(String::len).sum::<usize>() == text.len()
}

#[test]
fn shifting_renaming_and_indenting_change_no_fingerprint() {
    for (name, text) in examples() {
        let before = fingerprints("p/a.go", &text);
        assert_eq!(
            before,
            fingerprints("other/name.go", &text),
            "{name} renamed"
        );
        let shifted = format!("\n\n// words\n\n\n{text}");
        assert_eq!(before, fingerprints("p/a.go", &shifted), "{name} shifted");
        let spaced = text.replace('\t', "    ");
        assert_eq!(
            before,
            fingerprints("p/a.go", &spaced),
            "{name} with spaces"
        );
        let flat: String = text
            .lines()
            .map(|line| format!("{}\r\n", line.trim()))
            .collect();
        assert_eq!(
            before,
            fingerprints("p/a.go", &flat),
            "{name} without indentation"
        );
    }
}

#[test]
fn reordering_declarations_changes_no_fingerprint() {
    for (name, text) in examples()
        .into_iter()
        .filter(|(_, text)| is_cut_cleanly(text))
    {
        let (head, parts) = declarations(&text);
        let before = fingerprints("p/a.go", &text);
        let mut runner = TestRunner::new(Config::with_cases(4));
        let orders = Just(parts).prop_shuffle();
        let outcome = runner.run(&orders, |parts| {
            let mixed: String = parts.iter().map(|part| format!("{part}\n")).collect();
            prop_assert_eq!(
                &before,
                &fingerprints("p/a.go", &format!("{head}\n{mixed}"))
            );
            Ok(())
        });
        assert!(outcome.is_ok(), "{name}: {outcome:?}");
    }
}

#[test]
fn an_unrelated_line_in_the_function_changes_no_fingerprint() {
    for (name, text) in examples() {
        let edited: String = text
            .split_inclusive('\n')
            .map(|line| {
                let opens = line.starts_with("func ") && line.trim_end().ends_with('{');
                let more = if opens {
                    "\tunrelated := 1\n\t_ = unrelated\n"
                } else {
                    ""
                };
                format!("{line}{more}")
            })
            .collect();
        assert_eq!(
            fingerprints("p/a.go", &text),
            fingerprints("p/a.go", &edited),
            "{name}"
        );
    }
}

/// A change that moves everything introduces nothing and fixes nothing, and one that adds an
/// example introduces all of its findings.
#[test]
fn changes_of_examples_are_told_apart() {
    for (name, text) in examples() {
        let moved = format!("\n\n{}", text.replace('\t', "  "));
        let count = findings("p/a.go", &text).len();
        for (base, head, expected) in [
            (text.as_str(), moved.as_str(), (0, 0, count)),
            ("", &text, (count, 0, 0)),
            (&text, "", (0, count, 0)),
        ] {
            let diff = Diff {
                files: vec![between::between("p/a.go", base, head, 3)],
                problems: Vec::new(),
            };
            let file = |text: &str| {
                vec![SourceFile::new(
                    "p/a.go",
                    Language::Go,
                    text.as_bytes().to_vec(),
                )]
            };
            let review = review(
                &Change::new(diff, file(base), file(head)),
                &Options::default(),
            );
            let number = |state| {
                review
                    .findings
                    .iter()
                    .filter(|remark| remark.state == Some(state))
                    .count()
            };
            let got = (
                number(State::Introduced),
                number(State::Fixed),
                number(State::Preexisting),
            );
            assert_eq!(got, expected, "{name}");
            let placed = review
                .findings
                .iter()
                .filter(|remark| remark.state == Some(State::Introduced));
            assert!(
                placed
                    .clone()
                    .all(|remark| remark.comment_line == Some(remark.line)),
                "{name}"
            );
        }
    }
}
