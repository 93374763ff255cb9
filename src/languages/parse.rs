//! Text to syntax tree, within the budgets.

use crate::source::limits::{Cut, Limits};
use crate::source::{Language, SourceFile};
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::time::Instant;
use tree_sitter::{ParseOptions, ParseState, Parser, Tree};

thread_local! {
    static GO: RefCell<Option<Parser>> = const { RefCell::new(None) };
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
    };
    slot.with_borrow_mut(|slot| {
        let parser = slot.get_or_insert_with(|| new_parser(file.language));
        parse_with(parser, file.text.as_bytes(), limits)
    })
}

fn new_parser(language: Language) -> Parser {
    let grammar = match language {
        Language::Go => tree_sitter_go::LANGUAGE,
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
    tree.ok_or_else(|| match limits.stop.is_now() {
        true => limits.stop.cut(),
        false => Cut::Time { limit: limits.time },
    })
}

/// The first place where the syntax is wrong, without recursion.
pub(super) fn first_error(tree: &Tree) -> Option<(u32, u32)> {
    let root = tree.root_node();
    if !root.has_error() {
        return None;
    }
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            return Some((node.start_byte() as u32, node.end_byte() as u32));
        }
        if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return Some((root.start_byte() as u32, root.end_byte() as u32));
            }
        }
    }
}
