//! Methods that hand a result on: what they are called on, and what they do with its error.

use super::statements::Dest;
use super::{Kind, Lowering};
use crate::languages::syntax::Node;
use crate::model::ExprId;

/// Methods that hand a result on as it is, or change only its error.
pub(super) const ADAPTERS: &[&str] = &[
    "map_err",
    "ok",
    "context",
    "with_context",
    "into_diagnostic",
    "wrap_err",
    "wrap_err_with",
    "ok_or",
    "ok_or_else",
    "inspect_err",
    "or_else",
    "as_ref",
    "as_mut",
    "as_deref",
    "cloned",
    "copied",
    "log_err",
    "err",
    "now_or_never",
    "flatten",
];

/// How many layers are peeled off, the node itself counted.
const MAX_LAYERS: usize = 17;

/// Adapters that hand the error to a closure.
const TELL: &[&str] = &["map_err", "inspect_err", "or_else"];

impl Lowering<'_> {
    /// What stands behind `.await`, parentheses, references and methods that change nothing.
    pub(super) fn peel<'t>(&self, node: Node<'t>) -> Node<'t> {
        self.layers(node).last().unwrap_or(node)
    }

    /// A node, and what stands behind it step by step.
    fn layers<'t>(&self, node: Node<'t>) -> impl Iterator<Item = Node<'t>> {
        std::iter::successors(Some(node), |node| self.behind(node)).take(MAX_LAYERS)
    }

    fn behind<'t>(&self, node: &Node<'t>) -> Option<Node<'t>> {
        match self.kind(node) {
            Kind::AwaitExpression | Kind::ParenthesizedExpression => self.first_child(node),
            Kind::ReferenceExpression => self.field(node, self.f.value),
            Kind::CallExpression => {
                let (receiver, name, _) = self.method_head(node)?;
                ADAPTERS.contains(&self.text_of(&name)).then_some(receiver)
            }
            _ => None,
        }
    }

    /// The closures behind a node to which its error is handed, the inmost first.
    pub(super) fn told_of_errors<'t>(&self, node: Node<'t>) -> Vec<Node<'t>> {
        let layers: Vec<Node<'t>> = self.layers(node).collect();
        let closure = |layer: &Node<'t>| {
            let (_, name, arguments) = self.method_head(layer)?;
            if !TELL.contains(&self.text_of(&name)) {
                return None;
            }
            let first = self.first_child(&arguments)?;
            (self.kind(&first) == Kind::ClosureExpression).then_some(first)
        };
        layers.iter().rev().filter_map(closure).collect()
    }

    /// What a closure does with an error, where the error is.
    pub(super) fn run_on_error(&mut self, closure: &Node<'_>, error: ExprId) {
        let Some(body) = self.field(closure, self.f.body) else {
            return;
        };
        // What leaves the closure does not leave what is around it.
        if ["return", "?"]
            .iter()
            .any(|word| self.text_of(&body).contains(word))
        {
            return;
        }
        self.scope.open();
        let parameter = self
            .field(closure, self.f.parameters)
            .and_then(|list| self.first_child(&list));
        if let Some(parameter) = parameter {
            self.bind(&parameter, error);
        }
        self.lower_into(body, Dest::Discard);
        self.scope.close();
    }
}
