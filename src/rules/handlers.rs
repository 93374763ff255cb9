//! What handlers run, per request: which functions, how many calls away; and what keeps a spawn
//! from piling up with the requests.

use crate::model::permits::Right;
use crate::model::tasks::starts_tasks;
use crate::model::{
    Api, BinaryOp, Call, ExprId, ExprKind, FunctionId, FunctionKind, Handler, Init, Library,
    NamedId, ObjectId, Op, Owner, Program, StepId, Type, TypeId, VariableId, VariableKind,
};
use std::collections::VecDeque;

/// How a function comes to run within a handler.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub handler: Handler,
    /// The handler.
    pub root: FunctionId,
    /// How many calls lie between.
    pub calls: u32,
    /// The call in the handler, or in what it calls, that leads here.
    pub via: Option<StepId>,
}

/// For each function the handler that runs it on its own task.
pub(super) struct Entries {
    of: Vec<Option<Entry>>,
    /// For each handler what it runs.
    runs: rustc_hash::FxHashMap<FunctionId, Vec<FunctionId>>,
}

impl Entries {
    pub fn of(program: &Program) -> Entries {
        let mut entries = Entries {
            of: vec![None; program.functions.len()],
            runs: rustc_hash::FxHashMap::default(),
        };
        let order = [
            Handler::Request,
            Handler::Rpc,
            Handler::Message,
            Handler::Connection,
        ];
        let mut waiting = VecDeque::new();
        for handler in order {
            for (id, function) in program.functions_with_ids() {
                if function.handler == Some(handler) && entries.of[id.index()].is_none() {
                    entries.of[id.index()] = Some(Entry {
                        handler,
                        root: id,
                        calls: 0,
                        via: None,
                    });
                    waiting.push_back(id);
                }
            }
            while let Some(at) = waiting.pop_front() {
                entries.follow(program, at, &mut waiting);
            }
        }
        entries
    }

    fn follow(&mut self, program: &Program, at: FunctionId, waiting: &mut VecDeque<FunctionId>) {
        let Some(entry) = self.of[at.index()] else {
            return;
        };
        self.runs.entry(entry.root).or_default().push(at);
        for step in program.steps_of(at) {
            let Some(call) = program.call(step) else {
                continue;
            };
            if matches!(
                call.api,
                Api::OnceDo | Api::TimerFunction | Api::ContextAfter
            ) {
                continue;
            }
            if call.target.is_none() && keeps_callback(&program.callee_name(call.callee)) {
                continue;
            }
            let runs_elsewhere = starts_what_it_is_handed(program, step, call);
            let closures = program.list(call.args).iter().filter_map(|&argument| {
                match *program.kind(argument) {
                    ExprKind::Closure(closure) if !runs_elsewhere => Some(closure),
                    _ => None,
                }
            });
            for next in call.target.into_iter().chain(closures) {
                if self.of[next.index()].is_some() || happens_once(program, step) {
                    continue;
                }
                let is_away = !only_passes_on(program, at, step);
                self.of[next.index()] = Some(Entry {
                    calls: entry.calls + u32::from(is_away),
                    via: Some(step),
                    ..entry
                });
                waiting.push_back(next);
            }
        }
    }

    /// How a function comes to run within a handler, if it does.
    pub fn at(&self, function: FunctionId) -> Option<Entry> {
        self.of[function.index()]
    }

    /// What a handler runs on its own task, itself first.
    pub fn run_by(&self, root: FunctionId) -> &[FunctionId] {
        self.runs.get(&root).map_or(&[], Vec::as_slice)
    }
}

/// Whether a closure does nothing but this call: it stands for what it calls.
fn only_passes_on(program: &Program, function: FunctionId, call: StepId) -> bool {
    let body = program.function(function).body;
    program.is_closure(function)
        && program
            .block(body)
            .steps
            .iter()
            .all(|&step| step == call || matches!(program.op(step), Op::Return(_)))
}

/// Whether a function of the unit starts what it is handed as a task, by its name, and whoever
/// calls it does not wait for what that yields.
pub(super) fn starts_what_it_is_handed(program: &Program, step: StepId, call: &Call) -> bool {
    starts_tasks(&program.callee_name(call.callee)) && !program.used_results().contains(&step)
}

/// Words that begin the name of what keeps a callback for later, or runs it elsewhere.
const KEEPS: &[&str] = &[
    "on",
    "add",
    "register",
    "set",
    "subscribe",
    "after",
    "schedule",
    "handle",
    "submit",
    "go",
    "spawn",
    "async",
    "defer",
    "cleanup",
    "hook",
    "enqueue",
    "notify",
    "watch",
    "listen",
];

/// Whether a function of this name keeps the callback that it is given.
pub(super) fn keeps_callback(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    KEEPS.iter().any(|word| lower.starts_with(word)) && !lower.starts_with("once")
}

/// Whether a step happens once, or once per key, however often its function runs: a flag, a
/// swap or an entry of a map is asked before it and set beside it.
pub(super) fn happens_once(program: &Program, step: StepId) -> bool {
    let function = program.function_of(step);
    conditions_before(program, step)
        .into_iter()
        .any(|condition| is_once_test(program, condition, function, MAX_CALLS))
}

/// Conditions that decide whether a function comes to a step: of the branches around it, and of
/// those before it that leave.
pub(super) fn conditions_before(program: &Program, step: StepId) -> Vec<ExprId> {
    let mut found = Vec::new();
    let mut at = step;
    loop {
        let (block, index) = (program.step(at).block, program.step(at).index as usize);
        for &earlier in &program.block(block).steps[..index] {
            match program.op(earlier) {
                Op::Branch {
                    condition,
                    then,
                    otherwise,
                } if program.block_diverges(*then)
                    || otherwise.is_some_and(|block| program.block_diverges(block)) =>
                {
                    found.push(*condition)
                }
                // A check may stand in a scope of its own.
                Op::Scope(inner) => {
                    found.extend(program.block(*inner).steps.iter().filter_map(|&step| {
                        match program.op(step) {
                            Op::Branch {
                                condition, then, ..
                            } if program.block_diverges(*then) => Some(*condition),
                            _ => None,
                        }
                    }))
                }
                _ => {}
            }
        }
        let owner = program.block(block).owner;
        let Some(owning) = owner.step() else {
            return found;
        };
        if let (Owner::Then(_) | Owner::Else(_), Op::Branch { condition, .. }) =
            (owner, program.op(owning))
        {
            found.push(*condition);
        }
        at = owning;
    }
}

/// How many functions that ask each other for a flag are followed; they may ask themselves.
const MAX_CALLS: u32 = 3;

/// Whether a condition asks for a flag, or an entry of a map, that is set as it is asked.
pub(super) fn asks_for_flag(program: &Program, condition: ExprId, function: FunctionId) -> bool {
    is_once_test(program, condition, function, MAX_CALLS)
}

fn is_once_test(program: &Program, condition: ExprId, function: FunctionId, calls: u32) -> bool {
    program.parts_of(condition).into_iter().any(|part| {
        let part = first_value(program, part);
        match *program.kind(part) {
            ExprKind::Call(step) => program.call(step).is_some_and(|call| {
                matches!(
                    call.api,
                    Api::AtomicCompareSwap | Api::AtomicSwap | Api::TryLock
                ) || is_map_swap(program, call)
                    || call
                        .target
                        .is_some_and(|target| claims_flag(program, target, calls))
                    || call.api == Api::AtomicLoad && is_set_in(program, call.receiver, function)
            }),
            ExprKind::Field(..) | ExprKind::Variable(_) => {
                is_kept(program, part) && is_set_in(program, Some(part), function)
            }
            ExprKind::Index(base, _) => {
                is_kept(program, base) && is_element_set_in(program, base, function)
            }
            _ => false,
        }
    })
}

/// What a local was set to where it is declared; for what guards a value, the value.
fn first_value(program: &Program, part: ExprId) -> ExprId {
    let mut value = match *program.kind(part) {
        ExprKind::Variable(variable) => match program.variable(variable).init {
            Init::Value(value) | Init::Part(value, _) => value,
            _ => part,
        },
        _ => return part,
    };
    while let ExprKind::Reference(inner) | ExprKind::Dereference(inner) = *program.kind(value) {
        value = inner;
    }
    value
}

/// Whether a function asks a flag that it sets: who gets its yes goes on alone.
fn claims_flag(program: &Program, function: FunctionId, calls: u32) -> bool {
    let Some(calls) = calls.checked_sub(1) else {
        return false;
    };
    program
        .function(function)
        .results
        .iter()
        .any(|&result| matches!(program.underlying(result), crate::model::Type::Boolean))
        && program
            .steps_of(function)
            .into_iter()
            .any(|step| match program.op(step) {
                Op::Call(call) => matches!(
                    call.api,
                    Api::AtomicCompareSwap | Api::AtomicSwap | Api::TryLock
                ),
                Op::Branch { condition, .. } => is_once_test(program, *condition, function, calls),
                _ => false,
            })
}

fn is_map_swap(program: &Program, call: &Call) -> bool {
    call.receiver.is_some_and(|receiver| {
        program.library(program.expr(receiver).ty) == Some(Library::ConcurrentMap)
    })
}

/// Whether a value outlives the call: a field's or a package variable's.
fn is_kept(program: &Program, part: ExprId) -> bool {
    match *program.kind(part) {
        ExprKind::Field(..) => true,
        ExprKind::Variable(variable) => program.variable(variable).kind == VariableKind::Global,
        _ => false,
    }
}

fn is_set_in(program: &Program, part: Option<ExprId>, function: FunctionId) -> bool {
    let Some(object) = part.and_then(|part| program.object_of(part)) else {
        return false;
    };
    let object = program.object(object);
    let stores = object.calls.iter().filter(|&&call| {
        matches!(program.call(call), Some(call) if matches!(call.api, Api::AtomicStore | Api::AtomicSwap))
    });
    object
        .writes
        .iter()
        .chain(stores)
        .any(|&write| program.function_of(write) == function)
}

fn is_element_set_in(program: &Program, base: ExprId, function: FunctionId) -> bool {
    let Some(map) = program.object_of(base) else {
        return false;
    };
    program.steps_of(function).into_iter().any(|step| match program.op(step) {
        Op::Assign(assign) => program.list(assign.targets).iter().any(|&target| {
            matches!(*program.kind(target), ExprKind::Index(of, _) if program.object_of(of) == Some(map))
        }),
        _ => false,
    })
}

/// Whether a number is asked before a step, and changed by the task that the step starts: a
/// limit that is counted by hand.
pub(super) fn is_counted(program: &Program, spawn: StepId) -> bool {
    let compared: Vec<ObjectId> = conditions_before(program, spawn)
        .into_iter()
        .flat_map(|condition| program.parts_of(condition))
        .filter(|&part| matches!(*program.kind(part), ExprKind::Binary(operator, ..) if operator.is_comparison() && !matches!(operator, BinaryOp::NotEqual)))
        .flat_map(|part| program.parts_of(part))
        .flat_map(|part| counted_objects(program, part))
        .collect();
    if compared.is_empty() {
        return false;
    }
    program
        .task_of(spawn)
        .into_iter()
        .flat_map(|function| program.steps_of(function))
        .any(|step| changed(program, step).is_some_and(|object| compared.contains(&object)))
}

fn counted_objects(program: &Program, part: ExprId) -> Vec<ObjectId> {
    let part = first_value(program, part);
    let of_call = match *program.kind(part) {
        ExprKind::Call(step) => program.call(step).map(|call| {
            let argument = program.list(call.args).first().copied();
            call.receiver.or(argument)
        }),
        ExprKind::Length(inner) => Some(Some(inner)),
        _ => None,
    };
    of_call
        .flatten()
        .into_iter()
        .chain([part])
        .filter_map(|part| program.object_of(part))
        .collect()
}

fn changed(program: &Program, step: StepId) -> Option<ObjectId> {
    match program.op(step) {
        Op::Assign(assign) => {
            let &target = program.list(assign.targets).first()?;
            program.object_of(target)
        }
        Op::Call(call) => match call.api {
            Api::AtomicAdd | Api::AtomicStore => {
                let argument = program.list(call.args).first().copied();
                program.object_of(call.receiver.or(argument)?)
            }
            Api::MapDelete => program.object_of(*program.list(call.args).first()?),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a task is bounded by a permit: it gives back one that it did not take, and that was
/// taken before it was started.
pub(super) fn carries_permit(program: &Program, spawn: StepId, runners: &[FunctionId]) -> bool {
    if owns_right(program, spawn) {
        return true;
    }
    let uses = program.uses_of_task(spawn);
    if uses.is_empty() {
        return false;
    }
    let taken = program.taken_at(spawn);
    uses.iter().any(|given| {
        let is_taken = |take: &crate::model::permits::PermitUse| take.undoes(given);
        taken.iter().any(|found| is_taken(&found.take))
            || program.carries_nothing(given.object)
                && runners
                    .iter()
                    .flat_map(|&function| program.steps_of(function))
                    .flat_map(|step| program.permit_uses(step))
                    .any(|found| is_taken(&found))
    })
}

/// Whether a task is handed a value whose end gives a right back, so that it is held for as long
/// as the task runs.
fn owns_right(program: &Program, spawn: StepId) -> bool {
    if !program.has_owners {
        return false;
    }
    let holds = |variable: VariableId| is_right(program, program.variable(variable).ty);
    let target = program.spawn(spawn).and_then(|spawn| spawn.target);
    let parameters = target.map_or(&[][..], |target| &program.function(target).parameters);
    // `spawn(job.run())` where `run` uses its job up.
    let used_up = target.and_then(|target| match program.function(target).kind {
        FunctionKind::Method(receiver, _) => Some(receiver),
        _ => None,
    });
    let used_up = used_up
        .filter(|&receiver| !matches!(program.ty(program.variable(receiver).ty), Type::Pointer(_)));
    parameters.iter().copied().chain(used_up).any(holds)
        || program
            .mentioned_by_task(spawn)
            .into_iter()
            .any(|variable| program.moved.contains(&variable) && holds(variable))
}

/// Whether a value of a type holds a permit: itself, or in what one of its fields is.
fn is_right(program: &Program, ty: TypeId) -> bool {
    let is_permit = |ty: TypeId| program.right_of(ty) == Some(Right::Permit);
    let of_field = |named: NamedId| {
        let fields = &program.named[named.index()].fields;
        fields.iter().any(|&(_, field)| {
            let ty = program.variable(field).ty;
            !matches!(program.ty(ty), Type::Pointer(_)) && is_permit(ty)
        })
    };
    is_permit(ty) || matches!(*program.pointee(ty), Type::Named(named) if of_field(named))
}
