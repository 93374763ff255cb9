//! What a container that is pushed to and taken from is for: a queue between tasks, a free
//! list, a heap, a pump that one task runs.

use super::events::{Event, Key, Queue};
use super::{Sharing, pace};
use crate::model::channels::ArmKind;
use crate::model::{
    Api, AssignHow, Direction, Discipline, ExprKind, FunctionId, FunctionKind, Library, NamedId,
    Op, Owner, Program, StepId, Type, TypeId, VariableKind,
};

/// Words in the names of lists of things that are used again.
const REUSED: &[&str] = &[
    "free", "pool", "idle", "spare", "avail", "recycl", "unused", "reusable", "cache",
];

/// Words in the names of things whose size follows something else: nesting, order, use.
const NESTED: &[&str] = &["stack", "heap", "undo", "history", "scope", "cleanup"];

/// Words in the names of types that keep what is used again.
const KEEPERS: &[&str] = &["freelist", "recycl", "stack", "heap", "cache", "lru"];

/// Words that begin the names of functions which give things back.
const GIVES_BACK: &[&str] = &[
    "release", "return", "free", "recycle", "giveback", "restore",
];

/// Words that begin the names of functions which make things.
const MAKES: &[&str] = &["new", "make", "alloc", "create", "dial", "open", "build"];

/// Whether the parts that a container plays rule out a queue.
pub(super) fn is_no_queue(program: &Program, key: Key, queue: &Queue) -> bool {
    if has_word(&names_of(program, key), REUSED) {
        return true;
    }
    let is_last = queue.takes.iter().all(|take| !take.is_first);
    if is_last && has_word(&names_of(program, key), NESTED)
        || has_word(&owners_of(program, key, queue), KEEPERS)
    {
        return true;
    }
    let gives_back = queue.pushes.iter().all(|push| {
        let function = program.function_of(push.origin);
        let name = lower_name(program, function);
        GIVES_BACK.iter().any(|word| name.starts_with(word))
    });
    let is_pool = has_word(&owners_of(program, key, queue), &["pool"])
        && queue
            .pushes
            .iter()
            .any(|push| lower_name(program, program.function_of(push.origin)).starts_with("put"));
    gives_back
        || is_pool
        || queue
            .takes
            .iter()
            .any(|take| makes_when_empty(program, program.function_of(take.origin)))
        || queue
            .pushes
            .iter()
            .any(|push| is_heap(program, program.function_of(push.origin)))
        || element_is(program, key, |program, ty| {
            matches!(program.underlying(ty), Type::Channel(..))
        })
}

fn lower_name(program: &Program, function: FunctionId) -> String {
    let outer = program.outermost(function);
    program
        .text(program.function(outer).name)
        .to_ascii_lowercase()
}

/// The names that say what a container is for, lower case.
fn names_of(program: &Program, key: Key) -> Vec<String> {
    let type_name = |named: NamedId| {
        program
            .text(program.named[named.index()].name)
            .to_ascii_lowercase()
    };
    match key {
        Key::Variable(variable) => {
            let variable = program.variable(variable);
            vec![program.text(variable.name).to_ascii_lowercase()]
        }
        Key::Type(named) => vec![type_name(named)],
    }
}

fn has_word(names: &[String], words: &[&str]) -> bool {
    names
        .iter()
        .any(|name| words.iter().any(|word| name.contains(word)))
}

/// The names of the types that a container is a part of, and of what pushes to it.
fn owners_of(program: &Program, key: Key, queue: &Queue) -> Vec<String> {
    let mut named = Vec::new();
    if let Key::Variable(variable) = key
        && let VariableKind::Field(owner) = program.variable(variable).kind
    {
        named.push(owner);
    }
    for push in &queue.pushes {
        if let FunctionKind::Method(_, owner) =
            program.function(program.function_of(push.origin)).kind
        {
            named.push(owner);
        }
    }
    let mut names: Vec<String> = named
        .into_iter()
        .map(|named| {
            program
                .text(program.named[named.index()].name)
                .to_ascii_lowercase()
        })
        .collect();
    // Functions of a heap that is no type of its own.
    names.extend(
        queue
            .pushes
            .iter()
            .map(|push| lower_name(program, program.function_of(push.origin)))
            .filter(|name| name.contains("heap")),
    );
    names
}

/// Whether a take answers an empty list with a new thing: then it is a list of spares.
fn makes_when_empty(program: &Program, function: FunctionId) -> bool {
    program.steps_of(function).into_iter().any(|step| {
        let Op::Return(values) = program.op(step) else {
            return false;
        };
        let Some(&value) = program.list(*values).first() else {
            return false;
        };
        let is_alone = values.len == 1;
        match *program.kind(value) {
            ExprKind::Reference(inner) => {
                is_alone && matches!(program.kind(inner), ExprKind::Composite(..))
            }
            ExprKind::Make(..) => is_alone,
            ExprKind::Call(call) => program.call(call).is_some_and(|call| {
                let name = program.callee_name(call.callee).to_ascii_lowercase();
                MAKES.iter().any(|word| name.starts_with(word))
            }),
            _ => false,
        }
    })
}

/// Whether a function is the push of a heap, whose order somebody else keeps.
fn is_heap(program: &Program, function: FunctionId) -> bool {
    let FunctionKind::Method(_, named) = program.function(function).kind else {
        return false;
    };
    let methods = &program.named[named.index()].methods;
    let has = |wanted: &str| {
        methods
            .iter()
            .any(|&(name, _)| program.text(name) == wanted)
    };
    has("Less") && has("Swap")
}

fn element_is(program: &Program, key: Key, test: impl Fn(&Program, TypeId) -> bool) -> bool {
    let ty = match key {
        Key::Variable(variable) => program.variable(variable).ty,
        Key::Type(named) => match program.named[named.index()].underlying {
            Some(ty) => ty,
            None => return false,
        },
    };
    let mut ty = ty;
    for _ in 0..3 {
        match *program.underlying(ty) {
            Type::Map(_, element) => ty = element,
            Type::List(element, _) => return test(program, element),
            _ => return false,
        }
    }
    false
}

/// Whether whoever puts items in is likely to wait for an answer to each, or items are bytes.
pub(super) fn is_answered(program: &Program, key: Key) -> bool {
    element_is(program, key, |program, ty| match *program.pointee(ty) {
        Type::Integer(1) => true,
        Type::Named(named) => program.named[named.index()]
            .fields
            .iter()
            .any(|&(_, field)| {
                matches!(
                    program.underlying(program.variable(field).ty),
                    Type::Channel(..)
                )
            }),
        _ => false,
    })
}

/// Whether who puts items in waits to be called, each with an end of its own.
pub(super) fn is_of_waiters(program: &Program, key: Key) -> bool {
    element_is(program, key, pace::are_waiters)
}

/// Whether what comes with an item says that its sender waits for it, or had to wait before: the
/// sending end of an answer, a permit.
pub(super) fn comes_with_leave(program: &Program, push: &Event) -> bool {
    let function = program.function(program.function_of(push.origin));
    function
        .parameters
        .iter()
        .any(|&one| match *program.underlying(program.variable(one).ty) {
            Type::Channel(_, Direction::Send, Discipline::Once) => true,
            Type::Foreign(_, name) => program.text(name).ends_with("Permit"),
            Type::Library(library) => library == Library::Semaphore,
            _ => false,
        })
}

/// Whether an append is how a task is woken, which can neither wait nor be refused: what comes in
/// are names of tasks that live.
pub(super) fn wakes_a_task(program: &Program, push: &Event) -> bool {
    let is_wake = |function: FunctionId| {
        let of = program.function(function);
        of.of_interface && matches!(program.text(of.name), "wake" | "wake_by_ref")
    };
    let function = program.function_of(push.origin);
    is_wake(function)
        || program.callers[function.index()]
            .iter()
            .any(|&caller| is_wake(program.function_of(caller)))
}

/// Whether an append only happens when a value ends, which can neither wait nor be refused: what
/// bounds such values bounds the queue.
pub(super) fn comes_with_an_end(program: &Program, push: &Event) -> bool {
    let function = program.function_of(push.step);
    let callers = &program.callers[function.index()];
    let is_end = |&caller: &StepId| program.ends_its_value(program.function_of(caller));
    program.ends_its_value(function) || !callers.is_empty() && callers.iter().all(is_end)
}

/// Whether an item is taken as soon as it is old enough, and no sooner: then no taker can fall
/// behind, and the list is as long as what comes in during that time.
pub(super) fn is_taken_by_age(program: &Program, take: StepId) -> bool {
    program
        .ancestors(take)
        .any(|(outer, owner)| match (owner, program.op(outer)) {
            (Owner::Then(_), Op::Branch { condition, .. }) => {
                pace::asks_time_gone_by(program, *condition)
            }
            (Owner::Body(_), Op::Loop(l)) => l
                .condition()
                .is_some_and(|condition| pace::asks_time_gone_by(program, condition)),
            _ => false,
        })
}

/// How it is known that a push and a take run side by side, and which take that is.
pub(super) fn sharing(
    program: &Program,
    push: &Event,
    takes: &[Event],
) -> Option<(Sharing, Event)> {
    let lock = |take: &Event| {
        let held = program.held_at(push.step).iter();
        let others = program.held_at(take.step);
        held.copied()
            .find(|held| others.iter().any(|other| other.lock == held.lock))
    };
    if let Some((take, held)) = takes
        .iter()
        .find_map(|take| lock(take).map(|held| (*take, held)))
    {
        return Some((Sharing::Lock(held.since), take));
    }
    let parked = takes
        .iter()
        .find(|take| has_call(program, program.function_of(take.step), Api::ConditionWait));
    if let Some(take) = parked
        && has_call(
            program,
            program.function_of(push.step),
            Api::ConditionSignal,
        )
    {
        return Some((Sharing::Condition, *take));
    }
    let apart =
        |take: &&Event| !is_position(program, take.step) && on_other_task(program, push, take);
    if let Some(take) = takes.iter().find(apart) {
        return Some((Sharing::Tasks, *take));
    }
    let take = *takes.first()?;
    if wakes(program, program.function_of(push.step)) {
        return Some((Sharing::Wake, take));
    }
    takes
        .iter()
        .find(|take| take.is_first && take.step == take.origin && push.step == push.origin)
        .filter(|take| is_method(program, push.step) && !is_position(program, take.step))
        .map(|take| (Sharing::Name, *take))
}

fn has_call(program: &Program, function: FunctionId, api: Api) -> bool {
    let steps = program.steps_of(function);
    steps
        .into_iter()
        .any(|step| program.call(step).is_some_and(|call| call.api == api))
}

/// Whether a take only moves a position on, as readers of their own input do too.
fn is_position(program: &Program, take: StepId) -> bool {
    matches!(program.op(take), Op::Assign(assign) if assign.how != AssignHow::Set)
}

fn is_method(program: &Program, step: StepId) -> bool {
    matches!(
        program.function(program.function_of(step)).kind,
        FunctionKind::Method(..)
    )
}

/// Whether a push and a take run on different tasks in view.
fn on_other_task(program: &Program, push: &Event, take: &Event) -> bool {
    let (by, of) = (
        program.function_of(push.step),
        program.function_of(take.step),
    );
    let concurrent =
        |entry: &FunctionId| program.is_task(*entry) || program.function(*entry).handler.is_some();
    let (pushers, takers) = (program.entries_of(by), program.entries_of(of));
    let is_apart = |ones: &[FunctionId], others: &[FunctionId]| {
        !ones.is_empty()
            && ones.iter().any(concurrent)
            && ones.iter().all(|entry| !others.contains(entry))
    };
    is_apart(takers, pushers) || is_apart(pushers, takers)
}

/// Whether a function wakes somebody.
fn wakes(program: &Program, function: FunctionId) -> bool {
    program
        .steps_of(function)
        .into_iter()
        .any(|step| match program.op(step) {
            Op::Call(call) => call.api == Api::ConditionSignal,
            Op::Send { channel, .. } => program.object_of(*channel).is_some_and(|channel| {
                matches!(
                    program.underlying(program.element_type(channel)),
                    Type::Unit | Type::Boolean
                )
            }),
            _ => false,
        })
}

/// A select in a loop that appends what one channel yields and hands the first item to
/// another: the take, if that is what push and take are.
pub(super) fn is_pump(program: &Program, key: Key, push: &Event, takes: &[Event]) -> Option<Event> {
    let function = program.function_of(push.step);
    let (select, arm) = arm_of(program, push.step)?;
    program.enclosing_loop(select)?;
    let receives = program
        .arms(select)
        .get(arm as usize)
        .is_some_and(|(_, kind)| *kind == ArmKind::Receive);
    let take = takes.iter().copied().find(|take| {
        take.is_first
            && program.function_of(take.step) == function
            && arm_of(program, take.step).is_some_and(|(other, at)| {
                other == select
                    && program
                        .arms(select)
                        .get(at as usize)
                        .is_some_and(|(_, kind)| *kind == ArmKind::Send)
            })
    })?;
    let fill = super::Fill::of(program, key, push);
    (receives && !fill.bounds_in(function, Some(push.step))).then_some(take)
}

/// The innermost select arm that a step stands in.
fn arm_of(program: &Program, step: StepId) -> Option<(StepId, u32)> {
    program.ancestors(step).find_map(|(_, owner)| match owner {
        Owner::Arm(select, arm) => Some((select, arm)),
        _ => None,
    })
}
