//! Channels: their making, and what is done to their ends.

use super::attempts::Attempt;
use super::guards::Hold;
use super::{Lowering, basic};
use crate::languages::syntax::Node;
use crate::model::types::{Direction, Discipline, Type};
use crate::model::{
    Api, BinaryOp, ExprId, ExprKind, ExprList, Init, Library, Op, StepId, TypeId, VariableKind,
};
use crate::source::Span;

/// Methods of an iterator or a stream that pass each item on.
const PASSING_ON: &[&str] = &[
    "map",
    "filter",
    "filter_map",
    "flat_map",
    "flatten",
    "inspect",
    "enumerate",
    "take_while",
    "map_while",
    "take_until",
    "then",
    "chunks",
    "ready_chunks",
    "buffered",
    "buffer_unordered",
    "peekable",
    "fuse",
];

/// Methods of an iterator or a stream that take all items until there are no more.
const TO_THE_END: &[&str] = &[
    "collect",
    "collect_vec",
    "count",
    "sum",
    "product",
    "min",
    "max",
    "last",
    "fold",
    "for_each",
    "for_each_concurrent",
    "try_for_each",
    "try_for_each_concurrent",
    "try_fold",
    "try_collect",
    "partition",
    "unzip",
    "find",
    "find_map",
    "any",
    "all",
    "position",
];

/// Whether a method yields the items of what it is called on; of an option, `take` takes the whole.
fn passes_on(name: &str, first: Option<&Node<'_>>) -> bool {
    PASSING_ON.contains(&name) || name == "take" && first.is_some()
}

impl Lowering<'_> {
    /// Both ends of a new channel as one value.
    pub(super) fn new_channel(
        &mut self,
        node: &Node<'_>,
        element: TypeId,
        discipline: Discipline,
        has_room: bool,
    ) -> ExprId {
        let span = self.span(node);
        let nodes = self.argument_nodes(node);
        let values: Vec<ExprId> = nodes
            .into_iter()
            .map(|value| self.expression(value))
            .collect();
        let room = values.first().copied().filter(|_| has_room);
        let ty = self
            .builder
            .ty(Type::Channel(element, Direction::Both, discipline));
        self.typed(ExprKind::MakeChannel(element, room, discipline), ty, span)
    }

    pub(super) fn is_sender(&self, ty: TypeId) -> bool {
        matches!(
            self.builder.program.underlying(ty),
            Type::Channel(_, Direction::Send, _)
        )
    }

    /// The last name by which a value is known.
    pub(super) fn name_of(&self, value: ExprId) -> String {
        let program = &self.builder.program;
        match *program.kind(value) {
            ExprKind::Variable(variable) | ExprKind::Field(_, variable) => {
                program.text(program.variable(variable).name).to_owned()
            }
            ExprKind::Member(_, name) | ExprKind::Name(name) => program.text(name).to_owned(),
            ExprKind::Dereference(inner) | ExprKind::Index(inner, _) => self.name_of(inner),
            _ => String::new(),
        }
    }

    /// Receives a value.
    pub(super) fn receive(&mut self, channel: ExprId, checked: bool, span: Span) -> ExprId {
        let element = self.element_of(self.ty(channel));
        let step = self.emit(Op::Receive { channel, checked }, span);
        self.typed(ExprKind::Received(step), element, span)
    }

    /// A method of an end of a channel.
    pub(super) fn channel_method(
        &mut self,
        node: &Node<'_>,
        channel: ExprId,
        name: &str,
    ) -> Option<ExprId> {
        let span = self.span(node);
        let nodes = self.argument_nodes(node);
        Some(match (name, nodes.first()) {
            (
                "send" | "send_async" | "blocking_send" | "send_blocking" | "unbounded_send"
                | "feed",
                Some(&value),
            )
            // There is room: whoever puts an item into a sink that way has waited for it before.
            | ("send_replace" | "force_send" | "start_send", Some(&value)) => {
                let value = self.moved(value);
                self.hand_over(value);
                let step = self.emit(Op::Send { channel, value }, span);
                let outcome = self.expr(ExprKind::Unknown, span);
                self.sent.insert(outcome, step);
                outcome
            }
            ("send_modify" | "send_if_modified" | "send_all", Some(&value)) => {
                let value = self.expression(value);
                self.emit(Op::Send { channel, value }, span);
                self.unknown(node)
            }
            ("reserve" | "reserve_owned", None) => {
                let value = self.unknown(node);
                self.emit(Op::Send { channel, value }, span);
                self.unknown(node)
            }
            (
                "recv" | "recv_async" | "blocking_recv" | "recv_blocking" | "next" | "changed"
                | "recv_ref",
                None,
            ) => self.receive(channel, true, span),
            ("wait_for" | "recv_many", _) => {
                for node in nodes {
                    self.expression(node);
                }
                self.receive(channel, true, span)
            }
            ("closed" | "cancellation", None) => {
                let (ended, _) = self.api_call(Api::ContextDone, Some(channel), &[], span);
                ended
            }
            ("close" | "close_channel", None) => {
                self.emit(Op::Close { channel }, span);
                self.unknown(node)
            }
            ("try_iter" | "drain", None) => self.take_what_is_there(channel, span),
            ("subscribe" | "resubscribe" | "stream" | "into_stream" | "iter", None)
            | ("into_iter" | "clone" | "downgrade" | "upgrade" | "sink", None) => {
                self.same_channel(channel, name, span)
            }
            ("borrow" | "borrow_and_update", None) => self.unknown(node),
            (name, first) if passes_on(name, first) && !self.is_sender(self.ty(channel)) => {
                self.passed_on(node, channel)
            }
            (name, _) if TO_THE_END.contains(&name) && !self.is_sender(self.ty(channel)) => {
                self.take_to_the_end(node, channel)
            }
            _ => return self.channel_question(node, channel, name),
        })
    }

    fn passed_on(&mut self, node: &Node<'_>, channel: ExprId) -> ExprId {
        let given = self.arguments(node);
        self.note_if_at_once(node, channel, given);
        channel
    }

    /// `for_each_concurrent(None, …)` takes each item as soon as it comes; with a limit, and with
    /// `buffer_unordered(limit)`, so many are worked on at once.
    pub(super) fn note_if_at_once(&mut self, node: &Node<'_>, channel: ExprId, given: ExprList) {
        let Some((_, method, arguments)) = self.method_head(node) else {
            return;
        };
        let name = self.text_of(&method);
        if !name.ends_with("for_each_concurrent") && !name.starts_with("buffer") {
            return;
        }
        let limit = self.first_child(&arguments);
        let has_no_limit = limit.is_some_and(|limit| self.text_of(&limit) == "None");
        let program = &mut self.builder.program;
        match program.list(given).first() {
            _ if has_no_limit => program.taken_at_once.push((channel, None)),
            Some(&limit) => program.taken_at_once.push((channel, Some(limit))),
            None => {}
        }
    }

    /// `queue.pop()`: the next item, if there is one.
    fn take_one(&mut self, channel: ExprId, span: Span) -> ExprId {
        let element = self.element_of(self.ty(channel));
        let taken = self.unnamed("taken", element, span);
        self.attempt(
            Attempt::receive(channel, None),
            span,
            &mut |this, value| this.set(taken, value, span),
            &mut |_, _| {},
        );
        self.variable_value(taken, span)
    }

    /// `rx.try_iter()`, `rx.drain()`: a list of what can be received without waiting.
    fn take_what_is_there(&mut self, channel: ExprId, span: Span) -> ExprId {
        let element = self.element_of(self.ty(channel));
        self.attempt(
            Attempt::receive(channel, None),
            span,
            &mut |_, _| {},
            &mut |_, _| {},
        );
        let ty = self.builder.ty(Type::List(element, None));
        self.typed(ExprKind::Unknown, ty, span)
    }

    /// What a method asks of a channel, without waiting.
    fn channel_question(&mut self, node: &Node<'_>, channel: ExprId, name: &str) -> Option<ExprId> {
        let span = self.span(node);
        let nodes = self.argument_nodes(node);
        Some(match (name, nodes.first()) {
            ("pop", None) if self.is_queue(channel) => self.take_one(channel, span),
            ("len", None) => self.typed(ExprKind::Length(channel), basic::INTEGER, span),
            ("max_capacity", None) => self.typed(ExprKind::Capacity(channel), basic::INTEGER, span),
            ("capacity", None) => self.room_left(channel, node),
            ("is_full", None) => self.is_full(channel, node),
            ("is_empty", None) => self.is_empty(channel, node),
            ("is_closed" | "is_disconnected" | "has_changed" | "same_channel", _) => {
                self.typed(ExprKind::Unknown, basic::BOOLEAN, span)
            }
            _ => return None,
        })
    }

    /// Tokio's `capacity()` is the room that is left, as is that of other bounded channels.
    fn room_left(&mut self, channel: ExprId, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let room = self.typed(ExprKind::Capacity(channel), basic::INTEGER, span);
        let length = self.typed(ExprKind::Length(channel), basic::INTEGER, span);
        self.combine(BinaryOp::Subtract, room, length, node)
    }

    pub(super) fn is_full(&mut self, of: ExprId, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let length = self.typed(ExprKind::Length(of), basic::INTEGER, span);
        let room = self.typed(ExprKind::Capacity(of), basic::INTEGER, span);
        self.combine(BinaryOp::GreaterEqual, length, room, node)
    }

    pub(super) fn is_empty(&mut self, of: ExprId, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let length = self.typed(ExprKind::Length(of), basic::INTEGER, span);
        let none = self.typed(ExprKind::Int(0), basic::INTEGER, span);
        self.combine(BinaryOp::Equal, length, none, node)
    }

    fn same_channel(&mut self, channel: ExprId, name: &str, span: Span) -> ExprId {
        if !matches!(name, "subscribe" | "resubscribe" | "downgrade") {
            let is_receiver = matches!(
                self.builder.program.underlying(self.ty(channel)),
                Type::Channel(_, Direction::Receive, _)
            );
            let copies = matches!(name, "clone" | "upgrade" | "sink");
            if copies && !is_receiver {
                self.builder.program.alone.copied.push(channel);
            }
            if name == "clone" && self.is_guard(channel) {
                // A copy of what is guarded, and not the guard.
                let ty = self.ty(channel);
                return self.typed(ExprKind::Dereference(channel), ty, span);
            }
            return channel;
        }
        let (element, discipline) = match *self.builder.program.underlying(self.ty(channel)) {
            Type::Channel(element, _, discipline) => (element, discipline),
            _ => (basic::UNKNOWN, Discipline::Latest),
        };
        let ty = self
            .builder
            .ty(Type::Channel(element, Direction::Receive, discipline));
        self.typed(ExprKind::Convert(ty, channel), ty, span)
    }

    /// `drop(x)`: a guard is given back, a receiver ends its channel, a sender is gone.
    pub(super) fn drop_call(&mut self, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let nodes = self.argument_nodes(node);
        let Some(&argument) = nodes.first() else {
            return self.unknown(node);
        };
        let value = self.moved(argument);
        self.gone(value);
        if self.drop_guard(value, span) {
            return self.unknown(node);
        }
        let ty = self.ty(value);
        match *self.builder.program.underlying(ty) {
            Type::Channel(_, Direction::Receive, _) => {
                self.emit(Op::Close { channel: value }, span);
            }
            Type::Library(Library::CancelFunction | Library::TaskGroup | Library::TaskSet) => {
                self.api_call(Api::Cancel, Some(value), &[], span);
            }
            _ => {
                self.api_call(Api::Pure, None, &[value], span);
            }
        }
        self.unknown(node)
    }

    /// The send whose outcome a value is, also under a name.
    pub(super) fn sent_as(&self, value: ExprId) -> Option<StepId> {
        let program = &self.builder.program;
        let named = match *program.kind(value) {
            ExprKind::Variable(variable) => match program.variable(variable).init {
                Init::Value(first) => first,
                _ => return None,
            },
            _ => value,
        };
        self.sent.get(&named).copied()
    }

    /// A field whose value was taken out or dropped keeps nothing open any more.
    pub(super) fn gone(&mut self, value: ExprId) {
        if let ExprKind::Field(_, field) = *self.builder.program.kind(value) {
            self.builder.program.moved.insert(field);
        }
    }

    /// `self.done.take().unwrap()`: whoever comes second finds nothing and panics.
    pub(super) fn note_taken(&mut self, node: &Node<'_>, on: ExprId) {
        let Some((receiver, ..)) = self.method_parts(node) else {
            return;
        };
        let is_take = self
            .method_parts(&receiver)
            .is_some_and(|(_, name, nodes)| nodes.is_empty() && self.text_of(&name) == "take");
        let program = &self.builder.program;
        let is_once = matches!(
            program.underlying(self.ty(on)),
            Type::Channel(_, Direction::Send, _)
        );
        let place = self.field_behind(on, 6).or(program.variable_or_field(on));
        if let (Some(field), Some(function), true) = (place, self.function, is_take && is_once)
            && (matches!(program.variable(field).kind, VariableKind::Field(_))
                || program.variable(field).kind != VariableKind::Receiver
                    && self.is_called_again(field, function))
        {
            let span = self.span(&receiver);
            self.builder.program.taken.push((field, function, span));
        }
    }

    /// Whether a variable is one that a closure captures, or that a function is handed behind a
    /// lock: it is there again at the next call.
    fn is_called_again(
        &self,
        variable: crate::model::VariableId,
        function: crate::model::FunctionId,
    ) -> bool {
        let program = &self.builder.program;
        let of = program.variable(variable);
        of.function != Some(function)
            || of.kind == VariableKind::Parameter && program.lock_around(of.ty).is_some()
    }

    /// `mem::take(&mut q)`: everything is taken out at once.
    pub(super) fn take_call(&mut self, node: &Node<'_>, path: &str) -> ExprId {
        let span = self.span(node);
        let nodes = self.argument_nodes(node);
        let Some(&first) = nodes.first() else {
            return self.unknown(node);
        };
        let place = self.expression(first);
        let ty = self.ty(place);
        let taken = self.unnamed("taken", ty, span);
        let taken = self.variable_value(taken, span);
        self.assign(&[taken], &[place], crate::model::AssignHow::Define, span);
        let fresh = match nodes.get(1) {
            Some(&other) if path.ends_with("replace") => self.moved(other),
            Some(&other) => self.expression(other),
            None => self.typed(ExprKind::Make(ty, None), ty, span),
        };
        self.assign(&[place], &[fresh], crate::model::AssignHow::Set, span);
        taken
    }

    /// A permit of a semaphore: it is held until its owner ends.
    pub(super) fn take_permit(&mut self, semaphore: ExprId, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let nodes = self.argument_nodes(node);
        let args: Vec<ExprId> = nodes
            .into_iter()
            .map(|node| self.expression(node))
            .collect();
        self.api_call(Api::PermitAcquire(false), Some(semaphore), &args, span);
        let ty = self.ty(semaphore);
        let value = self.typed(ExprKind::Dereference(semaphore), ty, span);
        self.hold(Hold::Permit, semaphore, value);
        value
    }

    /// A lock's guard: it is held until its owner ends.
    pub(super) fn take_lock(&mut self, lock: ExprId, reading: bool, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        self.api_call(Api::Lock(reading), Some(lock), &[], span);
        let inner = self.guarded(self.ty(lock));
        let value = self.typed(ExprKind::Dereference(lock), inner, span);
        self.hold(Hold::Lock(reading), lock, value);
        value
    }

    /// What a lock guards.
    pub(super) fn guarded(&self, mut ty: TypeId) -> TypeId {
        for _ in 0..8 {
            match *self.builder.program.ty(ty) {
                Type::Guarded(_, inner) => return inner,
                Type::Pointer(inner) => ty = inner,
                Type::Named(named) => match self.builder.program.named[named.index()].underlying {
                    Some(inner) => ty = inner,
                    None => return basic::UNKNOWN,
                },
                _ => return basic::UNKNOWN,
            }
        }
        basic::UNKNOWN
    }
}
