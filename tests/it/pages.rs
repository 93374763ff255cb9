//! The examples of the explanations are tests: a marked line gives exactly that finding, and
//! everything else gives none of any class.
//!
//! A mark is `//~ BP06 high` at the end of the line a comment would go on. `ONLY=BP06` runs the
//! examples of one class; `RULES=1` beside it looks only at what that class says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use highwater::review::{Options, run};
use highwater::source::Language;

/// A piece of code with its name: a file, or a block of a page with its line.
pub struct Example {
    /// The file, or the page and the line.
    pub name: String,
    /// The code.
    pub text: String,
}

/// What is said where: line, code, confidence.
type Said = BTreeSet<(u32, String, String)>;

fn directories() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut found: Vec<PathBuf> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

fn examples(directory: &Path) -> Vec<Example> {
    let mut paths: Vec<PathBuf> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        let name = path
            .strip_prefix(env!("CARGO_MANIFEST_DIR"))
            .unwrap()
            .display()
            .to_string();
        let text = fs::read_to_string(&path).unwrap();
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("go") => found.push(Example { name, text }),
            Some("md") => found.extend(blocks(&name, &text)),
            _ => {}
        }
    }
    found
}

/// The Go blocks of a page, named by the line on which their code starts.
fn blocks(page: &str, text: &str) -> Vec<Example> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (at, line) in text.lines().enumerate() {
        match &mut open {
            None if line == "```go" => open = Some((at + 2, String::new())),
            Some((start, code)) if line == "```" => {
                found.push(Example {
                    name: format!("{page}:{start}"),
                    text: std::mem::take(code),
                });
                open = None;
            }
            Some((_, code)) => {
                code.push_str(line);
                code.push('\n');
            }
            None => {}
        }
    }
    found
}

/// Every example of every class.
pub fn all() -> Vec<Example> {
    directories().iter().flat_map(|at| examples(at)).collect()
}

fn marks(text: &str) -> Said {
    let mut found = Said::new();
    for (at, line) in text.lines().enumerate() {
        let Some((_, marks)) = line.split_once("//~ ") else {
            continue;
        };
        for mark in marks.split(", ") {
            let (code, confidence) = mark
                .trim()
                .split_once(' ')
                .unwrap_or_else(|| panic!("a mark names a class and a confidence: {line}"));
            found.insert((at as u32 + 1, code.to_owned(), confidence.to_owned()));
        }
    }
    found
}

fn said(example: &Example) -> Said {
    let review = run::check_text(
        "example.go",
        &example.text,
        Language::Go,
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
fn every_example_gives_what_its_marks_say() {
    let only = std::env::var("ONLY").ok();
    let one_rule = std::env::var("RULES").is_ok();
    let mut wrong = String::new();
    let mut count = 0;
    for directory in directories() {
        let class = directory.file_name().unwrap().to_string_lossy()[..4].to_owned();
        if only.as_ref().is_some_and(|only| !only.contains(&class)) {
            continue;
        }
        for example in examples(&directory) {
            count += 1;
            let (mut expected, mut given) = (marks(&example.text), said(&example));
            if one_rule {
                expected.retain(|(_, code, _)| *code == class);
                given.retain(|(_, code, _)| *code == class);
            }
            for (line, code, confidence) in expected.difference(&given) {
                wrong += &format!(
                    "{}: line {line}: {code} {confidence} is not said\n",
                    example.name
                );
            }
            for (line, code, confidence) in given.difference(&expected) {
                wrong += &format!(
                    "{}: line {line}: {code} {confidence} is said unasked\n",
                    example.name
                );
            }
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
