//! Permits: what bounds how many tasks do something at once. A slot of a channel, a semaphore's
//! permit, a lock, a place that is counted by hand. Which operation takes and which gives back is told by their order.

use super::{
    Api, AssignHow, BinaryOp, ExprId, ExprKind, FunctionId, ObjectId, Op, Owner, Program, StepId,
    Type, TypeId,
};

/// How many calls lie at most between a function and the permit that it takes.
const MAX_CALLS: u32 = 2;

/// Kinds of permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PermitKind {
    /// A slot of a channel.
    Slot,
    /// A semaphore's permit.
    Semaphore,
    /// A lock.
    Lock,
    /// A place in a count, under a key, or the only one that a flag stands for.
    Place,
}

/// Which of the two operations on a permit a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Sends, or takes.
    In,
    /// Receives, or gives back.
    Out,
}

impl Move {
    /// The other one.
    pub fn opposite(self) -> Move {
        match self {
            Move::In => Move::Out,
            Move::Out => Move::In,
        }
    }
}

/// What a step does to a permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PermitUse {
    /// The semaphore, channel or lock.
    pub object: ObjectId,
    /// What kind.
    pub kind: PermitKind,
    /// Which way.
    pub way: Move,
    /// The step.
    pub at: StepId,
}

impl PermitUse {
    /// Whether one of two operations takes what the other gives back.
    pub fn undoes(&self, other: &PermitUse) -> bool {
        (self.object, self.kind, self.way) == (other.object, other.kind, other.way.opposite())
    }
}

/// A permit that is taken before a task is started.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// Where it is taken.
    pub take: PermitUse,
    /// Where the function gives it back itself, if it does.
    pub give: Option<PermitUse>,
}

/// What a type gives back when its value ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// A semaphore's permit that it holds, or stands for.
    Permit,
    /// A place in a count or in a set of slots.
    Counted,
}

impl Program {
    /// What the end of a value of a type gives back, where the unit declares the type.
    pub fn right_of(&self, ty: TypeId) -> Option<Right> {
        let Type::Named(named) = *self.pointee(ty) else {
            return None;
        };
        let of = &self.named[named.index()];
        if of
            .fields
            .iter()
            .any(|(_, field)| self.permit_fields.contains(field))
        {
            return Some(Right::Permit);
        }
        let ends = |&&(_, method): &&(_, FunctionId)| self.ends_its_value(method);
        let &(_, end) = of.methods.iter().find(ends)?;
        let steps = self.steps_of(end);
        // `*free += 1; freed.notify_one()`
        let tells = steps.iter().any(|&step| {
            self.call(step)
                .is_some_and(|call| call.api == Api::ConditionSignal)
        });
        let locks = steps.iter().any(|&step| {
            self.permit_use(step)
                .is_some_and(|used| used.kind == PermitKind::Lock)
        });
        // Whoever adds a permit at the end stands for one that was taken and forgotten.
        let adds_a_permit = steps.iter().any(|&step| {
            self.permit_use(step)
                .is_some_and(|given| (given.kind, given.way) == (PermitKind::Semaphore, Move::Out))
        });
        if adds_a_permit {
            return Some(Right::Permit);
        }
        let gives = steps.into_iter().any(|step| {
            let counts_on = matches!(self.op(step), Op::Assign(assign)
                if matches!(assign.how, AssignHow::Update(BinaryOp::Add | BinaryOp::Subtract)));
            // A name that is taken out of a set is free for the next one.
            let takes_out = matches!(self.op(step), Op::Assign(assign)
                if self.list(assign.values).iter().any(|&value| matches!(self.kind(value), ExprKind::Slice(..))));
            // What is put into a set of what is free can be taken again.
            let puts_in = matches!(self.op(step), Op::Assign(assign)
                if self.list(assign.values).iter().any(|&value| matches!(self.kind(value), ExprKind::Append(..))));
            if (tells || locks) && counts_on || locks && (takes_out || puts_in) {
                return true;
            }
            let counts_down = self.call(step).is_some_and(|call| {
                call.api == Api::AtomicAdd && self.callee_name(call.callee) == "fetch_sub"
            });
            let gives_back = self
                .permit_use(step)
                .is_some_and(|given| given.kind != PermitKind::Lock);
            counts_down || gives_back
        });
        gives.then_some(Right::Counted)
    }

    /// What a step does to a permit, itself.
    fn permit_use(&self, step: StepId) -> Option<PermitUse> {
        if let Some((object, way)) = self.place_use(step) {
            return Some(PermitUse {
                object,
                kind: PermitKind::Place,
                way,
                at: step,
            });
        }
        let (object, kind, way) = match *self.op(step) {
            Op::Send { channel, .. } => (self.slots(channel)?, PermitKind::Slot, Move::In),
            Op::Receive { channel, .. } => (self.slots(channel)?, PermitKind::Slot, Move::Out),
            Op::Call(ref call) => {
                let (kind, way) = match call.api {
                    Api::PermitAcquire(_) | Api::PermitTryAcquire => {
                        (PermitKind::Semaphore, Move::In)
                    }
                    Api::PermitRelease => (PermitKind::Semaphore, Move::Out),
                    Api::Lock(_) | Api::TryLock => (PermitKind::Lock, Move::In),
                    Api::Unlock(_) => (PermitKind::Lock, Move::Out),
                    _ => return None,
                };
                (self.object_of(call.receiver?)?, kind, way)
            }
            _ => return None,
        };
        Some(PermitUse {
            object,
            kind,
            way,
            at: step,
        })
    }

    /// A channel that may be a set of slots: both sent to and received from in view.
    fn slots(&self, channel: ExprId) -> Option<ObjectId> {
        let object = self.object_of(channel)?;
        let of = self.object(object);
        (!of.sends.is_empty() && !of.receives.is_empty()).then_some(object)
    }

    /// Whether a channel's elements carry nothing, so that only their number matters.
    pub fn carries_nothing(&self, channel: ObjectId) -> bool {
        matches!(
            self.underlying(self.element_type(channel)),
            Type::Unit | Type::Boolean
        ) || self.object(channel).sends.iter().all(|&send| {
            matches!(*self.op(send), Op::Send { value, .. } if matches!(
                *self.kind(value),
                ExprKind::Bool(_) | ExprKind::Int(_) | ExprKind::Nil
            ) || matches!(*self.kind(value), ExprKind::Composite(ty, list, _)
                if list.len == 0 && matches!(self.underlying(ty), Type::Unit)))
        })
    }

    /// What a step does to permits: itself, or through a call in view.
    pub fn permit_uses(&self, step: StepId) -> Vec<PermitUse> {
        if let Some(own) = self.permit_use(step) {
            return vec![own];
        }
        let Some(target) = self.call(step).and_then(|call| call.target) else {
            return Vec::new();
        };
        let mut uses = self.net_uses(target, MAX_CALLS);
        for found in &mut uses {
            found.at = step;
        }
        uses
    }

    /// What a function leaves taken or given back when it returns.
    fn net_uses(&self, function: FunctionId, calls: u32) -> Vec<PermitUse> {
        let Some(calls) = calls.checked_sub(1) else {
            return Vec::new();
        };
        let mut all: Vec<PermitUse> = Vec::new();
        for step in self.steps_of(function) {
            match self.permit_use(step) {
                // What is put back by who turns back at once is still taken by who goes on.
                Some(own) if all.iter().any(|took| self.refuses(took, &own)) => {}
                Some(own) => all.push(own),
                None => {
                    if let Some(target) = self.call(step).and_then(|call| call.target)
                        && target != function
                    {
                        all.extend(self.net_uses(target, calls));
                    }
                }
            }
        }
        one_way(all)
    }

    /// Whether a place is put back in a block that leaves, where it was taken before the block.
    fn refuses(&self, took: &PermitUse, back: &PermitUse) -> bool {
        let block = self.step(back.at).block;
        took.kind == PermitKind::Place
            && took.undoes(back)
            && matches!(self.block(block).owner, Owner::Then(_) | Owner::Else(_))
            && self.block_diverges(block)
            && self.step(took.at).block != block
    }

    /// What a task leaves taken or given back.
    pub fn uses_of_task(&self, spawn: StepId) -> Vec<PermitUse> {
        let all = self
            .task_of(spawn)
            .into_iter()
            .flat_map(|function| self.steps_of(function))
            .filter_map(|step| self.permit_use(step))
            .collect();
        one_way(all)
    }

    /// The permits that a function has taken when it comes to a step, and where it gives them
    /// back later. Ways that turn back before the step are left out.
    pub fn taken_at(&self, step: StepId) -> Vec<Taken> {
        let function = self.function_of(step);
        let limit = self.span(step).start;
        let (mut taken, mut deferred, mut later) =
            (Vec::<PermitUse>::new(), Vec::new(), Vec::new());
        for other in self.steps_of(function) {
            let uses = self.permit_uses(other);
            if uses.is_empty() {
                continue;
            }
            if self.is_deferred(other) {
                if self.always_runs(other) {
                    deferred.extend(uses);
                }
            } else if self.span(other).start > limit || self.ends_with(other, step) {
                if self.follows(other, step) {
                    later.extend(uses);
                }
            } else if !self.turns_back(other, step) {
                for found in uses {
                    let before = taken.len();
                    taken.retain(|held| !held.undoes(&found));
                    if taken.len() == before {
                        taken.push(found);
                    }
                }
            }
        }
        for other in self.deferred_closures(function) {
            deferred.extend(
                self.steps_of(other)
                    .into_iter()
                    .filter(|&step| self.always_runs(step))
                    .flat_map(|step| self.permit_uses(step)),
            );
        }
        taken
            .into_iter()
            .map(|take| {
                let gives = |found: &&PermitUse| found.undoes(&take);
                let give = deferred
                    .iter()
                    .find(gives)
                    .or_else(|| later.iter().find(gives));
                Taken {
                    take,
                    give: give.copied(),
                }
            })
            .collect()
    }

    /// Whether a step is done when a value has been made that another step is a part of: a guard is
    /// given back behind what a function yields.
    fn ends_with(&self, later: StepId, step: StepId) -> bool {
        later > step && self.span(later).contains(self.span(step))
    }

    /// Whether a step runs whenever its function, or its deferred block, does: no branch, loop or
    /// select stands around it.
    pub fn always_runs(&self, step: StepId) -> bool {
        self.ancestors(step)
            .all(|(_, owner)| matches!(owner, Owner::Deferred(_) | Owner::Scope(_)))
    }

    /// Whether a step that stands behind another in the text also runs after it: it stands in a
    /// block around it.
    pub fn follows(&self, later: StepId, step: StepId) -> bool {
        let block = self.step(later).block;
        self.step(step).block == block
            || self
                .ancestors(step)
                .any(|(around, _)| self.step(around).block == block)
    }

    /// The closures that a function defers.
    pub fn deferred_closures(&self, function: FunctionId) -> Vec<FunctionId> {
        self.closures_in(function)
            .iter()
            .copied()
            .filter(|closure| {
                self.callers[closure.index()]
                    .iter()
                    .any(|&caller| self.is_deferred(caller) && self.function_of(caller) == function)
            })
            .collect()
    }

    /// Whether a step stands on a way that never comes to another step: in a branch, arm or case
    /// that leaves before it.
    pub fn turns_back(&self, step: StepId, before: StepId) -> bool {
        let mut block = self.step(step).block;
        loop {
            let owner = self.block(block).owner;
            let Some(owning) = owner.step() else {
                return false;
            };
            let chosen = match owner {
                Owner::Guard(select, arm) => Owner::Arm(select, arm),
                owner => owner,
            };
            if self
                .ancestors(before)
                .any(|(_, around)| around == owner || around == chosen)
            {
                return false;
            }
            let body = match (owner, self.op(owning)) {
                (Owner::Guard(_, arm), Op::Select(arms)) => arms[arm as usize].body,
                _ => block,
            };
            if self.block_diverges(body) {
                return true;
            }
            block = self.step(owning).block;
        }
    }
}

/// Only what goes one way: a permit that is taken and given back in the same place bounds
/// nothing else.
fn one_way(all: Vec<PermitUse>) -> Vec<PermitUse> {
    let both = |of: &PermitUse| all.iter().any(|other| other.undoes(of));
    all.iter().copied().filter(|of| !both(of)).collect()
}
