//! Text to syntax tree, within the budgets.

use super::syntax::{Node, Tree};
use crate::source::limits::{Cut, Limits};
use crate::source::{Language, SourceFile};
use std::cell::RefCell;
use std::ops::{ControlFlow, Range};
use std::time::Instant;
use tree_sitter::{ParseOptions, ParseState, Parser};

thread_local! {
    static GO: RefCell<Option<Parser>> = const { RefCell::new(None) };
    static RUST: RefCell<Option<Parser>> = const { RefCell::new(None) };
    static RUST_FRAGMENTS: RefCell<Option<Parser>> = const { RefCell::new(None) };
}

/// Parses a file. A file over a budget is a cut, and the only kind of failure there is.
pub(super) fn parse(file: &SourceFile, limits: &Limits) -> Result<Tree, Cut> {
    if limits.stop.is_now() {
        return Err(limits.stop.cut());
    }
    if file.text.len() > limits.bytes {
        return Err(Cut::Bytes {
            size: file.text.len(),
            limit: limits.bytes,
        });
    }
    let slot = match file.language {
        Language::Go => &GO,
        Language::Rust => &RUST,
    };
    slot.with_borrow_mut(|slot| {
        let parser = slot.get_or_insert_with(|| new_parser(file.language));
        parse_with(parser, file.text.as_bytes(), limits)
    })
}

pub(super) fn new_parser(language: Language) -> Parser {
    let grammar = match language {
        Language::Go => tree_sitter_go::LANGUAGE,
        Language::Rust => tree_sitter_rust::LANGUAGE,
    };
    let mut parser = Parser::new();
    // The grammar and the library are pinned together; a mismatch leaves a parser that yields
    // no tree, which is reported as a cut.
    let _ = parser.set_language(&grammar.into());
    parser
}

fn parse_with(parser: &mut Parser, text: &[u8], limits: &Limits) -> Result<Tree, Cut> {
    // The clock is the budget's: it ends a parse, and never changes what a parse says.
    let started = Instant::now();
    let mut out_of_time = |_: &ParseState| {
        if started.elapsed() > limits.time || limits.stop.is_now() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let options = ParseOptions::new().progress_callback(&mut out_of_time);
    let tree = parser.parse_with_options(
        &mut |at, _| text.get(at..).unwrap_or(&[]),
        None,
        Some(options),
    );
    if tree.is_none() {
        parser.reset();
    }
    tree.as_ref()
        .map(Tree::read)
        .ok_or_else(|| match limits.stop.is_now() {
            true => limits.stop.cut(),
            false => Cut::Time { limit: limits.time },
        })
}

/// Parses a part of a Rust file by itself, as the tokens of a macro: `before` and `after` stand
/// around it, and each of `cuts` is written over what is there, shorter text followed by blanks.
/// The places in the tree are those of the file.
pub(super) fn rust_fragment(
    text: &str,
    at: Range<usize>,
    before: &str,
    after: &str,
    cuts: &[(Range<usize>, &str)],
) -> Option<Tree> {
    let base = at.start.checked_sub(before.len())?;
    let mut piece = format!("{before}{}", text.get(at.clone())?).into_bytes();
    for (range, with) in cuts {
        let slots = piece.get_mut(range.start.checked_sub(base)?..range.end.checked_sub(base)?)?;
        slots.fill(b' ');
        let with = with.as_bytes();
        slots.get_mut(..with.len())?.copy_from_slice(with);
    }
    piece.extend_from_slice(after.as_bytes());
    let range = tree_sitter::Range {
        start_byte: base,
        end_byte: base + piece.len(),
        start_point: tree_sitter::Point::new(0, base),
        end_point: tree_sitter::Point::new(0, base + piece.len()),
    };
    RUST_FRAGMENTS.with_borrow_mut(|slot| {
        let parser = slot.get_or_insert_with(|| new_parser(Language::Rust));
        parser.set_included_ranges(&[range]).ok()?;
        let mut read = |at: usize, _| {
            at.checked_sub(base)
                .and_then(|at| piece.get(at..))
                .unwrap_or(&[])
        };
        let tree = parser.parse_with_options(&mut read, None, None)?;
        Some(Tree::read(&tree))
    })
}

/// The first place where the syntax is wrong.
pub(super) fn first_error(tree: &Tree) -> Option<(u32, u32)> {
    if !tree.root().has_error() {
        return None;
    }
    let node = tree.nodes().find(Node::is_wrong).unwrap_or(tree.root());
    Some((node.start_byte() as u32, node.end_byte() as u32))
}
