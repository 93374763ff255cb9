//! What a turn works on: another item each time, or the same thing again.

use crate::model::{
    Api, BinaryOp, ExprId, ExprKind, FunctionId, Init, Loop, Op, Program, StepId, VariableId,
};

/// How far it is followed where a value was taken.
const MAX_DEPTH: u32 = 4;
/// The most steps of a function that only takes the next piece.
const MAX_TAKER: usize = 12;

/// Words that begin the names of calls which take the next piece of work.
const TAKES: &[&str] = &[
    "next", "pop", "dequeue", "fetch", "receive", "recv", "read", "poll", "get", "take", "claim",
    "lease", "accept", "scan", "consume", "pull",
];

/// Whether each turn works on another item.
pub(super) fn is_for_another_item(
    program: &Program,
    looped: StepId,
    l: &Loop,
    step: StepId,
) -> bool {
    let Some(call) = program.call(step) else {
        return false;
    };
    let search = Search { program, looped, l };
    let arguments = program.list(call.args).iter().copied();
    arguments.chain(call.receiver).any(|argument| {
        let mut parts = program.parts_of(argument).into_iter();
        parts.any(|part| {
            search.is_item(part) || search.is_named_item(part, MAX_DEPTH) || search.moves_on(part)
        })
    })
}

struct Search<'p> {
    program: &'p Program,
    looped: StepId,
    l: &'p Loop,
}

impl Search<'_> {
    /// Whether a value is a variable of the turn that holds an item.
    fn is_named_item(&self, part: ExprId, depth: u32) -> bool {
        let program = self.program;
        let (ExprKind::Variable(variable), Some(depth)) =
            (program.kind(part), depth.checked_sub(1))
        else {
            return false;
        };
        let known = program.variable(*variable);
        if !program.span(self.looped).contains(known.span) {
            return false;
        }
        match known.init {
            Init::Value(nothing) if matches!(program.kind(nothing), ExprKind::Nil) => {
                self.is_set_to_item(*variable, depth)
            }
            // That a name for what came of a call is an item too takes more than the call's name.
            Init::Value(value) | Init::Part(value, _) => {
                self.is_taken(value, depth) || depth + 1 == MAX_DEPTH && self.says_it_takes(value)
            }
            Init::Element(_) => true,
            _ => self.is_set_to_item(*variable, depth),
        }
    }

    /// Whether what is asked is another one after each failure: `client = self.next_client()`.
    fn moves_on(&self, part: ExprId) -> bool {
        let program = self.program;
        let ExprKind::Variable(variable) = *program.kind(part) else {
            return false;
        };
        let Some(object) = program.object_of_variable[variable.index()] else {
            return false;
        };
        let says_next = |value: ExprId| {
            let name = match *program.kind(value) {
                ExprKind::Call(step) => program
                    .call(step)
                    .map_or(String::new(), |call| program.callee_name(call.callee)),
                ExprKind::Variable(named) => program.text(program.variable(named).name).to_owned(),
                _ => return false,
            };
            let lower = name.to_ascii_lowercase();
            lower.starts_with("next_") || lower.contains("_next_") || lower.contains("failover")
        };
        program.object(object).writes.iter().any(|&write| {
            program.is_inside(write, self.looped)
                && matches!(program.op(write), Op::Assign(assign)
                    if program.list(assign.values).iter().any(|&value| says_next(value)))
        })
    }

    fn is_set_to_item(&self, variable: VariableId, depth: u32) -> bool {
        let program = self.program;
        program.object_of_variable[variable.index()].is_some_and(|object| {
            let writes = &program.object(object).writes;
            writes.iter().any(|&write| match program.op(write) {
                Op::Assign(assign) => {
                    let mut values = program.list(assign.values).iter();
                    values.any(|&value| self.is_taken(value, depth) || self.says_it_takes(value))
                }
                _ => false,
            })
        })
    }

    /// Whether a value is an item, is made of one alone, or is what a call that takes one gave.
    fn is_taken(&self, value: ExprId, depth: u32) -> bool {
        let program = self.program;
        let mut parts = program.parts_of(value).into_iter();
        parts.any(|part| self.is_item(part))
            || self.is_named_item(value, depth)
            || program.call_of(value).is_some_and(|(_, call)| {
                call.api == Api::Accept
                    || call.target.is_some_and(|target| is_taker(program, target))
            })
    }

    /// Whether a call is named for what it takes.
    fn says_it_takes(&self, value: ExprId) -> bool {
        self.program.call_of(value).is_some_and(|(_, call)| {
            let name = self.program.callee_name(call.callee).to_ascii_lowercase();
            call.api == Api::Other && TAKES.iter().any(|take| name.starts_with(take))
        })
    }

    /// What was received, what stands at the loop's counter, or what leaves a list.
    fn is_item(&self, id: ExprId) -> bool {
        let program = self.program;
        let is_counted = |at: ExprId| {
            let counters = super::counters(program, self.l);
            let mut asked = super::turn::variables(program, at).into_iter();
            asked.any(|variable| counters.contains(&variable))
        };
        match *program.kind(id) {
            ExprKind::Received(_) => true,
            ExprKind::Index(list, at) => {
                let is_round =
                    matches!(program.kind(at), ExprKind::Binary(BinaryOp::Remainder, ..));
                !is_round && is_counted(at)
                    || super::turn::variable_of(program, list).is_some_and(|list| {
                        let mut steps = program.steps_in(self.l.body).into_iter();
                        steps.any(|step| shortened_at(program, step) == Some(list))
                    })
            }
            ExprKind::Slice(_, Some(from), _) => is_counted(from),
            _ => false,
        }
    }
}

/// Whether a function only takes the next piece off a list.
fn is_taker(program: &Program, function: FunctionId) -> bool {
    let steps = program.steps_of(function);
    steps.len() <= MAX_TAKER
        && steps
            .iter()
            .any(|&step| shortened_at(program, step).is_some())
}

/// The list that a step makes shorter: `list = list[1:]`, or a pop.
fn shortened_at(program: &Program, step: StepId) -> Option<VariableId> {
    let Op::Assign(assign) = program.op(step) else {
        return None;
    };
    let ([target], [value]) = (program.list(assign.targets), program.list(assign.values)) else {
        return None;
    };
    let list = super::turn::variable_of(program, *target)?;
    match *program.kind(*value) {
        ExprKind::Slice(from, ..) => {
            (super::turn::variable_of(program, from) == Some(list)).then_some(list)
        }
        _ => None,
    }
}
