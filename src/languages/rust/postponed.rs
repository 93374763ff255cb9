//! Results that are kept before they are asked: `let sent = tx.try_send(x); if sent.is_err() {…}`
//! is read as `if tx.try_send(x).is_err() {…}`, so that what is done about an outcome stands where
//! it is decided.

use super::adapters::ADAPTERS;
use super::lenders::reads_under_lock;
use super::{Kind, Lowering, basic};
use crate::languages::syntax::Node;
use crate::model::step::AssignHow;
use crate::model::{ExprId, ExprKind, Init, VariableKind};
use std::ops::Range;

/// How far statements are searched for the name of a kept result, in nodes.
const FAR: usize = 400;

/// Methods that yield what a container has under a key, and no outcome of something that was done.
const LOOKUPS: &[&str] = &[
    "get",
    "get_mut",
    "get_key_value",
    "remove",
    "remove_entry",
    "swap_remove",
];

impl Lowering<'_> {
    /// Puts the value of a `let` off to where its outcome is asked; false where it has to be
    /// lowered where it stands.
    pub(super) fn postpone(&mut self, declaration: &Node<'_>, value: Node<'_>) -> bool {
        let Some(name) = self.field(declaration, self.f.pattern) else {
            return false;
        };
        let inner = self.peel(value);
        let is_plain = self.kind(&name) == Kind::Identifier
            && !self.is_mutable(declaration)
            && self.kind(&inner) == Kind::CallExpression;
        // A lock that is taken for this value alone is given back at the semicolon.
        if !is_plain || !self.is_try(&inner) && self.is_under_a_lock(&inner) {
            return false;
        }
        let Some(asked) = self.first_asked(declaration, self.text_of(&name)) else {
            return false;
        };
        self.postponed.insert(asked, value.byte_range());
        self.declare_local(&name, VariableKind::Local, basic::UNKNOWN);
        true
    }

    /// `self.slot.lock().expect("…").take()`: whether a call is made on what a lock guards, and
    /// what it yields is not the guard. What is given something may answer with an error of its
    /// own, which is read where it is asked.
    fn is_under_a_lock(&self, call: &Node<'_>) -> bool {
        let mut at = *call;
        let is_given = |(_, name, arguments): (Node<'_>, Node<'_>, Vec<Node<'_>>)| {
            !arguments.is_empty() && !LOOKUPS.contains(&self.text_of(&name))
        };
        if self.method_parts(&at).is_some_and(is_given) {
            return false;
        }
        while let Some((on, ..)) = self.method_head(&at) {
            at = self.peel(on);
            while self.kind(&at) == Kind::FieldExpression
                && let Some(of) = self.field(&at, self.f.value)
            {
                at = self.peel(of);
            }
            let takes = self.method_parts(&at).is_some_and(|(_, name, arguments)| {
                arguments.is_empty() && reads_under_lock(self.text_of(&name)).is_some()
            });
            if takes || self.calls_a_lender(&at) {
                return true;
            }
        }
        false
    }

    /// `let _sent = tx.try_send(x)`: an outcome with a name that says that nobody asks for it.
    pub(super) fn is_for_nobody(&self, pattern: &Node<'_>, value: Node<'_>) -> bool {
        self.kind(pattern) == Kind::Identifier
            && self.text_of(pattern).starts_with('_')
            && self.is_attempt(&self.peel(value), false)
    }

    /// `let found = self.load();`, where `load` yields a result: its value and its error have a
    /// variable each, so that whoever asks later asks the error.
    pub(super) fn keep_outcome(&mut self, declaration: &Node<'_>, value: ExprId) -> bool {
        let (Some(name), Some(written)) = (
            self.field(declaration, self.f.pattern),
            self.field(declaration, self.f.value),
        ) else {
            return false;
        };
        let call = match self.kind(&written) {
            Kind::AwaitExpression => self.first_child(&written).unwrap_or(written),
            _ => written,
        };
        let program = &self.builder.program;
        let is_whole = matches!(program.kind(value), ExprKind::Call(_))
            && program.expr(value).span == self.span(&call);
        let results = self.results_of(value);
        let is_plain = self.kind(&name) == Kind::Identifier && !self.is_mutable(declaration);
        if !is_plain || !is_whole || results.len() < 2 || results.last() != Some(&basic::ERROR) {
            return false;
        }
        let (span, ty) = (self.span(&name), self.ty(value));
        let found = self.declare_local(&name, VariableKind::Local, ty);
        let error = self.unnamed("error", basic::ERROR, span);
        for (at, variable) in [found, error].into_iter().enumerate() {
            self.builder.program.variables[variable.index()].init = Init::Part(value, at as u32);
        }
        let targets = [
            self.variable_value(found, span),
            self.variable_value(error, span),
        ];
        self.assign(&targets, &[value], AssignHow::Define, span);
        self.errors.insert(found, error);
        true
    }

    /// What is asked by a node: itself, or the value that was put off until here.
    pub(super) fn asked<'t>(&self, node: Node<'t>) -> Node<'t> {
        let name = self.peel(node);
        let Some(range) = self.postponed.get(&name.byte_range()) else {
            return node;
        };
        let mut at = name;
        while let Some(parent) = at.parent() {
            let holds = parent.start_byte() <= range.start && range.end <= parent.end_byte();
            at = parent;
            if holds {
                break;
            }
        }
        let mut found = at.descendant_for_byte_range(range);
        while let Some(parent) = found.parent()
            && parent.byte_range() == *range
        {
            found = parent;
        }
        found
    }

    fn is_mutable(&self, declaration: &Node<'_>) -> bool {
        declaration
            .children()
            .any(|child| self.kind(&child) == Kind::MutableSpecifier)
    }

    /// Where the statements behind a declaration mention its name first, if that asks for the
    /// outcome in any case, and no other statement mentions it.
    fn first_asked(&self, declaration: &Node<'_>, name: &str) -> Option<Range<usize>> {
        let mut seen = 0;
        for statement in declaration.behind().filter(Node::is_named) {
            // What leaves before the question would leave with the value lowered nowhere, and what
            // is changed before it would be read too late.
            let text = self.text_of(&statement);
            let leaves = ["return", "break", "continue", "?"]
                .iter()
                .any(|word| text.contains(word));
            let changes = self.kind(&statement) != Kind::LetDeclaration && text.contains('=');
            if let Some(mention) = self.mention(statement, name, &mut seen) {
                let is_asked = self.asks(&mention, &statement);
                return (is_asked && !self.is_mentioned_behind(&statement, name))
                    .then(|| mention.byte_range());
            }
            if leaves || changes || seen > FAR {
                return None;
            }
        }
        None
    }

    /// Whether the statements behind one mention a name: who asks again has to find a value.
    fn is_mentioned_behind(&self, statement: &Node<'_>, name: &str) -> bool {
        let mut behind = statement.behind().filter(Node::is_named);
        behind.any(|statement| self.mention(statement, name, &mut 0).is_some())
    }

    /// The first identifier of a name below a node; macros mention what their text holds.
    fn mention<'t>(&self, node: Node<'t>, name: &str, seen: &mut usize) -> Option<Node<'t>> {
        *seen += 1;
        if *seen > FAR || !self.text_of(&node).contains(name) {
            return None;
        }
        if self.kind(&node) == Kind::Identifier {
            return (self.text_of(&node) == name).then_some(node);
        }
        // A pattern makes a name of its own.
        let pattern = match self.kind(&node) {
            Kind::LetCondition | Kind::LetDeclaration => self.field(&node, self.f.pattern),
            _ => None,
        };
        self.children(&node)
            .into_iter()
            .filter(|child| Some(*child) != pattern)
            .find_map(|child| self.mention(child, name, seen))
    }

    /// Whether a mention is what a statement decides by, before it does anything else. What is
    /// awaited there is no outcome yet, but a task or a future.
    fn asks(&self, mention: &Node<'_>, statement: &Node<'_>) -> bool {
        let (mut at, mut is_asked) = (*mention, false);
        while at != *statement {
            let Some(parent) = at.parent() else {
                return false;
            };
            match self.asks_above(&at, &parent, is_asked) {
                Some(now) => is_asked = now,
                None => return false,
            }
            at = parent;
        }
        is_asked
    }

    /// Whether the outcome is asked, seen from one node further out; none where something else
    /// is done with it.
    fn asks_above(&self, at: &Node<'_>, parent: &Node<'_>, is_asked: bool) -> Option<bool> {
        let is_field = |field: u16| self.field(parent, field) == Some(*at);
        match self.kind(parent) {
            Kind::TryExpression => Some(true),
            Kind::MatchExpression => is_field(self.f.value).then_some(true),
            Kind::IfExpression => (is_asked && is_field(self.f.condition)).then_some(true),
            Kind::LetDeclaration => (is_asked && is_field(self.f.value)).then_some(true),
            Kind::LetChain => (self.first_child(parent) == Some(*at)).then_some(is_asked),
            Kind::LetCondition => {
                let pattern = self.field(parent, self.f.pattern)?;
                (is_field(self.f.value) && self.shape_of(&pattern).is_some()).then_some(true)
            }
            Kind::CallExpression if !is_asked => {
                let (_, method, _) = self.method_head(parent)?;
                let method = self.text_of(&method);
                let is_question = matches!(method, "is_err" | "is_ok" | "is_some" | "is_none");
                let is_fit = match is_question {
                    true => self.is_condition(parent),
                    false => ADAPTERS.contains(&method),
                };
                (is_fit && is_field(self.f.function)).then_some(is_question)
            }
            Kind::FieldExpression
            | Kind::ParenthesizedExpression
            | Kind::ReferenceExpression
            | Kind::UnaryExpression
            | Kind::ExpressionStatement => Some(is_asked),
            _ => None,
        }
    }

    /// Whether an `if` decides by a call, with nothing beside it but `!` and parentheses.
    fn is_condition(&self, call: &Node<'_>) -> bool {
        let mut at = *call;
        while let Some(parent) = at.parent() {
            match self.kind(&parent) {
                Kind::ParenthesizedExpression | Kind::UnaryExpression => at = parent,
                Kind::IfExpression => return self.field(&parent, self.f.condition) == Some(at),
                Kind::LetChain => return true,
                _ => return false,
            }
        }
        false
    }
}
