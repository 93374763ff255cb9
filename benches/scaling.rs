//! Whether time grows with the code and no faster: in the number of files, and in the size of
//! one file.
//!
//!     cargo bench --bench scaling
//!
//! The code is this repository's own Go examples, repeated under new names. What is printed is
//! the time per line; flat is linear. Suggestions are proven by analysing again, which the last
//! column leaves out.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints what it measured"
)]

use highwater::review::{Options, run};
use highwater::source::Language;
use std::time::Instant;

const SIZES: [usize; 7] = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000];

fn main() {
    let examples = examples();
    println!(
        "      lines   one unit per ~300 lines     one file                the same, no suggestions"
    );
    for size in SIZES {
        let trees = spread(&examples, size);
        // One file stops where the byte limit of a file would cut it.
        let file = (size <= 100_000).then(|| single(&examples, size));
        println!(
            "{size:>11}   {}     {}",
            per_line(&trees, true),
            file.map_or_else(
                || "-".to_owned(),
                |file| {
                    let files = [file];
                    format!("{}     {}", per_line(&files, true), per_line(&files, false))
                }
            )
        );
    }
}

/// The Go files beside the pages, without their package clauses and imports.
fn examples() -> Vec<String> {
    let mut found = Vec::new();
    for entry in ignore::Walk::new("rules").flatten() {
        if entry
            .path()
            .extension()
            .is_some_and(|ending| ending == "go")
            && let Ok(text) = std::fs::read_to_string(entry.path())
        {
            found.push(text);
        }
    }
    found.sort();
    found
}

fn spread(examples: &[String], lines: usize) -> Vec<String> {
    let mut texts = Vec::new();
    let mut left = lines as isize;
    for example in examples.iter().cycle() {
        if left <= 0 {
            break;
        }
        left -= example.lines().count() as isize;
        texts.push(example.clone());
    }
    texts
}

/// One file: every function and type under a name of its own.
fn single(examples: &[String], lines: usize) -> String {
    let mut text = String::from("package scaling\n");
    let mut count = 1;
    for (round, example) in examples.iter().cycle().enumerate() {
        if count >= lines {
            break;
        }
        let mut in_imports = false;
        for line in example.lines() {
            if line.starts_with("package ") || line.starts_with("import \"") {
                continue;
            }
            in_imports = (in_imports || line.starts_with("import (")) && line != ")";
            if in_imports || line == ")" {
                continue;
            }
            text.push_str(&renamed(line, round));
            text.push('\n');
            count += 1;
        }
    }
    text
}

/// `func f(` and `type T ` at the start of a line get the round as a suffix, and so do receivers.
fn renamed(line: &str, round: usize) -> String {
    let declares = |rest: &str| rest.find(|c: char| !c.is_alphanumeric() && c != '_');
    for keyword in ["func ", "type ", "var ", "const "] {
        if let Some(rest) = line.strip_prefix(keyword)
            && let Some(end) = declares(rest).filter(|&end| end > 0)
        {
            return format!("{keyword}{}_{round}{}", &rest[..end], &rest[end..]);
        }
    }
    match line.strip_prefix("func (").and_then(|rest| rest.find(')')) {
        Some(at) => format!("{}_{round}{}", &line[..6 + at], &line[6 + at..]),
        None => line.to_owned(),
    }
}

fn per_line(texts: &[String], suggestions: bool) -> String {
    let options = Options {
        suggestions,
        ..Options::default()
    };
    let lines: usize = texts.iter().map(|text| text.lines().count()).sum();
    let mut best = f64::MAX;
    for _ in 0..3 {
        let started = Instant::now();
        for text in texts {
            std::hint::black_box(run::check_text("scaling.go", text, Language::Go, &options));
        }
        best = best.min(started.elapsed().as_secs_f64());
    }
    format!("{:7.2} µs per line", best * 1e6 / lines.max(1) as f64)
}
