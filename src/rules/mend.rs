//! Changes that several rules offer.

use crate::model::change::{Change, Leave};
use crate::model::roles::ContextInScope;
use crate::model::{Library, Op, Program, StepId, Type};

/// A bare send that also ends with the caller's context, where the function can be left for it:
/// nothing is locked that it would leave locked, and it is plain what it yields.
pub(super) fn or_done(program: &Program, send: StepId) -> Option<Change> {
    if program.select_of(send).is_some()
        || !program.held_at(send).is_empty()
        || program.is_deferred(send)
        || owes_something(program, send)
    {
        return None;
    }
    let context = program.context_at(send)?;
    let variable = program.variable(context.variable());
    let id = program.function_of(send);
    let function = program.function(id);
    // A closure that is called in place leaves only itself.
    if variable.function != Some(id) && !program.is_task(id) {
        return None;
    }
    let name = program.text(variable.name);
    let context = match context {
        ContextInScope::Parameter(_) => name.to_owned(),
        ContextInScope::Request(_) if program.library(variable.ty) == Some(Library::Request) => {
            format!("{name}.Context()")
        }
        _ => return None,
    };
    let leave = match function.results[..] {
        [] => Leave::Plain,
        [only] if is_error(program, only) => Leave::Error,
        [first, last]
            if is_error(program, last) && matches!(program.ty(first), Type::Pointer(_)) =>
        {
            Leave::NilAndError
        }
        _ => return None,
    };
    (!name.is_empty()).then_some(Change::OrDone { context, leave })
}

/// Whether what comes behind a step in its function tells or gives back something, so that
/// leaving before would keep others waiting.
fn owes_something(program: &Program, step: StepId) -> bool {
    const GIVES_BACK: &[&str] = &[
        "done", "close", "release", "unlock", "stop", "cancel", "put", "free", "finish", "end",
    ];
    program
        .after(step)
        .into_iter()
        .any(|behind| match program.op(behind) {
            Op::Send { .. } | Op::Close { .. } | Op::Gap => true,
            Op::Call(call) if !program.is_deferred(behind) => {
                let name = program.callee_name(call.callee).to_ascii_lowercase();
                GIVES_BACK.iter().any(|word| name.starts_with(word))
            }
            _ => false,
        })
}

fn is_error(program: &Program, ty: crate::model::TypeId) -> bool {
    matches!(program.underlying(ty), Type::Error)
}
