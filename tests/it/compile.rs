//! The pages' Go is real Go: each block and each corner file passes `go vet`, and so they do with
//! their suggestions made; all at once, as the packages of one throw-away module.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use highwater::review::{Options, run};
use highwater::rules::examples::{self, Example};
use highwater::source::Language;

/// Corner files that begin with this line import what is not at hand.
const NO_COMPILE: &str = "//highwater:nocompile";

/// Packages of the standard library that a block may use without importing them.
const USUAL: &[(&str, &str)] = &[
    ("atomic", "sync/atomic"),
    ("binary", "encoding/binary"),
    ("bufio", "bufio"),
    ("bytes", "bytes"),
    ("context", "context"),
    ("errors", "errors"),
    ("expvar", "expvar"),
    ("fmt", "fmt"),
    ("heap", "container/heap"),
    ("http", "net/http"),
    ("io", "io"),
    ("json", "encoding/json"),
    ("list", "container/list"),
    ("log", "log"),
    ("math", "math"),
    ("net", "net"),
    ("os", "os"),
    ("rand", "math/rand"),
    ("runtime", "runtime"),
    ("signal", "os/signal"),
    ("sort", "sort"),
    ("strconv", "strconv"),
    ("strings", "strings"),
    ("sync", "sync"),
    ("syscall", "syscall"),
    ("time", "time"),
];

/// Whether the code uses a package by this name.
fn uses(code: &str, package: &str) -> bool {
    let wanted = format!("{package}.");
    code.match_indices(&wanted).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.' || c == '"')
    })
}

/// The code without comments, so that words in them import nothing.
fn without_comments(code: &str) -> String {
    code.lines()
        .map(|line| line.split_once("//").map_or(line, |(code, _)| code))
        .collect::<Vec<_>>()
        .join("\n")
}

/// A whole file made of a block: a package clause and the imports that it uses.
fn wrapped(code: &str) -> String {
    if code.trim_start().starts_with("package ") || code.contains("\npackage ") {
        return code.to_owned();
    }
    let bare = without_comments(code);
    let mut file = String::from("package example\n\n");
    if !bare.contains("import ") {
        for (name, path) in USUAL {
            if uses(&bare, name) {
                file += &format!("import \"{path}\"\n");
            }
        }
    }
    file + "\n" + code
}

/// Whether the code imports what only a network could bring.
fn imports_third_party(code: &str) -> bool {
    code.lines().any(|line| {
        let path = line.split('"').nth(1).unwrap_or_default();
        let is_import = line.trim_start().starts_with("import ")
            || line.trim_end().ends_with('"') && !line.contains('(') && !line.contains('=');
        is_import
            && path
                .split('/')
                .next()
                .is_some_and(|host| host.contains('.'))
    })
}

fn go_examples() -> Vec<Example> {
    let mut found = examples::all();
    found.retain(|example| example.language == Language::Go);
    found
}

/// The examples that can be compiled here, each in a package of its own.
fn write_module(root: &Path, found: &[Example]) -> Vec<String> {
    fs::write(root.join("go.mod"), "module example\n\ngo 1.19\n").unwrap();
    let mut names = Vec::new();
    for (at, example) in found.iter().enumerate() {
        if example.code.starts_with(NO_COMPILE) {
            continue;
        }
        let directory = root.join(format!("e{at:03}"));
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("example.go"), wrapped(&example.code)).unwrap();
        names.push(format!("e{at:03} is {}", example.origin));
    }
    names
}

#[test]
fn every_example_is_real_go() {
    if Command::new("go").arg("version").output().is_err() {
        assert!(
            std::env::var("CI").is_err(),
            "go is not there: install golang-go"
        );
        eprintln!("SKIPPED: go is not there, so the pages' examples are not compiled");
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let mut found = go_examples();
    found.extend(mended());
    let names = write_module(root.path(), &found);
    assert!(names.len() > 200, "the pages are there");
    let cache = std::env::temp_dir().join("highwater-go-cache");
    let vet = Command::new("go")
        // Copying a lock to show that is wrong is what some examples are about; printing is not
        // what they are about.
        .args(["vet", "-copylocks=false", "-unusedresult=false", "./..."])
        .current_dir(root.path())
        .env("GOCACHE", cache)
        .env("GOFLAGS", "-mod=mod")
        .env("GOPROXY", "off")
        .env("GO111MODULE", "on")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&vet.stderr);
    let wrong: BTreeSet<&String> = names
        .iter()
        .filter(|name| said.contains(&format!("{}/", &name[..4])))
        .collect();
    assert!(vet.status.success(), "{said}\n{wrong:#?}");
}

#[test]
fn only_what_needs_other_peoples_packages_is_not_compiled() {
    for example in go_examples() {
        let first = example.code.lines().next().unwrap_or_default();
        let excused = first.starts_with(NO_COMPILE);
        // A line that names a newer Go than Debian's is the other excuse.
        if first.starts_with("//highwater:nocompile needs Go 1.") {
            continue;
        }
        assert_eq!(
            excused,
            imports_third_party(&example.code),
            "{}: `{NO_COMPILE}` stands where others' packages are imported, and only there",
            example.origin
        );
    }
}

/// The examples with each of their suggestions made, each in a package of its own.
fn mended() -> Vec<Example> {
    let mut found = Vec::new();
    for example in go_examples() {
        let options = Options::default();
        let review = run::check_text("example.go", &example.code, Language::Go, &options);
        for remark in &review.findings {
            if let Some(suggestion) = &remark.suggestion {
                let mut changed = example.clone();
                changed.code = suggestion.applied(&example.code);
                changed.origin += &format!(" with what line {} is told", remark.line);
                found.push(changed);
            }
        }
    }
    found
}
