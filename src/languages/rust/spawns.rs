//! Tasks: what starts them, what they run, and what waits for them.

use super::{Kind, Lowering, basic};
use crate::languages::syntax::Node;
use crate::model::step::Spawn;
use crate::model::tasks::starts_tasks;
use crate::model::types::{Library, Type};
use crate::model::{Api, ExprId, ExprKind, ExprList, Init, Op};

impl Lowering<'_> {
    /// `tokio::spawn(f)`, `set.spawn(f)`: yields a handle that somebody may wait on.
    pub(super) fn spawn_call(&mut self, node: &Node<'_>, group: Option<ExprId>) -> ExprId {
        let span = self.span(node);
        let nodes = self.argument_nodes(node);
        let ty = self.lends(Library::TaskGroup);
        let handle = self.unnamed("handle", ty, span);
        if let Some(group) = group {
            // Whoever waits for the handle waits for a part of the group.
            self.define(handle, group, node);
        }
        let handle = self.variable_value(handle, span);
        let Some((&task, others)) = nodes.split_last() else {
            return handle;
        };
        for &other in others {
            self.expression(other);
        }
        let (callee, args) = self.task(task);
        self.emit(
            Op::Spawn(Spawn {
                callee,
                args,
                target: None,
                group: Some(group.unwrap_or(handle)),
            }),
            span,
        );
        handle
    }

    /// What a task runs: a closure, an async block, or a call of an async function that is not
    /// awaited.
    fn task(&mut self, node: Node<'_>) -> (ExprId, ExprList) {
        let inner = self.bare_future(node);
        if let Some(task) = self.taking_task(&inner) {
            return (task, ExprList::default());
        }
        if self.is_plain_call(&inner) {
            let (value, undone) = self.call_undone(&inner);
            return undone.unwrap_or((value, ExprList::default()));
        }
        let value = self.moved(inner);
        match self.future_in(value) {
            Some(task) => task,
            None => (value, ExprList::default()),
        }
    }

    /// `let worker = work(queue); spawn(worker)`: the call of an asynchronous function that a variable
    /// keeps has run nothing yet; it is taken back from where it stands.
    fn future_in(&mut self, value: ExprId) -> Option<(ExprId, ExprList)> {
        let program = &self.builder.program;
        let ExprKind::Variable(variable) = *program.kind(value) else {
            return None;
        };
        let Init::Value(future) = program.variable(variable).init else {
            return None;
        };
        let ExprKind::Call(step) = *program.kind(future) else {
            return None;
        };
        let Op::Call(call) = program.op(step) else {
            return None;
        };
        let (callee, args, api) = (call.callee, call.args, call.api);
        let is_future = match *self.builder.program.kind(callee) {
            ExprKind::Function(function, _) => {
                self.builder.program.asynchronous.contains(&function)
            }
            _ => {
                let name = self.intern(last_word(&self.name_of(callee)));
                self.names.asynchronous.contains(&name)
            }
        };
        if api != Api::Other || !is_future {
            return None;
        }
        self.builder.program.steps[step.index()].op = Op::Gap;
        self.builder.program.exprs[future.index()].kind = ExprKind::Unknown;
        Some((callee, args))
    }

    /// `spawn(stream.for_each(f))`: all that comes is taken on the task, and not where it is started.
    fn taking_task(&mut self, future: &Node<'_>) -> Option<ExprId> {
        let (_, name, _) = self.method_parts(future)?;
        if !self.text_of(&name).contains("for_each") {
            return None;
        }
        let span = self.span(future);
        let function = self.inner_function(future, &[], *future, true);
        Some(self.expr(ExprKind::Closure(function), span))
    }

    /// Whether a function that is called starts what it is handed, by its name.
    pub(super) fn starts_by_name(&self, callee: &Node<'_>) -> bool {
        starts_tasks(last_word(self.text_of(callee)))
    }

    /// A call of an asynchronous function that is handed to what starts it: it runs there, as a
    /// task of its own, and not where it stands.
    pub(super) fn started_elsewhere(&mut self, argument: &Node<'_>) -> Option<ExprId> {
        let inner = self.bare_future(*argument);
        if !self.is_plain_call(&inner) {
            return None;
        }
        let function = self.field(&inner, self.f.function)?;
        let name = self.intern(last_word(self.text_of(&function)));
        if !self.names.asynchronous.contains(&name) {
            return None;
        }
        let span = self.span(&inner);
        let (value, undone) = self.call_undone(&inner);
        let Some((callee, args)) = undone else {
            return Some(value);
        };
        let step = self.emit(
            Op::Spawn(Spawn {
                callee,
                args,
                target: None,
                group: None,
            }),
            span,
        );
        self.builder.program.started_elsewhere.insert(step);
        Some(value)
    }

    fn is_plain_call(&self, node: &Node<'_>) -> bool {
        self.kind(node) == Kind::CallExpression && self.shape_of(node).is_none()
    }

    /// Lowers a call that is not to run where it stands: its value, and what it calls where that
    /// could be taken back.
    fn call_undone(&mut self, call: &Node<'_>) -> (ExprId, Option<(ExprId, ExprList)>) {
        let before = self.builder.program.blocks[self.block.index()].steps.len();
        let value = self.plain_call(call);
        (value, self.undone_call(value, before))
    }

    /// A call that was lowered as the last step of the block at hand, taken back.
    fn undone_call(&mut self, value: ExprId, before: usize) -> Option<(ExprId, ExprList)> {
        let ExprKind::Call(step) = *self.builder.program.kind(value) else {
            return None;
        };
        let steps = &mut self.builder.program.blocks[self.block.index()].steps;
        if steps.len() <= before || steps.last() != Some(&step) {
            return None;
        }
        let Op::Call(call) = &self.builder.program.steps[step.index()].op else {
            return None;
        };
        if call.api != Api::Other {
            return None;
        }
        let found = (call.callee, call.args);
        steps.pop();
        // The step stays in its table, where it says nothing.
        self.builder.program.steps[step.index()].op = Op::Gap;
        self.builder.program.exprs[value.index()].kind = ExprKind::Unknown;
        Some(found)
    }

    /// A future without the wrappers that name or trace it.
    fn bare_future<'t>(&self, node: Node<'t>) -> Node<'t> {
        let mut node = self.peel_parentheses(node);
        for _ in 0..8 {
            let next = match self.method_parts(&node) {
                Some((receiver, name, _))
                    if matches!(
                        self.text_of(&name),
                        "instrument"
                            | "in_current_span"
                            | "or_current"
                            | "boxed"
                            | "with_subscriber"
                            | "map"
                            | "then"
                            | "inspect"
                            | "unwrap_or_else"
                            | "map_err"
                    ) =>
                {
                    Some(receiver)
                }
                Some((receiver, _, arguments)) if self.wraps_block(&receiver, &arguments) => {
                    Some(receiver)
                }
                _ => self.pinned(&node),
            };
            match next {
                Some(next) => node = self.peel_parentheses(next),
                None => break,
            }
        }
        node
    }

    /// `async { … }.named("x")`: whatever a method makes of a block, the block is what runs, unless
    /// it is handed something else to run.
    fn wraps_block(&self, receiver: &Node<'_>, arguments: &[Node<'_>]) -> bool {
        let runs = |node: &Node<'_>| {
            matches!(
                self.kind(node),
                Kind::AsyncBlock | Kind::ClosureExpression | Kind::CallExpression
            )
        };
        self.kind(&self.peel_parentheses(*receiver)) == Kind::AsyncBlock
            && !arguments.iter().any(runs)
    }

    fn pinned<'t>(&self, node: &Node<'t>) -> Option<Node<'t>> {
        if self.kind(node) != Kind::CallExpression {
            return None;
        }
        let function = self.field(node, self.f.function)?;
        let is_pin = matches!(self.text_of(&function), "Box::pin" | "Box::new");
        let arguments = self.argument_nodes(node);
        match arguments[..] {
            [only] if is_pin => Some(only),
            _ => None,
        }
    }

    fn peel_parentheses<'t>(&self, mut node: Node<'t>) -> Node<'t> {
        while self.kind(&node) == Kind::ParenthesizedExpression {
            match self.first_child(&node) {
                Some(inner) => node = inner,
                None => break,
            }
        }
        node
    }

    /// Whether an argument is something to run.
    pub(super) fn starts_task(&self, node: &Node<'_>) -> bool {
        matches!(
            self.kind(&self.bare_future(*node)),
            Kind::ClosureExpression | Kind::AsyncBlock | Kind::CallExpression
        )
    }

    /// Whether a value is a handle of an executor: it starts tasks as the free function does. Who has
    /// the executor itself ends them with it.
    pub(super) fn is_runtime(&self, on: ExprId) -> bool {
        let program = &self.builder.program;
        matches!(*program.pointee(program.expr(on).ty), Type::Foreign(module, name)
            if program.text(module).ends_with("runtime")
                && program.text(name) == "Handle")
    }

    /// `thread::scope(|s| { … })`: what is started in it has ended when it returns.
    pub(super) fn scope_call(&mut self, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let nodes = self.argument_nodes(node);
        let Some(&closure) = nodes.first() else {
            return self.unknown(node);
        };
        if self.kind(&closure) != Kind::ClosureExpression {
            self.expression(closure);
            return self.unknown(node);
        }
        let parameter = self
            .field(&closure, self.f.parameters)
            .and_then(|list| self.first_child(&list));
        let ty = self.lends(Library::TaskGroup);
        let scope = self.unnamed("scope", ty, span);
        self.scope.open();
        if let Some(name) = parameter.and_then(|parameter| self.simple_name(&parameter)) {
            let symbol = self.symbol(&name);
            self.scope.declare(symbol, scope);
        }
        let value = match self.field(&closure, self.f.body) {
            Some(body) => self.expression(body),
            None => self.unknown(node),
        };
        self.scope.close();
        let end = self.end_of(node);
        let group = self.variable_value(scope, end);
        self.api_call(Api::GroupWait, Some(group), &[], end);
        value
    }

    /// `token.run_until_cancelled(f)`: `f` runs, and ends with the token.
    pub(super) fn until_cancelled(&mut self, node: &Node<'_>, token: ExprId) -> ExprId {
        use crate::model::step::{Arm, Owner};
        let span = self.span(node);
        let nodes = self.argument_nodes(node);
        let step = self.emit(Op::Gap, span);
        let mut arms = Vec::new();
        self.choices += 1;
        for (at, future) in [nodes.first().copied(), None].into_iter().enumerate() {
            let mut communication = None;
            let guard = self.in_block(Owner::Guard(step, at as u32), |this| {
                communication = Some(match future {
                    Some(future) => this.communication(future).0,
                    None => {
                        let (channel, _) = this.api_call(Api::ContextDone, Some(token), &[], span);
                        let checked = false;
                        this.emit(Op::Receive { channel, checked }, span)
                    }
                });
            });
            let body = self.builder.block(Owner::Arm(step, at as u32));
            arms.push(Arm {
                guard,
                body,
                span,
                communication,
            });
        }
        self.choices -= 1;
        self.replace(step, Op::Select(arms));
        self.typed(ExprKind::Unknown, basic::UNKNOWN, span)
    }
}

/// The name at the end of a path or of a chain of methods, without type arguments.
fn last_word(text: &str) -> &str {
    let path = text.split("::<").next().unwrap_or(text);
    path.rsplit([':', '.']).next().unwrap_or(path).trim()
}
