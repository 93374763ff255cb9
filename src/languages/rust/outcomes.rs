//! Results and options: which way is taken when something succeeds, and which when it fails.
//!
//! A try that does not wait (`try_send`, `try_recv`) is a select with a default; one with a time
//! limit a select with a timer. So `if tx.try_send(x).is_err() { … }` and Go's `select` with
//! `default` are the same to the model.

use super::attempts::Attempt;
use super::guards::Hold;
use super::{Kind, Lowering, basic};
use crate::languages::syntax::Node;
use crate::model::step::{AssignHow, Owner};
use crate::model::{Api, BinaryOp, ExprId, ExprKind, Init, Op, Type};
use crate::source::Span;

/// What is done on one of two ways, with the value or the error.
pub(super) type Way<'w, 'a> = &'w mut (dyn FnMut(&mut Lowering<'a>, ExprId) + 'w);

/// A way of trying something.
pub(super) enum Try<'t> {
    Send(Node<'t>),
    /// Throws the oldest out where there is no room.
    Force(Node<'t>),
    /// Asks for room alone.
    Room,
    Receive,
    SendWithin(Node<'t>, Option<Node<'t>>),
    ReceiveWithin(Option<Node<'t>>),
    /// Waits for a value until the channel has ended.
    Wait,
    Permit,
    Lock(bool),
}

impl<'a> Lowering<'a> {
    /// The receiver, the name and the arguments of a method call.
    pub(super) fn method_parts<'t>(
        &self,
        node: &Node<'t>,
    ) -> Option<(Node<'t>, Node<'t>, Vec<Node<'t>>)> {
        let (receiver, name, list) = self.method_head(node)?;
        Some((receiver, name, self.children(&list)))
    }

    /// The receiver and the name of a method call, and the node of its arguments.
    pub(super) fn method_head<'t>(
        &self,
        node: &Node<'t>,
    ) -> Option<(Node<'t>, Node<'t>, Node<'t>)> {
        if self.kind(node) != Kind::CallExpression {
            return None;
        }
        let mut function = self.field(node, self.f.function)?;
        if self.kind(&function) == Kind::GenericFunction {
            function = self.field(&function, self.f.function)?;
        }
        if self.kind(&function) != Kind::FieldExpression {
            return None;
        }
        let receiver = self.field(&function, self.f.value)?;
        let name = self.field(&function, self.f.field)?;
        let arguments = self.field(node, self.f.arguments)?;
        Some((receiver, name, arguments))
    }

    /// Goes one way when something succeeds and another when it fails. `word` is what the code
    /// asks for: `Ok`, `Err`, `Some` or `None`.
    pub(super) fn branch<'w>(
        &mut self,
        node: Node<'_>,
        word: Option<&'static str>,
        yes: Way<'w, 'a>,
        no: Way<'w, 'a>,
    ) {
        let (yes, no) = match word {
            Some("Err" | "None") => (no, yes),
            _ => (yes, no),
        };
        let node = self.asked(node);
        let inner = self.peel(node);
        let is_awaited = self.is_awaited(node, &inner);
        let span = self.span(&node);
        let told = self.told_of_errors(node);
        let no: Way<'_, 'a> = &mut |this: &mut Lowering<'a>, error| {
            for closure in &told {
                this.run_on_error(closure, error);
            }
            no(this, error);
        };
        if let Some((time, future)) = self.timeout_parts(&inner)
            && let Some(at) = self.timed_out(&future, time)
        {
            return self.attempt(at, span, yes, no);
        }
        if let Some((receiver, how)) = self.try_of(&inner) {
            let at = self.expression(receiver);
            if self.is_for(&how, at) {
                return self.tried(at, how, &inner, span, yes, no);
            }
            let value = self.method_on(&inner, at);
            let value = self.awaited_if(is_awaited, value, span);
            return self.way_of_value(value, word, span, yes, no);
        }
        if let Some((receiver, how)) = self.put_or_taken(&inner) {
            let at = self.expression(receiver);
            if self.is_queue(at) || self.is_used_as_queue(at, &receiver, &how, word) {
                // What was thrown out for the new one is a value, and nothing is none.
                return match how {
                    Try::Force(_) => self.tried(at, how, &inner, span, no, yes),
                    _ => self.tried(at, how, &inner, span, yes, no),
                };
            }
            let value = self.method_on(&inner, at);
            return self.way_of_value(value, word, span, yes, no);
        }
        let value = match self.kind(&inner) {
            Kind::CallExpression => self.plain_call(&inner),
            _ => self.expression(inner),
        };
        let value = self.awaited_if(is_awaited, value, span);
        self.way_of_value(value, word, span, yes, no);
    }

    fn awaited_if(&mut self, is_awaited: bool, value: ExprId, span: Span) -> ExprId {
        match is_awaited {
            true => self.awaited(value, span),
            false => value,
        }
    }

    /// Whether an `.await` was peeled off.
    fn is_awaited(&self, node: Node<'_>, inner: &Node<'_>) -> bool {
        let mut at = inner.parent();
        for _ in 0..16 {
            let Some(node_at) = at else { return false };
            if self.kind(&node_at) == Kind::AwaitExpression {
                return true;
            }
            if node_at == node || node_at.byte_range().len() > node.byte_range().len() {
                return false;
            }
            at = node_at.parent();
        }
        false
    }

    fn way_of_value(
        &mut self,
        value: ExprId,
        word: Option<&'static str>,
        span: Span,
        yes: Way<'_, 'a>,
        no: Way<'_, 'a>,
    ) {
        let is_call = matches!(self.builder.program.kind(value), ExprKind::Call(_));
        let of_result = matches!(word, Some("Ok" | "Err"));
        if is_call && !self.is_guard(value) {
            // Of a call that yields nothing but an error the value is nothing.
            let ty = match self.builder.program.ty(self.ty(value)) {
                Type::Error if of_result => basic::UNIT,
                _ => self.ty(value),
            };
            let (name, kind) = match of_result {
                true => ("error", basic::ERROR),
                false => ("found", basic::BOOLEAN),
            };
            let (found, error) = (
                self.unnamed("value", ty, span),
                self.unnamed(name, kind, span),
            );
            for (at, variable) in [found, error].into_iter().enumerate() {
                self.builder.program.variables[variable.index()].init =
                    Init::Part(value, at as u32);
            }
            let (found, error) = (
                self.variable_value(found, span),
                self.variable_value(error, span),
            );
            self.assign(&[found, error], &[value], AssignHow::Define, span);
            let condition = match of_result {
                true => {
                    let nothing = self.expr(ExprKind::Nil, span);
                    self.expr(ExprKind::Binary(BinaryOp::Equal, error, nothing), span)
                }
                false => error,
            };
            return self.two_ways(condition, span, (found, yes), (error, no));
        }
        // A result that was kept is asked for its error, an option for its value.
        let condition = match of_result {
            true => self.is_fine(value, span),
            false => {
                let nothing = self.expr(ExprKind::Nil, span);
                self.expr(ExprKind::Binary(BinaryOp::NotEqual, value, nothing), span)
            }
        };
        let error = self.typed(ExprKind::Unknown, basic::ERROR, span);
        self.two_ways(condition, span, (value, yes), (error, no));
    }

    fn two_ways(
        &mut self,
        condition: ExprId,
        span: Span,
        yes: (ExprId, Way<'_, 'a>),
        no: (ExprId, Way<'_, 'a>),
    ) {
        let step = self.emit(Op::Gap, span);
        let then = self.in_block(Owner::Then(step), |this| (yes.1)(this, yes.0));
        let otherwise = self.in_block(Owner::Else(step), |this| (no.1)(this, no.0));
        self.replace(
            step,
            Op::Branch {
                condition,
                then,
                otherwise: Some(otherwise),
            },
        );
    }

    fn try_of<'t>(&self, node: &Node<'t>) -> Option<(Node<'t>, Try<'t>)> {
        let (receiver, name, list) = self.method_head(node)?;
        let arguments = || self.children(&list);
        let how = match self.text_of(&name) {
            "try_send" | "try_broadcast" | "try_push" => match arguments()[..] {
                [value] => Try::Send(value),
                _ => return None,
            },
            "try_reserve" | "try_reserve_owned" if arguments().is_empty() => Try::Room,
            "send_timeout" | "send_deadline" => match arguments()[..] {
                [value, ref rest @ ..] => Try::SendWithin(value, rest.first().copied()),
                _ => return None,
            },
            "try_recv" | "try_next" if arguments().is_empty() => Try::Receive,
            "recv_timeout" | "recv_deadline" => Try::ReceiveWithin(arguments().first().copied()),
            "recv" | "recv_async" | "blocking_recv" | "recv_blocking" | "next" | "recv_ref"
                if arguments().is_empty() =>
            {
                Try::Wait
            }
            "try_acquire" | "try_acquire_owned" | "try_acquire_many" => Try::Permit,
            "try_lock" | "try_lock_owned" | "try_write" => Try::Lock(false),
            "try_read" if arguments().is_empty() => Try::Lock(true),
            _ => return None,
        };
        Some((receiver, how))
    }

    fn is_for(&mut self, how: &Try<'_>, on: ExprId) -> bool {
        match how {
            Try::Send(_) | Try::Force(_) | Try::Room | Try::SendWithin(..) => {
                self.as_channel(on, "try_send")
            }
            Try::Receive | Try::ReceiveWithin(_) => self.as_channel(on, "try_recv"),
            Try::Wait => self.as_channel(on, "recv"),
            Try::Permit => true,
            Try::Lock(_) => {
                self.builder.program.lock_around(self.ty(on)).is_some() || !self.has_type(on)
            }
        }
    }

    pub(super) fn tried(
        &mut self,
        on: ExprId,
        how: Try<'_>,
        node: &Node<'_>,
        span: Span,
        yes: Way<'_, 'a>,
        no: Way<'_, 'a>,
    ) {
        match how {
            Try::Send(value) | Try::Force(value) => {
                let value = self.moved(value);
                self.attempt(Attempt::send(on, value, None), span, yes, no);
            }
            Try::Room => {
                let value = self.unknown(node);
                self.attempt(Attempt::send(on, value, None), span, yes, no);
            }
            Try::Receive => self.attempt(Attempt::receive(on, None), span, yes, no),
            Try::SendWithin(value, time) => {
                let value = self.moved(value);
                let time = self.time_or_unknown(time, span);
                self.attempt(Attempt::send(on, value, Some(time)), span, yes, no);
            }
            Try::ReceiveWithin(time) => {
                let time = self.time_or_unknown(time, span);
                self.attempt(Attempt::receive(on, Some(time)), span, yes, no);
            }
            Try::Wait => self.waited(on, node, yes, no),
            Try::Permit => {
                let (value, _) = self.api_call(Api::PermitTryAcquire, Some(on), &[], span);
                self.claimed(value, Hold::Permit, on, span, yes, no);
            }
            Try::Lock(reading) => {
                let (value, _) = self.api_call(Api::TryLock, Some(on), &[], span);
                self.claimed(value, Hold::Lock(reading), on, span, yes, no);
            }
        }
    }

    fn time_or_unknown(&mut self, time: Option<Node<'_>>, span: Span) -> ExprId {
        match time {
            Some(time) => self.expression(time),
            None => self.expr(ExprKind::Unknown, span),
        }
    }

    /// A permit or lock that was asked for without waiting is held where the answer is yes.
    fn claimed(
        &mut self,
        asked: ExprId,
        hold: Hold,
        of: ExprId,
        span: Span,
        yes: Way<'_, 'a>,
        no: Way<'_, 'a>,
    ) {
        let mut kept = None;
        let error = self.typed(ExprKind::Unknown, basic::ERROR, span);
        let value = self.expr(ExprKind::Dereference(of), span);
        self.two_ways(
            asked,
            span,
            (value, &mut |this: &mut Lowering<'a>, value| {
                let mark = this.held.len();
                this.hold(hold, of, value);
                yes(this, value);
                if this.held.len() > mark && !this.builder.program.block_diverges(this.block) {
                    kept = this.held.get(mark).copied();
                }
            }),
            (error, no),
        );
        // `let Ok(permit) = … else { return }` goes on with it.
        if let Some(kept) = kept
            && !self.held.iter().any(|held| held.value == kept.value)
        {
            self.held.push(kept);
        }
    }

    /// `rx.recv()`: a value, or the end of the channel.
    fn waited(&mut self, channel: ExprId, node: &Node<'_>, yes: Way<'_, 'a>, no: Way<'_, 'a>) {
        let span = self.span(node);
        let received = self.receive(channel, true, span);
        let ty = self.ty(received);
        let (value, open) = (
            self.unnamed("value", ty, span),
            self.unnamed("open", basic::BOOLEAN, span),
        );
        for (at, variable) in [value, open].into_iter().enumerate() {
            self.builder.program.variables[variable.index()].init = Init::Part(received, at as u32);
        }
        let (value, open) = (
            self.variable_value(value, span),
            self.variable_value(open, span),
        );
        self.assign(&[value, open], &[received], AssignHow::Define, span);
        let error = self.typed(ExprKind::Unknown, basic::ERROR, span);
        self.two_ways(open, span, (value, yes), (error, no));
    }

    /// `f()?`: the value, after the way out.
    pub(super) fn try_expression(&mut self, node: &Node<'_>) -> ExprId {
        let Some(inner) = self.first_child(node) else {
            return self.unknown(node);
        };
        let span = self.span(node);
        let peeled = self.peel(self.asked(inner));
        if !self.is_fallible(&peeled) {
            return self.expression(peeled);
        }
        let word = match self.outcome {
            super::Outcome::Option => "Some",
            _ => "Ok",
        };
        let mut found = None;
        self.branch(
            inner,
            Some(word),
            &mut |_, value| found = Some(value),
            &mut |this, error| this.fail(error, span),
        );
        found.unwrap_or_else(|| self.unknown(node))
    }

    /// Locks and permits are asked for with a `?` that only a poisoned lock or a closed
    /// semaphore takes.
    fn is_fallible(&self, node: &Node<'_>) -> bool {
        match self.method_parts(node) {
            Some((_, name, arguments)) => !matches!(
                (self.text_of(&name), arguments.len()),
                ("lock" | "read" | "write" | "acquire" | "acquire_owned", 0)
                    | ("acquire_many" | "acquire_many_owned", 1)
            ),
            None => true,
        }
    }

    /// Whether a call has an outcome that the model has a word for.
    pub(super) fn is_try(&self, node: &Node<'_>) -> bool {
        self.timeout_parts(node).is_some() || self.try_of(node).is_some()
    }

    /// Whether a call tries something without waiting, or for a limited time only.
    pub(super) fn is_attempt(&self, node: &Node<'_>, with_claims: bool) -> bool {
        if let Some((_, future)) = self.timeout_parts(node) {
            let inner = self.peel(future);
            let name = self.method_head(&inner);
            return name.is_some_and(|(_, name, _)| {
                matches!(
                    self.text_of(&name),
                    "send"
                        | "send_async"
                        | "recv"
                        | "recv_async"
                        | "next"
                        | "reserve"
                        | "changed"
                        | "cancelled"
                )
            });
        }
        match self.try_of(node) {
            Some((_, Try::Permit | Try::Lock(_))) => with_claims,
            Some((_, Try::Wait)) | None => false,
            Some(_) => true,
        }
    }

    /// A value that nobody uses.
    pub(super) fn discard(&mut self, node: Node<'_>) {
        let inner = self.peel(node);
        let is_attempt = self.is_attempt(&inner, false);
        if is_attempt {
            return self.branch(node, Some("Ok"), &mut |_, _| {}, &mut |_, _| {});
        }
        let mark = self.held.len();
        match self.put_or_taken(&inner) {
            Some((receiver, how)) => self.put_or_take(&inner, receiver, how),
            None => {
                self.expression(node);
            }
        }
        let end = self.end_of(&node);
        self.release_temporaries(mark, end);
    }

    /// A try whose outcome is kept as a value.
    pub(super) fn attempt_value(&mut self, node: &Node<'_>) -> Option<ExprId> {
        let is_attempt = self.is_attempt(node, true);
        if !is_attempt {
            return None;
        }
        let span = self.span(node);
        let outcome = self.unnamed("outcome", basic::UNKNOWN, span);
        self.branch(
            *node,
            Some("Ok"),
            &mut |this, value| {
                let target = this.variable_value(outcome, span);
                this.assign(&[target], &[value], AssignHow::Set, span);
                this.bind_guard(value, outcome);
            },
            &mut |this, error| {
                let target = this.variable_value(outcome, span);
                this.assign(&[target], &[error], AssignHow::Set, span);
            },
        );
        Some(self.variable_value(outcome, span))
    }
}
