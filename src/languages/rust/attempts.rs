//! Sends and receives that do not wait, or not for long: a select with a default or a timer.

use super::outcomes::Way;
use super::{Kind, Lowering, basic};
use crate::languages::syntax::Node;
use crate::model::step::{Arm, Owner};
use crate::model::{Api, ExprId, ExprKind, Op, StepId};
use crate::source::Span;

impl<'a> Lowering<'a> {
    /// `timeout(d, f)`: the time and the future.
    pub(super) fn timeout_parts<'t>(&self, node: &Node<'t>) -> Option<(Node<'t>, Node<'t>)> {
        if self.kind(node) != Kind::CallExpression {
            return None;
        }
        let function = self.field(node, self.f.function)?;
        let name = self.text_of(&function);
        let last = name.rsplit("::").next().unwrap_or(name);
        if !matches!(last, "timeout" | "timeout_at")
            || self.kind(&function) == Kind::FieldExpression
        {
            return None;
        }
        let arguments = self.children(&self.field(node, self.f.arguments)?);
        match arguments[..] {
            [time, future] => Some((time, future)),
            _ => None,
        }
    }

    /// Whether a value is what a communication with a time limit around it yields: a select,
    /// whose ways are more than whether it went well.
    pub(super) fn is_timed_channel(&self, node: Node<'_>) -> bool {
        let inner = self.peel(node);
        let Some((_, future)) = self.timeout_parts(&inner) else {
            return false;
        };
        let future = self.peel(future);
        self.method_parts(&future).is_some_and(|(_, name, _)| {
            let name = self.text_of(&name);
            matches!(
                name,
                "send" | "send_async" | "reserve" | "recv" | "recv_async" | "changed" | "next"
            )
        })
    }

    /// What a pattern asks of a value.
    pub(super) fn asked_of(&self, value: Node<'_>, pattern: &Node<'_>) -> Option<&'static str> {
        match self.shape_of(pattern)? {
            ("Ok", Some(inner)) if self.is_result(&inner) && !self.is_timed_channel(value) => {
                self.word_of(&inner)
            }
            (word, _) => Some(word),
        }
    }

    /// `timeout(d, token.cancelled())`: a pause that hears the token.
    fn pause_with_token(&mut self, token: Node<'_>, time: Node<'_>) -> Option<Attempt> {
        let span = self.span(&token);
        let token = self.expression(token);
        let (done, _) = self.api_call(Api::ContextDone, Some(token), &[], span);
        let time = self.expression(time);
        Some(Attempt::receive(done, Some(time)))
    }

    /// A send or receive with a time limit around it.
    pub(super) fn timed_out(&mut self, future: &Node<'_>, time: Node<'_>) -> Option<Attempt> {
        let inner = self.peel(*future);
        let (receiver, name, arguments) = self.method_parts(&inner)?;
        let name = self.text_of(&name);
        let is_send = matches!(
            (name, arguments.len()),
            ("send" | "send_async", 1) | ("reserve", 0)
        );
        let is_receive = matches!(name, "recv" | "recv_async" | "changed" | "next");
        if name == "cancelled" && arguments.is_empty() {
            return self.pause_with_token(receiver, time);
        }
        if !is_send && !is_receive {
            return None;
        }
        let on = self.expression(receiver);
        if !self.as_channel(on, name) {
            return None;
        }
        let time = self.expression(time);
        Some(match (is_send, arguments.first()) {
            (true, Some(value)) => {
                let value = self.moved(*value);
                Attempt::send(on, value, Some(time))
            }
            (true, None) => {
                let value = self.unknown(&inner);
                Attempt::send(on, value, Some(time))
            }
            (false, _) => Attempt::receive(on, Some(time)),
        })
    }

    /// Tries a communication: a select of it and a default, or a timer.
    pub(super) fn attempt(
        &mut self,
        attempt: Attempt,
        span: Span,
        yes: Way<'_, 'a>,
        no: Way<'_, 'a>,
    ) {
        let step = self.emit(Op::Gap, span);
        let mut communication = None;
        let mut value = None;
        self.choices += 1;
        let guard = self.in_block(Owner::Guard(step, 0), |this| {
            (communication, value) = this.communicate(&attempt, span);
        });
        let body = self.in_block(Owner::Arm(step, 0), |this| {
            let value = value.unwrap_or_else(|| this.expr(ExprKind::Unknown, span));
            // Within its time it may have failed all the same.
            if let (Some(send), true) = (communication, attempt.is_timed_send()) {
                this.sent.insert(value, send);
            }
            yes(this, value);
        });
        let first = Arm {
            guard,
            body,
            span,
            communication,
        };
        let mut fallback = None;
        let guard = self.in_block(Owner::Guard(step, 1), |this| {
            if let Some(time) = attempt.within {
                fallback = Some(this.wait_for_timer(time, span));
            }
        });
        let body = self.in_block(Owner::Arm(step, 1), |this| {
            let error = this.typed(ExprKind::Unknown, basic::ERROR, span);
            no(this, error);
        });
        let second = Arm {
            guard,
            body,
            span,
            communication: fallback,
        };
        self.choices -= 1;
        self.replace(step, Op::Select(vec![first, second]));
    }

    fn communicate(&mut self, attempt: &Attempt, span: Span) -> (Option<StepId>, Option<ExprId>) {
        match attempt.value {
            Some(value) => {
                let channel = attempt.channel;
                (Some(self.emit(Op::Send { channel, value }, span)), None)
            }
            None => {
                let received = self.receive(attempt.channel, true, span);
                let step = match *self.builder.program.kind(received) {
                    ExprKind::Received(step) => Some(step),
                    _ => None,
                };
                (step, Some(received))
            }
        }
    }

    /// Waits until a time is over: the receive.
    pub(super) fn wait_for_timer(&mut self, time: ExprId, span: Span) -> StepId {
        let (channel, _) = self.api_call(Api::TimerChannel, None, &[time], span);
        self.emit(
            Op::Receive {
                channel,
                checked: false,
            },
            span,
        )
    }
}

/// A send or receive that does not wait, or not for long.
pub(super) struct Attempt {
    channel: ExprId,
    /// What is sent; none for a receive.
    value: Option<ExprId>,
    /// How long it may wait; none: not at all.
    within: Option<ExprId>,
}

impl Attempt {
    pub(super) fn send(channel: ExprId, value: ExprId, within: Option<ExprId>) -> Attempt {
        Attempt {
            channel,
            value: Some(value),
            within,
        }
    }

    fn is_timed_send(&self) -> bool {
        self.value.is_some() && self.within.is_some()
    }

    pub(super) fn receive(channel: ExprId, within: Option<ExprId>) -> Attempt {
        Attempt {
            channel,
            value: None,
            within,
        }
    }
}
