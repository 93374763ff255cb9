//! Closures, async blocks, and what waiting for a value means.

use super::{Kind, Lowering};
use crate::languages::syntax::Node;
use crate::model::types::{Library, Type};
use crate::model::{Api, ExprId, ExprKind, ExprList, Op, VariableId, VariableKind};

/// How long a chain of calls is followed.
const MAX_CHAIN: usize = 8;

impl Lowering<'_> {
    pub(super) fn closure(&mut self, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let Some(body) = self.field(node, self.f.body) else {
            return self.unknown(node);
        };
        let parameters = self
            .field(node, self.f.parameters)
            .map(|list| self.children(&list))
            .unwrap_or_default();
        let is_move = self.is_move(node);
        // `|| async move { … }` runs its block when it is called and awaited.
        let (body, is_move) = match self.kind(&body) {
            Kind::AsyncBlock => (
                self.block_of(&body).unwrap_or(body),
                is_move || self.is_move(&body),
            ),
            _ => (body, is_move),
        };
        let function = self.inner_function(node, &parameters, body, is_move);
        self.expr(ExprKind::Closure(function), span)
    }

    fn is_move(&self, node: &Node<'_>) -> bool {
        let text = self.text_of(node);
        let head = text.split(['|', '{']).next().unwrap_or("");
        head.split_whitespace().any(|word| word == "move")
    }

    pub(super) fn block_of<'t>(&self, node: &Node<'t>) -> Option<Node<'t>> {
        self.children(node)
            .into_iter()
            .find(|child| self.kind(child) == Kind::Block)
    }

    /// A future that something else runs.
    pub(super) fn async_block(&mut self, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let Some(block) = self.block_of(node) else {
            return self.unknown(node);
        };
        let is_move = self.is_move(node);
        let function = self.inner_function(node, &[], block, is_move);
        self.expr(ExprKind::Closure(function), span)
    }

    pub(super) fn await_expression(&mut self, node: &Node<'_>) -> ExprId {
        let Some(inner) = self.first_child(node) else {
            return self.unknown(node);
        };
        let span = self.span(node);
        if self.kind(&inner) == Kind::AsyncBlock {
            return match self.block_of(&inner) {
                Some(block) => self.other(&block),
                None => self.unknown(node),
            };
        }
        let value = self.expression(inner);
        self.awaited(value, span)
    }

    /// `axum::serve(…).with_graceful_shutdown(…).await`: what follows runs when nobody is served
    /// any more.
    fn note_served(&mut self, value: ExprId) {
        let program = &mut self.builder.program;
        let mut at = value;
        for _ in 0..MAX_CHAIN {
            let ExprKind::Call(step) = *program.kind(at) else {
                return;
            };
            let Some(call) = program.call(step) else {
                return;
            };
            if call.api == Api::Serve {
                program.served.insert(step);
                return;
            }
            // What is set on the way is called on what serves.
            let on = match *program.kind(call.callee) {
                ExprKind::Member(on, _) => Some(on),
                _ => None,
            };
            match call.receiver.or(on) {
                Some(on) => at = on,
                None => return,
            }
        }
    }

    /// Waits for what a value yields.
    pub(super) fn awaited(&mut self, value: ExprId, span: crate::source::Span) -> ExprId {
        self.note_served(value);
        let ty = self.ty(value);
        let program = &self.builder.program;
        match *program.underlying(ty) {
            Type::Library(Library::TaskGroup)
                if matches!(
                    program.kind(value),
                    ExprKind::Variable(_) | ExprKind::Field(..)
                ) =>
            {
                self.api_call(Api::GroupWait, Some(value), &[], span).0
            }
            Type::Channel(..)
                if matches!(
                    program.kind(value),
                    ExprKind::Variable(_) | ExprKind::Field(..) | ExprKind::Member(..)
                ) || self.is_wait_channel(value) =>
            {
                self.receive(value, true, span)
            }
            Type::Library(Library::Timer) => {
                let args = self.timer_arguments(value);
                self.api_call(Api::Sleep, None, &args, span).0
            }
            _ => self.awaited_call(value, span),
        }
    }

    /// A closure that stands for a future runs now.
    fn awaited_call(&mut self, value: ExprId, span: crate::source::Span) -> ExprId {
        match *self.builder.program.kind(value) {
            ExprKind::Closure(function) => {
                let args = ExprList::default();
                self.emit_call(value, args, Some(function), span)
            }
            ExprKind::Call(step) => {
                self.builder.program.awaited.insert(step);
                self.wait_for_handed(step, span);
                value
            }
            // What a function was handed runs where it is waited for.
            ExprKind::Variable(variable) if self.is_own_parameter(variable) => {
                self.emit_call(value, ExprList::default(), None, span)
            }
            _ => value,
        }
    }

    /// Whether a variable is a parameter of the function at hand, and not of one around it: what drives
    /// a connection that its starter was handed is another thing.
    fn is_own_parameter(&self, variable: VariableId) -> bool {
        let known = self.builder.program.variable(variable);
        known.kind == VariableKind::Parameter && known.function == self.function
    }

    /// `timeout(limit, handle).await`: whoever waits for a call that was handed a task waits for
    /// the task.
    fn wait_for_handed(&mut self, call: crate::model::StepId, span: crate::source::Span) {
        let Op::Call(call) = &self.builder.program.steps[call.index()].op else {
            return;
        };
        if call.api != Api::Other {
            return;
        }
        let handed = self.builder.program.list(call.args).to_vec();
        for value in handed {
            if self.is_handle(value) {
                self.api_call(Api::GroupWait, Some(value), &[], span);
            }
        }
    }

    /// Whether a value is what stands for a task, or a list of those.
    pub(super) fn is_handle(&self, value: ExprId) -> bool {
        let program = &self.builder.program;
        let ty = match *program.underlying(self.ty(value)) {
            Type::List(element, _) => element,
            _ => self.ty(value),
        };
        matches!(program.kind(value), ExprKind::Variable(_))
            && program.library(ty) == Some(Library::TaskGroup)
    }

    /// The channel that `token.cancelled()` and the like stand for.
    fn is_wait_channel(&self, value: ExprId) -> bool {
        let ExprKind::Call(step) = *self.builder.program.kind(value) else {
            return false;
        };
        matches!(&self.builder.program.steps[step.index()].op, Op::Call(call) if matches!(
            call.api,
            Api::ContextDone | Api::TimerChannel | Api::TickerChannel | Api::SignalNotify
        ))
    }

    fn timer_arguments(&self, value: ExprId) -> Vec<ExprId> {
        let ExprKind::Call(step) = *self.builder.program.kind(value) else {
            return Vec::new();
        };
        match &self.builder.program.steps[step.index()].op {
            Op::Call(call) => self.builder.program.list(call.args).to_vec(),
            _ => Vec::new(),
        }
    }
}
