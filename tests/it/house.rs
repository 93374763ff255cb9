//! The rules of the house: layers, headers, sizes, names, and documents that tell the truth.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use highwater::review::{Options, run};
use highwater::rules;
use highwater::rules::examples;

/// The layers in the order in which they may import: only what stands before.
const LAYERS: [&str; 11] = [
    "source",
    "model",
    "languages",
    "rules",
    "review",
    "practice",
    "report",
    "store",
    "github",
    "web",
    "cli",
];
/// Lines that a file has at most.
const LONGEST: usize = 500;
/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 6] = ["util", "utils", "helper", "helpers", "common", "manager"];
/// Where a foreign crate, or a part of the standard library, is at home; nobody else uses it.
const HOMES: [(&str, &str); 26] = [
    ("octocrab", "src/github"),
    ("oauth2", "src/github"),
    ("moka", "src/github"),
    ("tree_sitter", "src/languages"),
    ("sqlx", "src/store"),
    ("askama", "src/web"),
    ("axum", "src/web"),
    ("axum_extra", "src/web"),
    ("governor", "src/web"),
    ("plotters", "src/web"),
    ("pulldown_cmark", "src/web"),
    ("utoipa", "src/web"),
    ("tower_sessions", "src/web"),
    ("chacha20poly1305", "src/web"),
    ("annotate_snippets", "src/report"),
    ("serde_sarif", "src/report"),
    ("clap", "src/cli"),
    ("clap_complete", "src/cli"),
    ("clap_mangen", "src/cli"),
    ("anyhow", "src/cli"),
    ("ignore", "src/cli"),
    ("indicatif", "src/cli"),
    ("anstream", "src/cli"),
    ("std::fs", "src/cli"),
    ("std::env", "src/cli"),
    ("std::process", "src/cli"),
];
/// The headings of every page, in this order.
const SECTIONS: [&str; 11] = [
    "What goes wrong",
    "What an operator sees",
    "How to spot it in review",
    "The bug",
    "How it happens",
    "The fix",
    "The fix that makes it worse",
    "Near misses",
    "In Rust",
    "What this rule does not see",
    "Measured precision",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files under a directory whose names end so, relative to the root.
fn files(directory: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = vec![root().join(directory)];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                let name = path.strip_prefix(root()).unwrap().display().to_string();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn rust_files() -> Vec<(String, String)> {
    let directories = ["src", "tests", "benches", "fuzz/fuzz_targets"];
    directories
        .iter()
        .flat_map(|directory| files(directory, ".rs"))
        .collect()
}

/// The code without comments and without what stands in strings of one line.
fn code(text: &str) -> String {
    let without = |line: &str| {
        let line = line.split("//").next().unwrap_or("").to_owned();
        let outside = |(at, part): (usize, &str)| (at % 2 == 0).then(|| part.to_owned());
        line.split('"')
            .enumerate()
            .filter_map(outside)
            .collect::<String>()
            + "\n"
    };
    text.lines().map(without).collect()
}

fn report(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn layers_import_only_leftwards() {
    let mut wrong = Vec::new();
    for (at, layer) in LAYERS.iter().enumerate() {
        for (name, text) in files(&format!("src/{layer}"), ".rs") {
            let code = code(&text);
            for later in &LAYERS[at + 1..] {
                if code.contains(&format!("crate::{later}")) {
                    wrong.push(format!("{name} imports {later}"));
                }
            }
            if *layer != "cli" && code.contains("crate::{") {
                wrong.push(format!(
                    "{name} imports several layers at once: name them one by one"
                ));
            }
            // `super::super::…` could leave a layer unseen.
            let depth = name.matches('/').count() - 1;
            if code.contains(&"super::".repeat(depth + 1)) {
                wrong.push(format!("{name} climbs out of its layer by `super`"));
            }
        }
    }
    for (name, text) in files("src/simulation", ".rs") {
        if LAYERS
            .iter()
            .any(|layer| code(&text).contains(&format!("crate::{layer}")))
        {
            wrong.push(format!("{name} imports a layer"));
        }
    }
    report(wrong);
}

#[test]
fn foreign_crates_stay_at_home() {
    let mut wrong = Vec::new();
    for (name, text) in files("src", ".rs") {
        let code = code(&text);
        for (krate, home) in HOMES {
            let used = code.match_indices(krate).any(|(at, _)| {
                let before = code[..at].chars().next_back();
                let after = code[at + krate.len()..].starts_with("::");
                after && !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
            });
            let in_main = name == "src/main.rs" && krate == "std::process";
            if used && !name.starts_with(home) && !in_main {
                wrong.push(format!("{name} uses {krate}, whose home is {home}"));
            }
        }
    }
    for (name, text) in files("src/rules", ".rs")
        .into_iter()
        .chain(files("src/model", ".rs"))
    {
        // An example is a text in a language; what a rule looks at is not.
        let is_text = name == "src/rules/examples.rs";
        if code(&text).contains("Language") && !is_text {
            wrong.push(format!("{name} asks for a language"));
        }
        if code(&text).contains("Result<") {
            wrong.push(format!(
                "{name} knows failure: not understanding is a value there"
            ));
        }
    }
    report(wrong);
}

#[test]
fn files_tell_what_they_are_and_stay_short() {
    let mut wrong = Vec::new();
    for (name, text) in rust_files() {
        if !text.starts_with("//! ") {
            wrong.push(format!("{name} does not begin with what it is"));
        }
        let lines = text.lines().count();
        if lines > LONGEST {
            wrong.push(format!("{name} has {lines} lines"));
        }
        let stem = Path::new(&name)
            .file_stem()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        if EMPTY_NAMES.contains(&stem.as_str()) {
            wrong.push(format!("{name} has a name that says nothing"));
        }
        let unfinished = ["TO", "FIX"]
            .map(|start| format!("// {start}{}", if start == "TO" { "DO" } else { "ME" }));
        if unfinished.iter().any(|word| text.contains(word.as_str())) {
            wrong.push(format!("{name} is not finished"));
        }
    }
    report(wrong);
}

#[test]
fn a_rule_is_three_files() {
    let mut wrong = Vec::new();
    let mut folders: BTreeSet<String> = fs::read_dir(root().join("rules"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let mut codes: Vec<&str> = rules::ALL.iter().map(|rule| rule.code).collect();
    for rule in rules::ALL {
        let folder = format!("{}-{}", rule.code, rule.slug);
        if !folders.remove(&folder) {
            wrong.push(format!("rules/{folder} is missing"));
            continue;
        }
        let module = rule.slug.replace('-', "_");
        let places = [
            format!("src/rules/{module}.rs"),
            format!("src/rules/{module}/mod.rs"),
        ];
        if !places.iter().any(|place| root().join(place).exists()) {
            wrong.push(format!("{} is missing", places[0]));
        }
        let page =
            fs::read_to_string(root().join("rules").join(&folder).join("README.md")).unwrap();
        if page != rule.page {
            wrong.push(format!("{} shows another page than its own", rule.code));
        }
        if !page.starts_with(&format!("# {} {}\n", rule.code, rule.slug)) {
            wrong.push(format!("the page of {} has another title", rule.code));
        }
        let headings: Vec<&str> = page
            .lines()
            .filter_map(|line| line.strip_prefix("## "))
            .collect();
        let kept: Vec<&str> = headings
            .into_iter()
            .filter(|heading| SECTIONS.contains(heading))
            .collect();
        if kept != SECTIONS {
            wrong.push(format!(
                "the page of {} has these headings: {kept:?}",
                rule.code
            ));
        }
    }
    wrong.extend(
        folders
            .iter()
            .map(|folder| format!("rules/{folder} belongs to no rule")),
    );
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), rules::ALL.len(), "codes are told apart");
    report(wrong);
}

#[test]
fn words_are_written_alike() {
    let mut wrong = BTreeSet::new();
    let mut phrase = |code: &str, text: &str| {
        let first = text.chars().next();
        if first.is_none_or(|c| c.is_uppercase())
            || text.ends_with('.')
            || text.matches('`').count() % 2 == 1
        {
            wrong.insert(format!(
                "{code}: `{text}` is no phrase in lower case without a final dot"
            ));
        }
    };
    let mut sentences = Vec::new();
    for rule in rules::ALL {
        phrase(rule.code, rule.summary);
    }
    for example in examples::all() {
        let review = run::check_text(
            example.file_name(),
            &example.code,
            example.language,
            &Options::default(),
        );
        for remark in review.findings {
            phrase(&remark.code, &remark.message);
            for place in &remark.related {
                phrase(&remark.code, &place.label);
            }
            sentences.extend([(remark.code.clone(), remark.why), (remark.code, remark.fix)]);
        }
    }
    for (code, text) in sentences {
        let starts = text.starts_with(|c: char| c.is_uppercase() || c == '`' || c.is_ascii_digit());
        if !starts || !text.ends_with(['.', '`']) {
            wrong.insert(format!("{code}: `{text}` is no sentence"));
        }
    }
    report(wrong.into_iter().collect());
}

#[test]
fn documents_name_what_exists() {
    let mut wrong = Vec::new();
    for name in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "docs/new-language.md",
    ] {
        let text = fs::read_to_string(root().join(name)).unwrap();
        if text.lines().count() > 150 {
            wrong.push(format!("{name} is longer than 150 lines"));
        }
        for word in text
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|word| is_path(word))
        {
            // What a newcomer is to write does not exist yet.
            if !word.contains("BP24") && !word.contains("leaky") && !root().join(word).exists() {
                wrong.push(format!("{name} names `{word}`, which is not there"));
            }
        }
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let is_ours = !link.contains("://") && !link.starts_with('#');
            if is_ours && !link.starts_with("docs/") && !root().join(link).exists() {
                wrong.push(format!("{name} links to {link}, which is not there"));
            }
        }
    }
    report(wrong);
}

/// Whether a word in backticks is a path in the repository.
fn is_path(word: &str) -> bool {
    let is_plain = word
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    let first = word.split('/').next().unwrap_or("");
    let top = root().join(first);
    is_plain
        && !first.is_empty()
        && (word.contains('/') && (top.is_dir() || first == "src"))
        && first != "."
        && first != ".."
}

#[test]
fn the_repository_speaks_for_itself() {
    // Paths of the machine on which something was written help nobody elsewhere.
    let outside = [
        ["/", "home/"].concat(),
        ["/", "tmp/hw"].concat(),
        ["/", "work/"].concat(),
    ];
    let mut wrong = Vec::new();
    let texts = rust_files()
        .into_iter()
        .chain(files("rules", ".md"))
        .chain(files("docs", ".md"));
    for (name, text) in texts {
        if let Some(path) = outside.iter().find(|path| text.contains(path.as_str())) {
            wrong.push(format!("{name} names {path}"));
        }
    }
    report(wrong);
}
