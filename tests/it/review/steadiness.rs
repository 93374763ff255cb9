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

/// Every example with the path that it is read by: the blocks of the pages and the files beside
/// them.
fn examples() -> Vec<(String, String, String)> {
    let found: Vec<(String, String, String)> = highwater::rules::examples::all()
        .into_iter()
        .map(|example| {
            let path = format!("p/a.{}", example.language.ending());
            (example.origin, path, example.code)
        })
        .collect();
    for language in Language::ALL {
        let ending = language.ending();
        let count = found
            .iter()
            .filter(|(_, path, _)| path.ends_with(ending))
            .count();
        assert!(count >= 46, "the pages are there: {count} of {language:?}");
    }
    found
}

fn language(path: &str) -> Language {
    Language::of_path(path).unwrap()
}

fn findings(path: &str, text: &str) -> Vec<Remark> {
    let options = Options {
        suggestions: false,
        inventory: false,
        ..Options::default()
    };
    run::check_text(path, text, language(path), &options).findings
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
    let starts = [
        "func ",
        "type ",
        "var ",
        "const ",
        "fn ",
        "async fn ",
        "pub ",
        "struct ",
        "enum ",
        "impl",
        "trait ",
        "static ",
        "use ",
    ];
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
        } else if parts.is_empty() && !line.starts_with(['/', '#']) {
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
    for (name, path, text) in examples() {
        let before = fingerprints(&path, &text);
        let other = path.replace("p/a", "other/name");
        assert_eq!(before, fingerprints(&other, &text), "{name} renamed");
        let shifted = format!("\n\n// words\n\n\n{text}");
        assert_eq!(before, fingerprints(&path, &shifted), "{name} shifted");
        let spaced = match language(&path) {
            Language::Go => text.replace('\t', "    "),
            Language::Rust => text.replace("    ", "\t"),
        };
        assert_eq!(before, fingerprints(&path, &spaced), "{name} spaced");
        let flat: String = text
            .lines()
            .map(|line| format!("{}\r\n", line.trim()))
            .collect();
        assert_eq!(
            before,
            fingerprints(&path, &flat),
            "{name} without indentation"
        );
    }
}

#[test]
fn reordering_declarations_changes_no_fingerprint() {
    for (name, path, text) in examples()
        .into_iter()
        .filter(|(_, _, text)| is_cut_cleanly(text))
    {
        let (head, parts) = declarations(&text);
        let before = fingerprints(&path, &text);
        let mut runner = TestRunner::new(Config::with_cases(4));
        let orders = Just(parts).prop_shuffle();
        let outcome = runner.run(&orders, |parts| {
            let mixed: String = parts.iter().map(|part| format!("{part}\n")).collect();
            prop_assert_eq!(&before, &fingerprints(&path, &format!("{head}\n{mixed}")));
            Ok(())
        });
        assert!(outcome.is_ok(), "{name}: {outcome:?}");
    }
}

#[test]
fn an_unrelated_line_in_the_function_changes_no_fingerprint() {
    for (name, path, text) in examples() {
        let (begins, unrelated) = match language(&path) {
            Language::Go => ("func ", "\tunrelated := 1\n\t_ = unrelated\n"),
            Language::Rust => ("fn ", "    let unrelated = 1;\n    let _ = unrelated;\n"),
        };
        let edited: String = text
            .split_inclusive('\n')
            .map(|line| {
                let head = line.trim_start();
                let head = head.strip_prefix("pub ").unwrap_or(head);
                let head = head.strip_prefix("async ").unwrap_or(head);
                let opens = head.starts_with(begins) && line.trim_end().ends_with('{');
                let more = if opens { unrelated } else { "" };
                format!("{line}{more}")
            })
            .collect();
        assert_eq!(
            fingerprints(&path, &text),
            fingerprints(&path, &edited),
            "{name}"
        );
    }
}

/// A change that moves everything introduces nothing and fixes nothing, and one that adds an
/// example introduces all of its findings.
#[test]
fn changes_of_examples_are_told_apart() {
    for (name, path, text) in examples() {
        let moved = format!("\n\n{}", text.replace('\t', "  "));
        let count = findings(&path, &text).len();
        for (base, head, expected) in [
            (text.as_str(), moved.as_str(), (0, 0, count)),
            ("", &text, (count, 0, 0)),
            (&text, "", (0, count, 0)),
        ] {
            let diff = Diff {
                files: vec![between::between(&path, base, head, 3)],
                problems: Vec::new(),
            };
            let file = |text: &str| {
                let text = text.as_bytes().to_vec();
                vec![SourceFile::new(path.as_str(), language(&path), text)]
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
