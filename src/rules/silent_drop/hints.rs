//! Offers that ask for nothing which is missed: work ahead of time, the one word that sets a
//! listener up, figures that a part collects which may as well be switched off.

use crate::model::channels::Capacity;
use crate::model::{
    BinaryOp, ExprKind, FunctionId, FunctionKind, ObjectId, Op, Owner, Program, StepId, Type,
    VariableKind,
};

/// Words in the names of functions that have work done before anybody asks for it.
const AHEAD: &[&str] = &[
    "prefetch",
    "pre_fetch",
    "preload",
    "readahead",
    "read_ahead",
    "warmup",
    "warm_up",
    "prewarm",
    "speculat",
];
/// Words in the names of what tells the makers of a program how it is used.
const FIGURES: &[&str] = &["analytic", "telemetry", "usage", "statistic"];
/// What the name of a function begins with that is called once for each who is to be told.
const SET_UP: &[&str] = &["register", "install", "attach", "init"];
/// The most places that send on a channel whose room cannot run out while things are set up, and
/// the least room that it has.
const FEW: usize = 4;
const ROOMY: u64 = 32;

/// Whether the loss of what is offered on a channel at a place only costs time, or a figure.
pub(super) fn is_hint(program: &Program, channel: ObjectId, place: StepId) -> bool {
    let function = program.outermost(program.function_of(place));
    is_ahead(program, function)
        || is_figure_of_an_option(program, channel, place)
        || sets_up(program, channel, function)
}

/// Whether a function, or everybody in view who calls it, has work done ahead of time: without
/// it the work is done when it is asked for.
fn is_ahead(program: &Program, function: FunctionId) -> bool {
    let says = |function: FunctionId| {
        let name = program.text(program.function(program.outermost(function)).name);
        let name = name.to_ascii_lowercase();
        AHEAD.iter().any(|word| name.contains(word))
    };
    let callers = &program.callers[function.index()];
    says(function)
        || !callers.is_empty()
            && callers
                .iter()
                .all(|&caller| says(program.function_of(caller)))
}

/// Whether a figure of how the program is used goes to what may not be there at all, and then
/// nothing is said either.
fn is_figure_of_an_option(program: &Program, channel: ObjectId, place: StepId) -> bool {
    let function = program.outermost(program.function_of(place));
    let of_type = match program.function(function).kind {
        FunctionKind::Method(_, named) => program.text(program.named[named.index()].name),
        _ => "",
    };
    let element = match *program.pointee(program.element_type(channel)) {
        Type::Named(named) => program.text(program.named[named.index()].name),
        _ => "",
    };
    let is_figure = [of_type, element].into_iter().any(|name| {
        let name = name.to_ascii_lowercase();
        FIGURES.iter().any(|word| name.contains(word))
    });
    is_figure
        && program.ancestors(place).any(|(around, owner)| {
            let Op::Branch {
                condition,
                otherwise,
                ..
            } = *program.op(around)
            else {
                return false;
            };
            let ExprKind::Binary(BinaryOp::NotEqual, asked, nothing) = *program.kind(condition)
            else {
                return false;
            };
            let does_nothing = otherwise.is_none_or(|block| program.block(block).steps.is_empty());
            matches!(owner, Owner::Then(_))
                && does_nothing
                && matches!(program.kind(nothing), ExprKind::Nil)
                && program.variable_or_field(asked).is_some_and(|asked| {
                    matches!(program.variable(asked).kind, VariableKind::Field(_))
                })
        })
}

/// Whether a function that a library calls to set something up sends to a channel that has room
/// for much more than that.
fn sets_up(program: &Program, channel: ObjectId, function: FunctionId) -> bool {
    let facts = program.function(function);
    let name = program.text(facts.name).to_ascii_lowercase();
    let sends = &program.object(channel).sends;
    facts.of_interface
        && SET_UP.iter().any(|start| name.starts_with(start))
        && !is_asked_for_in_view(program, function)
        && matches!(program.capacity(channel), Capacity::Known(room) if room >= ROOMY)
        && sends.len() <= FEW
        && sends
            .iter()
            .all(|&send| program.enclosing_loop(send).is_none())
}

/// Whether an interface of the unit asks for a function of this name, or somebody calls it.
fn is_asked_for_in_view(program: &Program, function: FunctionId) -> bool {
    let name = program.function(function).name;
    !program.callers[function.index()].is_empty()
        || program.named.iter().any(|named| {
            named.is_interface && named.methods.iter().any(|&(method, _)| method == name)
        })
}
