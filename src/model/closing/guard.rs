//! What makes a second close impossible, and what a sender looks at before it sends.

use super::Closings;
use crate::model::channels::{ArmKind, is_end_name};
use crate::model::{
    Api, BinaryOp, Case, ExprId, ExprKind, FunctionId, Init, ObjectId, Op, Owner, Program, StepId,
    Type, VariableId, VariableKind,
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

/// What a condition asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// A flag: the variable, and whether it is read as an atomic.
    Flag(Option<VariableId>, bool),
    Swap(Option<VariableId>),
    Done,
    /// Whether a variable holds nothing.
    Nil(VariableId),
    /// Whether a key is in a map.
    Key,
}

impl Closings<'_> {
    /// How a close is guarded.
    pub fn guard(&self, close: StepId) -> Guard {
        let program = self.program;
        let function = program.function_of(close);
        if let Some(once) = self.once_around(function, 3) {
            return Guard::Once(once);
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
            if !self.writes(home, variable) {
                continue;
            }
            let is_shared = matches!(
                program.variable(variable).kind,
                VariableKind::Field(_) | VariableKind::Global
            );
            if let Some(lock) = self.written_under(home, variable) {
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
        let block = program.step(close).block;
        program.block(block).steps.iter().any(|&step| {
            kept.is_some_and(|variable| writes_to(program, step, variable))
                || program
                    .call(step)
                    .is_some_and(|call| call.api == Api::MapDelete)
                || removes_element(program, step)
        })
    }

    /// `select { case <-ch: default: close(ch) }`: the select.
    fn in_default_of_itself(&self, close: StepId) -> Option<StepId> {
        let program = self.program;
        let channel = program.channel_of(close);
        let asks = |select: StepId| {
            let arms = program.arms(select);
            arms.iter().any(|(_, kind)| *kind == ArmKind::Default)
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

    /// What is asked on every way to a step: by the conditions around it and by those before it
    /// that turn away. A function with one caller is asked for there too.
    fn asked_before(&self, step: StepId, depth: u32) -> Vec<(Span, Asked)> {
        let mut found = Vec::new();
        let Some(depth) = depth.checked_sub(1) else {
            return found;
        };
        let program = self.program;
        for condition in conditions(program, step) {
            let at = program.expr(condition).span;
            self.asked(condition, 3, &mut |asked| found.push((at, asked)));
        }
        let function = program.function_of(step);
        let site = match program.callers[function.index()].as_slice() {
            &[caller]
                if matches!(program.op(caller), Op::Call(_))
                    && !program.function(function).exported =>
            {
                Some(caller)
            }
            _ => self.once.get(&function).copied(),
        };
        if let Some(site) = site {
            found.extend(self.asked_before(site, depth));
        }
        found
    }

    /// What an expression asks.
    fn asked(&self, condition: ExprId, depth: u32, say: &mut dyn FnMut(Asked)) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        let program = self.program;
        if let ExprKind::Binary(BinaryOp::Equal | BinaryOp::NotEqual, a, b) =
            *program.kind(condition)
        {
            let value = match (program.kind(a), program.kind(b)) {
                (ExprKind::Nil, _) => Some(b),
                (_, ExprKind::Nil) => Some(a),
                _ => None,
            };
            if let Some(variable) = value.and_then(|value| variable_of(program, value)) {
                let ty = program.variable(variable).ty;
                if !matches!(program.underlying(ty), Type::Error) {
                    say(Asked::Nil(variable));
                }
                return;
            }
        }
        match *program.kind(condition) {
            ExprKind::Call(step) => self.asked_by_call(step, depth, say),
            ExprKind::Field(..) => {
                if let Some(variable) = variable_of(program, condition)
                    && is_flag_like(program, variable)
                {
                    say(Asked::Flag(Some(variable), false));
                }
            }
            ExprKind::Member(_, name) if says_over(program.text(name)) => {
                say(Asked::Flag(None, false));
            }
            ExprKind::Variable(variable) => match program.variable(variable).init {
                Init::Value(value) if program.variable(variable).kind == VariableKind::Local => {
                    if is_flag_like(program, variable) {
                        say(Asked::Flag(Some(variable), false));
                    }
                    self.asked(value, depth, say);
                }
                Init::Part(value, part) => match *program.kind(value) {
                    ExprKind::Index(..) => say(Asked::Key),
                    ExprKind::Call(_) if part > 0 => self.asked(value, depth, say),
                    _ => {}
                },
                _ if is_flag_like(program, variable) => {
                    say(Asked::Flag(Some(variable), false));
                }
                _ => {}
            },
            ExprKind::Index(..) => say(Asked::Key),
            ExprKind::Binary(_, a, b) => {
                self.asked(a, depth + 1, say);
                self.asked(b, depth + 1, say);
            }
            ExprKind::Unary(_, inner)
            | ExprKind::Convert(_, inner)
            | ExprKind::Dereference(inner) => self.asked(inner, depth + 1, say),
            _ => {}
        }
    }

    fn asked_by_call(&self, step: StepId, depth: u32, say: &mut dyn FnMut(Asked)) {
        let program = self.program;
        let Some(call) = program.call(step) else {
            return;
        };
        let place = call
            .receiver
            .or_else(|| program.list(call.args).first().copied())
            .and_then(|value| variable_of(program, value));
        match call.api {
            Api::AtomicLoad => say(Asked::Flag(place, true)),
            Api::AtomicSwap | Api::AtomicCompareSwap | Api::AtomicAdd => say(Asked::Swap(place)),
            Api::ContextErr => say(Asked::Done),
            Api::ErrorTest => {}
            _ => match call.target {
                Some(target) => self.asked_by_function(target, depth, say),
                None if says_over(&program.callee_name(call.callee)) => {
                    say(Asked::Flag(None, false));
                }
                None => {}
            },
        }
    }

    /// A method such as `isClosed()`: what it returns, and what it tests on the way.
    fn asked_by_function(&self, target: FunctionId, depth: u32, say: &mut dyn FnMut(Asked)) {
        let program = self.program;
        let steps = program.steps_of(target);
        if steps.len() > 40 {
            return;
        }
        for step in steps {
            match program.op(step) {
                Op::Return(values) => {
                    for &value in program.list(*values) {
                        self.asked(value, depth, say);
                    }
                }
                Op::Branch { condition, .. } => self.asked(*condition, depth, say),
                Op::Select(_)
                    if program
                        .arms(step)
                        .iter()
                        .any(|(_, kind)| *kind == ArmKind::Done) =>
                {
                    say(Asked::Done);
                }
                _ => {}
            }
        }
    }
}

/// The conditions that hold when a step runs: those of the branches and switches around it, and
/// those before it that leave in one of their branches.
fn conditions(program: &Program, step: StepId) -> Vec<ExprId> {
    let mut found = Vec::new();
    for (owner, how) in program.ancestors(step) {
        match (program.op(owner), how) {
            (Op::Branch { condition, .. }, Owner::Then(_) | Owner::Else(_)) => {
                found.push(*condition);
            }
            (Op::Switch { subject, cases }, Owner::Case(_, at)) => {
                found.extend(*subject);
                if let Some(Case { values, .. }) = cases.get(at as usize) {
                    found.extend_from_slice(program.list(*values));
                }
            }
            (Op::Loop(l), Owner::Body(_)) => found.extend(l.condition()),
            _ => {}
        }
    }
    for earlier in earlier_in_blocks(program, step) {
        if let Op::Branch {
            condition,
            then,
            otherwise,
        } = *program.op(earlier)
            && (program.block_diverges(then)
                || otherwise.is_some_and(|otherwise| program.block_diverges(otherwise)))
        {
            found.push(condition);
        }
    }
    found
}

/// The steps that stand before a step in its block and in the blocks around it.
fn earlier_in_blocks(program: &Program, step: StepId) -> Vec<StepId> {
    let mut found = Vec::new();
    let mut at = step;
    loop {
        let (block, index) = (program.step(at).block, program.step(at).index as usize);
        let block = program.block(block);
        found.extend(block.steps.iter().take(index).rev().take(60));
        match block.owner.step() {
            Some(owner) => at = owner,
            None => return found,
        }
    }
}

/// The variable that an expression names.
fn variable_of(program: &Program, id: ExprId) -> Option<VariableId> {
    match *program.kind(id) {
        ExprKind::Variable(variable) | ExprKind::Field(_, variable) => Some(variable),
        ExprKind::Reference(inner) | ExprKind::Dereference(inner) | ExprKind::Convert(_, inner) => {
            variable_of(program, inner)
        }
        _ => None,
    }
}

fn writes_to(program: &Program, step: StepId, variable: VariableId) -> bool {
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

fn is_flag_like(program: &Program, variable: VariableId) -> bool {
    let known = program.variable(variable);
    matches!(
        program.underlying(known.ty),
        Type::Boolean | Type::Integer(_)
    ) || matches!(program.underlying(known.ty), Type::Unknown | Type::Named(_))
        && says_over(program.text(known.name))
}

/// Whether a name says that something is over, or still on.
fn says_over(name: &str) -> bool {
    const ON: &[&str] = &[
        "running", "alive", "active", "started", "open", "ready", "state",
    ];
    let lower = name.to_ascii_lowercase();
    is_end_name(name) || ON.iter().any(|on| lower.contains(on))
}
