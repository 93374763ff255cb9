//! Files that a crate is built with for its tests alone: what `#[cfg(test)] mod doubles;` names, and
//! what begins with `#![cfg(test)]`. As with tests beside the code they test, what stands in them
//! tells nothing about how that runs.

use super::attributes::{Marks, leaves_to_tests};
use super::kinds::{Kind, grammar};
use super::names::{Names, Place};
use super::{Builder, Parsed};
use crate::languages::syntax::Node;
use crate::source::FileId;
use rustc_hash::FxHashSet;

/// The files among these that are there for tests only, and do not say so by their paths.
pub(super) fn test_files(names: &mut Names, files: &[&Parsed<'_>]) -> FxHashSet<FileId> {
    let mut modules: FxHashSet<Place> = FxHashSet::default();
    let mut found: FxHashSet<FileId> = FxHashSet::default();
    for parsed in files {
        let module = names.module_of(parsed.path);
        if read_head(names, parsed, module, &mut modules) {
            found.insert(parsed.file);
            if module != Place::CRATE {
                modules.insert(module);
            }
        }
    }
    if !modules.is_empty() {
        for parsed in files {
            let module = names.module_of(parsed.path);
            if names.around(module).any(|place| modules.contains(&place)) {
                found.insert(parsed.file);
            }
        }
    }
    found
}

/// Takes in which modules a file has for tests only; whether it is one itself.
fn read_head(
    names: &mut Names,
    parsed: &Parsed<'_>,
    module: Place,
    modules: &mut FxHashSet<Place>,
) -> bool {
    let grammar = grammar();
    let text_of = |range: std::ops::Range<usize>| parsed.text.get(range).unwrap_or("");
    let mut marks = Marks::default();
    for node in parsed.tree.root().children().filter(Node::is_named) {
        match grammar.kind(&node) {
            Kind::InnerAttributeItem if leaves_to_tests(text_of(node.byte_range())) => return true,
            Kind::AttributeItem => marks.read(text_of(node.byte_range())),
            Kind::LineComment | Kind::BlockComment | Kind::InnerAttributeItem => {}
            kind => {
                let is_test = std::mem::take(&mut marks).is_test;
                let name = node.child_by_field_id(grammar.fields.name);
                let has_body = node.child_by_field_id(grammar.fields.body).is_some();
                if let (Kind::ModItem, true, false, Some(name)) = (kind, is_test, has_body, name) {
                    modules.insert(names.under(module, text_of(name.byte_range())));
                }
            }
        }
    }
    false
}

/// Keeps which of the known names code that is left to tests writes behind a dot, and does not
/// call, and those of statics, which are written in capitals: what it reads of the code beside it.
pub(super) fn note_names(builder: &mut Builder, text: &str) {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let is_static = |word: &&str| {
        word.len() > 1
            && word.starts_with(|c: char| c.is_ascii_uppercase())
            && !word.contains(char::is_lowercase)
    };
    for word in text.split(|c| !is_part(c)).filter(is_static) {
        if let Some(symbol) = builder.program.symbols.lookup(word) {
            builder.program.named_in_tests.insert(symbol);
        }
    }
    for behind in text.split('.').skip(1) {
        let name = behind.split(|c| !is_part(c)).next().unwrap_or_default();
        if behind[name.len()..].starts_with('(') {
            continue;
        }
        if let Some(symbol) = builder.program.symbols.lookup(name) {
            builder.program.named_in_tests.insert(symbol);
        }
    }
}
