//! Ways through a syntax tree that every front-end goes.

use super::syntax::Node;
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
    node.children()
        .filter(|child| child.is_named() && !aside(child))
        .collect()
}

/// The first named child that is not `aside`.
pub(super) fn first_child<'t>(
    node: &Node<'t>,
    aside: impl Fn(&Node<'t>) -> bool,
) -> Option<Node<'t>> {
    node.children()
        .find(|child| child.is_named() && !aside(child))
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
