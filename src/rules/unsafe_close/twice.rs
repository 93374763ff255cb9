//! Two closes of one channel that can both run in one life of it.

use crate::model::closing::{Closings, Guard, Sameness};
use crate::model::{
    ExprId, ExprKind, FunctionId, FunctionKind, ObjectId, Op, Owner, Program, StepId, VariableKind,
};
use crate::rules::{Confidence, Findings};

/// How many closes of one channel are compared with each other.
const MAX_CLOSES: usize = 12;

pub(super) fn check(
    closings: &Closings<'_>,
    channel: ObjectId,
    closes: &[StepId],
    findings: &mut Findings,
) {
    let closes = &closes[..closes.len().min(MAX_CLOSES)];
    for &close in closes {
        if let Some((confidence, spawn)) = by_many(closings, channel, close) {
            say_many(closings, channel, close, spawn, confidence, findings);
        } else if let Some(spawn) = by_many_on_one(closings, channel, close) {
            say_many(
                closings,
                channel,
                close,
                spawn,
                Confidence::Medium,
                findings,
            );
        }
    }
    for (at, &second) in closes.iter().enumerate() {
        let pair = closes[..at]
            .iter()
            .filter_map(|&first| pair(closings, channel, first, second))
            .max_by_key(|pair| pair.confidence);
        if let Some(pair) = pair
            && !findings.has_at(closings.program().span(pair.at))
        {
            say(closings, channel, &pair, findings);
        }
    }
}

/// Two closes.
struct Pair {
    /// The one to point at.
    at: StepId,
    other: StepId,
    confidence: Confidence,
    /// Whether both run in one call, one of them when it is left.
    in_one_call: bool,
}

fn pair(closings: &Closings<'_>, channel: ObjectId, first: StepId, second: StepId) -> Option<Pair> {
    if closings.is_replaced(first) || closings.is_replaced(second) {
        return None;
    }
    let sameness = closings.sameness(
        channel,
        closings.channel_expr(first)?,
        closings.channel_expr(second)?,
    );
    if sameness < Sameness::Likely || is_replaced_elsewhere(closings, channel, first, second) {
        return None;
    }
    if closings.home_of(first) == closings.home_of(second) {
        return in_one_call(closings, first, second).filter(|_| sameness == Sameness::Sure);
    }
    in_two_functions(closings, channel, first, second, sameness)
}

/// Whether the two are about channels of different lives: one closes what its function has just
/// made, or only one takes its channel out of a list.
fn is_replaced_elsewhere(
    closings: &Closings<'_>,
    channel: ObjectId,
    first: StepId,
    second: StepId,
) -> bool {
    let program = closings.program();
    let (a, b) = (closings.home_of(first), closings.home_of(second));
    if a == b {
        return false;
    }
    let makes = &program.object(channel).makes;
    let is_made_in = |function: FunctionId| {
        makes
            .iter()
            .any(|&made| program.function_at(program.expr(made).span) == Some(function))
    };
    let is_element = |step| {
        closings
            .channel_expr(step)
            .is_some_and(|channel| closings.is_element(channel))
    };
    let is_kept = closings
        .channel_expr(first)
        .and_then(|channel| closings.kept_in(channel))
        .is_some_and(|variable| {
            !matches!(
                program.variable(variable).kind,
                VariableKind::Local | VariableKind::Parameter
            )
        });
    let is_remade = !is_kept && makes.len() > 1;
    is_remade
        || is_kept && (is_made_in(a) != is_made_in(b))
        || is_element(first) != is_element(second)
}

/// Both in one call: one deferred and the other not, or one behind the other.
fn in_one_call(closings: &Closings<'_>, first: StepId, second: StepId) -> Option<Pair> {
    let program = closings.program();
    if closings.guard(first).is_there() || closings.guard(second).is_there() {
        return None;
    }
    let (late, plain) = match (program.runs_deferred(first), program.runs_deferred(second)) {
        (true, false) => (first, second),
        (false, true) => (second, first),
        (false, false) if program.dominates(first, second) => {
            let element = closings
                .channel_expr(first)
                .is_some_and(|channel| closings.is_element(channel));
            if element
                || program.enclosing_loop(first).is_some()
                || closings.is_assigned_between(first, second)
            {
                return None;
            }
            return Some(Pair {
                at: second,
                other: first,
                confidence: Confidence::High,
                in_one_call: true,
            });
        }
        _ => return None,
    };
    let home = closings.home_of(plain);
    let defers = program.site_in(home, late)?;
    let starts = program.site_in(home, plain)?;
    let is_conditional = program
        .ancestors(late)
        .take_while(|(_, owner)| !matches!(owner, Owner::Deferred(_)))
        .any(|(_, owner)| matches!(owner, Owner::Then(_) | Owner::Else(_) | Owner::Case(..)));
    if is_conditional || !program.is_before(defers, starts) || program.are_apart(defers, starts) {
        return None;
    }
    Some(Pair {
        at: plain,
        other: late,
        confidence: Confidence::High,
        in_one_call: true,
    })
}

fn in_two_functions(
    closings: &Closings<'_>,
    channel: ObjectId,
    first: StepId,
    second: StepId,
    sameness: Sameness,
) -> Option<Pair> {
    let program = closings.program();
    let (a, b) = (closings.home_of(first), closings.home_of(second));
    let (of_a, of_b) = (closings.entries(a), closings.entries(b));
    if of_a.len() == 1 && of_a == of_b
        || closings.have_own_lives(channel, first, second)
        || closings.are_exclusive(first, second)
        || closings.may_be_exclusive(first, second)
    {
        return None;
    }
    let (guard_a, guard_b) = (closings.guard(first), closings.guard(second));
    if share_a_guard(closings, guard_a, guard_b) || share_a_lock(program, first, second) {
        return None;
    }
    // Two that have a once each are guarded from themselves only.
    let guarded = match are_two_onces(program, guard_a, guard_b) {
        true => 0,
        false => usize::from(guard_a.is_there()) + usize::from(guard_b.is_there()),
    };
    let mut confidence = match guarded {
        0 => Confidence::High,
        1 => Confidence::Medium,
        _ => Confidence::Low,
    };
    if sameness == Sameness::Likely {
        confidence = confidence.lowered().lowered();
    }
    let is_of_tests = |step: StepId| {
        let function = program.function_of(step);
        program.is_for_tests_only(program.span(step).file, Some(function))
    };
    if are_ways_to_run(closings, first, second)
        || are_endings(closings, first, second)
        || is_of_tests(first)
        || is_of_tests(second)
    {
        confidence = Confidence::Low;
    }
    let (at, other) = if guard_b.is_there() && !guard_a.is_there() {
        (first, second)
    } else {
        (second, first)
    };
    Some(Pair {
        at,
        other,
        confidence,
        in_one_call: false,
    })
}

/// Whether the two stand in two methods that run their value, each in its way: a value is run
/// once.
fn are_ways_to_run(closings: &Closings<'_>, first: StepId, second: StepId) -> bool {
    let program = closings.program();
    let runs = |step| {
        let outermost = program.outermost(program.function_of(step));
        let function = program.function(outermost);
        let name = program.text(function.name).to_ascii_lowercase();
        let is_way = ["run", "serve"].iter().any(|word| name.starts_with(word));
        (is_way && matches!(function.kind, FunctionKind::Method(..))).then_some(outermost)
    };
    matches!((runs(first), runs(second)), (Some(a), Some(b)) if a != b)
}

/// Whether the two are the endings of one promise: methods that do nothing but close, or store
/// what they are given and close. One of them is called, once.
fn are_endings(closings: &Closings<'_>, first: StepId, second: StepId) -> bool {
    let program = closings.program();
    // Whether a method is an ending, and whether it stores anything.
    let ending = |close: StepId| {
        let function = program.function_of(close);
        if !matches!(program.function(function).kind, FunctionKind::Method(..)) {
            return None;
        }
        let mut stores = false;
        for step in program.steps_of(function) {
            match program.op(step) {
                Op::Assign(assign) => {
                    let is_given = |&value: &ExprId| {
                        program.variable_of(value).is_some_and(|value| {
                            program.variable(value).kind == VariableKind::Parameter
                        })
                    };
                    if !program.list(assign.values).iter().all(is_given) {
                        return None;
                    }
                    stores = true;
                }
                _ if step == close => {}
                _ => return None,
            }
        }
        Some(stores)
    };
    matches!((ending(first), ending(second)), (Some(a), Some(b)) if a || b)
}

/// Whether one and the same thing keeps both from running after the other.
fn share_a_guard(closings: &Closings<'_>, a: Guard, b: Guard) -> bool {
    match (a, b) {
        (Guard::Once(a), Guard::Once(b)) => closings.is_one_once(a, b),
        (Guard::Swap(a), Guard::Swap(b)) => a.is_some() && a == b,
        (Guard::Locked(a, _), Guard::Locked(b, _)) => a == b,
        (Guard::Private, Guard::Private) => true,
        // A timer that was stopped in time does not run its close.
        (Guard::Swap(None), _) | (_, Guard::Swap(None)) => true,
        _ => false,
    }
}

/// Whether each of two stands under a once that is known, and is not the other's.
fn are_two_onces(program: &Program, a: Guard, b: Guard) -> bool {
    let of = |guard: Guard| match guard {
        Guard::Once(call) => program.object_of(program.call(call)?.receiver?),
        _ => None,
    };
    matches!((of(a), of(b)), (Some(a), Some(b)) if a != b)
}

/// Whether both run under one lock. Without a test that alone does not help, but what is tested
/// may be out of view.
fn share_a_lock(program: &Program, a: StepId, b: StepId) -> bool {
    let of_b = program.held_at(b);
    program
        .held_at(a)
        .iter()
        .any(|held| of_b.iter().any(|other| other.lock == held.lock))
}

/// One close that each of several tasks runs: they are started in a loop, the channel is made
/// outside of it.
fn by_many(
    closings: &Closings<'_>,
    channel: ObjectId,
    close: StepId,
) -> Option<(Confidence, StepId)> {
    let program = closings.program();
    if closings.guard(close) != Guard::None || closings.is_replaced(close) {
        return None;
    }
    let home = closings.home_of(close);
    let [task] = *closings.entries(home).as_slice() else {
        return None;
    };
    let [spawn] = *program.spawned_at(task) else {
        return None;
    };
    let looped = program.enclosing_loop(spawn)?;
    if task != home || is_conditional(program, close) {
        return None;
    }
    let object = program.object(channel);
    let [made] = *object.makes.as_slice() else {
        return None;
    };
    let made = program.expr(made).span;
    let is_outside = matches!(program.kind(object.makes[0]), ExprKind::MakeChannel(..))
        && program.function_at(made) == Some(program.function_of(spawn))
        && !program.span(looped).contains(made);
    let is_one = program.is_local(channel) || is_passed(program, channel);
    (is_outside && is_one && !closings.is_element(closings.channel_expr(close)?))
        .then_some((Confidence::High, spawn))
}

/// One close in a method that several tasks of one value run: two that fail both close.
fn by_many_on_one(closings: &Closings<'_>, channel: ObjectId, close: StepId) -> Option<StepId> {
    let program = closings.program();
    let is_unguarded = matches!(closings.guard(close), Guard::None | Guard::Locked(_, false));
    let expr = closings.channel_expr(close)?;
    let home = closings.home_of(close);
    if !is_unguarded
        || closings.is_replaced(close)
        || !closings.is_own(expr)
        || closings.is_element(expr)
        || program.is_local(channel)
        || !closings.is_called_on_self(home)
        || counts_down(program, close)
    {
        return None;
    }
    let is_field = closings
        .kept_in(expr)
        .is_some_and(|variable| matches!(program.variable(variable).kind, VariableKind::Field(_)));
    let receiver_of =
        |function: FunctionId| match program.function(program.outermost(function)).kind {
            FunctionKind::Method(_, named) => Some(named),
            _ => None,
        };
    if !is_field {
        return None;
    }
    closings.entries(home).into_iter().find_map(|entry| {
        let [spawn] = *program.spawned_at(entry) else {
            return None;
        };
        program.enclosing_loop(spawn)?;
        let calls_it = home == entry
            || program.callers[home.index()]
                .iter()
                .any(|&caller| closings.home_of(caller) == entry);
        let is_one = calls_it
            && receiver_of(entry).is_some()
            && receiver_of(entry) == receiver_of(home)
            && (program.is_closure(entry) || closings.is_called_on_self(entry));
        is_one.then_some(spawn)
    })
}

/// Whether what stands around a close compares numbers: the last of several closes.
fn counts_down(program: &Program, close: StepId) -> bool {
    program.ancestors(close).any(|(branch, _)| {
        matches!(*program.op(branch), Op::Branch { condition, .. }
            if matches!(program.kind(condition), ExprKind::Binary(op, ..) if op.is_comparison())
                && program.failure_test(condition).is_none())
    })
}

fn is_passed(program: &Program, channel: ObjectId) -> bool {
    program.object(channel).variables.iter().all(|&variable| {
        matches!(
            program.variable(variable).kind,
            VariableKind::Local | VariableKind::Parameter
        )
    })
}

fn is_conditional(program: &Program, step: StepId) -> bool {
    program.ancestors(step).any(|(_, owner)| {
        matches!(
            owner,
            Owner::Then(_) | Owner::Else(_) | Owner::Case(..) | Owner::Arm(..)
        )
    })
}

fn say_many(
    closings: &Closings<'_>,
    channel: ObjectId,
    close: StepId,
    spawn: StepId,
    confidence: Confidence,
    findings: &mut Findings,
) {
    let program = closings.program();
    let name = program.object_name(channel);
    let finding = findings.at(
        program.span(close),
        confidence,
        format!("each of several goroutines closes `{name}`"),
    );
    finding
        .why(format!(
            "The first to end closes `{name}`. The second to end closes it again and panics, and one that still sends panics too. With one goroutine, as in a test, it works."
        ))
        .fix(format!(
            "Let none of them close. Count them in a `sync.WaitGroup`, and close `{name}` once in a goroutine that waits for the group."
        ))
        .about(name);
    finding.function = Some(program.function_of(close));
    finding.because(program.span(spawn), "started again and again here");
}

fn say(closings: &Closings<'_>, channel: ObjectId, pair: &Pair, findings: &mut Findings) {
    let program = closings.program();
    let name = program.object_name(channel);
    let message = if pair.in_one_call {
        format!("closes `{name}`, which the same call closes once more")
    } else {
        format!("closes `{name}`, which another function closes too")
    };
    let finding = findings.at(program.span(pair.at), pair.confidence, message);
    finding
        .why(format!(
            "When both run, the second close of `{name}` panics, and a panic that nobody recovers ends the process."
        ))
        .fix(if pair.in_one_call {
            format!("Keep one of the two: a deferred close of `{name}` covers every way out.")
        } else {
            format!("Close `{name}` in one place, through a `sync.Once` that all paths share.")
        })
        .about(name);
    // Which of the two is the second depends on the order of the text; who names it must not.
    finding.function = [pair.at, pair.other]
        .map(|close| program.function_of(close))
        .into_iter()
        .min_by_key(|&function| program.function_name(program.outermost(function)));
    finding.because(program.span(pair.other), "the other close");
}
