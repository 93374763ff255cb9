//! Objects out of classes, and what is done to each.

use super::unify::Classes;
use super::{Dialect, escape};
use crate::languages::build::Builder;
use crate::model::step::AssignHow;
use crate::model::types::Type;
use crate::model::{
    ExprId, ExprKind, FunctionId, LoopKind, ObjectId, Op, Program, StepId, VariableId,
};

/// Finishes the program.
pub(super) fn index(mut builder: Builder, classes: Classes, dialect: &dyn Dialect) -> Program {
    callers(&mut builder.program);
    let escapes = escape::escapes(&builder.program, &classes);
    objects(&mut builder.program, &classes, &escapes);
    uses(&mut builder.program);
    channel_loops(&mut builder.program);
    for at in 0..builder.program.functions.len() as u32 {
        builder.program.functions[at as usize].handler =
            dialect.handler(&builder.program, FunctionId(at));
    }
    registrations(&mut builder.program, dialect);
    builder
        .program
        .comments
        .sort_by_key(|comment| (comment.span.file, comment.span.start));
    builder.program
}

/// Handlers that are known only by the call which they are handed to.
fn registrations(program: &mut Program, dialect: &dyn Dialect) {
    let mut found = Vec::new();
    for step in &program.steps {
        let Op::Call(call) = &step.op else { continue };
        if call.target.is_some() {
            continue;
        }
        let args = program.list(call.args);
        let Some(function) = args.iter().find_map(|&arg| callback(program, arg)) else {
            continue;
        };
        let takes_path = args
            .iter()
            .any(|&arg| matches!(*program.kind(arg), ExprKind::Text(text) if is_path(program.text(text))));
        let name = program.callee_name(call.callee);
        if let Some(handler) = dialect.registers(&name, takes_path) {
            found.push((function, handler));
        }
    }
    for (function, handler) in found {
        program.functions[function.index()]
            .handler
            .get_or_insert(handler);
    }
}

/// `/orders`, `GET /orders`.
fn is_path(text: &str) -> bool {
    text.trim_matches('"').starts_with('/') || text.contains(" /")
}

/// A function of the unit, as a value, that takes one or two arguments.
fn callback(program: &Program, arg: ExprId) -> Option<FunctionId> {
    match *program.kind(arg) {
        ExprKind::Closure(function) | ExprKind::Function(function, _) => {
            let count = program.function(function).parameters.len();
            (program.function(function).has_body && (1..=2).contains(&count)).then_some(function)
        }
        ExprKind::Convert(_, inner) => callback(program, inner),
        _ => None,
    }
}

/// Who calls whom, and which functions are values.
fn callers(program: &mut Program) {
    program.callers = vec![Vec::new(); program.functions.len()];
    let mut called = Vec::new();
    for at in 0..program.steps.len() {
        let (target, callee) = match &program.steps[at].op {
            Op::Call(call) => (call.target, call.callee),
            Op::Spawn(spawn) => (spawn.target, spawn.callee),
            _ => continue,
        };
        called.push(callee);
        if let Some(target) = target {
            program.callers[target.index()].push(StepId(at as u32));
        }
    }
    called.sort_unstable();
    for at in 0..program.exprs.len() {
        let function = match program.exprs[at].kind {
            ExprKind::Closure(function) | ExprKind::Function(function, _) => function,
            _ => continue,
        };
        if called.binary_search(&ExprId(at as u32)).is_err() {
            program.functions[function.index()].is_value = true;
        }
    }
}

fn objects(program: &mut Program, classes: &Classes, escapes: &[escape::Escape]) {
    let mut of_root = vec![None; classes.len()];
    let mut object_at = |program: &mut Program, root: u32| -> ObjectId {
        *of_root[root as usize].get_or_insert_with(|| {
            let id = ObjectId(program.objects.len() as u32);
            program.objects.push(crate::model::Object {
                escapes: escapes[root as usize].held,
                escapes_whole: escapes[root as usize].whole,
                functions: classes.functions_of(root).to_vec(),
                ..Default::default()
            });
            id
        })
    };
    program.object_of_variable = vec![None; program.variables.len()];
    for at in 0..program.variables.len() {
        let object = object_at(program, classes.find(at as u32));
        program.object_of_variable[at] = Some(object);
        program.objects[object.index()]
            .variables
            .push(VariableId(at as u32));
    }
    for node in 0..classes.len() as u32 {
        if classes.find(node) != node {
            continue;
        }
        if let Some(element) = classes.element_if_any(node) {
            let (container, element) = (object_at(program, node), object_at(program, element));
            program.object_of_element.insert(container, element);
        }
        for &(name, member) in classes.members_of(node) {
            let (owner, member) = (
                object_at(program, node),
                object_at(program, classes.find(member)),
            );
            program.object_of_member.insert((owner, name), member);
        }
    }
    for &(node, made) in &classes.makes {
        let object = object_at(program, classes.find(node));
        let makes = &mut program.objects[object.index()].makes;
        if !makes.contains(&made) {
            makes.push(made);
        }
    }
    results(program, classes, &mut object_at);
}

fn results(
    program: &mut Program,
    classes: &Classes,
    object_at: &mut impl FnMut(&mut Program, u32) -> ObjectId,
) {
    for at in 0..program.steps.len() {
        let Op::Call(call) = &program.steps[at].op else {
            continue;
        };
        let Some(target) = call.target else { continue };
        let Some(&variable) = program.functions[target.index()].result_variables.first() else {
            continue;
        };
        let object = object_at(program, classes.find(variable.0));
        program.object_of_result.insert(StepId(at as u32), object);
    }
}

/// What is done to each object.
fn uses(program: &mut Program) {
    for at in 0..program.steps.len() {
        let step = StepId(at as u32);
        match program.steps[at].op.clone() {
            Op::Send { channel, .. } => note(program, channel, |object| object.sends.push(step)),
            Op::Receive { channel, .. } => {
                note(program, channel, |object| object.receives.push(step))
            }
            Op::Close { channel } => note(program, channel, |object| object.closes.push(step)),
            Op::Call(call) => {
                if let Some(receiver) = call.receiver {
                    note(program, receiver, |object| object.calls.push(step));
                }
            }
            Op::Assign(assign) if assign.how != AssignHow::Define => {
                for target in program.list(assign.targets).to_vec() {
                    note(program, target, |object| object.writes.push(step));
                }
            }
            _ => {}
        }
    }
}

fn note(program: &mut Program, expr: ExprId, add: impl FnOnce(&mut crate::model::Object)) {
    if let Some(object) = program.object_of(expr) {
        add(&mut program.objects[object.index()]);
    }
}

/// Loops over channels, told from loops over lists by type, or by what else is done.
fn channel_loops(program: &mut Program) {
    for at in 0..program.steps.len() {
        let Op::Loop(l) = &program.steps[at].op else {
            continue;
        };
        let LoopKind::Over(over) = l.kind else {
            continue;
        };
        let object = program.object_of(over);
        let is_channel = match program.underlying(program.expr(over).ty) {
            Type::Channel(..) => true,
            Type::Unknown => is_channel_by_use(program, over, object),
            _ => false,
        };
        if !is_channel {
            continue;
        }
        if let Op::Loop(l) = &mut program.steps[at].op {
            l.kind = LoopKind::Channel(over);
        }
        if let Some(object) = object {
            program.objects[object.index()]
                .loops
                .push(StepId(at as u32));
        }
    }
}

fn is_channel_by_use(program: &Program, over: ExprId, object: Option<ObjectId>) -> bool {
    let by_use = object.is_some_and(|object| {
        let object = program.object(object);
        object.is_channel_by_use()
            || object
                .makes
                .iter()
                .any(|&made| matches!(program.kind(made), ExprKind::MakeChannel(..)))
    });
    let name = match *program.kind(over) {
        ExprKind::Variable(variable) => program.text(program.variable(variable).name),
        ExprKind::Member(_, name) => program.text(name),
        _ => "",
    };
    let lower = name.to_ascii_lowercase();
    by_use || lower == "ch" || lower.ends_with("chan") || lower.ends_with("channel")
}
