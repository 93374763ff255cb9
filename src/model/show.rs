//! Expressions as words in a message: `p.jobs`, `ctx.Done()`.

use super::{ExprId, ExprKind, FunctionId, FunctionKind, Op, Program, StepId};

/// How many parts of an expression are written out.
const MAX_PARTS: u32 = 6;

impl Program {
    /// Puts a text of ours into the words of the language.
    pub fn in_own_words(&self, text: &mut String) {
        for (general, own) in self.words {
            if text.contains(general) {
                *text = text.replace(general, own);
            }
        }
    }

    /// A short text for an expression; `…` for what has no short text.
    pub fn show(&self, id: ExprId) -> String {
        self.show_parts(id, MAX_PARTS)
    }

    /// What a step calls, as `show` writes it; nothing for a step that is no call.
    pub fn show_called(&self, step: StepId) -> String {
        self.call(step)
            .map_or(String::new(), |call| self.show(call.callee))
    }

    fn show_parts(&self, id: ExprId, parts: u32) -> String {
        let Some(parts) = parts.checked_sub(1) else {
            return "…".to_owned();
        };
        match *self.kind(id) {
            ExprKind::Int(value) => value.to_string(),
            ExprKind::Float(value) => value.to_string(),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Nil => "nil".to_owned(),
            ExprKind::Variable(variable) => self.text(self.variable(variable).name).to_owned(),
            ExprKind::Name(name) | ExprKind::Key(name) => self.text(name).to_owned(),
            ExprKind::Member(base, name) => {
                format!("{}.{}", self.show_parts(base, parts), self.text(name))
            }
            ExprKind::Qualified(module, name) => {
                let module = self.text(module);
                let module = module.rsplit('/').next().unwrap_or(module);
                format!("{module}.{}", self.text(name))
            }
            ExprKind::Field(base, field) => {
                format!(
                    "{}.{}",
                    self.show_parts(base, parts),
                    self.text(self.variable(field).name)
                )
            }
            ExprKind::Index(base, _) => format!("{}[…]", self.show_parts(base, parts)),
            ExprKind::Reference(inner)
            | ExprKind::Dereference(inner)
            | ExprKind::Convert(_, inner) => self.show_parts(inner, parts),
            ExprKind::Slice(base, ..) => format!("{}[…]", self.show_parts(base, parts)),
            ExprKind::Length(inner) => format!("len({})", self.show_parts(inner, parts)),
            ExprKind::Capacity(inner) => format!("cap({})", self.show_parts(inner, parts)),
            ExprKind::Function(function, Some(base)) => {
                format!(
                    "{}.{}",
                    self.show_parts(base, parts),
                    self.text(self.function(function).name)
                )
            }
            ExprKind::Function(function, None) => {
                self.text(self.function(function).name).to_owned()
            }
            ExprKind::Closure(_) => "func literal".to_owned(),
            ExprKind::Call(step) => match self.op(step) {
                Op::Call(call) => format!(
                    "{}({})",
                    self.show_parts(call.callee, parts),
                    if call.args.len == 0 { "" } else { "…" }
                ),
                _ => "…".to_owned(),
            },
            ExprKind::Received(step) => match self.op(step) {
                Op::Receive { channel, .. } => format!("<-{}", self.show_parts(*channel, parts)),
                _ => "…".to_owned(),
            },
            _ => "…".to_owned(),
        }
    }

    /// A function's name for messages and fingerprints: `Type.Method`, or the name of the
    /// function that a closure stands in.
    pub fn function_name(&self, id: FunctionId) -> String {
        let function = self.function(self.outermost(id));
        let name = self.text(function.name);
        match function.kind {
            FunctionKind::Method(_, named) => {
                format!("{}.{name}", self.text(self.named[named.index()].name))
            }
            _ => name.to_owned(),
        }
    }
}
