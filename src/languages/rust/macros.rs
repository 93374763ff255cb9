//! Macros that matter, read from their token trees: what stands in them is parsed as the
//! expressions that it nearly always is, at its own place in the file.

use super::statements::Dest;
use super::{Kind, Lowering, basic};
use crate::languages::parse;
use crate::languages::syntax::{Node, Tree};
use crate::model::types::Type;
use crate::model::{Api, ExprId, ExprKind, ExprList};

/// Macros that write a line somewhere.
const LOGS: &[&str] = &[
    "println",
    "eprintln",
    "print",
    "eprint",
    "trace",
    "debug",
    "info",
    "warn",
    "error",
    "log",
    "dbg",
    "event",
    "slog_info",
    "crit",
    "span",
    "info_span",
    "debug_span",
    "trace_span",
    "warn_span",
    "error_span",
    "instrument",
];

/// Macros that change an exported metric.
const METRICS: &[&str] = &[
    "counter",
    "gauge",
    "histogram",
    "increment_counter",
    "increment_gauge",
    "decrement_gauge",
    "inc_counter",
    "statsd_count",
    "statsd_gauge",
    "statsd_incr",
];

/// Words that are names among tokens and none in code.
const RESERVED: &[&str] = &[
    "abstract", "become", "box", "do", "dyn", "else", "extern", "final", "in", "macro", "move",
    "override", "priv", "raw", "ref", "try", "typeof", "unsized", "virtual", "yield",
];

/// What the tokens of a macro are, as far as that shows without parsing them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Names and literals with commas between them: expressions as they stand.
    Plain,
    /// More than expressions: `%` and `?` ask for a way of writing a value.
    Marked,
    /// Whatever parsing them says.
    Any,
}

impl Lowering<'_> {
    /// The last part of a macro's name.
    pub(super) fn macro_name(&self, node: &Node<'_>) -> &str {
        let name = self.field(node, self.f.r#macro);
        let text = name.map_or("", |name| self.text_of(&name));
        text.rsplit("::").next().unwrap_or(text)
    }

    pub(super) fn tokens_of<'t>(&self, node: &Node<'t>) -> Option<Node<'t>> {
        self.children(node)
            .into_iter()
            .find(|child| self.kind(child) == Kind::TokenTree)
    }

    pub(super) fn is_select_macro(&self, node: &Node<'_>) -> bool {
        matches!(self.macro_name(node), "select" | "select_biased")
    }

    pub(super) fn macro_expression(&mut self, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        if self.is_select_macro(node) {
            let value = self.unnamed("value", basic::UNKNOWN, span);
            self.select_macro(node, Dest::Into(value));
            return self.variable_value(value, span);
        }
        let name = self.macro_name(node).to_owned();
        let name = name.as_str();
        match name {
            "join" | "try_join" => {
                let values = self.parts_of_macro(node);
                let values: Vec<ExprId> = values
                    .into_iter()
                    .map(|value| self.awaited(value, span))
                    .collect();
                self.composite(basic::UNKNOWN, &values, span)
            }
            "panic" | "unreachable" | "todo" | "unimplemented" => {
                let values = self.parts_of_macro(node);
                self.api_call(Api::Panic, None, &values, span).0
            }
            "bail" => {
                self.parts_of_macro(node);
                let error = self.typed(ExprKind::Unknown, basic::ERROR, span);
                self.fail(error, span);
                self.unknown(node)
            }
            "vec" | "smallvec" => self.vec_macro(node),
            "format" | "format_args" | "concat" | "anyhow" | "eyre" | "json" => {
                let values = self.parts_of_macro(node);
                let api = if name == "anyhow" {
                    Api::ErrorNew
                } else {
                    Api::Format
                };
                let (value, _) = self.api_call(api, None, &values, span);
                self.builder.program.exprs[value.index()].ty = basic::TEXT;
                value
            }
            "pin" | "ready" | "matches" => match self.parts_of_macro(node).first() {
                Some(&first) if name != "matches" => first,
                Some(&first) => {
                    let form = self.unknown(node);
                    self.combine(crate::model::BinaryOp::Equal, first, form, node)
                }
                None => self.unknown(node),
            },
            "stream" | "try_stream" | "quote" => self.generator(node),
            _ if LOGS.contains(&name) => {
                let values = self.parts_of_macro(node);
                self.api_call(Api::Log, None, &values, span).0
            }
            _ if METRICS.contains(&name) => {
                let values = self.parts_of_macro(node);
                self.api_call(Api::MetricRecord, None, &values, span).0
            }
            _ => self.unknown_macro(node),
        }
    }

    /// Whoever takes from a generator decides how long it runs: what it does is not lowered.
    /// What it works with is a part of it.
    fn generator(&mut self, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let parts = match self.tokens_of(node) {
            Some(tokens) => self.names_in(&tokens),
            None => Vec::new(),
        };
        self.composite(basic::UNKNOWN, &parts, span)
    }

    fn unknown_macro(&mut self, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let values = self.parts_of_macro(node);
        let name = self.macro_name(node).to_owned();
        let name = self.intern(&name);
        let callee = self.expr(ExprKind::Name(name), span);
        let args = self.builder.list(&values);
        self.emit_call(callee, args, None, span)
    }

    /// The expressions that stand in a macro, one for each that is understood.
    fn parts_of_macro(&mut self, node: &Node<'_>) -> Vec<ExprId> {
        let Some(tokens) = self.tokens_of(node) else {
            return Vec::new();
        };
        match self.form_of(&tokens) {
            Form::Plain => {
                let mut values = self.named_in_text(&tokens);
                let parts = self.children(&tokens);
                values.extend(parts.into_iter().map(|part| self.expression(part)));
                return values;
            }
            Form::Marked => return self.names_in(&tokens),
            Form::Any => {}
        }
        let range = tokens.byte_range();
        let tree = parse::rust_fragment(self.text, range, "", ";", &[]);
        let inner = tree.as_ref().and_then(|tree| self.only_expression(tree));
        let Some(inner) = inner else {
            return self.names_in(&tokens);
        };
        let mut values = self.named_in_text(&tokens);
        let parts = match self.kind(&inner) {
            Kind::TupleExpression | Kind::ArrayExpression | Kind::ParenthesizedExpression => {
                self.children(&inner)
            }
            Kind::UnitExpression => Vec::new(),
            _ => vec![inner],
        };
        for part in parts {
            let part = match self.kind(&part) {
                // `name = value` names what is written.
                Kind::AssignmentExpression => self.field(&part, self.f.right).unwrap_or(part),
                _ => part,
            };
            values.push(self.expression(part));
        }
        values
    }

    /// Most macros take a text and a few names, which need no parser.
    fn form_of(&self, tokens: &Node<'_>) -> Form {
        let mut inner = tokens.children();
        let mut before = inner.next().map_or("", |open| self.text_of(&open));
        if tokens.has_error() || !matches!(before, "(" | "[") {
            return Form::Any;
        }
        let mut form = Form::Plain;
        for node in inner {
            if self.is_aside(&node) {
                continue;
            }
            let text = self.text_of(&node);
            let is_first = matches!(before, "(" | "[" | ",");
            let fits = match text {
                "%" | "?" if is_first || before == "=" => return Form::Marked,
                "," => !is_first,
                ")" | "]" => true,
                _ => is_first && self.is_plain_token(&node),
            };
            if !fits {
                form = Form::Any;
            }
            before = if node.is_named() { "" } else { text };
        }
        form
    }

    fn is_plain_token(&self, node: &Node<'_>) -> bool {
        match self.kind(node) {
            Kind::Identifier => !RESERVED.contains(&self.text_of(node)),
            Kind::SelfKeyword
            | Kind::StringLiteral
            | Kind::RawStringLiteral
            | Kind::CharLiteral
            | Kind::BooleanLiteral
            | Kind::IntegerLiteral
            | Kind::FloatLiteral => true,
            _ => false,
        }
    }

    /// The locals that tokens mention which are no expressions, and the fields that they name of
    /// them: `doc!(field => self.rows)`.
    fn names_in(&mut self, tokens: &Node<'_>) -> Vec<ExprId> {
        let mut found = self.named_in_text(tokens);
        let mut waiting = vec![*tokens];
        while let Some(node) = waiting.pop() {
            let inner: Vec<Node<'_>> = node.children().collect();
            let mut at = 0;
            while let Some(&token) = inner.get(at) {
                at += 1;
                if !matches!(self.kind(&token), Kind::Identifier | Kind::SelfKeyword) {
                    waiting.push(token);
                    continue;
                }
                let name = self.symbol(&token);
                let fields = self.fields_behind(&inner[at..]);
                let Some(variable) = self.scope.get(name) else {
                    continue;
                };
                let place = self.place_in_tokens(&token, fields.last());
                at += 2 * fields.len();
                let span = self.span(&token);
                found.push(place.unwrap_or_else(|| self.variable_value(variable, span)));
            }
        }
        found
    }

    /// The fields that follow a name: `.a.b`, without a method's name.
    fn fields_behind<'t>(&self, tokens: &[Node<'t>]) -> Vec<Node<'t>> {
        let mut fields = Vec::new();
        for pair in tokens.chunks(2) {
            let [dot, field] = pair else { break };
            let is_field = self.text_of(dot) == "."
                && matches!(self.kind(field), Kind::Identifier | Kind::IntegerLiteral);
            if !is_field {
                break;
            }
            fields.push(*field);
        }
        let behind = tokens.get(2 * fields.len());
        if behind.is_some_and(|next| self.text_of(next).starts_with('(')) {
            fields.pop();
        }
        fields
    }

    /// What a name with fields behind it stands for.
    fn place_in_tokens(&mut self, name: &Node<'_>, last: Option<&Node<'_>>) -> Option<ExprId> {
        let range = name.start_byte()..last?.end_byte();
        let tree = parse::rust_fragment(self.text, range, "", ";", &[])?;
        let inner = self.only_expression(&tree)?;
        Some(self.expression(inner))
    }

    /// The expression that tokens are when they are parsed, if nothing is wrong in them.
    fn only_expression<'t>(&self, tree: &'t Tree) -> Option<Node<'t>> {
        let root = tree.root();
        let statement = (!root.has_error()).then(|| self.first_child(&root))??;
        self.first_child(&statement)
    }

    /// `"{count}"` mentions a local as well.
    fn named_in_text(&mut self, tokens: &Node<'_>) -> Vec<ExprId> {
        let mut found = Vec::new();
        for token in self.children(tokens) {
            if self.kind(&token) != Kind::StringLiteral {
                continue;
            }
            let span = self.span(&token);
            for piece in self.text_of(&token).split('{').skip(1) {
                let name = piece.split(['}', ':', '.']).next().unwrap_or("");
                let symbol = self.builder.program.symbols.lookup(name);
                if let Some(variable) = symbol.and_then(|symbol| self.scope.get(symbol)) {
                    found.push(self.variable_value(variable, span));
                }
            }
        }
        found
    }

    fn vec_macro(&mut self, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let Some(tokens) = self.tokens_of(node) else {
            return self.unknown(node);
        };
        if self.form_of(&tokens) == Form::Plain && self.text_of(&tokens).starts_with('[') {
            let array = self.deeper(&tokens, |this| this.array(&tokens));
            return array.unwrap_or_else(|| self.unknown(&tokens));
        }
        let tree = parse::rust_fragment(self.text, tokens.byte_range(), "", ";", &[]);
        let inner = tree.as_ref().and_then(|tree| {
            let statement = self.first_child(&tree.root())?;
            self.first_child(&statement)
        });
        if let Some(inner) = inner
            && self.kind(&inner) == Kind::ArrayExpression
        {
            return self.expression(inner);
        }
        let ty = self.builder.ty(Type::List(basic::UNKNOWN, None));
        let none = ExprList::default();
        self.typed(ExprKind::Composite(ty, none, none), ty, span)
    }
}
