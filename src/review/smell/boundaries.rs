//! Q3: where work crosses a boundary, and what limits it.

use super::{Seen, named};
use crate::model::{
    Api, Call, ExprId, ExprKind, FunctionId, Library, LoopKind, Op, Owner, Program, Spawn, StepId,
};
use crate::rules;
use rustc_hash::FxHashMap;

/// In functions with more spawns than this nobody waits for the single task.
const MAX_SPAWNS: u32 = 40;

const NONE: &str = "nothing in view";

pub(super) fn list(program: &Program, seen: &mut Seen) {
    let mut spawns: FxHashMap<FunctionId, u32> = FxHashMap::default();
    for step in program.step_ids() {
        if program.spawn(step).is_some() {
            *spawns.entry(program.function_of(step)).or_default() += 1;
        }
    }
    handlers(program, &spawns, seen);
    for step in program.step_ids() {
        match program.op(step) {
            Op::Spawn(spawn) => {
                let crowd = spawns.get(&program.function_of(step)).copied();
                spawned(program, step, spawn, crowd.unwrap_or(0) <= MAX_SPAWNS, seen);
            }
            Op::Call(call) if call.api == Api::Outbound => outbound(program, step, call, seen),
            Op::Call(call) if call.api == Api::BackoffRetry => {
                let what = named("retry by", &program.show(call.callee));
                seen.add(program.span(step), &[], what, "a library's policy", true);
            }
            _ => {}
        }
    }
    for retry in rules::retries(program) {
        let items: &'static [&'static str] = match (retry.ends, retry.paced) {
            (false, false) => &["C9", "C10"],
            (false, true) => &["C10"],
            _ => &["C9"],
        };
        let end = match retry.ends {
            true => "it has an end",
            false => "no last attempt",
        };
        let pace = match retry.paced {
            true => "its waits grow and differ",
            false => "no growing wait with jitter",
        };
        seen.add(
            program.span(retry.at),
            items,
            named("retry of", &retry.callee),
            format!("{end}, {pace}"),
            retry.ends && retry.paced,
        );
    }
}

fn handlers(program: &Program, spawns: &FxHashMap<FunctionId, u32>, seen: &mut Seen) {
    for (id, function) in program.functions_with_ids() {
        let Some(handler) = function.handler else {
            continue;
        };
        let mut limit = None;
        let mut starts = false;
        for reached in program.reach(id) {
            starts |= spawns.contains_key(&reached);
            if limit.is_none() {
                limit = program
                    .calls_in(program.function(reached).body)
                    .into_iter()
                    .find_map(|(_, call)| limit_of(call.api));
            }
        }
        let name = program.function_name(id);
        let answer = limit.unwrap_or(match starts {
            true => "nothing in view, and it starts goroutines",
            false => "nothing in view, and it starts nothing",
        });
        seen.add(
            function.head,
            &["C3"],
            named(handler.name(), &name),
            answer,
            limit.is_some() || !starts,
        );
    }
}

/// What a call says about how much work is let in.
fn limit_of(api: Api) -> Option<&'static str> {
    match api {
        Api::PermitAcquire(_) | Api::PermitTryAcquire => Some("a permit"),
        Api::RateWait => Some("a rate limiter"),
        Api::PoolSubmit => Some("a pool"),
        Api::GroupTrySpawn | Api::GroupLimit => Some("a group's limit"),
        _ => None,
    }
}

fn spawned(program: &Program, step: StepId, spawn: &Spawn, follow: bool, seen: &mut Seen) {
    let name = match *program.kind(spawn.callee) {
        ExprKind::Closure(_) => String::new(),
        _ => program.show(spawn.callee),
    };
    let what = named("goroutine", &name);
    let span = program.span(step);
    if let Some(group) = spawn.group
        && let Some(object) = program.object_of(group)
        && program
            .object(object)
            .calls
            .iter()
            .any(|&call| matches!(program.call(call), Some(call) if call.api == Api::GroupLimit))
    {
        seen.add(span, &["C3"], what, "its group's limit", true);
        return;
    }
    if follow && let Some(taken) = program.taken_at(step).first() {
        // A permit that its starter gives back bounds the starter, not the task.
        let own = taken.give.is_none();
        let answer = match own {
            true => "a permit that it carries along",
            false => "a permit that its starter gives back",
        };
        seen.add(span, &["C11"], what, answer, own);
        return;
    }
    let looped = program
        .ancestors(step)
        .find(|(_, owner)| matches!(owner, Owner::Body(_)))
        .map(|(looped, _)| looped);
    let is_joined = follow && program.join_of(step, &[]).is_some();
    let many = program
        .entries_of(program.function_of(step))
        .iter()
        .any(|&entry| program.function(entry).handler.is_some());
    let (answer, ok) = match looped {
        Some(looped) => match (program.turns(looped), program.op(looped)) {
            (Some(turns), _) => (format!("{turns} of them"), !many || is_joined),
            (None, Op::Loop(l)) => match l.kind {
                LoopKind::Counted(_) => ("as many as its loop counts".to_owned(), true),
                LoopKind::Over(over) => (one_for_each(program, over), is_joined || !many),
                _ if is_joined => ("each is waited for".to_owned(), true),
                _ => (NONE.to_owned(), false),
            },
            _ => (NONE.to_owned(), false),
        },
        None if many && !is_joined => (format!("{NONE}: one for each request"), false),
        None if is_joined => ("one, waited for".to_owned(), true),
        None => ("one for each call".to_owned(), true),
    };
    seen.add(span, &["C3"], what, answer, ok);
}

fn one_for_each(program: &Program, over: ExprId) -> String {
    match program.show(over).as_str() {
        "…" => "one for each element".to_owned(),
        text => format!("one for each of `{text}`"),
    }
}

fn outbound(program: &Program, step: StepId, call: &Call, seen: &mut Seen) {
    let what = named("call of", &program.show(call.callee));
    let carries = program.list(call.args).iter().any(|&argument| {
        program.library(program.expr(argument).ty) == Some(Library::Context)
            || carries_context(program, argument)
    });
    let (answer, ok) = match carries {
        true => ("its context", true),
        false => ("no context of its own", false),
    };
    seen.add(program.span(step), &[], what, answer, ok);
}

/// Whether a request was made with a context.
fn carries_context(program: &Program, argument: ExprId) -> bool {
    let ExprKind::Variable(variable) = *program.kind(argument) else {
        return false;
    };
    let (crate::model::Init::Value(value) | crate::model::Init::Part(value, _)) =
        program.variable(variable).init
    else {
        return false;
    };
    program.call_of(value).is_some_and(|(_, call)| {
        call.receiver
            .iter()
            .chain(program.list(call.args))
            .any(|&argument| program.library(program.expr(argument).ty) == Some(Library::Context))
    })
}
