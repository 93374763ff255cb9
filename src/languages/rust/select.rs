//! `select!`, of tokio, futures and crossbeam: its arms are read from the tokens.

use super::loops::may_wait;
use super::statements::Dest;
use super::{Kind, Lowering};
use crate::languages::parse;
use crate::languages::syntax::Node;
use crate::model::step::{Arm, Owner};
use crate::model::types::{Library, Type};
use crate::model::{ExprId, ExprKind, Op, StepId, VariableKind};
use crate::source::Span;
use std::ops::Range;

/// The places of an arm's parts in the text.
struct Pieces {
    whole: Range<usize>,
    /// From the pattern to the end of the future.
    head: Range<usize>,
    /// Where `=` stands between pattern and future, if it does.
    equals: Option<usize>,
    /// `, if condition`.
    condition: Option<Range<usize>>,
    arrow: usize,
    body: Range<usize>,
}

impl Lowering<'_> {
    pub(super) fn select_macro(&mut self, node: &Node<'_>, dest: Dest) {
        let span = self.span(node);
        let Some(tokens) = self.tokens_of(node) else {
            return;
        };
        let pieces = self.arms_of(&tokens);
        let step = self.emit(Op::Gap, span);
        self.choices += 1;
        let mut arms = Vec::new();
        let mut takes = Vec::new();
        for piece in &pieces {
            let at = arms.len() as u32;
            let arm = self.select_arm(step, at, piece, dest);
            let is_always_heard = piece.condition.is_none();
            takes.extend(
                arm.as_ref()
                    .and_then(|arm| arm.communication)
                    .filter(|_| is_always_heard),
            );
            arms.extend(arm);
        }
        self.choices -= 1;
        let program = &self.builder.program;
        let is_quick = pieces.len() == arms.len()
            && pieces.iter().zip(&arms).all(|(piece, arm)| {
                let body = self.text.get(piece.body.clone()).unwrap_or("");
                !may_wait(body) || program.block_diverges(arm.body)
            });
        if is_quick && self.waits_only_in(node) {
            self.builder.program.unwaiting.extend(takes);
        }
        self.replace(step, Op::Select(arms));
    }

    fn place(&self, range: &Range<usize>) -> Span {
        Span {
            file: self.file,
            start: range.start as u32,
            end: range.end as u32,
        }
    }

    fn select_arm(&mut self, step: StepId, at: u32, piece: &Pieces, dest: Dest) -> Option<Arm> {
        let head = self.text.get(piece.head.clone()).unwrap_or("").trim();
        let word = head.split(['(', ' ', '-']).next().unwrap_or(head);
        match (word, piece.equals) {
            ("recv" | "send" | "default", None) => self.crossbeam_arm(step, at, piece, dest),
            ("else" | "complete", None) => self.other_arm(step, at, piece, dest),
            (_, Some(_)) => self.future_arm(step, at, piece, dest),
            _ => None,
        }
    }

    /// `pattern = future => body`.
    fn future_arm(&mut self, step: StepId, at: u32, piece: &Pieces, dest: Dest) -> Option<Arm> {
        let mut cuts = vec![(piece.arrow..piece.arrow + 2, "; ")];
        if let Some(condition) = &piece.condition {
            cuts.push((condition.clone(), ""));
        }
        let tree = parse::rust_fragment(self.text, piece.whole.clone(), "let ", ";", &cuts)?;
        let root = tree.root();
        let statements = self.children(&root);
        let declaration = *statements.first()?;
        let pattern = self.field(&declaration, self.f.pattern);
        let future = self.field(&declaration, self.f.value);
        self.scope.open();
        let (mut communication, mut value) = (None, None);
        let guard = self.in_block(Owner::Guard(step, at), |this| {
            if let Some(future) = future {
                let (found, received) = this.communication(future);
                communication = Some(found);
                value = Some(received);
            }
        });
        let body = self.in_block(Owner::Arm(step, at), |this| {
            if let (Some(pattern), Some(value)) = (pattern, value) {
                this.bind(&pattern, value);
                this.note_whole(&pattern);
            }
            for statement in statements.iter().skip(1) {
                this.arm_body(*statement, dest);
            }
        });
        self.scope.close();
        Some(Arm {
            guard,
            body,
            span: self.place(&piece.whole),
            communication,
        })
    }

    fn arm_body(&mut self, statement: Node<'_>, dest: Dest) {
        let mark = self.held.len();
        let inner = match self.kind(&statement) {
            Kind::ExpressionStatement => self.first_child(&statement).unwrap_or(statement),
            Kind::EmptyStatement => return,
            _ => statement,
        };
        self.lower_into(inner, dest);
        let end = self.end_of(&statement);
        self.release_temporaries(mark, end);
    }

    /// What a future of an arm waits for, and what it yields.
    pub(super) fn communication(&mut self, future: Node<'_>) -> (StepId, ExprId) {
        let span = self.span(&future);
        let inner = self.peel(future);
        if let Some((receiver, name, nodes)) = self.method_parts(&inner) {
            let name = self.text_of(&name);
            let is_send = matches!(
                (name, nodes.len()),
                ("send" | "send_async", 1) | ("reserve", 0)
            );
            if is_send {
                let channel = self.expression(receiver);
                if self.as_channel(channel, name) {
                    let value = match nodes.first() {
                        Some(&value) => self.moved(value),
                        None => self.unknown(&inner),
                    };
                    let step = self.emit(Op::Send { channel, value }, span);
                    let outcome = self.expr(ExprKind::Unknown, span);
                    self.sent.insert(outcome, step);
                    return (step, outcome);
                }
            }
        }
        let value = self.expression(inner);
        self.wait_for(value, span)
    }

    fn wait_for(&mut self, value: ExprId, span: Span) -> (StepId, ExprId) {
        if let ExprKind::Received(step) = *self.builder.program.kind(value) {
            return (step, value);
        }
        let ty = self.ty(value);
        let is_channel = matches!(
            self.builder.program.underlying(ty),
            Type::Channel(..) | Type::Library(Library::Timer)
        );
        let channel = value;
        let checked = is_channel;
        let step = self.emit(Op::Receive { channel, checked }, span);
        // What a call yields is told apart where it is asked, as behind an `.await`.
        if !is_channel && matches!(self.builder.program.kind(value), ExprKind::Call(_)) {
            return (step, value);
        }
        let element = self.element_of(ty);
        (step, self.typed(ExprKind::Received(step), element, span))
    }

    /// Taken when nothing can come any more: it waits for that, so it is no default.
    fn other_arm(&mut self, step: StepId, at: u32, piece: &Pieces, dest: Dest) -> Option<Arm> {
        let span = self.place(&piece.whole);
        let mut communication = None;
        let guard = self.in_block(Owner::Guard(step, at), |this| {
            let channel = this.expr(ExprKind::Unknown, span);
            let checked = false;
            communication = Some(this.emit(Op::Receive { channel, checked }, span));
        });
        let body = self.fragment_block(Owner::Arm(step, at), &piece.body, dest);
        self.builder.program.at_end.insert(body);
        Some(Arm {
            guard,
            body,
            span,
            communication,
        })
    }

    fn fragment_block(
        &mut self,
        owner: Owner,
        range: &Range<usize>,
        dest: Dest,
    ) -> crate::model::BlockId {
        let tree = parse::rust_fragment(self.text, range.clone(), "", ";", &[]);
        self.in_block(owner, |this| {
            if let Some(tree) = &tree {
                for statement in this.children(&tree.root()) {
                    this.arm_body(statement, dest);
                }
            }
        })
    }

    /// `recv(rx) -> x => body`, `send(tx, v) -> _ => body`, `default => body`,
    /// `default(time) => body`.
    fn crossbeam_arm(&mut self, step: StepId, at: u32, piece: &Pieces, dest: Dest) -> Option<Arm> {
        let span = self.place(&piece.whole);
        let head = self.text.get(piece.head.clone())?;
        let open = head.find('(');
        let close = head.rfind("->").map_or(head.len(), |arrow| arrow);
        let close = head[..close].rfind(')');
        let arguments = match (open, close) {
            (Some(open), Some(close)) => {
                let start = piece.head.start;
                parse::rust_fragment(self.text, start + open..start + close + 1, "", ";", &[])
            }
            _ => None,
        };
        let word = head.split(['(', ' ']).next().unwrap_or("");
        self.scope.open();
        let (mut communication, mut value) = (None, None);
        let guard = self.in_block(Owner::Guard(step, at), |this| {
            let parts = arguments.as_ref().and_then(|tree| {
                let statement = this.first_child(&tree.root())?;
                this.first_child(&statement)
                    .map(|inner| this.children(&inner))
            });
            let values: Vec<ExprId> = parts
                .unwrap_or_default()
                .into_iter()
                .map(|part| this.moved(part))
                .collect();
            communication = match (word, &values[..]) {
                ("recv", [channel]) => {
                    this.as_channel(*channel, "recv");
                    let received = this.receive(*channel, true, span);
                    value = Some(received);
                    match *this.builder.program.kind(received) {
                        ExprKind::Received(step) => Some(step),
                        _ => None,
                    }
                }
                ("send", [channel, value]) => {
                    let (channel, value) = (*channel, *value);
                    Some(this.emit(Op::Send { channel, value }, span))
                }
                ("default", [time]) => Some(this.wait_for_timer(*time, span)),
                _ => None,
            };
        });
        if let Some(name) = head.rsplit("->").next().map(str::trim)
            && let Some(value) = value
        {
            self.bind_word(name, value, span);
        }
        let body = self.fragment_block(Owner::Arm(step, at), &piece.body, dest);
        self.scope.close();
        Some(Arm {
            guard,
            body,
            span,
            communication,
        })
    }

    fn bind_word(&mut self, name: &str, value: ExprId, span: Span) {
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return;
        }
        let (symbol, ty, function) = (self.intern(name), self.ty(value), self.function);
        let kind = VariableKind::Local;
        let variable = self.builder.variable(symbol, kind, ty, span, function);
        self.builder.program.variables[variable.index()].init = crate::model::Init::Value(value);
        self.builder.program.whole_outcomes.insert(variable);
        self.scope.declare(symbol, variable);
    }

    /// Splits the tokens of a `select!` into arms.
    fn arms_of(&self, tokens: &Node<'_>) -> Vec<Pieces> {
        let all: Vec<Node<'_>> = tokens
            .children()
            .filter(|token| !self.is_aside(token))
            .collect();
        let inner = match &all[..] {
            [_, inner @ .., _] => inner,
            _ => return Vec::new(),
        };
        let mut arms = Vec::new();
        let mut at = 0;
        while at < inner.len() {
            let text = self.text_of(&inner[at]);
            if matches!(text, "biased" | ";" | ",") {
                at += 1;
                continue;
            }
            let Some((piece, next)) = self.arm_at(inner, at) else {
                break;
            };
            arms.push(piece);
            at = next;
        }
        arms
    }

    /// The arm that begins at a token, and the token after it.
    fn arm_at(&self, tokens: &[Node<'_>], start: usize) -> Option<(Pieces, usize)> {
        let text = |at: usize| tokens.get(at).map_or("", |token| self.text_of(token));
        let arrow = (start..tokens.len()).find(|&at| text(at) == "=>")?;
        let equals = (start..arrow).find(|&at| text(at) == "=");
        let condition = (start..arrow)
            .find(|&at| text(at) == "," && text(at + 1) == "if")
            .map(|at| tokens[at].start_byte()..tokens[arrow].start_byte());
        let first = tokens.get(arrow + 1)?;
        let is_block = self.kind(first) == Kind::TokenTree && self.text_of(first).starts_with('{');
        let (last, next) = if is_block {
            (arrow + 1, arrow + 2)
        } else {
            let comma = (arrow + 1..tokens.len()).find(|&at| text(at) == ",");
            let end = comma.unwrap_or(tokens.len());
            (end.checked_sub(1)?, end + 1)
        };
        let head_start = tokens[start].start_byte();
        let body = first.start_byte()..tokens[last].end_byte();
        let head_end = condition
            .as_ref()
            .map_or(tokens[arrow].start_byte(), |condition| condition.start);
        let pieces = Pieces {
            whole: head_start..body.end,
            head: head_start..head_end,
            equals: equals.map(|at| tokens[at].start_byte()),
            condition,
            arrow: tokens[arrow].start_byte(),
            body,
        };
        Some((pieces, next))
    }
}
