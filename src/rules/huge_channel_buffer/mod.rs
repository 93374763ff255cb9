//! BP02: a channel's buffer is so large that it never fills in time to slow anybody down.

mod elsewhere;

use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::{
    Discipline, ExprId, ExprKind, FunctionId, Init, LoopKind, Op, Program, StepId, Type, TypeId,
    VariableId,
};
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    code: "BP02",
    slug: "huge-channel-buffer",
    summary: "a channel's buffer is so large that it never fills in time to slow anybody down",
    level: Level::Junior,
    seam: Seam::Buffer,
    questions: &["Q1"],
    checklist: &["C2"],
    page: include_str!("../../../rules/BP02-huge-channel-buffer/README.md"),
    check,
};

fn check(program: &Program, thresholds: &Thresholds, findings: &mut Findings) {
    let mut owners: Option<Vec<(ExprId, crate::model::ObjectId)>> = None;
    for at in 0..program.exprs.len() as u32 {
        let made = ExprId(at);
        let ExprKind::MakeChannel(element, Some(size), discipline) = *program.kind(made) else {
            continue;
        };
        let known = program.constant_int(size).map(|capacity| (size, capacity));
        let Some((size, capacity)) = known
            .or_else(|| elsewhere::handed_in(program, size))
            .or_else(|| elsewhere::yielded(program, size))
        else {
            continue;
        };
        // What keeps the newest slows nobody down: its room is how far a reader may fall behind.
        if discipline == Discipline::Latest {
            if capacity.unsigned_abs() >= thresholds.buffer_limit.saturating_mul(RING) {
                ring(program, made, element, (size, capacity), findings);
            }
            continue;
        }
        if u64::try_from(capacity).is_ok_and(|capacity| capacity > thresholds.buffer_limit) {
            let owners = owners.get_or_insert_with(|| owners_of_makes(program));
            let owner = owners
                .binary_search_by_key(&made, |&(made, _)| made)
                .ok()
                .map(|at| owners[at].1);
            if owner.is_some_and(|owner| is_filled_exactly(program, owner, capacity)) {
                continue;
            }
            let room = (size, capacity, thresholds.buffer_limit);
            say(program, made, element, room, owner, findings);
        }
    }
}

/// How many times the limit a ring may hold that is made again and again.
const RING: u64 = 5;

/// A ring that keeps the newest, and is made for each of something: its slots are taken at once,
/// and however little is said in it.
fn ring(
    program: &Program,
    made: ExprId,
    element: TypeId,
    (size, capacity): (ExprId, i64),
    findings: &mut Findings,
) {
    let place = program.expr(made).span;
    let Some(maker) = program.function_at(place) else {
        return;
    };
    let (source, _) = named_sources(program, size);
    if !is_made_for_each(program, maker, made) || is_reasoned(program, place, &source) {
        return;
    }
    let room = grouped(capacity);
    let each = program.size_of(element).unwrap_or(0).saturating_add(SLOT);
    let bytes = in_bytes(each.saturating_mul(capacity.unsigned_abs()));
    let finding = findings.at(
        place,
        Confidence::Medium,
        format!("each of these rings has {room} slots, {bytes} or more, from the start"),
    );
    finding
        .why(format!("A ring that keeps the newest is allocated when it is made. One is made for each key, session or request, so that memory is taken {room} slots at a time by whoever can bring another one about, before the first item is sent. A reader may then be {room} items behind before it is told."))
        .fix("Give the ring the room that a reader may usefully fall behind, usually 16 to 1,024, and treat a reader that is further behind as lost: it has to begin anew.");
    finding.function = Some(maker);
    for place in source {
        finding.because(place, "the capacity comes from here");
    }
}

/// What a slot holds beside its item: a lock, a position and a count of readers.
const SLOT: u64 = 32;

/// Whether a value is made each time that something comes: under a key that is not there yet, for
/// an element of a map, in a handler or in a loop.
fn is_made_for_each(program: &Program, maker: FunctionId, made: ExprId) -> bool {
    let is_for_key = |call: &StepId| {
        program.call(*call).is_some_and(|call| {
            program
                .callee_name(call.callee)
                .starts_with("or_insert_with")
        })
    };
    let entries = || program.entries_of(maker).iter();
    let is_of = |value: ExprId| program.parts_of(value).contains(&made);
    let holds = |value: ExprId| {
        let local = program.variable_of(value);
        is_of(value)
            || local.is_some_and(|local| {
                matches!(program.variable(local).init,
                    Init::Value(first) | Init::Part(first, _) if is_of(first))
            })
    };
    let is_kept_by_key = |step: StepId| match program.op(step) {
        Op::Assign(assign) => program.assigned(assign).any(|(target, value)| {
            matches!(program.kind(target), ExprKind::Index(..)) && holds(value)
        }),
        Op::Loop(l) => program.steps_in(l.body).into_iter().any(|inner| {
            matches!(program.op(inner), Op::Assign(assign)
                if program.list(assign.values).iter().any(|&value| holds(value)))
        }),
        _ => false,
    };
    program.handed_to(maker).iter().any(is_for_key)
        || entries().any(|&entry| program.function(entry).handler.is_some())
        || program.steps_of(maker).into_iter().any(is_kept_by_key)
}

/// The channel that each make makes.
fn owners_of_makes(program: &Program) -> Vec<(ExprId, crate::model::ObjectId)> {
    let mut owners: Vec<_> = program
        .object_ids()
        .flat_map(|object| {
            let makes = program.object(object).makes.iter();
            makes.map(move |&made| (made, object))
        })
        .collect();
    owners.sort_unstable();
    owners
}

/// Whether a local channel has room for the values that will be sent, no more: every send
/// stands in a loop that counts to the capacity.
fn is_filled_exactly(program: &Program, channel: crate::model::ObjectId, capacity: i64) -> bool {
    let sends = &program.object(channel).sends;
    !sends.is_empty()
        && program.is_local(channel)
        && sends.iter().all(|&send| {
            let spawned = program.spawned_at(program.function_of(send));
            let counted = |step| {
                program.enclosing_loop(step).is_some_and(|looped| {
                    let Op::Loop(l) = program.op(looped) else {
                        return false;
                    };
                    let bound = match l.kind {
                        LoopKind::Counted(condition) => condition,
                        LoopKind::Over(over) => over,
                        _ => return false,
                    };
                    program
                        .parts_of(bound)
                        .into_iter()
                        .any(|part| program.constant_int(part) == Some(capacity))
                })
            };
            counted(send) || !spawned.is_empty() && spawned.iter().all(|&spawn| counted(spawn))
        })
}

/// What the slots of a channel take, where the size of an item is known.
fn slots(program: &Program, element: TypeId, capacity: i64) -> Option<u64> {
    let each = program.size_of(element).filter(|&bytes| bytes > 0)?;
    each.checked_mul(capacity.unsigned_abs())
}

const FIX: &str = "Take the delay that is acceptable times the rate at which items are taken as the capacity, usually 100 to 10,000, and decide what a full channel means: reject, wait with a way out, or drop and count. If this size is right, say why in a comment beside it.";

fn say(
    program: &Program,
    made: ExprId,
    element: TypeId,
    (size, capacity, limit): (ExprId, i64, u64),
    owner: Option<crate::model::ObjectId>,
    findings: &mut Findings,
) {
    let place = program.expr(made).span;
    let (source, escapes) = named_sources(program, size);
    let carries_nothing = matches!(program.underlying(element), Type::Unit);
    // Ten times 1,024 is how many write ten thousand.
    let is_at_the_limit = capacity.unsigned_abs() <= limit.saturating_add(limit / 20);
    let is_slightly_more = capacity.unsigned_abs() <= limit.saturating_mul(2);
    let is_turned_away = owner.is_some_and(|owner| all_try(program, owner));
    let is_minor = carries_nothing
        || is_at_the_limit
        || is_turned_away && is_slightly_more
        || is_reasoned(program, place, &source);
    // Whoever finds it full is told, or goes elsewhere: what waits in it is as much all the same.
    let is_held = escapes
        || is_turned_away && capacity.unsigned_abs() <= still_asked_for(program, made, limit)
        || owner.is_some_and(|owner| goes_elsewhere(program, owner));
    let confidence = match (is_minor, is_held) {
        (true, _) => Confidence::Low,
        (false, true) => Confidence::Medium,
        (false, false) => Confidence::High,
    };
    let name = assigned_to(program, made).or(owner.map(|owner| program.object_name(owner)));
    let room = grouped(capacity);
    let what = name
        .as_ref()
        .map_or("this channel".to_owned(), |name| format!("`{name}`"));
    let what = format!("{what} has room for {room} items");
    let bytes = slots(program, element, capacity);
    let finding = findings.at(
        place,
        confidence,
        match bytes {
            Some(bytes) => format!(
                "{what}, {} of slots: nothing slows its senders down in time",
                in_bytes(bytes)
            ),
            None => format!("{what}: nothing slows its senders down in time"),
        },
    );
    let memory = match bytes {
        // What it takes is taken as it fills.
        _ if program.growing.contains(&made) => String::new(),
        Some(bytes) => format!(
            "The slots, {}, are allocated when the channel is made; what they point to comes on top. ",
            in_bytes(bytes)
        ),
        None if carries_nothing => String::new(),
        None => {
            "The slots are allocated when the channel is made; what they point to comes on top. "
                .to_owned()
        }
    };
    finding
        .why(format!(
            "{memory}While more comes in than is taken, no sender is slowed or turned away until {room} items wait, each older than the one before; a stop or a crash loses all of them."
        ))
        .fix(FIX);
    finding.about(name.unwrap_or_default());
    finding.function = program.function_at(place);
    for place in source {
        finding.because(place, "the capacity comes from here");
    }
}

/// Up to which capacity it is no matter that a channel is large, where everybody who finds it full
/// is turned away. Where slots are taken as they fill, more of them cost nothing until they are
/// needed.
fn still_asked_for(program: &Program, made: ExprId, limit: u64) -> u64 {
    match program.growing.contains(&made) {
        true => limit.saturating_mul(10),
        false => limit.saturating_mul(2),
    }
}

/// Whether a comment says why the capacity is right, or a test chose it.
fn is_reasoned(program: &Program, place: Span, source: &[Span]) -> bool {
    program.file(place.file).is_test
        || std::iter::once(&place)
            .chain(source)
            .any(|&place| is_reason(&program.remark_on(place)))
}

/// Whether everybody who sends is turned away at once when it is full: the bound is asked for.
fn all_try(program: &Program, channel: crate::model::ObjectId) -> bool {
    let sends = &program.object(channel).sends;
    !sends.is_empty() && sends.iter().all(|&send| program.is_tried(send))
}

/// Whether what finds it full is handed elsewhere, counted or told of: whoever wrote that knows
/// what the bound means.
fn goes_elsewhere(program: &Program, channel: crate::model::ObjectId) -> bool {
    let tried = || {
        let sends = program.object(channel).sends.iter().copied();
        sends.filter(|&send| program.is_tried(send))
    };
    tried().next().is_some() && tried().all(|send| super::silent_drop::is_handled(program, send))
}

/// The place that the code puts a new channel into, as it writes it.
fn assigned_to(program: &Program, made: ExprId) -> Option<String> {
    let function = program.function_at(program.expr(made).span)?;
    program.steps_of(function).into_iter().find_map(|step| {
        let Op::Assign(assign) = program.op(step) else {
            return None;
        };
        let at = program
            .list(assign.values)
            .iter()
            .position(|&value| value == made)?;
        let target = *program.list(assign.targets).get(at)?;
        Some(program.show(target)).filter(|name| !name.contains('…'))
    })
}

/// Where the named numbers in a capacity are declared, and whether one of them is a variable
/// that code out of view may set.
fn named_sources(program: &Program, size: ExprId) -> (Vec<Span>, bool) {
    let mut places = Vec::new();
    let mut escapes = false;
    for part in program.parts_of(size) {
        if let ExprKind::Variable(variable) = *program.kind(part) {
            places.push(program.variable(variable).span);
            escapes |= may_be_set_elsewhere(program, variable);
        }
    }
    places.dedup();
    (places, escapes)
}

fn may_be_set_elsewhere(program: &Program, variable: VariableId) -> bool {
    let variable = program.variable(variable);
    let is_closed = program.is_executable();
    variable.kind == crate::model::VariableKind::Global && variable.exported && !is_closed
}

/// Words that give a reason or a measure, not just a name.
const REASONS: &[&str] = &[
    "because",
    "since",
    "so that",
    "so we",
    "so a",
    "in order",
    "to avoid",
    "to absorb",
    "to keep",
    "to hold",
    "to cover",
    "to survive",
    "enough",
    "at most",
    "at least",
    "up to",
    "burst",
    "peak",
    "worst",
    "spike",
    "measured",
    "benchmark",
    "load test",
    "profil",
    "sized",
    "bounded by",
    "bytes",
    " kb",
    " mb",
    " gb",
    " kib",
    " mib",
    " gib",
    "mb.",
    "mb,",
    "per second",
    "/s",
    "/sec",
    "a second",
    "needs",
    "need to",
    "must ",
    "never more",
    "never fill",
    "fill up",
    "unless",
    "no more than",
    "fits",
    "holds",
    "allow",
    "reason",
    "deliberate",
    "intentional",
    "on purpose",
    "otherwise",
    "each ",
];

/// Words that say that there is no reason.
const DOUBTS: &[&str] = &[
    "todo",
    "fixme",
    "xxx",
    "hack",
    "arbitrar",
    "random number",
    "no idea",
    "magic",
    "should be enough",
    "for now",
    "just in case",
    "nolint",
    "highwater:",
];

/// Whether a remark says why the number is what it is.
fn is_reason(remark: &str) -> bool {
    let remark = match remark.find('~') {
        Some(at) => &remark[..at],
        None => remark,
    };
    let lower = remark.to_ascii_lowercase();
    let words = lower.split_whitespace().count();
    words >= 4
        && REASONS.iter().any(|word| lower.contains(word))
        && !DOUBTS.iter().any(|word| lower.contains(word))
}

/// `1000000` as `1,000,000`.
fn grouped(value: i64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes in the unit that people would use.
fn in_bytes(bytes: u64) -> String {
    let value = bytes as f64;
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..1_000_000 => format!("{:.0} kB", value / 1e3),
        1_000_000..10_000_000 => format!("{:.1} MB", value / 1e6),
        10_000_000..1_000_000_000 => format!("{:.0} MB", value / 1e6),
        _ => format!("{:.1} GB", value / 1e9),
    }
}
