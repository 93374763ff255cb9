//! What parts a function, a value or a block play: shutting down, being in scope, telling
//! somebody.

use super::{
    Api, BlockId, ExprId, ExprKind, FunctionId, FunctionKind, Library, NamedId, Op, Program,
    StepId, Type, UnaryOp, VariableId,
};

/// A context that code could use at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContextInScope {
    /// A parameter, of the function at hand or of one around it.
    Parameter(VariableId),
    /// A request parameter that carries one.
    Request(VariableId),
    /// A local variable.
    Local(VariableId),
    /// A field of the receiver.
    Field(VariableId),
}

impl ContextInScope {
    /// The variable.
    pub fn variable(self) -> VariableId {
        match self {
            ContextInScope::Parameter(variable)
            | ContextInScope::Request(variable)
            | ContextInScope::Local(variable)
            | ContextInScope::Field(variable) => variable,
        }
    }
}

/// Words that begin the name of a function which stops something.
const STOPS: &[&str] = &[
    "close",
    "stop",
    "shutdown",
    "shut",
    "drain",
    "terminate",
    "quit",
    "dispose",
    "teardown",
    "gracefulstop",
    "gracefulshutdown",
    "exit",
    "finalize",
    "kill",
    "quiesce",
    "wind_down",
    "winddown",
];

impl Program {
    /// Whether a function's name says that it stops, closes, drains or shuts something down. A
    /// closure plays the part of the function it stands in unless it is a task.
    pub fn is_shutdown(&self, id: FunctionId) -> bool {
        let mut at = id;
        while let FunctionKind::Closure(parent) = self.function(at).kind {
            if self.is_task(at) {
                return false;
            }
            // `OnStop: func() { … }`, `RegisterOnShutdown(func() { … })`
            if self.closure_name(at).is_some_and(is_shutdown_name) {
                return true;
            }
            at = parent;
        }
        is_shutdown_name(self.text(self.function(at).name))
    }

    /// Whether a function runs when its value ends, in languages in which values have one owner.
    pub fn ends_its_value(&self, id: FunctionId) -> bool {
        let of = self.function(id);
        self.has_owners
            && of.of_interface
            && of.parameters.is_empty()
            && matches!(of.kind, FunctionKind::Method(..))
            && self.text(of.name) == "drop"
    }

    /// Whether a type has a method that stops it.
    pub fn has_stop(&self, named: NamedId) -> bool {
        let stoppable = self.stoppable.get_or_init(|| {
            let stops = |&(_, method): &(_, FunctionId)| self.is_shutdown(method);
            let all = self.named.iter().enumerate();
            all.filter(|(_, named)| named.methods.iter().any(stops))
                .map(|(at, _)| NamedId(at as u32))
                .collect()
        });
        stoppable.contains(&named)
    }

    /// The best context in scope at a step: parameters before locals before fields.
    pub fn context_at(&self, step: StepId) -> Option<ContextInScope> {
        let limit = self.span(step).start;
        let mut function = self.function_of(step);
        let mut field = None;
        loop {
            if let Some(found) = self.context_of_function(function, limit) {
                return Some(found);
            }
            if let FunctionKind::Method(_, named) = self.function(function).kind {
                field = field.or_else(|| self.context_field(named).map(ContextInScope::Field));
            }
            match self.function(function).kind {
                FunctionKind::Closure(parent) => function = parent,
                _ => return field,
            }
        }
    }

    /// The field of the receiver that holds a context, whatever else is in scope at a step.
    pub fn context_kept_at(&self, step: StepId) -> Option<ContextInScope> {
        let outermost = self.outermost(self.function_of(step));
        match self.function(outermost).kind {
            FunctionKind::Method(_, named) => self.context_field(named).map(ContextInScope::Field),
            _ => None,
        }
    }

    /// The context that one of the parameters at a step brings along in a field, and the
    /// parameter.
    pub fn context_brought_at(&self, step: StepId) -> Option<(VariableId, VariableId)> {
        let outermost = self.outermost(self.function_of(step));
        let mut parameters = self.function(outermost).parameters.iter();
        parameters.find_map(|&parameter| {
            let Type::Named(named) = *self.pointee(self.variable(parameter).ty) else {
                return None;
            };
            let field = self.context_field(named)?;
            (!self.is_blank(parameter)).then_some((parameter, field))
        })
    }

    /// The field of a type, or of one that it embeds, which holds a context.
    pub fn context_field(&self, named: NamedId) -> Option<VariableId> {
        let own = |named: NamedId| {
            let fields = &self.named[named.index()].fields;
            fields
                .iter()
                .map(|&(_, field)| field)
                .find(|&field| self.library(self.variable(field).ty) == Some(Library::Context))
        };
        own(named).or_else(|| {
            let embedded = &self.named[named.index()].embedded;
            embedded
                .iter()
                .find_map(|&inner| match *self.pointee(inner) {
                    Type::Named(inner) => own(inner),
                    _ => None,
                })
        })
    }

    fn context_of_function(&self, id: FunctionId, limit: u32) -> Option<ContextInScope> {
        let function = self.function(id);
        let of_type = |wanted: Library| {
            function.parameters.iter().copied().find(|&parameter| {
                self.library(self.variable(parameter).ty) == Some(wanted)
                    && !self.is_blank(parameter)
            })
        };
        if let Some(parameter) = of_type(Library::Context) {
            return Some(ContextInScope::Parameter(parameter));
        }
        if let Some(parameter) = of_type(Library::Request).or_else(|| of_type(Library::Exchange)) {
            return Some(ContextInScope::Request(parameter));
        }
        if function.handler == Some(super::Handler::Rpc)
            && function.results.len() <= 1
            && let Some(&stream) = function.parameters.last()
            && !self.is_blank(stream)
            && matches!(self.pointee(self.variable(stream).ty), Type::Foreign(..))
        {
            // A streaming method has no context of its own: the stream carries it.
            return Some(ContextInScope::Request(stream));
        }
        let earlier = |&&variable: &&VariableId| self.variable(variable).span.end < limit;
        self.local_contexts(id)
            .iter()
            .find(earlier)
            .copied()
            .map(ContextInScope::Local)
    }

    /// Whether a variable has no name to ask for it by.
    pub fn is_blank(&self, id: VariableId) -> bool {
        matches!(self.text(self.variable(id).name), "" | "_")
    }

    /// Whether an expression is an error, by type or by name.
    pub fn is_error(&self, id: ExprId) -> bool {
        if matches!(self.underlying(self.expr(id).ty), Type::Error) {
            return true;
        }
        match *self.kind(id) {
            ExprKind::Variable(variable) | ExprKind::Field(_, variable) => {
                let name = self.text(self.variable(variable).name);
                name == "err" || name.ends_with("Err") || name.starts_with("err")
            }
            _ => false,
        }
    }

    /// Whether a condition holds when something failed (`err != nil`, `!ok`): `Some(true)`; when
    /// it went well (`err == nil`): `Some(false)`; about neither: `None`.
    pub fn failure_test(&self, condition: ExprId) -> Option<bool> {
        use super::BinaryOp;
        match *self.kind(condition) {
            ExprKind::Binary(operator @ (BinaryOp::NotEqual | BinaryOp::Equal), left, right) => {
                let (value, nothing) = match (self.kind(left), self.kind(right)) {
                    (_, ExprKind::Nil) => (left, right),
                    (ExprKind::Nil, _) => (right, left),
                    _ => return self.is_error(left).then_some(operator == BinaryOp::Equal),
                };
                (self.is_error(value) || self.is_error(nothing))
                    .then_some(operator == BinaryOp::NotEqual)
            }
            ExprKind::Binary(BinaryOp::And | BinaryOp::Or, left, right) => {
                self.failure_test(left).or_else(|| self.failure_test(right))
            }
            ExprKind::Unary(UnaryOp::Not, inner) => match self.failure_test(inner) {
                Some(failed) => Some(!failed),
                None => matches!(
                    self.underlying(self.expr(inner).ty),
                    Type::Boolean | Type::Unknown
                )
                .then_some(true)
                .filter(|_| self.is_success_name(inner)),
            },
            ExprKind::Call(step) => match self.op(step) {
                Op::Call(call) if call.api == Api::ErrorTest => Some(true),
                _ => None,
            },
            _ => self.is_success_name(condition).then_some(false),
        }
    }

    fn is_success_name(&self, id: ExprId) -> bool {
        match *self.kind(id) {
            ExprKind::Variable(variable) => matches!(
                self.text(self.variable(variable).name),
                "ok" | "success" | "succeeded"
            ),
            _ => false,
        }
    }

    /// What a branch or a loop asks each time before it goes on.
    pub fn condition_of(&self, step: StepId) -> Option<ExprId> {
        match *self.op(step) {
            Op::Branch { condition, .. } => Some(condition),
            Op::Loop(ref looped) => match looped.kind {
                super::LoopKind::While(condition) => Some(condition),
                _ => None,
            },
            _ => None,
        }
    }

    /// Every expression within an expression, itself first, down to a bound.
    pub fn parts_of(&self, id: ExprId) -> Vec<ExprId> {
        let mut found = vec![id];
        let mut at = 0;
        while at < found.len() && found.len() < 256 {
            match *self.kind(found[at]) {
                ExprKind::Field(a, _)
                | ExprKind::Member(a, _)
                | ExprKind::Unary(_, a)
                | ExprKind::Length(a)
                | ExprKind::Capacity(a)
                | ExprKind::Function(_, Some(a)) => found.push(a),
                ExprKind::Reference(a) | ExprKind::Dereference(a) | ExprKind::Convert(_, a) => {
                    found.push(a)
                }
                ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => found.extend([a, b]),
                ExprKind::Slice(a, b, c) => found.extend([Some(a), b, c].into_iter().flatten()),
                ExprKind::Append(a, list) => {
                    found.push(a);
                    found.extend_from_slice(self.list(list));
                }
                ExprKind::Composite(_, list, _) | ExprKind::Min(list) | ExprKind::Max(list) => {
                    found.extend_from_slice(self.list(list))
                }
                ExprKind::Call(step) => {
                    if let Op::Call(call) = self.op(step) {
                        found.extend(call.receiver);
                        found.extend_from_slice(self.list(call.args));
                    }
                }
                _ => {}
            }
            at += 1;
        }
        found
    }

    /// The call step behind a value, through conversions.
    pub fn call_of(&self, id: ExprId) -> Option<(StepId, &super::Call)> {
        match *self.kind(id) {
            ExprKind::Call(step) => match self.op(step) {
                Op::Call(call) => Some((step, call)),
                _ => None,
            },
            ExprKind::Convert(_, inner) => self.call_of(inner),
            _ => None,
        }
    }

    /// The call at a step, if it is one.
    pub fn call(&self, step: StepId) -> Option<&super::Call> {
        match self.op(step) {
            Op::Call(call) => Some(call),
            _ => None,
        }
    }

    /// The calls of a block and of what it holds, with what they mean.
    pub fn calls_in(&self, block: BlockId) -> Vec<(StepId, &super::Call)> {
        self.steps_in(block)
            .into_iter()
            .filter_map(|step| self.call(step).map(|call| (step, call)))
            .collect()
    }
}

/// Whether a function of this name stops something: `Close`, `stopWorkers`, `Shutdown`.
pub fn is_shutdown_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    STOPS.iter().any(|stop| {
        lower.strip_prefix(stop).is_some_and(|rest| {
            // `Closed()` and `stopped` ask; they do not stop.
            !rest.starts_with("ed")
                && !rest.starts_with("ped")
                && !rest.starts_with("er")
                && !rest.starts_with("dir")
        })
    }) || lower.ends_with("shutdown")
        || lower.ends_with("stop")
        || lower.ends_with("drain")
}
