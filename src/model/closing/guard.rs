//! What makes a second close impossible, and what a sender looks at before it sends.

use super::Closings;
use super::asked::{Asked, earlier_in_blocks, says_over, variable_of};
use crate::model::channels::ArmKind;
use crate::model::{
    Api, ExprKind, FunctionId, Init, ObjectId, Op, Owner, Program, StepId, VariableId, VariableKind,
};
use crate::source::Span;

/// How a close is kept from happening twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// By nothing in view.
    None,
    /// It runs once by construction; the call that says so.
    Once(StepId),
    /// A lock is held over it; whether something is tested under the lock.
    Locked(ObjectId, bool),
    /// One caller wins an atomic swap; the variable, where it is known.
    Swap(Option<VariableId>),
    /// A flag is read and then written, in two steps that two callers can do together; the
    /// condition, and whether the flag is atomic.
    LoadStore(Span, bool),
    /// A select asks whether the channel is closed, and closes it if not.
    SelectDefault(Span),
    /// A flag or a nil test that only one task looks at.
    Private,
}

impl Guard {
    /// Whether anything is there, right or wrong.
    pub fn is_there(self) -> bool {
        !matches!(self, Guard::None | Guard::Locked(_, false))
    }

    /// Whether two callers at once cannot both close.
    pub fn holds(self) -> bool {
        matches!(
            self,
            Guard::Once(_) | Guard::Locked(_, true) | Guard::Swap(_)
        )
    }

    /// Words for messages: what the close is guarded by.
    pub fn name(self) -> &'static str {
        match self {
            Guard::None => "nothing",
            Guard::Once(_) => "a once",
            Guard::Locked(..) => "a lock",
            Guard::Swap(_) => "an atomic swap",
            Guard::LoadStore(..) | Guard::Private => "a flag",
            Guard::SelectDefault(_) => "a select with a default",
        }
    }
}

/// What a sender does about a close before it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Nothing.
    Nothing,
    /// It tests a flag first.
    Flag(Span),
    /// It asks a done channel or a context, before or beside the send.
    Done(Span),
    /// It holds the lock of the close.
    Lock,
    /// It holds the lock of the close, and looks at nothing under it.
    BlindLock(ObjectId),
    /// It catches the panic.
    Recover,
}

impl Closings<'_> {
    /// How a close is guarded.
    pub fn guard(&self, close: StepId) -> Guard {
        let program = self.program;
        let function = program.function_of(close);
        if let Some(once) = self.once_around(function, 3) {
            return Guard::Once(once);
        }
        if self.entrusted.contains(&function) {
            return Guard::Private;
        }
        let asked = self.asked_before(close, 2);
        let swap = asked.iter().find_map(|&(_, asked)| match asked {
            Asked::Swap(variable) => Some(variable),
            _ => None,
        });
        if let Some(variable) = swap {
            return Guard::Swap(variable);
        }
        let in_default = self.in_default_of_itself(close);
        if let Some(held) = program.held_at(close).iter().find(|held| !held.reading) {
            let tested = !asked.is_empty() || in_default.is_some() || self.is_replaced(close);
            return Guard::Locked(held.lock, tested);
        }
        let name = program.text(program.function(self.home_of(close)).name);
        if name.ends_with("Locked") || name.ends_with("locked") {
            return Guard::Private;
        }
        if let Some(select) = in_default {
            return Guard::SelectDefault(program.span(select));
        }
        self.flag_guard(close, &asked)
    }

    fn flag_guard(&self, close: StepId, asked: &[(Span, Asked)]) -> Guard {
        let program = self.program;
        let home = self.home_of(close);
        for &(at, asked) in asked {
            let (variable, atomic) = match asked {
                Asked::Flag(Some(variable), atomic) => (variable, atomic),
                Asked::Nil(variable) => (variable, false),
                _ => continue,
            };
            if !self.writes(home, variable) || is_copy(program, variable) {
                continue;
            }
            let is_shared = matches!(
                program.variable(variable).kind,
                VariableKind::Field(_) | VariableKind::Global
            );
            if let Some(lock) = self.written_under(home, variable)
                && !self.is_read_before(home, variable, close)
            {
                // Test and set are one step under the lock; the close comes after it.
                return Guard::Locked(lock, true);
            }
            return if is_shared && !matches!(asked, Asked::Nil(_)) {
                Guard::LoadStore(at, atomic)
            } else {
                Guard::Private
            };
        }
        if asked.iter().any(|&(_, asked)| asked == Asked::Key) {
            return Guard::Private;
        }
        Guard::None
    }

    /// The call that makes a function run once, for itself or for all its callers.
    pub(super) fn once_around(&self, function: FunctionId, depth: u32) -> Option<StepId> {
        let depth = depth.checked_sub(1)?;
        if let Some(&once) = self.once.get(&function) {
            return Some(once);
        }
        let program = self.program;
        if let crate::model::FunctionKind::Closure(parent) = program.function(function).kind
            && program.runs(parent).contains(&function)
            && let Some(once) = self.once_around(parent, depth)
        {
            return Some(once);
        }
        let callers = &program.callers[function.index()];
        if callers.is_empty() || program.function(function).exported {
            return None;
        }
        let mut found = None;
        for &caller in callers {
            let once = self.once_around(program.function_of(caller), depth)?;
            found = found.or(Some(once));
        }
        found
    }

    /// Whether a function assigns a variable, stores to it, or has something in it that does.
    fn writes(&self, home: FunctionId, variable: VariableId) -> bool {
        !self.writes_in(home, variable).is_empty()
    }

    /// Whether a function reads a variable before a close, and lets go of the lock before it takes
    /// it again to write: two callers can both have read by then.
    fn is_read_before(&self, home: FunctionId, variable: VariableId, close: StepId) -> bool {
        let program = self.program;
        let sections = |step: StepId| {
            let held = program.held_at(step).iter();
            held.filter(|held| !held.reading).map(|held| held.since)
        };
        let writes = self.writes_in(home, variable);
        let mut reads = program
            .before(close, home)
            .into_iter()
            .filter(|step| {
                !writes.contains(step)
                    && program
                        .mentions_of(*step)
                        .into_iter()
                        .flat_map(|value| program.parts_of(value))
                        .any(|part| program.variable_or_field(part) == Some(variable))
            })
            .peekable();
        let is_one_section = |read: StepId| {
            let mut held = sections(read);
            held.any(|since| {
                writes
                    .iter()
                    .any(|&write| sections(write).any(|it| it == since))
            })
        };
        reads.peek().is_some() && !reads.any(is_one_section)
    }

    /// The lock under which a function writes a variable.
    fn written_under(&self, home: FunctionId, variable: VariableId) -> Option<ObjectId> {
        self.writes_in(home, variable).into_iter().find_map(|step| {
            let held = self.program.held_at(step);
            held.iter().find(|held| !held.reading).map(|held| held.lock)
        })
    }

    fn writes_in(&self, home: FunctionId, variable: VariableId) -> Vec<StepId> {
        let program = self.program;
        let mut functions = vec![home];
        functions.extend(
            program
                .closures_in(home)
                .iter()
                .copied()
                .filter(|&closure| self.home(closure) == home),
        );
        functions
            .into_iter()
            .flat_map(|function| program.steps_of(function))
            .filter(|&step| writes_to(program, step, variable))
            .collect()
    }

    /// Whether the channel variable is given another value in the block of the close, or its
    /// key removed from a map: the closed channel is out of everybody's reach.
    pub fn is_replaced(&self, close: StepId) -> bool {
        let program = self.program;
        let kept = self
            .channel_expr(close)
            .and_then(|channel| self.kept_in(channel));
        let container = self
            .channel_expr(close)
            .and_then(|channel| self.container(channel));
        let writes = |step: StepId, variable: Option<VariableId>| {
            variable.is_some_and(|variable| writes_to(program, step, variable))
        };
        let block = program.step(close).block;
        let here = program.block(block).steps.iter().any(|&step| {
            writes(step, kept)
                || program
                    .call(step)
                    .is_some_and(|call| call.api == Api::MapDelete)
                || removes_element(program, step)
        });
        // `for … range list { close(…) }; list = nil`
        here || self.is_taken_out(close)
            || program
                .after(close)
                .into_iter()
                .any(|step| writes(step, container))
    }

    /// Whether the channel was taken out of its list or map under a lock before: its key removed,
    /// or all that is kept there put aside. Who finds it there is the only one who has it.
    fn is_taken_out(&self, close: StepId) -> bool {
        let program = self.program;
        let Some(channel) = self.channel_expr(close) else {
            return false;
        };
        let is_at_hand = matches!(program.kind(channel), ExprKind::Variable(_));
        let Some(container) = self.container(channel).filter(|_| is_at_hand) else {
            return false;
        };
        let is_locked = |step: StepId| program.held_at(step).iter().any(|held| !held.reading);
        let is_removed = |step: StepId| {
            let from = program
                .call(step)
                .filter(|call| call.api == Api::MapDelete)
                .and_then(|call| program.list(call.args).first().copied());
            from.and_then(|from| variable_of(program, from)) == Some(container)
        };
        program
            .before(close, self.home_of(close))
            .into_iter()
            .any(|step| {
                (is_removed(step) || writes_to(program, step, container)) && is_locked(step)
            })
    }

    /// `select { case <-ch: default: close(ch) }`: the select.
    fn in_default_of_itself(&self, close: StepId) -> Option<StepId> {
        let program = self.program;
        let channel = program.channel_of(close);
        let asks = |select: StepId| {
            let arms = program.arms(select);
            program.has_default(select)
                && arms.iter().any(|(arm, _)| {
                    arm.communication.is_some_and(|step| {
                        matches!(program.op(step), Op::Receive { .. })
                            && program.channel_of(step) == channel
                            && channel.is_some()
                    })
                })
        };
        if let Some((select, _)) = program
            .ancestors(close)
            .find(|&(select, owner)| matches!(owner, Owner::Arm(..)) && asks(select))
        {
            return Some(select);
        }
        // The same, as a test that returns.
        earlier_in_blocks(program, close)
            .into_iter()
            .find(|&step| matches!(program.op(step), Op::Select(_)) && asks(step))
    }

    /// What a sender looks at before this send, with regard to this close.
    pub fn look(&self, send: StepId, close: StepId) -> Look {
        let program = self.program;
        let of_close = program.held_at(close);
        let asked = self.asked_before(send, 2);
        let common = program.held_at(send).iter().find(|held| {
            of_close.iter().any(|other| {
                self.is_one_lock(other.lock, held.lock) && !(other.reading && held.reading)
            }) || !asked.is_empty() && self.passes_through(close, held.lock)
        });
        if let Some(held) = common {
            let channel = self.channel_expr(send);
            let is_picked = channel.is_some_and(|channel| self.is_element(channel));
            return if !asked.is_empty() || is_picked || self.is_replaced(close) {
                Look::Lock
            } else {
                Look::BlindLock(held.lock)
            };
        }
        if self.share_lock_by_name(send, close) {
            return Look::Lock;
        }
        if self.recovers(send) {
            return Look::Recover;
        }
        if let Some((select, _)) = program.select_of(send)
            && let Some((arm, _)) = program
                .arms(select)
                .into_iter()
                .find(|(_, kind)| *kind == ArmKind::Done)
        {
            return Look::Done(arm.span);
        }
        let closer = self.home_of(close);
        for (at, asked) in asked {
            match asked {
                Asked::Done => return Look::Done(at),
                Asked::Flag(None, _) | Asked::Swap(_) => return Look::Flag(at),
                Asked::Flag(Some(variable), _)
                    if says_over(program.text(program.variable(variable).name))
                        || self.writes(closer, variable) =>
                {
                    return Look::Flag(at);
                }
                Asked::Nil(variable) if self.writes(closer, variable) => return Look::Flag(at),
                _ => {}
            }
        }
        let select = earlier_in_blocks(program, send).into_iter().find(|&step| {
            program
                .arms(step)
                .iter()
                .any(|(arm, kind)| *kind == ArmKind::Done && program.block_diverges(arm.body))
        });
        match select {
            Some(select) => Look::Done(program.span(select)),
            None => Look::Nothing,
        }
    }

    /// Whether two objects are one lock: the same, or the receivers of one type that takes over
    /// the methods of a lock.
    fn is_one_lock(&self, a: ObjectId, b: ObjectId) -> bool {
        let program = self.program;
        let receiver_type = |lock: ObjectId| {
            program.object(lock).variables.iter().find_map(|&variable| {
                let known = program.variable(variable);
                if known.kind != VariableKind::Receiver {
                    return None;
                }
                match program.function(program.outermost(known.function?)).kind {
                    crate::model::FunctionKind::Method(_, named) => Some(named),
                    _ => None,
                }
            })
        };
        a == b || receiver_type(a).is_some() && receiver_type(a) == receiver_type(b)
    }

    /// Whether the closer takes this lock for writing before it closes: who held it over test and
    /// send has sent by then, and who comes later finds the test changed.
    fn passes_through(&self, close: StepId, lock: ObjectId) -> bool {
        let program = self.program;
        program
            .steps_of(self.home_of(close))
            .into_iter()
            .any(|step| {
                program.call(step).is_some_and(|call| {
                    call.api == Api::Lock(false)
                        && call
                            .receiver
                            .and_then(|receiver| program.object_of(receiver))
                            .is_some_and(|other| self.is_one_lock(other, lock))
                }) && program.is_before(step, close)
            })
    }

    /// Whether send and close each stand behind the same swap, which one caller wins.
    pub(super) fn is_won_by_one(&self, send: StepId, close: StepId) -> bool {
        let swap = |step: StepId| {
            self.asked_before(step, 2)
                .into_iter()
                .find_map(|(_, asked)| match asked {
                    Asked::Swap(variable) => variable,
                    _ => None,
                })
        };
        swap(close).is_some_and(|variable| swap(send) == Some(variable))
    }

    /// Whether a panic of this step is caught in its function.
    fn recovers(&self, step: StepId) -> bool {
        let program = self.program;
        let home = self.home_of(step);
        let mut functions = vec![program.function_of(step), home];
        functions.extend_from_slice(program.closures_in(home));
        functions.into_iter().any(|function| {
            program.steps_of(function).into_iter().any(|step| {
                program
                    .call(step)
                    .is_some_and(|call| call.api == Api::Recover)
            })
        })
    }
}

/// Whether a local is what another variable was at some time: it is that which is asked for.
fn is_copy(program: &Program, variable: VariableId) -> bool {
    let known = program.variable(variable);
    known.kind == VariableKind::Local
        && !program.is_reassigned(variable)
        && matches!(known.init, Init::Value(value)
            if matches!(program.kind(value), ExprKind::Field(..)))
}

pub(super) fn writes_to(program: &Program, step: StepId, variable: VariableId) -> bool {
    match program.op(step) {
        Op::Assign(assign) => program
            .list(assign.targets)
            .iter()
            .any(|&target| variable_of(program, target) == Some(variable)),
        Op::Call(call)
            if matches!(
                call.api,
                Api::AtomicStore | Api::AtomicSwap | Api::AtomicCompareSwap | Api::AtomicAdd
            ) =>
        {
            call.receiver
                .or_else(|| program.list(call.args).first().copied())
                .and_then(|value| variable_of(program, value))
                == Some(variable)
        }
        _ => false,
    }
}

/// `list = append(list[:i], list[i+1:]...)`, `list = nil`, `m = make(…)`: what was kept there is
/// kept no more.
fn removes_element(program: &Program, step: StepId) -> bool {
    let Op::Assign(assign) = program.op(step) else {
        return false;
    };
    program.list(assign.values).iter().any(|&value| {
        matches!(
            program.kind(value),
            ExprKind::Append(base, _) if matches!(program.kind(*base), ExprKind::Slice(..))
        ) || matches!(
            program.kind(value),
            ExprKind::Slice(..) | ExprKind::Nil | ExprKind::Make(..)
        )
    })
}
