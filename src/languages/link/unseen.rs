//! Methods of what is not in view, in a piece of a file: the one method of that name there is.

use super::infer::Inference;
use crate::languages::build::basic;
use crate::model::{
    ExprId, ExprKind, FunctionId, FunctionKind, Init, NamedId, Program, Symbol, VariableKind,
};
use rustc_hash::FxHashMap;

/// How far a value is followed to what it is a part of.
const MAX_PARTS: usize = 6;

/// Names that methods of any type may have: alone they say nothing of whose method it is.
const COMMON: &[&str] = &[
    "add", "append", "begin", "call", "cancel", "clear", "clone", "close", "commit", "create",
    "debug", "delete", "do", "done", "encode", "end", "error", "exec", "execute", "fetch", "find",
    "finish", "flush", "get", "handle", "info", "insert", "into", "iter", "join", "len", "list",
    "load", "lock", "log", "name", "new", "next", "open", "poll", "pop", "print", "push", "put",
    "query", "read", "recv", "register", "remove", "render", "reset", "run", "save", "seek",
    "send", "serve", "set", "shutdown", "size", "spawn", "start", "stop", "store", "string",
    "sync", "take", "unlock", "update", "value", "wait", "warn", "write",
];

/// Methods by their names; none where several have the name.
pub(super) fn only_methods(program: &Program) -> FxHashMap<Symbol, Option<FunctionId>> {
    let mut only: FxHashMap<Symbol, Option<FunctionId>> = FxHashMap::default();
    for id in program.function_ids() {
        let function = program.function(id);
        if matches!(function.kind, FunctionKind::Method(..)) && !function.is_test {
            let known = only.entry(function.name);
            known.and_modify(|known| *known = None).or_insert(Some(id));
        }
    }
    only
}

impl Inference<'_> {
    /// The method that is called on a part of what nothing in view declares, where only one can be
    /// meant: it is the only one of its name, takes as many arguments, and the name is telling or
    /// the part is named after the method's type.
    pub(super) fn method_of_unseen(
        &self,
        base: ExprId,
        name: Symbol,
        arguments: usize,
    ) -> Option<FunctionId> {
        let program = &self.b.program;
        let method = self.only.get(&name).copied().flatten()?;
        let function = program.function(method);
        let FunctionKind::Method(_, owner) = function.kind else {
            return None;
        };
        let is_meant = function.has_body
            && !function.variadic
            && function.parameters.len() == arguments
            && program.expr(base).ty == basic::UNKNOWN
            && is_part_of_unseen(program, base);
        let text = program.text(name).to_ascii_lowercase();
        let is_telling = !COMMON.contains(&text.as_str());
        (is_meant && (is_telling || is_named_after(program, base, owner))).then_some(method)
    }
}

/// Whether a value is a part of something whose type nothing in view declares.
fn is_part_of_unseen(program: &Program, mut value: ExprId) -> bool {
    for _ in 0..MAX_PARTS {
        value = match *program.kind(value) {
            ExprKind::Field(_, field) => {
                return match program.variable(field).kind {
                    VariableKind::Field(of) => {
                        let of = &program.named[of.index()];
                        of.span.is_none() && !of.is_interface && !program.text(of.name).is_empty()
                    }
                    _ => false,
                };
            }
            ExprKind::Member(base, _) => base,
            ExprKind::Reference(inner) | ExprKind::Dereference(inner) => inner,
            ExprKind::Variable(variable) => match program.variable(variable) {
                local if local.kind == VariableKind::Local => match local.init {
                    Init::Value(first) => first,
                    _ => return false,
                },
                other => return other.kind == VariableKind::Implied,
            },
            _ => return false,
        };
    }
    false
}

/// Whether a value goes by a word of the name of a type: `g.signals` of a `signalQueue`.
fn is_named_after(program: &Program, value: ExprId, owner: NamedId) -> bool {
    let name = match *program.kind(value) {
        ExprKind::Variable(variable) | ExprKind::Field(_, variable) => {
            program.variable(variable).name
        }
        ExprKind::Member(_, name) => name,
        _ => return false,
    };
    let (name, owner) = (
        program.text(name),
        program.text(program.named[owner.index()].name),
    );
    let (name, owner) = (
        name.to_ascii_lowercase().replace('_', ""),
        owner.to_ascii_lowercase(),
    );
    let word = name.trim_end_matches('s');
    word.len() > 3 && owner.contains(word) || owner.len() > 3 && name.contains(&owner)
}
