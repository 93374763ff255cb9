//! Locks held at each step, by control flow: what is certainly held, on every way that leads
//! there. A deferred unlock holds to the end of the function.

use super::{
    Api, BlockId, Call, ExprKind, FunctionId, FunctionKind, ObjectId, Op, Program, StepId, UnaryOp,
};

/// How deep blocks are followed.
const MAX_DEPTH: u32 = 300;
/// How often locks are carried from callers into what they call.
const ROUNDS: usize = 3;

/// A lock that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which.
    pub lock: ObjectId,
    /// Where it was taken.
    pub since: StepId,
    /// Whether it is held for reading only.
    pub reading: bool,
}

/// Locks held at each step.
#[derive(Debug, Default)]
pub(crate) struct HeldLocks {
    states: Vec<Vec<Held>>,
    of_step: Vec<u32>,
    at_entry: Vec<Vec<Held>>,
}

impl Program {
    /// Locks that are held whenever this step runs.
    pub fn held_at(&self, step: StepId) -> &[Held] {
        let held = self.held.get_or_init(|| HeldLocks::compute(self));
        &held.states[held.of_step[step.index()] as usize]
    }
}

impl HeldLocks {
    fn compute(program: &Program) -> HeldLocks {
        let mut held = HeldLocks {
            states: vec![Vec::new()],
            of_step: vec![0; program.steps.len()],
            at_entry: vec![Vec::new(); program.functions.len()],
        };
        let takes_locks = program
            .steps
            .iter()
            .any(|step| matches!(&step.op, Op::Call(call) if matches!(call.api, Api::Lock(_) | Api::TryLock)));
        if !takes_locks {
            return held;
        }
        for function in program.function_ids() {
            held.function(program, function);
        }
        for _ in 0..ROUNDS {
            if !held.carry(program) {
                break;
            }
        }
        held
    }

    fn function(&mut self, program: &Program, function: FunctionId) {
        let entry = self.at_entry[function.index()].clone();
        self.block(program, program.function(function).body, entry, MAX_DEPTH);
    }

    /// What every caller holds, the callee holds. Says whether anything changed.
    fn carry(&mut self, program: &Program) -> bool {
        let mut changed = false;
        for (id, function) in program.functions_with_ids() {
            let callers = &program.callers[id.index()];
            let is_open = function.exported
                || function.is_value && !matches!(function.kind, FunctionKind::Closure(_));
            if is_open || callers.is_empty() || function.is_value {
                continue;
            }
            let mut entry: Option<Vec<Held>> = None;
            for &caller in callers {
                let here = match program.op(caller) {
                    Op::Call(_) if !program.is_deferred(caller) => {
                        self.states[self.of_step[caller.index()] as usize].clone()
                    }
                    _ => Vec::new(),
                };
                entry = Some(match entry {
                    Some(known) => common(known, &here),
                    None => here,
                });
            }
            let entry = entry.unwrap_or_default();
            if entry != self.at_entry[id.index()] {
                self.at_entry[id.index()] = entry;
                self.function(program, id);
                changed = true;
            }
        }
        changed
    }

    fn state(&mut self, held: &[Held]) -> u32 {
        if held.is_empty() {
            return 0;
        }
        if let Some(last) = self.states.last()
            && last == held
        {
            return self.states.len() as u32 - 1;
        }
        self.states.push(held.to_vec());
        self.states.len() as u32 - 1
    }

    /// Runs a block; `None` when its end is never reached.
    fn block(
        &mut self,
        program: &Program,
        block: BlockId,
        mut held: Vec<Held>,
        depth: u32,
    ) -> Option<Vec<Held>> {
        let Some(depth) = depth.checked_sub(1) else {
            return Some(held);
        };
        let mut reached = true;
        for &step in &program.block(block).steps {
            self.of_step[step.index()] = self.state(&held);
            if !reached {
                continue;
            }
            match self.step(program, step, held.clone(), depth) {
                Some(after) => held = after,
                None => reached = false,
            }
        }
        reached.then_some(held)
    }

    fn step(
        &mut self,
        program: &Program,
        step: StepId,
        mut held: Vec<Held>,
        depth: u32,
    ) -> Option<Vec<Held>> {
        match program.op(step) {
            Op::Call(call) => {
                locked(program, step, call, &mut held);
                (!program.diverges(step)).then_some(held)
            }
            Op::Branch {
                condition,
                then,
                otherwise,
            } => {
                let (yes, no) = tried_both(program, *condition, held);
                let yes = self.block(program, *then, yes, depth);
                let no = match otherwise {
                    Some(otherwise) => self.block(program, *otherwise, no, depth),
                    None => Some(no),
                };
                either(yes, no)
            }
            Op::Switch { cases, .. } => {
                let mut after = if cases.iter().any(|case| case.is_default) {
                    None
                } else {
                    Some(held.clone())
                };
                for case in cases {
                    let end = self.block(program, case.body, held.clone(), depth);
                    after = either(after, end);
                }
                after
            }
            Op::Select(arms) => {
                let mut after = None;
                for arm in arms {
                    self.block(program, arm.guard, held.clone(), depth);
                    let end = self.block(program, arm.body, held.clone(), depth);
                    after = either(after, end);
                }
                after
            }
            Op::Loop(l) => {
                self.block(program, l.head, held.clone(), depth);
                let end = self.block(program, l.body, held.clone(), depth);
                if let Some(post) = l.post {
                    self.block(program, post, held.clone(), depth);
                }
                Some(end.map_or(held.clone(), |end| common(held, &end)))
            }
            Op::Scope(block) => self.block(program, *block, held, depth),
            Op::Defer(block) => {
                self.block(program, *block, Vec::new(), depth);
                Some(held)
            }
            Op::Return(_) | Op::Break(_) | Op::Continue(_) | Op::Goto(_) => None,
            _ => Some(held),
        }
    }
}

/// What is held after a call.
fn locked(program: &Program, step: StepId, call: &Call, held: &mut Vec<Held>) {
    let Some(lock) = call
        .receiver
        .and_then(|receiver| program.object_of(receiver))
    else {
        return;
    };
    match call.api {
        Api::Lock(reading) => held.push(Held {
            lock,
            since: step,
            reading,
        }),
        Api::Unlock(_) => {
            if let Some(at) = held.iter().rposition(|held| held.lock == lock) {
                held.remove(at);
            }
        }
        _ => {}
    }
}

/// What is held when a condition is true, and when it is false.
fn tried_both(
    program: &Program,
    condition: super::ExprId,
    held: Vec<Held>,
) -> (Vec<Held>, Vec<Held>) {
    let (mut yes, mut no) = (held.clone(), held);
    if let Some((taken, when)) = tried(program, condition) {
        if when {
            yes.push(taken);
        } else {
            no.push(taken);
        }
    }
    (yes, no)
}

/// `if mu.TryLock()` holds in the one branch, `if !mu.TryLock()` in the other.
fn tried(program: &Program, condition: super::ExprId) -> Option<(Held, bool)> {
    match *program.kind(condition) {
        ExprKind::Call(step) => match program.op(step) {
            Op::Call(call) if call.api == Api::TryLock => {
                let lock = program.object_of(call.receiver?)?;
                Some((
                    Held {
                        lock,
                        since: step,
                        reading: false,
                    },
                    true,
                ))
            }
            _ => None,
        },
        ExprKind::Unary(UnaryOp::Not, inner) => {
            tried(program, inner).map(|(held, when)| (held, !when))
        }
        _ => None,
    }
}

fn either(a: Option<Vec<Held>>, b: Option<Vec<Held>>) -> Option<Vec<Held>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(common(a, &b)),
        (known, None) | (None, known) => known,
    }
}

fn common(mut a: Vec<Held>, b: &[Held]) -> Vec<Held> {
    a.retain(|held| b.iter().any(|other| other.lock == held.lock));
    a
}
