//! The pages' Rust is real Rust: each block and each corner file is a module of one crate that
//! `cargo check` takes, and so they are under the names that the drill gives. What they call and
//! do not define stands in `tests/rust_examples`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use highwater::practice;
use highwater::rules::examples::{self, Example};
use highwater::source::Language;

/// The crate without its modules: what it depends on, and what the blocks call.
const KEPT: [(&str, &str); 3] = [
    ("Cargo.toml", "Cargo.toml"),
    ("Cargo.lock", "Cargo.lock"),
    ("prelude.rs", "src/prelude.rs"),
];

/// A corner file that begins with this names something that is not at hand, and says what: code
/// whose types are out of view is what it is about.
const NO_COMPILE: &str = "//highwater:nocompile needs ";

/// What an example needs that is not at hand.
fn needs(example: &Example) -> Option<&str> {
    example.code.lines().next()?.strip_prefix(NO_COMPILE)
}

fn rust_examples() -> Vec<Example> {
    let mut found = examples::all();
    found.retain(|example| example.language == Language::Rust);
    found
}

/// Where the crate is made and what cargo keeps of it, for the next run.
fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/rust-examples")
}

/// Writes the crate anew; says which module is which example.
fn write_crate(root: &Path, found: &[Example]) -> Vec<String> {
    let _ = fs::remove_dir_all(root);
    fs::create_dir_all(root.join("src")).unwrap();
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rust_examples");
    for (from, to) in KEPT {
        fs::copy(kept.join(from), root.join(to)).unwrap();
    }
    let mut list = String::from("#![allow(dead_code)]\npub mod prelude;\n");
    let mut names = Vec::new();
    for (at, example) in found.iter().enumerate() {
        // What a file says of itself stands first, and the use is put before it on the same line:
        // the compiler's lines are those of the block.
        let code = example.code.replace("//!", "//");
        let module = format!("#[allow(unused_imports)] use crate::prelude::*; {code}");
        fs::write(root.join(format!("src/e{at:03}.rs")), module).unwrap();
        list += &format!("mod e{at:03};\n");
        names.push(format!("e{at:03} is {}", example.origin));
    }
    fs::write(root.join("src/lib.rs"), list).unwrap();
    names
}

fn cargo(root: &Path, arguments: &[&str]) -> Output {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    Command::new(program)
        .args(arguments)
        .current_dir(root)
        .env("CARGO_TARGET_DIR", home())
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap()
}

#[test]
fn every_example_is_real_rust() {
    let mut found = rust_examples();
    found.retain(|example| needs(example).is_none());
    assert!(found.len() >= 46, "the pages are there: {}", found.len());
    let varied: Vec<Example> = found.iter().map(|one| practice::varied(one, 7)).collect();
    let is_other = |(varied, own): &(&Example, &Example)| varied.code != own.code;
    assert!(varied.iter().zip(&found).any(|pair| is_other(&pair)));
    found.extend(varied);
    let root = home().join("crate");
    let names = write_crate(&root, &found);
    let fetched = cargo(&root, &["fetch", "--locked"]);
    if !fetched.status.success() {
        let said = String::from_utf8_lossy(&fetched.stderr);
        assert!(
            std::env::var("CI").is_err(),
            "the crates that the pages' Rust names cannot be fetched: {said}"
        );
        eprintln!("SKIPPED: the pages' Rust is not compiled, its crates cannot be fetched: {said}");
        return;
    }
    let checked = cargo(&root, &["check", "--locked", "--offline", "--quiet"]);
    let said = String::from_utf8_lossy(&checked.stderr);
    let wrong: Vec<&String> = names
        .iter()
        .filter(|name| said.contains(&format!("src/{}.rs", &name[..4])))
        .collect();
    assert!(checked.status.success(), "{said}\n{wrong:#?}");
}

#[test]
fn only_what_names_things_out_of_view_is_not_compiled() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rust_examples");
    let at_hand: String = ["Cargo.toml", "prelude.rs"]
        .map(|file| fs::read_to_string(kept.join(file)).unwrap())
        .concat();
    for example in rust_examples() {
        let Some(name) = needs(&example) else {
            continue;
        };
        let declared = ["mod", "struct", "fn", "macro_rules!"].map(|word| format!("{word} {name}"));
        let is_used = example.code.matches(name).count() > 1;
        let is_at_hand = at_hand.contains(&format!("\n{name} ="))
            || declared
                .iter()
                .any(|item| example.code.contains(item) || at_hand.contains(item));
        assert!(
            is_used && !is_at_hand,
            "{}: `{name}` is to be used and to be out of view",
            example.origin
        );
    }
}
