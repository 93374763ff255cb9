//! Functions that take a lock for whoever calls them: what they return is its guard.

use super::{Kind, Lowering};
use crate::languages::syntax::Node;
use crate::model::{ExprId, ExprList, FunctionId, Symbol};

/// How long a chain of calls is followed.
const MAX_CHAIN: usize = 8;

/// What a function lends the guard of.
#[derive(Clone, Debug)]
pub(super) struct Lender {
    /// The argument that the lock is reached from; none for the value that it is called on.
    parameter: Option<usize>,
    /// The fields on the way to the lock.
    fields: Vec<Symbol>,
    reading: bool,
}

impl Lowering<'_> {
    /// Notes that a function lends a guard: it returns one, and its last expression takes a lock
    /// that is reached from what it is given.
    pub(super) fn note_lender(&mut self, function: FunctionId, node: &Node<'_>) {
        let result = self.field(node, self.f.return_type);
        let is_guard = result.is_some_and(|result| {
            let text = self.text_of(&result);
            ["MutexGuard", "ReadGuard", "WriteGuard"]
                .iter()
                .any(|guard| text.contains(guard))
        });
        if !is_guard {
            return;
        }
        let body = self.field(node, self.f.body);
        let last = body.and_then(|body| self.children(&body).pop());
        if let Some(last) = last
            && let Some(lender) = self.lender(node, last)
        {
            self.names.lenders.insert(function, lender);
        }
    }

    fn lender(&mut self, node: &Node<'_>, mut at: Node<'_>) -> Option<Lender> {
        for _ in 0..MAX_CHAIN {
            if let Some((receiver, name, arguments)) = self.method_head(&at) {
                if let Some(reading) = reads_under_lock(self.text_of(&name))
                    && self.children(&arguments).is_empty()
                {
                    let (parameter, fields) = self.reached_from(node, receiver)?;
                    return Some(Lender {
                        parameter,
                        fields,
                        reading,
                    });
                }
                at = receiver;
                continue;
            }
            at = match self.kind(&at) {
                Kind::MatchExpression => self.field(&at, self.f.value)?,
                Kind::AwaitExpression | Kind::TryExpression => self.first_child(&at)?,
                _ => return None,
            };
        }
        None
    }

    /// `self.a.b` or `given.a`: where a path of fields begins, and its fields.
    fn reached_from(
        &mut self,
        node: &Node<'_>,
        mut at: Node<'_>,
    ) -> Option<(Option<usize>, Vec<Symbol>)> {
        let mut fields = Vec::new();
        while self.kind(&at) == Kind::FieldExpression {
            let name = self.field(&at, self.f.field)?;
            fields.push(self.symbol(&name));
            at = self.field(&at, self.f.value)?;
        }
        fields.reverse();
        let begin = self.text_of(&at);
        if begin == "self" {
            return Some((None, fields));
        }
        let parameters = self.parameters_of(node).into_iter();
        let position = parameters
            .filter(|parameter| self.kind(parameter) == Kind::Parameter)
            .position(|parameter| {
                self.field(&parameter, self.f.pattern)
                    .is_some_and(|pattern| self.text_of(&pattern) == begin)
            })?;
        Some((Some(position), fields))
    }

    /// Whether a call is one of a function by the name of one that lends a guard.
    pub(super) fn calls_a_lender(&self, call: &Node<'_>) -> bool {
        if self.names.lenders.is_empty() || self.kind(call) != Kind::CallExpression {
            return false;
        }
        let called = self.field(call, self.f.function);
        let name = called.map_or("", |called| self.text_of(&called));
        let name = name.rsplit(['.', ':']).next().unwrap_or(name);
        let program = &self.builder.program;
        self.names
            .lenders
            .keys()
            .any(|&lender| program.text(program.function(lender).name) == name)
    }

    /// The guard that a call of a function in view yields, if it lends one.
    pub(super) fn lent_guard(
        &mut self,
        target: FunctionId,
        node: &Node<'_>,
        receiver: Option<ExprId>,
        args: ExprList,
    ) -> Option<ExprId> {
        let lender = self.names.lenders.get(&target)?.clone();
        let mut lock = match lender.parameter {
            None => receiver?,
            Some(at) => *self.builder.program.list(args).get(at)?,
        };
        let span = self.span(node);
        for field in lender.fields {
            lock = self.field_of(lock, field, span);
        }
        Some(self.take_lock(lock, lender.reading, node))
    }
}

/// Whether a method without arguments that waits for a lock and yields its guard is for reading;
/// none for other names.
pub(super) fn reads_under_lock(method: &str) -> Option<bool> {
    match method {
        "lock" | "blocking_lock" | "write" | "blocking_write" => Some(false),
        "read" | "blocking_read" => Some(true),
        _ => None,
    }
}
