//! Go: from syntax tree to model. Names of other files, types and calls are resolved when the
//! unit is linked; here only the file at hand is known.

mod apis;
mod changes;
pub(super) mod comments;
mod control;
mod declarations;
mod dialect;
mod expressions;
mod handlers;
mod kinds;
mod literals;
mod signatures;
mod statements;
mod types;

pub(super) use changes::spell;
pub(super) use dialect::Dialect;

use super::build::{Builder, basic};
use super::nodes;
use super::reach::Reach;
use super::scope::Scope;
use crate::languages::syntax::{Node, Tree};
use crate::model::step::Owner;
use crate::model::{BlockId, ExprId, ExprKind, FunctionId, Op, StepId, Symbol};
use crate::source::limits::{Cut, Limits};
use crate::source::{FileId, Span};
use kinds::{Fields, Grammar, Kind, grammar};
use rustc_hash::FxHashMap;

/// How deep code is followed. Deeper code is cut, so that no input can exhaust the stack.
const MAX_DEPTH: u32 = 160;

/// Reads Go files into a [`Builder`].
pub(super) struct FrontEnd {
    grammar: &'static Grammar,
}

impl FrontEnd {
    pub fn new() -> FrontEnd {
        FrontEnd { grammar: grammar() }
    }

    /// Lowers one file; says what was cut.
    pub fn lower(
        &mut self,
        builder: &mut Builder,
        tree: &Tree,
        text: &str,
        file: FileId,
        limits: &Limits,
    ) -> Option<Cut> {
        if tree.len() > limits.nodes {
            return Some(Cut::Nodes {
                limit: limits.nodes,
            });
        }
        builder
            .program
            .comments
            .append(&mut comments::comments(text, file));
        let mut lowering = Lowering {
            builder,
            text,
            file,
            grammar: self.grammar,
            f: self.grammar.fields,
            imports: FxHashMap::default(),
            dot_imports: false,
            scope: Scope::default(),
            type_parameters: Vec::new(),
            function: None,
            block: BlockId(0),
            iota: None,
            label: None,
            reach: Reach::new(MAX_DEPTH, &limits.stop),
            loose: None,
        };
        lowering.file(tree.root());
        lowering.reach.cut(text)
    }
}

/// The state of lowering one file.
struct Lowering<'a> {
    builder: &'a mut Builder,
    text: &'a str,
    file: FileId,
    grammar: &'static Grammar,
    f: Fields,
    /// Local names of imported packages to their paths.
    imports: FxHashMap<Symbol, Symbol>,
    dot_imports: bool,
    scope: Scope,
    type_parameters: Vec<Symbol>,
    function: Option<FunctionId>,
    block: BlockId,
    iota: Option<i64>,
    label: Option<Symbol>,
    reach: Reach<'a>,
    /// The function that holds statements which stand outside of any.
    loose: Option<FunctionId>,
}

impl<'a> Lowering<'a> {
    fn kind(&self, node: &Node<'_>) -> Kind {
        self.grammar.kind(node)
    }

    fn field<'t>(&self, node: &Node<'t>, field: u16) -> Option<Node<'t>> {
        node.child_by_field_id(field)
    }

    fn span(&self, node: &Node<'_>) -> Span {
        nodes::span(node, self.file)
    }

    fn text_of(&self, node: &Node<'_>) -> &'a str {
        self.text.get(node.byte_range()).unwrap_or("")
    }

    fn symbol(&mut self, node: &Node<'_>) -> Symbol {
        let text = self.text_of(node);
        self.builder.program.symbols.intern(text)
    }

    fn intern(&mut self, text: &str) -> Symbol {
        self.builder.program.symbols.intern(text)
    }

    /// The named children that are no comments.
    fn children<'t>(&self, node: &Node<'t>) -> Vec<Node<'t>> {
        nodes::children(node, |child| self.kind(child) == Kind::Comment)
    }

    fn first_child<'t>(&self, node: &Node<'t>) -> Option<Node<'t>> {
        nodes::first_child(node, |child| self.kind(child) == Kind::Comment)
    }

    fn emit(&mut self, op: Op, span: Span) -> StepId {
        self.builder.step(self.block, op, span)
    }

    fn expr(&mut self, kind: ExprKind, span: Span) -> ExprId {
        self.builder.expr(kind, span)
    }

    fn unknown(&mut self, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        self.expr(ExprKind::Unknown, span)
    }

    /// Runs `inner` one level deeper; `None` when that is too deep to follow, or work is to end.
    fn deeper<T>(&mut self, node: &Node<'_>, inner: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if !self.reach.enter(node.start_byte()) {
            return None;
        }
        let result = inner(self);
        self.reach.leave();
        Some(result)
    }

    /// Lowers into a new block of this owner and comes back to the block at hand.
    fn in_block(&mut self, owner: Owner, inner: impl FnOnce(&mut Self)) -> BlockId {
        let block = self.builder.block(owner);
        let before = std::mem::replace(&mut self.block, block);
        inner(self);
        self.block = before;
        block
    }

    fn is_exported(text: &str) -> bool {
        text.chars().next().is_some_and(char::is_uppercase)
    }
}
