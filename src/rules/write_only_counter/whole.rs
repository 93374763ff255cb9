//! Structs that are read as a whole: printed, encoded, compared, turned into another type.

use crate::model::{
    Api, BinaryOp, Call, ExprId, ExprKind, NamedId, Op, Program, StepId, Type, TypeId,
};
use rustc_hash::FxHashSet;

/// Names, lower case, of functions that look into what they are given.
const LOOKS_IN: &[&str] = &[
    "print",
    "format",
    "marshal",
    "encode",
    "dump",
    "debug",
    "log",
    "info",
    "warn",
    "error",
    "trace",
    "fatal",
    "equal",
    "diff",
    "copy",
    "clone",
    "execute",
    "render",
    "publish",
    "write",
    "valueof",
    "indirect",
    "any",
    "reflect",
    "object",
    "inspect",
    "hash",
    "sizeof",
    "pointer",
    "read",
    "string",
    "sdump",
    "decode",
    "unmarshal",
    "scan",
    "field",
];

/// Methods that say how a value is shown, so that nothing looks into it.
const SHOWS: &[&str] = &[
    "String",
    "Error",
    "Format",
    "MarshalText",
    "GoString",
    "fmt",
];

/// The types that are read as a whole.
#[derive(Default)]
pub(super) struct Whole {
    named: FxHashSet<NamedId>,
}

impl Whole {
    /// Whether values of this type are read as a whole somewhere.
    pub fn reads(&self, named: NamedId) -> bool {
        self.named.contains(&named)
    }

    pub fn compute(program: &Program) -> Whole {
        let mut whole = Whole::default();
        for expr in &program.exprs {
            match expr.kind {
                ExprKind::Binary(BinaryOp::Equal | BinaryOp::NotEqual, left, right) => {
                    whole.compared(program, left, right);
                }
                ExprKind::Index(_, key) => whole.value(program, program.expr(key).ty),
                ExprKind::Composite(ty, values, _) if is_loose(program, ty) => {
                    for &value in program.list(values) {
                        whole.value(program, program.expr(value).ty);
                    }
                }
                ExprKind::Convert(ty, inner) => whole.converted(program, ty, inner),
                _ => {}
            }
        }
        for step in program.step_ids() {
            match program.op(step) {
                Op::Call(call) if call.target.is_none() => whole.call(program, call),
                Op::Return(values) => whole.returned(program, step, program.list(*values)),
                Op::Assign(assign) => {
                    for (target, value) in program.assigned(assign) {
                        if is_opaque(program, program.expr(target).ty) {
                            whole.value(program, program.expr(value).ty);
                        }
                    }
                }
                _ => {}
            }
        }
        whole
    }

    fn compared(&mut self, program: &Program, left: ExprId, right: ExprId) {
        for side in [left, right] {
            self.value(program, program.expr(side).ty);
        }
    }

    fn converted(&mut self, program: &Program, ty: TypeId, inner: ExprId) {
        let from = program.expr(inner).ty;
        match (program.pointee(ty), program.pointee(from)) {
            (Type::Named(to), Type::Named(from)) if to != from => self.add(program, *from),
            (Type::Interface, Type::Named(_)) => self.value(program, from),
            (Type::Foreign(..), Type::Named(from)) => self.add(program, *from),
            _ => {}
        }
    }

    fn call(&mut self, program: &Program, call: &Call) {
        let looks = match call.api {
            Api::Log | Api::Format | Api::Panic | Api::ErrorNew => true,
            Api::Other => {
                let name = program.callee_name(call.callee).to_ascii_lowercase();
                LOOKS_IN.iter().any(|word| name.contains(word))
            }
            _ => false,
        };
        for &argument in program.list(call.args) {
            let ty = program.expr(argument).ty;
            if !looks {
                self.value(program, ty);
            } else if let Type::Named(named) = *program.pointee(ty) {
                let shows = call.api != Api::Other && has_show(program, named);
                if !shows {
                    self.add(program, named);
                }
            } else {
                self.value(program, ty);
            }
        }
    }

    fn returned(&mut self, program: &Program, step: StepId, values: &[ExprId]) {
        let results = &program.function(program.function_of(step)).results;
        for (at, &value) in values.iter().enumerate() {
            // What a closure or a task yields may go anywhere, when its result is not in view. In
            // what is made on the spot nothing has been counted yet.
            let is_kept = || program.variable_or_field(value).is_some();
            let goes_out = match results.get(at).map(|&result| (result, program.ty(result))) {
                Some((_, Type::Unknown)) => is_kept(),
                Some((result, _)) => is_opaque(program, result),
                None => program.is_closure(program.function_of(step)) && is_kept(),
            };
            if goes_out {
                self.value(program, program.expr(value).ty);
            }
        }
    }

    /// A value itself, not a pointer to it, goes where it may be looked into.
    fn value(&mut self, program: &Program, ty: TypeId) {
        match *program.ty(ty) {
            Type::Named(named) => self.add(program, named),
            Type::List(element, _) | Type::Map(_, element) => self.value(program, element),
            _ => {}
        }
    }

    /// A type, and those whose values lie in its values.
    fn add(&mut self, program: &Program, named: NamedId) {
        if !self.named.insert(named) {
            return;
        }
        let named = &program.named[named.index()];
        for &(_, field) in &named.fields {
            self.value(program, program.variable(field).ty);
        }
        if let Some(underlying) = named.underlying {
            self.value(program, underlying);
        }
    }
}

/// Whether a literal's type is out of view, or holds values of any type.
fn is_loose(program: &Program, ty: TypeId) -> bool {
    match *program.underlying(ty) {
        Type::Foreign(..) | Type::Unknown => true,
        Type::List(element, _) | Type::Map(_, element) => is_opaque(program, element),
        _ => false,
    }
}

fn is_opaque(program: &Program, ty: TypeId) -> bool {
    match program.ty(ty) {
        Type::Interface => true,
        Type::Named(named) => program.named[named.index()].is_interface,
        _ => false,
    }
}

fn has_show(program: &Program, named: NamedId) -> bool {
    let is_shown_whole = program.shown_whole.contains(&named);
    !is_shown_whole
        && program.named[named.index()]
            .methods
            .iter()
            .any(|&(name, _)| SHOWS.contains(&program.text(name)))
}
