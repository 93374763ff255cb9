//! What a call runs, and what it means.

use super::Meaning;
use super::infer::Inference;
use super::unify::Classes;
use crate::languages::build::Builder;
use crate::model::types::Type;
use crate::model::{
    Api, ExprId, ExprKind, ExprList, FunctionId, Library, Op, Spawn, StepId, Symbol, TypeId,
};

/// What classifying a callee yields.
#[derive(Default)]
struct Verdict {
    target: Option<FunctionId>,
    receiver: Option<ExprId>,
    api: Option<Api>,
    results: Vec<TypeId>,
    spawns: bool,
}

impl Inference<'_> {
    /// Classifies the call or spawn of a step, once.
    pub(super) fn classify(&mut self, step: StepId) {
        let (callee, args, is_spawn) = match &self.b.program.steps[step.index()].op {
            Op::Call(call) if call.api == Api::Other && call.target.is_none() => {
                (call.callee, call.args, false)
            }
            Op::Spawn(spawn) if spawn.target.is_none() => (spawn.callee, spawn.args, true),
            _ => return,
        };
        if self.results.contains_key(&step) {
            return;
        }
        self.expr(callee);
        let verdict = self.verdict(callee, args);
        self.results.insert(step, verdict.results.clone());
        if is_spawn {
            if let Op::Spawn(spawn) = &mut self.b.program.steps[step.index()].op {
                spawn.target = verdict.target;
            }
            return;
        }
        if verdict.spawns && args.len >= 1 {
            self.make_spawn(step, args, verdict.receiver);
            return;
        }
        if let Op::Call(call) = &mut self.b.program.steps[step.index()].op {
            call.target = verdict.target;
            call.receiver = verdict.receiver;
            call.api = verdict.api.unwrap_or(Api::Other);
        }
    }

    /// `group.Go(f)` starts `f`.
    fn make_spawn(&mut self, step: StepId, args: ExprList, group: Option<ExprId>) {
        let last = self.b.program.list(args)[args.len as usize - 1];
        self.expr(last);
        let target = match *self.b.program.kind(last) {
            ExprKind::Closure(function) | ExprKind::Function(function, _) => Some(function),
            _ => None,
        };
        self.b.program.steps[step.index()].op = Op::Spawn(Spawn {
            callee: last,
            args: ExprList::default(),
            target,
            group,
        });
    }

    fn verdict(&mut self, callee: ExprId, args: ExprList) -> Verdict {
        match *self.b.program.kind(callee) {
            ExprKind::Function(function, receiver) => Verdict {
                target: Some(function),
                receiver,
                results: self.b.program.functions[function.index()].results.clone(),
                ..Verdict::default()
            },
            ExprKind::Closure(function) => Verdict {
                target: Some(function),
                results: self.b.program.functions[function.index()].results.clone(),
                ..Verdict::default()
            },
            ExprKind::Qualified(module, name) => {
                let symbols = &self.b.program.symbols;
                let meaning = self
                    .dialect
                    .function(symbols.text(module), symbols.text(name));
                self.known(meaning, None)
            }
            ExprKind::Member(base, name) => self.method(base, name, args),
            ExprKind::Variable(variable) | ExprKind::Field(_, variable) => {
                let ty = self.variable(variable);
                self.value_call(ty)
            }
            ExprKind::Index(base, _) => {
                let _ = base;
                let ty = self.b.program.exprs[callee.index()].ty;
                self.value_call(ty)
            }
            _ => Verdict::default(),
        }
    }

    /// A call of a value: a cancel function, or a callable whose result types are written down.
    fn value_call(&mut self, ty: TypeId) -> Verdict {
        match self.b.program.underlying(ty) {
            Type::Library(Library::CancelFunction) => Verdict {
                api: Some(Api::Cancel),
                ..Verdict::default()
            },
            Type::Function(_, results) => Verdict {
                results: results.clone(),
                ..Verdict::default()
            },
            _ => Verdict::default(),
        }
    }

    fn known(&mut self, meaning: Option<Meaning>, receiver: Option<ExprId>) -> Verdict {
        let Some(meaning) = meaning else {
            return Verdict {
                receiver,
                ..Verdict::default()
            };
        };
        Verdict {
            api: Some(meaning.api),
            receiver,
            results: self.yields(meaning),
            ..Verdict::default()
        }
    }

    fn method(&mut self, base: ExprId, name: Symbol, args: ExprList) -> Verdict {
        let ty = self.b.program.exprs[base.index()].ty;
        let pointee = self.b.program.pointee(ty).clone();
        if let Type::Named(named) = pointee
            && let Some(field) = self.embedded_library(base, named, name)
        {
            return self.method(field, name, args);
        }
        let text = self.b.program.symbols.text(name);
        let meaning = match *self.b.program.underlying(ty) {
            Type::Library(library) => {
                if self.dialect.is_spawn(library, text) {
                    return Verdict {
                        receiver: Some(base),
                        spawns: true,
                        ..Verdict::default()
                    };
                }
                self.dialect.method(library, text)
            }
            Type::Foreign(module, of) => {
                let symbols = &self.b.program.symbols;
                self.dialect
                    .foreign_method(symbols.text(module), symbols.text(of), text)
            }
            _ => None,
        };
        if meaning.is_some() {
            return self.known(meaning, Some(base));
        }
        if let Some(method) = self.method_of_unseen(base, name, args.len as usize) {
            return Verdict {
                target: Some(method),
                receiver: Some(base),
                results: self.b.program.functions[method.index()].results.clone(),
                ..Verdict::default()
            };
        }
        self.by_name(base, name, args)
    }

    /// A method of something that is not in view, judged by the usual names.
    fn by_name(&mut self, base: ExprId, name: Symbol, args: ExprList) -> Verdict {
        let text = self.b.program.symbols.text(name).to_owned();
        let takes_closure = self
            .b
            .program
            .list(args)
            .last()
            .is_some_and(|&last| matches!(self.b.program.kind(last), ExprKind::Closure(_)));
        if text == "Go" && takes_closure {
            return Verdict {
                receiver: Some(base),
                spawns: true,
                ..Verdict::default()
            };
        }
        let base_text = match *self.b.program.kind(base) {
            ExprKind::Variable(variable) | ExprKind::Field(_, variable) => {
                let name = self.b.program.variables[variable.index()].name;
                self.b.program.symbols.text(name).to_owned()
            }
            ExprKind::Member(_, name) | ExprKind::Name(name) => {
                self.b.program.symbols.text(name).to_owned()
            }
            _ => String::new(),
        };
        let meaning = self
            .dialect
            .method_by_name(&base_text, &text, args.len as usize);
        self.known(meaning, Some(base))
    }
}

/// Calls of values that can only be one function of the unit. Says whether any was found.
pub(super) fn resolve_values(builder: &mut Builder, classes: &Classes) -> bool {
    let mut found = false;
    for at in 0..builder.program.steps.len() {
        let callee = match &builder.program.steps[at].op {
            Op::Call(call) if call.target.is_none() && call.api == Api::Other => call.callee,
            Op::Spawn(spawn) if spawn.target.is_none() => spawn.callee,
            _ => continue,
        };
        let Some(function) = classes.only_function(&builder.program, callee) else {
            continue;
        };
        found = true;
        match &mut builder.program.steps[at].op {
            Op::Call(call) => call.target = Some(function),
            Op::Spawn(spawn) => spawn.target = Some(function),
            _ => {}
        }
    }
    found
}
