//! Calls by path: functions of the crate, of libraries, constructors.

use super::functions::{Known, known};
use super::libraries::{Shape, library_type};
use super::names::Item;
use super::{Kind, Lowering, basic};
use crate::languages::syntax::Node;
use crate::model::step::Call;
use crate::model::types::{Direction, Discipline, Library, Type};
use crate::model::{Api, BinaryOp, ExprId, ExprKind, ExprList, FunctionId, Op, StepId, TypeId};
use crate::source::Span;

/// Channels that take the room they are given in blocks, as it is needed; others have an array.
const GROWING: &[&str] = &["mpsc::channel", "flume::bounded"];

impl Lowering<'_> {
    pub(super) fn call(&mut self, node: &Node<'_>) -> ExprId {
        if let Some((word, inner)) = self.shape_of(node) {
            let span = self.span(node);
            return match (word, inner) {
                (_, Some(inner)) => self.moved(inner),
                _ => self.expr(ExprKind::Nil, span),
            };
        }
        match self.attempt_value(node) {
            Some(value) => value,
            None => self.plain_call(node),
        }
    }

    /// A call that waits for nothing, as far as its form tells.
    pub(super) fn plain_call(&mut self, node: &Node<'_>) -> ExprId {
        if let Some((receiver, _, _)) = self.method_head(node) {
            let on = self.expression(receiver);
            return self.method_on(node, on);
        }
        let Some(mut function) = self.field(node, self.f.function) else {
            return self.unknown(node);
        };
        let mut turbofish = None;
        if self.kind(&function) == Kind::GenericFunction {
            turbofish = self.field(&function, self.f.type_arguments);
            function = self.field(&function, self.f.function).unwrap_or(function);
        }
        match self.kind(&function) {
            Kind::Identifier | Kind::ScopedIdentifier => {
                self.call_by_path(node, &function, turbofish)
            }
            _ => {
                let callee = self.expression(function);
                let args = self.arguments(node);
                let span = self.span(node);
                self.emit_call(callee, args, None, span)
            }
        }
    }

    /// The argument nodes of a call.
    pub(super) fn argument_nodes<'t>(&self, node: &Node<'t>) -> Vec<Node<'t>> {
        self.field(node, self.f.arguments)
            .map(|list| self.children(&list))
            .unwrap_or_default()
    }

    /// The arguments of a call; guards among them go with it. What `lock()` yields right there is
    /// gone with the statement, unless the call makes another guard of it.
    pub(super) fn arguments(&mut self, node: &Node<'_>) -> ExprList {
        self.arguments_for(node, None)
    }

    /// The arguments of a call of a function of the crate, which says what its closures are given.
    pub(super) fn arguments_for(
        &mut self,
        node: &Node<'_>,
        target: Option<FunctionId>,
    ) -> ExprList {
        let callee = self.field(node, self.f.function);
        let keeps = callee.is_some_and(|callee| self.text_of(&callee).contains("Guard"));
        let starts = callee.is_some_and(|callee| self.starts_by_name(&callee));
        let args: Vec<ExprId> = self
            .argument_nodes(node)
            .into_iter()
            .enumerate()
            .map(|(at, argument)| {
                let handed = match self.kind(&argument) {
                    Kind::ReferenceExpression => self.field(&argument, self.f.value),
                    _ => Some(argument),
                };
                if let Some(target) = target
                    && handed.is_some_and(|of| self.kind(&of) == Kind::ClosureExpression)
                {
                    self.given = self.given_to(target, at);
                }
                if starts && let Some(task) = self.started_elsewhere(&argument) {
                    return task;
                }
                let value = self.moved(argument);
                let ends_here = !keeps && self.is_unnamed_lock(value);
                if self.kind(&argument) != Kind::ReferenceExpression && !ends_here {
                    self.hand_over(value);
                }
                value
            })
            .collect();
        self.builder.list(&args)
    }

    /// What a function gives to a closure that it is handed.
    fn given_to(&self, target: FunctionId, at: usize) -> Vec<TypeId> {
        let program = &self.builder.program;
        let parameter = program.function(target).parameters.get(at);
        let ty = parameter.map(|&parameter| match self.names.callables.get(&parameter) {
            Some(&callable) => callable,
            None => program.variable(parameter).ty,
        });
        match ty.map(|ty| program.pointee(ty)) {
            Some(Type::Function(given, _)) => given.clone(),
            _ => Vec::new(),
        }
    }

    pub(super) fn emit_call(
        &mut self,
        callee: ExprId,
        args: ExprList,
        target: Option<FunctionId>,
        span: Span,
    ) -> ExprId {
        let receiver = match *self.builder.program.kind(callee) {
            ExprKind::Function(_, receiver) => receiver,
            ExprKind::Member(base, _) => Some(base),
            _ => None,
        };
        let step = self.emit(
            Op::Call(Call {
                callee,
                args,
                target,
                api: Api::Other,
                receiver,
            }),
            span,
        );
        let results = target.map(|target| &self.builder.program.function(target).results);
        let ty = results
            .and_then(|results| results.first())
            .copied()
            .unwrap_or(basic::UNKNOWN);
        self.typed(ExprKind::Call(step), ty, span)
    }

    /// A call that the model has a word for: its value and its step.
    pub(super) fn api_call(
        &mut self,
        api: Api,
        receiver: Option<ExprId>,
        args: &[ExprId],
        span: Span,
    ) -> (ExprId, StepId) {
        let callee = self.expr(ExprKind::Unknown, span);
        let args = self.builder.list(args);
        let step = self.emit(
            Op::Call(Call {
                callee,
                args,
                target: None,
                api,
                receiver,
            }),
            span,
        );
        let ty = match api {
            Api::TimerChannel | Api::TickerChannel => self.ticks(),
            Api::ContextDone | Api::SignalNotify => self.ends(),
            Api::TryLock | Api::PermitTryAcquire => basic::BOOLEAN,
            _ => basic::UNKNOWN,
        };
        (self.typed(ExprKind::Call(step), ty, span), step)
    }

    fn ticks(&mut self) -> TypeId {
        use crate::model::Direction;
        let (element, how) = (basic::INSTANT, Discipline::Closed);
        self.builder
            .ty(Type::Channel(element, Direction::Receive, how))
    }

    fn ends(&mut self) -> TypeId {
        use crate::model::Direction;
        let (element, how) = (basic::UNIT, Discipline::Closed);
        self.builder
            .ty(Type::Channel(element, Direction::Receive, how))
    }

    fn call_by_path(
        &mut self,
        node: &Node<'_>,
        function: &Node<'_>,
        turbofish: Option<Node<'_>>,
    ) -> ExprId {
        let span = self.span(node);
        if self.kind(function) == Kind::Identifier {
            let name = self.symbol(function);
            if self.scope.get(name).is_some() {
                let callee = self.identifier(function);
                let args = self.arguments(node);
                return self.emit_call(callee, args, None, span);
            }
        }
        let (path, item) = self.resolve(function);
        match item {
            Some(Item::Function(target)) => return self.call_function(node, target),
            Some(Item::Type(_, ty)) => {
                let args = self.arguments(node);
                let values = self.builder.program.list(args).to_vec();
                return self.composite(ty, &values, span);
            }
            _ => {}
        }
        if let Some(target) = self.associated(function) {
            return self.call_function(node, target);
        }
        if let Some(ty) = self.made_by_default(function) {
            let callee = self.expression(*function);
            let args = self.arguments(node);
            let value = self.emit_call(callee, args, None, span);
            self.builder.program.exprs[value.index()].ty = ty;
            return value;
        }
        let count = self.argument_nodes(node).len();
        if let Some(known) = known(&path, count) {
            let value = self.call_known(known, node, turbofish, &path);
            if let Some((module, name)) = path.rsplit_once("::") {
                let (module, name) = (self.intern(module), self.intern(name));
                self.name_callee(value, ExprKind::Qualified(module, name));
            }
            return value;
        }
        if let Some((of, name)) = path.rsplit_once("::")
            && let Some(shape) = library_type(of)
        {
            let arguments = self.type_arguments_in(function);
            return self.construct(shape, name, node, arguments);
        }
        let callee = self.expression(*function);
        let args = self.arguments(node);
        // `AbortOnDropHandle::new(handle)` stands for the same task.
        if let [only] = *self.builder.program.list(args)
            && self.is_handle(only)
            && path.split("::").any(|part| part.ends_with("Handle"))
        {
            if path.contains("AbortOnDrop") {
                self.builder.program.ended_by_guards.push(only);
            }
            return only;
        }
        self.emit_call(callee, args, None, span)
    }

    /// The type of the crate whose `default`, which is derived, a path names.
    fn made_by_default(&mut self, function: &Node<'_>) -> Option<TypeId> {
        let name = self.field(function, self.f.name)?;
        if self.text_of(&name) != "default" {
            return None;
        }
        let path = self.field(function, self.f.path)?;
        let named = self.type_named(&path)?;
        self.builder.program.named[named.index()].span?;
        Some(self.builder.ty(Type::Named(named)))
    }

    /// `Vec::<u8>::new`: the type arguments of the type.
    fn type_arguments_in<'t>(&self, function: &Node<'t>) -> Option<Node<'t>> {
        let path = self.field(function, self.f.path)?;
        self.field(&path, self.f.type_arguments)
    }

    fn call_function(&mut self, node: &Node<'_>, target: FunctionId) -> ExprId {
        let args = self.arguments_for(node, Some(target));
        let (receiver, args) = match (self.is_method(target), args.len) {
            (true, 1..) => {
                let first = self.builder.program.list(args)[0];
                let rest = ExprList {
                    start: args.start + 1,
                    len: args.len - 1,
                };
                (Some(first), rest)
            }
            _ => (None, args),
        };
        self.call_own(node, target, receiver, args)
    }

    /// A call of a function of the crate: what it yields, or the guard that it lends.
    pub(super) fn call_own(
        &mut self,
        node: &Node<'_>,
        target: FunctionId,
        receiver: Option<ExprId>,
        args: ExprList,
    ) -> ExprId {
        let span = self.span(node);
        let callee = self.expr(ExprKind::Function(target, receiver), span);
        let yields = self.emit_call(callee, args, Some(target), span);
        let guard = self.lent_guard(target, node, receiver, args);
        guard.unwrap_or(yields)
    }

    fn call_known(
        &mut self,
        known: Known,
        node: &Node<'_>,
        turbofish: Option<Node<'_>>,
        path: &str,
    ) -> ExprId {
        let span = self.span(node);
        match known {
            Known::Channel(discipline, _, has_room) => {
                let element = turbofish.and_then(|list| self.first_child(&list));
                let element = self.type_of(element);
                let made = self.new_channel(node, element, discipline, has_room);
                if GROWING.iter().any(|growing| path.ends_with(growing)) {
                    self.builder.program.growing.insert(made);
                }
                made
            }
            Known::Spawn => self.spawn_call(node, None),
            Known::Submit => {
                let args = self.arguments(node);
                let args = self.builder.program.list(args).to_vec();
                self.api_call(Api::PoolSubmit, None, &args, span).0
            }
            Known::Scope => self.scope_call(node),
            Known::First => {
                let args = self.arguments(node);
                let args = self.builder.program.list(args).to_vec();
                let (value, step) = self.api_call(Api::Pure, None, &args, span);
                self.builder.program.firsts.insert(step);
                value
            }
            Known::Does(api, ty) => {
                let args = self.arguments(node);
                let args = self.builder.program.list(args).to_vec();
                let (value, _) = self.api_call(api, None, &args, span);
                if ty != basic::UNKNOWN {
                    self.builder.program.exprs[value.index()].ty = ty;
                }
                value
            }
            Known::Lends(api, library) => {
                let args = self.arguments(node);
                let args = self.builder.program.list(args).to_vec();
                let (value, _) = self.api_call(api, None, &args, span);
                let ty = self.lends(library);
                self.builder.program.exprs[value.index()].ty = ty;
                value
            }
            Known::Time(unit) => self.time(node, unit),
            Known::Extreme(is_largest) => self.extreme(node, is_largest),
            Known::Drop => self.drop_call(node),
            Known::Take => self.take_call(node, path),
            Known::Same => match self.argument_nodes(node).first() {
                Some(&first) => self.moved(first),
                None => self.unknown(node),
            },
        }
    }

    fn extreme(&mut self, node: &Node<'_>, is_largest: bool) -> ExprId {
        let args = self.arguments(node);
        let first = self.builder.program.list(args).first().copied();
        let ty = first.map_or(basic::UNKNOWN, |first| self.ty(first));
        let kind = match is_largest {
            true => ExprKind::Max(args),
            false => ExprKind::Min(args),
        };
        let span = self.span(node);
        self.typed(kind, ty, span)
    }

    fn time(&mut self, node: &Node<'_>, unit: i64) -> ExprId {
        let span = self.span(node);
        let count = match self.argument_nodes(node).first() {
            Some(&count) => self.expression(count),
            None => self.unknown(node),
        };
        let unit = self.typed(ExprKind::Int(unit), basic::DURATION, span);
        let kind = ExprKind::Binary(BinaryOp::Multiply, count, unit);
        self.typed(kind, basic::DURATION, span)
    }

    /// A constructor of a library's type: `Arc::new(x)`, `Vec::with_capacity(n)`.
    fn construct(
        &mut self,
        shape: Shape,
        name: &str,
        node: &Node<'_>,
        arguments: Option<Node<'_>>,
    ) -> ExprId {
        let span = self.span(node);
        let nodes = self.argument_nodes(node);
        match (shape, name, nodes.first()) {
            (Shape::Wrapper, "new" | "from" | "new_cyclic" | "pin" | "clone", Some(&inner)) => {
                let value = self.moved(inner);
                let inner = self.ty(value);
                let ty = self.builder.ty(Type::Pointer(inner));
                self.retyped(value, ty, span)
            }
            (Shape::Guarded(lock), "new" | "from" | "const_new", Some(&inner)) => {
                let value = self.moved(inner);
                let inner = self.ty(value);
                let ty = self.builder.ty(Type::Guarded(lock, inner));
                self.retyped(value, ty, span)
            }
            (Shape::Channel(Direction::Both, discipline), "new", Some(&room)) => {
                let room = self.expression(room);
                let element = self.argument(arguments, 0);
                let made = ExprKind::MakeChannel(element, Some(room), discipline);
                let ty = self.shaped(shape, arguments);
                self.typed(made, ty, span)
            }
            (Shape::List | Shape::Map, "new" | "with_capacity" | "default", _) => {
                let size = nodes.first().map(|&size| self.expression(size));
                let ty = self.shaped(shape, arguments);
                self.typed(ExprKind::Make(ty, size), ty, span)
            }
            (Shape::Lends(library), _, _) => {
                let args = self.arguments(node);
                let args = self.builder.program.list(args).to_vec();
                let api = match (library, name) {
                    (Library::Context, "new" | "default") => Api::ContextRoot,
                    _ => Api::Pure,
                };
                let (value, _) = self.api_call(api, None, &args, span);
                let ty = self.lends(library);
                self.builder.program.exprs[value.index()].ty = ty;
                value
            }
            (Shape::Text, ..) => {
                self.arguments(node);
                self.typed(ExprKind::Unknown, basic::TEXT, span)
            }
            (_, "default", None) => {
                let ty = self.shaped(shape, arguments);
                self.typed(ExprKind::Make(ty, None), ty, span)
            }
            _ => {
                let args = self.arguments(node);
                let callee = self.unknown(node);
                self.emit_call(callee, args, None, span)
            }
        }
    }

    /// Says what was called, where the call that a value stands for does not say it yet.
    pub(super) fn name_callee(&mut self, value: ExprId, callee: ExprKind) {
        let ExprKind::Call(step) = *self.builder.program.kind(value) else {
            return;
        };
        let Op::Call(call) = &self.builder.program.steps[step.index()].op else {
            return;
        };
        let known = &mut self.builder.program.exprs[call.callee.index()].kind;
        if *known == ExprKind::Unknown {
            *known = callee;
        }
    }

    /// A value that is made here keeps what it is and gets the type of what holds it.
    fn retyped(&mut self, value: ExprId, ty: TypeId, span: Span) -> ExprId {
        let is_new = matches!(
            self.builder.program.kind(value),
            ExprKind::Make(..) | ExprKind::Composite(..) | ExprKind::Unknown | ExprKind::Call(_)
        );
        if is_new {
            self.builder.program.exprs[value.index()].ty = ty;
            return value;
        }
        self.typed(ExprKind::Convert(ty, value), ty, span)
    }
}
