//! Ways through a syntax tree that every front-end goes.

use tree_sitter::Node;

use crate::source::{FileId, Span};

/// The bytes of a node.
pub(super) fn span(node: &Node<'_>, file: FileId) -> Span {
    Span {
        file,
        start: node.start_byte() as u32,
        end: node.end_byte() as u32,
    }
}

/// The named children that are not `aside`, as comments are.
pub(super) fn children<'t>(node: &Node<'t>, aside: impl Fn(&Node<'t>) -> bool) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    let mut found = Vec::new();
    if cursor.goto_first_child() {
        loop {
            let child = cursor.node();
            if child.is_named() && !aside(&child) {
                found.push(child);
            }
            if !cursor.goto_next_sibling() {
                break;
            }
        }
    }
    found
}

/// The first named child that is not `aside`.
pub(super) fn first_child<'t>(
    node: &Node<'t>,
    aside: impl Fn(&Node<'t>) -> bool,
) -> Option<Node<'t>> {
    let mut cursor = node.walk();
    if !cursor.goto_first_child() {
        return None;
    }
    loop {
        let child = cursor.node();
        if child.is_named() && !aside(&child) {
            return Some(child);
        }
        if !cursor.goto_next_sibling() {
            return None;
        }
    }
}

/// The named nodes behind a node in the same list. A cursor goes from one to the next; a node that
/// is asked for its sibling begins at the root.
pub(super) fn behind<'t>(node: &Node<'t>) -> impl Iterator<Item = Node<'t>> + use<'t> {
    let mut cursor = node.parent().map(|parent| parent.walk());
    if let Some(at) = &mut cursor {
        at.goto_first_child_for_byte(node.start_byte());
        while at.node() != *node {
            if !at.goto_next_sibling() {
                break;
            }
        }
    }
    std::iter::from_fn(move || {
        let cursor = cursor.as_mut()?;
        while cursor.goto_next_sibling() {
            if cursor.node().is_named() {
                return Some(cursor.node());
            }
        }
        None
    })
}

/// A chain of operators, as `a + b + c + …`: its leftmost operand, and the operations from the
/// innermost to the outermost. It may be thousands of terms long, so that it is followed without
/// recursion. `left` is the field of the left operand.
pub(super) fn chain<'t>(
    node: Node<'t>,
    left: u16,
    is_operation: impl Fn(&Node<'t>) -> bool,
) -> (Node<'t>, Vec<Node<'t>>) {
    let mut operations = Vec::new();
    let mut leftmost = node;
    while is_operation(&leftmost) {
        operations.push(leftmost);
        match leftmost.child_by_field_id(left) {
            Some(next) => leftmost = next,
            None => break,
        }
    }
    operations.reverse();
    (leftmost, operations)
}
