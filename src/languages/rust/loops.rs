//! Loops. One that receives until the channel has ended is a loop over that channel.

use super::statements::Dest;
use super::{Around, Kind, Lowering, basic};
use crate::languages::syntax::Node;
use crate::model::step::{Loop, LoopKind, Owner};
use crate::model::types::{Library, Type};
use crate::model::{
    Api, BinaryOp, BlockId, ExprId, ExprKind, Init, Op, StepId, VariableId, VariableKind,
};
use crate::source::Span;

/// What a loop repeats, and how.
pub(super) struct Form {
    pub kind: LoopKind,
    pub variables: Vec<VariableId>,
}

impl<'a> Lowering<'a> {
    pub(super) fn loop_expression(&mut self, node: &Node<'_>, dest: Dest) {
        let span = self.span(node);
        let value = match dest {
            Dest::Discard => None,
            Dest::Return | Dest::Into(_) => Some(self.unnamed("value", basic::UNKNOWN, span)),
        };
        match self.kind(node) {
            Kind::LoopExpression => self.forever(node, value, &mut |this, body| {
                this.lower_into(body, Dest::Discard);
            }),
            Kind::WhileExpression => self.while_expression(node),
            _ => self.for_expression(node),
        }
        let is_loop = self.kind(node) == Kind::LoopExpression;
        if let (Some(variable), true) = (value, is_loop) {
            let value = self.variable_value(variable, span);
            let end = self.end_of(node);
            if !self.ends_never(node) {
                self.finish(dest, value, end);
            }
        }
    }

    /// Whether nothing in a loop leaves it by `break`.
    fn ends_never(&self, node: &Node<'_>) -> bool {
        !self.text_of(node).contains("break")
    }

    pub(super) fn label_of(
        &mut self,
        node: &Node<'_>,
    ) -> (Option<crate::model::Symbol>, crate::model::Symbol) {
        let written = node
            .children()
            .find(|child| self.kind(child) == Kind::Label)
            .map(|label| self.text_of(&label).to_owned());
        match written {
            Some(text) => {
                let symbol = self.intern(&text);
                (Some(symbol), symbol)
            }
            None => {
                let name = format!("loop at {}", node.start_byte());
                (None, self.intern(&name))
            }
        }
    }

    /// Runs `inner` as the body of a loop.
    pub(super) fn around(
        &mut self,
        node: &Node<'_>,
        step: StepId,
        value: Option<VariableId>,
        inner: &mut dyn FnMut(&mut Self),
    ) -> (BlockId, crate::model::Symbol) {
        let (written, label) = self.label_of(node);
        let choices = std::mem::take(&mut self.choices);
        self.loops.push(Around {
            written,
            label,
            held: self.held.len(),
            value,
        });
        let body = self.in_block(Owner::Body(step), |this| {
            this.scope.open();
            inner(this);
            this.scope.close();
        });
        self.loops.pop();
        self.choices = choices;
        (body, label)
    }

    fn forever(
        &mut self,
        node: &Node<'_>,
        value: Option<VariableId>,
        inner: &mut dyn FnMut(&mut Self, Node<'_>),
    ) {
        let span = self.span(node);
        let Some(block) = self.field(node, self.f.body) else {
            return;
        };
        let step = self.emit(Op::Gap, span);
        let head = self.builder.block(Owner::Head(step));
        let (body, label) = self.around(node, step, value, &mut |this| inner(this, block));
        let form = Form {
            kind: LoopKind::Forever,
            variables: Vec::new(),
        };
        self.close_loop(step, form, label, head, body);
    }

    pub(super) fn close_loop(
        &mut self,
        step: StepId,
        form: Form,
        label: crate::model::Symbol,
        head: BlockId,
        body: BlockId,
    ) {
        self.replace(
            step,
            Op::Loop(Loop {
                kind: form.kind,
                label: Some(label),
                head,
                body,
                post: None,
                variables: form.variables,
            }),
        );
    }

    fn while_expression(&mut self, node: &Node<'_>) {
        let Some(condition) = self.field(node, self.f.condition) else {
            return;
        };
        if self.kind(&condition) == Kind::LetCondition
            && let Some((channel, pattern)) = self.received_in(&condition)
        {
            return self.over_channel(node, channel, pattern);
        }
        if self.text_of(&condition) == "true" {
            return self.forever(node, None, &mut |this, body| {
                this.lower_into(body, Dest::Discard);
            });
        }
        let is_plain = !matches!(self.kind(&condition), Kind::LetCondition | Kind::LetChain);
        if is_plain {
            return self.while_plain(node, condition);
        }
        // What the condition takes or borrows lives through the body.
        self.forever(node, None, &mut |this, body| {
            let mark = this.held.len();
            let span = this.span(&condition);
            this.decide(
                condition,
                &mut |this| this.lower_into(body, Dest::Discard),
                &mut |this| this.leave_loop(span),
            );
            let end = this.end_of(&body);
            this.release_temporaries(mark, end);
        });
    }

    /// Leaves the innermost loop where its condition fails.
    pub(super) fn leave_loop(&mut self, span: Span) {
        let Some(&around) = self.loops.last() else {
            return;
        };
        self.release_on_exit(around.held, span);
        let label = (self.choices > 0).then_some(around.label);
        self.emit(Op::Break(label), span);
    }

    fn while_plain(&mut self, node: &Node<'_>, condition: Node<'_>) {
        let span = self.span(node);
        let Some(block) = self.field(node, self.f.body) else {
            return;
        };
        let step = self.emit(Op::Gap, span);
        let mut value = None;
        let head = self.in_block(Owner::Head(step), |this| {
            let mark = this.held.len();
            value = Some(this.expression(condition));
            let end = this.end_of(&condition);
            this.release_temporaries(mark, end);
        });
        let (body, label) = self.around(node, step, None, &mut |this| {
            this.lower_into(block, Dest::Discard);
        });
        let form = Form {
            kind: value.map_or(LoopKind::Forever, LoopKind::While),
            variables: Vec::new(),
        };
        self.close_loop(step, form, label, head, body);
    }

    /// `while let Some(x) = rx.recv().await`: the channel and the pattern.
    fn received_in<'t>(&mut self, condition: &Node<'t>) -> Option<(ExprId, Node<'t>)> {
        let pattern = self.field(condition, self.f.pattern)?;
        let value = self.field(condition, self.f.value)?;
        self.shape_of(&pattern)
            .filter(|(word, _)| matches!(*word, "Some" | "Ok"))?;
        let inner = self.peel(value);
        let (receiver, name, arguments) = self.method_parts(&inner)?;
        let name = self.text_of(&name);
        let waits = matches!(
            name,
            "recv" | "recv_async" | "blocking_recv" | "recv_blocking" | "next" | "recv_many"
        );
        if !waits || !(arguments.is_empty() || name == "recv_many") {
            return None;
        }
        // A receiver behind a lock is borrowed for each receive: that is no plain loop.
        let is_simple = !self.text_of(&receiver).contains('(');
        if !is_simple {
            return None;
        }
        let channel = self.expression(receiver);
        self.as_channel(channel, name).then_some((channel, pattern))
    }

    /// Whether code waits for anything, other than in what it only hands on: a future, a closure.
    pub(super) fn waits_in(&self, block: &Node<'_>) -> bool {
        self.waits_but_for(block, None)
    }

    /// As `waits_in`, other than in one macro. What other macros hold is not told apart.
    fn waits_but_for(&self, block: &Node<'_>, but: Option<usize>) -> bool {
        if !may_wait(self.text_of(block)) {
            return false;
        }
        let mut waiting = vec![*block];
        while let Some(node) = waiting.pop() {
            match self.kind(&node) {
                Kind::AwaitExpression => return true,
                Kind::AsyncBlock | Kind::ClosureExpression => {}
                Kind::MacroInvocation if Some(node.start_byte()) == but => {}
                Kind::MacroInvocation => {
                    let joins = matches!(self.macro_name(&node), "join" | "try_join");
                    if joins
                        || self.is_select_macro(&node)
                        || self.text_of(&node).contains(".await")
                    {
                        return true;
                    }
                }
                _ => waiting.extend(self.children(&node)),
            }
        }
        false
    }

    /// Whether the loop around a `select!` waits nowhere else.
    pub(super) fn waits_only_in(&self, select: &Node<'_>) -> bool {
        let around = std::iter::successors(select.parent(), Node::parent);
        let looped = around
            .take_while(|node| {
                !matches!(
                    self.kind(node),
                    Kind::AsyncBlock | Kind::ClosureExpression | Kind::FunctionItem
                )
            })
            .find(|node| {
                matches!(
                    self.kind(node),
                    Kind::LoopExpression | Kind::WhileExpression
                )
            });
        looped.is_some_and(|looped| {
            self.is_in_async(select) && !self.waits_but_for(&looped, Some(select.start_byte()))
        })
    }

    /// The variable that a loop sets each turn.
    pub(super) fn loop_variable(&mut self, pattern: &Node<'_>, over: ExprId) -> VariableId {
        let ty = match self.is_future_set(over) {
            true => self.lends(Library::TaskGroup),
            false => self.element_of(self.ty(over)),
        };
        let variable = match self.simple_name(pattern) {
            Some(name) => self.declare_local(&name, VariableKind::Local, ty),
            None => {
                let span = self.span(pattern);
                self.unnamed("item", ty, span)
            }
        };
        self.builder.program.variables[variable.index()].init = Init::Element(over);
        variable
    }

    pub(super) fn take_apart(&mut self, pattern: &Node<'_>, item: VariableId) {
        if self.simple_name(pattern).is_none() {
            let span = self.span(pattern);
            let value = self.variable_value(item, span);
            // What a map holds comes with its key.
            let parts = self.tuple_parts(pattern);
            if let [key, held] = parts[..]
                && self.kind(pattern) == Kind::TuplePattern
                && (self.is_handle(value) || self.is_of_map(item))
            {
                let unknown = self.unknown(&key);
                self.bind(&key, unknown);
                self.bind(&held, value);
                return;
            }
            self.bind(pattern, value);
        }
    }

    /// Whether a loop's variable stands for what a map holds.
    fn is_of_map(&self, item: VariableId) -> bool {
        let program = &self.builder.program;
        match program.variable(item).init {
            // What a lock guards and yields in pairs is a map, also where its type is not in view.
            Init::Element(over) => {
                matches!(*program.underlying(self.ty(over)), Type::Map(..))
                    || !self.has_type(over) && self.is_guard(over)
            }
            _ => false,
        }
    }

    fn for_expression(&mut self, node: &Node<'_>) {
        let (Some(pattern), Some(value), Some(block)) = (
            self.field(node, self.f.pattern),
            self.field(node, self.f.value),
            self.field(node, self.f.body),
        ) else {
            return;
        };
        if let Some(consumer) = self.consumer_of(&value) {
            return self.over_messages(node, consumer, pattern);
        }
        let span = self.span(node);
        let mark = self.held.len();
        self.scope.open();
        let over = match self.kind(&value) {
            Kind::RangeExpression => self.range_end(&value),
            _ => self.expression(value),
        };
        let step = self.emit(Op::Gap, span);
        let head = self.builder.block(Owner::Head(step));
        let item = self.loop_variable(&pattern, over);
        let of = self.builder.program.underlying(self.ty(over));
        let is_early = matches!(of, Type::Channel(..)) && self.ends_early(&value);
        if self.kind(&value) == Kind::RangeExpression {
            self.builder.program.variables[item.index()].ty = basic::INTEGER;
            self.builder.program.variables[item.index()].init = Init::Key(over);
        }
        let (body, label) = self.around(node, step, None, &mut |this| {
            this.take_apart(&pattern, item);
            this.lower_into(block, Dest::Discard);
            if is_early {
                this.leave_sometimes(span);
            }
        });
        self.scope.close();
        let is_endless = self.kind(&value) == Kind::RangeExpression
            && matches!(self.builder.program.kind(over), ExprKind::Nil);
        let form = Form {
            kind: match is_endless {
                true => LoopKind::Forever,
                false => LoopKind::Over(over),
            },
            variables: vec![item],
        };
        self.close_loop(step, form, label, head, body);
        let end = self.end_of(node);
        self.release_temporaries(mark, end);
    }

    /// `list.for_each(|item| …)`, `map.retain(|key, item| …)`: the closure is the body of a loop. One
    /// that can be left in its middle is not, and is looked at on its own.
    pub(super) fn over_each(&mut self, node: &Node<'_>, over: ExprId, closure: Node<'_>) -> bool {
        let is_closure = self.kind(&closure) == Kind::ClosureExpression;
        let Some(block) = self.field(&closure, self.f.body).filter(|_| is_closure) else {
            return false;
        };
        let text = self.text_of(&block);
        let leaves = text.contains("return") || text.contains('?');
        let patterns = self
            .field(&closure, self.f.parameters)
            .map(|list| self.children(&list))
            .unwrap_or_default();
        let Some(&pattern) = patterns.last().filter(|_| patterns.len() <= 2) else {
            return false;
        };
        let is_typed = patterns.iter().any(|one| self.kind(one) == Kind::Parameter);
        if leaves || is_typed || self.kind(&block) == Kind::AsyncBlock {
            return false;
        }
        let span = self.span(node);
        self.scope.open();
        let step = self.emit(Op::Gap, span);
        let head = self.builder.block(Owner::Head(step));
        let item = self.loop_variable(&pattern, over);
        let (body, label) = self.around(node, step, None, &mut |this| {
            if let [key, _] = patterns[..] {
                let unknown = this.unknown(&key);
                this.bind(&key, unknown);
            }
            this.take_apart(&pattern, item);
            this.lower_into(block, Dest::Discard);
        });
        self.scope.close();
        let form = Form {
            kind: LoopKind::Over(over),
            variables: vec![item],
        };
        self.close_loop(step, form, label, head, body);
        true
    }

    /// `consumer.iter()`, `connection.iter()`: what a loop takes messages from, one after the other,
    /// by the name of what is not in view.
    fn consumer_of<'t>(&self, value: &Node<'t>) -> Option<Node<'t>> {
        let (receiver, name, list) = self.method_head(value)?;
        let waits = matches!(self.text_of(&name), "iter" | "messages" | "into_iter");
        if !waits || self.first_child(&list).is_some() {
            return None;
        }
        let text = self.text_of(&receiver);
        let last = text.rsplit(['.', '_']).next().unwrap_or(text);
        let is_consumer = matches!(last, "connection" | "consumer" | "subscription" | "sub");
        let named = self.builder.program.symbols.lookup(text);
        let is_known = named
            .and_then(|name| self.scope.get(name))
            .is_some_and(|variable| {
                let program = &self.builder.program;
                !matches!(
                    program.pointee(program.variable(variable).ty),
                    Type::Unknown | Type::Foreign(..)
                )
            });
        (is_consumer && !is_known).then_some(receiver)
    }

    fn over_messages(&mut self, node: &Node<'_>, consumer: Node<'_>, pattern: Node<'_>) {
        self.forever(node, None, &mut |this, body| {
            let span = this.span(&consumer);
            let on = this.expression(consumer);
            let (message, _) = this.api_call(Api::MessageFetch, Some(on), &[], span);
            let nothing = this.expr(ExprKind::Nil, span);
            let is_one = this.expr(ExprKind::Binary(BinaryOp::NotEqual, message, nothing), span);
            let mut taken = |this: &mut Self| {
                this.scope.open();
                this.bind(&pattern, message);
                this.lower_into(body, Dest::Discard);
                this.scope.close();
            };
            this.split(is_one, span, &mut taken, &mut |this| this.leave_loop(span));
        });
    }

    /// How far a range goes: `0..n` is as a loop over a number; `0..` has no end.
    pub(super) fn range_end(&mut self, range: &Node<'_>) -> ExprId {
        let parts = self.children(range);
        let span = self.span(range);
        let text = self.text_of(range).trim_end();
        if text.ends_with("..") {
            return self.expr(ExprKind::Nil, span);
        }
        let values: Vec<ExprId> = parts
            .into_iter()
            .map(|part| self.expression(part))
            .collect();
        match values[..] {
            [.., last] => {
                if !self.has_type(last) {
                    self.builder.program.exprs[last.index()].ty = basic::INTEGER;
                }
                last
            }
            [] => self.expr(ExprKind::Nil, span),
        }
    }
}

/// Whether the text of code holds a word of waiting at all.
pub(super) fn may_wait(text: &str) -> bool {
    [".await", "select", "join!"]
        .iter()
        .any(|word| text.contains(word))
}
