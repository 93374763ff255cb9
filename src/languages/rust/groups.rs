//! Groups of tasks and sets of futures: what is put in, and what waits for it.

use super::{Kind, Lowering, basic};
use crate::languages::syntax::Node;
use crate::model::step::AssignHow;
use crate::model::types::{Library, Type};
use crate::model::{Api, ExprId, ExprKind, Op};

impl Lowering<'_> {
    /// A method of a task, a set of tasks or of futures, or what counts tasks.
    pub(super) fn group_method(
        &mut self,
        node: &Node<'_>,
        on: ExprId,
        name: &str,
    ) -> Option<ExprId> {
        let span = self.span(node);
        match name {
            "spawn" | "spawn_on" | "spawn_blocking" | "spawn_local" => {
                Some(self.spawn_call(node, Some(on)))
            }
            // A builder for a task of the group, which may be given a name.
            "build_task" | "name" => Some(on),
            "join_next" | "join_next_with_id" => Some(self.first_of(Api::GroupWait, node, on)),
            // It runs what it waits for: no more than any other call that takes its time.
            "next" | "select_next_some" | "try_next" if self.is_future_set(on) => {
                Some(self.first_of(Api::Pure, node, on))
            }
            "join" | "join_all" | "shutdown" | "wait" => Some(self.does(Api::GroupWait, node, on)),
            "abort" | "abort_all" => Some(self.does(Api::Cancel, node, on)),
            "push" | "push_back" if self.is_future_set(on) => self.put_in_set(node, on),
            "len" => Some(self.typed(ExprKind::Length(on), basic::INTEGER, span)),
            "is_empty" => Some(self.is_empty(on, node)),
            "is_finished" => Some(self.typed(ExprKind::Unknown, basic::BOOLEAN, span)),
            "abort_handle" => Some(on),
            _ => None,
        }
    }

    /// A task that goes into a set of futures: whoever waits for each in turn waits for it.
    fn put_in_set(&mut self, node: &Node<'_>, set: ExprId) -> Option<ExprId> {
        let span = self.span(node);
        let items = self.arguments(node);
        let ty = self.ty(set);
        let longer = self.typed(ExprKind::Append(set, items), ty, span);
        self.assign(&[set], &[longer], AssignHow::Set, span);
        Some(self.unknown(node))
    }

    /// `(0..n).map(|_| spawn(f)).collect()`: a list of tasks, each of which may be waited for. A set
    /// of futures waits for them itself.
    pub(super) fn tasks_gathered(&mut self, node: &Node<'_>, from: ExprId) -> Option<ExprId> {
        if self.is_gathered_in_a_set(node) {
            return None;
        }
        let span = self.span(node);
        let program = &self.builder.program;
        let ExprKind::Call(step) = *program.kind(from) else {
            return None;
        };
        let Op::Call(call) = &program.steps[step.index()].op else {
            return None;
        };
        let &[closure] = program.list(call.args) else {
            return None;
        };
        let ExprKind::Closure(function) = *program.kind(closure) else {
            return None;
        };
        let body = program.function(function).body;
        let &last = program.blocks[body.index()].steps.last()?;
        let Op::Return(values) = program.steps[last.index()].op else {
            return None;
        };
        let task = program.list(values).first().copied()?;
        if !self.is_handle(task) {
            return None;
        }
        let element = self.ty(task);
        let ty = self.builder.ty(Type::List(element, None));
        let none = self.typed(ExprKind::Make(ty, None), ty, span);
        let items = self.builder.list(&[task]);
        let tasks = self.typed(ExprKind::Append(none, items), ty, span);
        let all = self.unnamed("tasks", ty, span);
        self.define(all, tasks, node);
        Some(self.variable_value(all, span))
    }

    /// Whether what is gathered is a set of futures, by what the code around says.
    fn is_gathered_in_a_set(&self, node: &Node<'_>) -> bool {
        let says = |node: &Node<'_>| self.text_of(node).contains("FuturesUnordered<");
        let declared = node
            .parent()
            .filter(|around| self.kind(around) == Kind::LetDeclaration)
            .and_then(|around| self.field(&around, self.f.r#type));
        says(node) || declared.is_some_and(|ty| says(&ty))
    }

    pub(super) fn is_future_set(&self, on: ExprId) -> bool {
        self.builder.program.library(self.ty(on)) == Some(Library::FutureSet)
    }

    /// Waits until one of a set has ended, and yields what it gave.
    fn first_of(&mut self, api: Api, node: &Node<'_>, on: ExprId) -> ExprId {
        let span = self.span(node);
        let args = self.values(node);
        let (value, step) = self.api_call(api, Some(on), &args, span);
        self.builder.program.firsts.insert(step);
        value
    }
}
