//! Whether two steps belong to different lives: of the program, of a test, of a channel.

use super::Closings;
use crate::model::channels::Capacity;
use crate::model::{
    BinaryOp, ExprKind, FunctionId, FunctionKind, ObjectId, Op, Owner, Program, StepId,
    VariableKind,
};
use crate::source::FileId;
use rustc_hash::{FxHashMap, FxHashSet};

/// What the names of functions begin with that a test run calls one by one.
const RUN_BY_NAME: &[&str] = &["test", "benchmark", "fuzz", "example"];

impl Closings<'_> {
    /// Whether two steps on a channel never share one channel: they run in different tests, only
    /// one of their functions is ever built, or the function that makes the channel runs only
    /// one of them.
    pub fn have_own_lives(&self, channel: ObjectId, a: StepId, b: StepId) -> bool {
        self.are_in_other_tests(channel, a, b)
            || self.are_never_built_together(a, b)
            || self.part_after_make(channel, a, b)
    }

    /// Tests run one after the other and set up what they use, unless it is made once for all.
    fn are_in_other_tests(&self, channel: ObjectId, a: StepId, b: StepId) -> bool {
        let program = self.program;
        let object = program.object(channel);
        let is_made_once = object
            .variables
            .iter()
            .any(|&variable| program.variable(variable).kind == VariableKind::Global);
        if is_made_once {
            return false;
        }
        match (self.tests_of(a), self.tests_of(b)) {
            (Some(of_a), Some(of_b)) => of_a.iter().all(|test| !of_b.contains(test)),
            _ => false,
        }
    }

    /// The tests on whose behalf a step runs, where it runs for nobody else.
    fn tests_of(&self, step: StepId) -> Option<Vec<FunctionId>> {
        let program = self.program;
        let entries = self.entries(self.home_of(step));
        let tests: Vec<FunctionId> = entries
            .into_iter()
            .map(|entry| program.outermost(entry))
            .collect();
        let is_test = |test: &FunctionId| {
            let function = program.function(*test);
            let name = program.text(function.name).to_ascii_lowercase();
            function.is_test && RUN_BY_NAME.iter().any(|word| name.starts_with(word))
        };
        tests.iter().all(is_test).then_some(tests)
    }

    /// Two files that both hold a function of one name are never built together.
    fn are_never_built_together(&self, a: StepId, b: StepId) -> bool {
        let (first, second) = (self.program.span(a).file, self.program.span(b).file);
        first != second
            && self
                .alternatives
                .get_or_init(|| alternatives(self.program))
                .contains(&(first.min(second), first.max(second)))
    }

    /// The only function that makes a channel, and hands it on by arguments alone, either starts
    /// what leads to the one step or what leads to the other.
    fn part_after_make(&self, channel: ObjectId, a: StepId, b: StepId) -> bool {
        let program = self.program;
        let object = program.object(channel);
        let [made] = *object.makes.as_slice() else {
            return false;
        };
        if !self.is_handed_on(channel) {
            return false;
        }
        let Some(maker) = program.function_at(program.expr(made).span) else {
            return false;
        };
        let leads_to = |goal: StepId| -> Vec<StepId> {
            let goal = program.function_of(goal);
            let starts = |step: &StepId| {
                let target = match program.op(*step) {
                    Op::Call(call) => call.target,
                    Op::Spawn(spawn) => spawn.target,
                    _ => None,
                };
                target.is_some_and(|target| program.reach(target).contains(&goal))
            };
            program.steps_of(maker).into_iter().filter(starts).collect()
        };
        let (to_a, to_b) = (leads_to(a), leads_to(b));
        !to_a.is_empty()
            && !to_b.is_empty()
            && to_a
                .iter()
                .all(|&a| to_b.iter().all(|&b| a != b && program.are_apart(a, b)))
    }

    /// Whether a channel is known by arguments, results and local variables alone.
    fn is_handed_on(&self, channel: ObjectId) -> bool {
        let program = self.program;
        program.object(channel).variables.iter().all(|&variable| {
            !matches!(
                program.variable(variable).kind,
                VariableKind::Field(_) | VariableKind::Global
            )
        })
    }

    /// Whether a channel serves as a token that its users take and give back: who holds it is
    /// alone with the channel.
    pub fn is_token(&self, channel: ObjectId) -> bool {
        let program = self.program;
        let object = program.object(channel);
        let holds_one = matches!(program.capacity(channel), Capacity::Known(1))
            && program.size_of(program.element_type(channel)) == Some(0);
        holds_one
            && object.takes().any(|take| {
                let home = self.home_of(take);
                object.sends.iter().any(|&send| self.home_of(send) == home)
            })
    }

    /// Whether a close stands in a closure that is given away with a channel of its own: whoever
    /// has asked for both closes when it is done.
    pub fn is_given_away(&self, channel: ObjectId, close: StepId) -> bool {
        let program = self.program;
        let home = self.home_of(close);
        let FunctionKind::Closure(parent) = program.function(home).kind else {
            return false;
        };
        let is_returned = program.steps_of(parent).into_iter().any(|step| {
            matches!(program.op(step), Op::Return(values)
                if program.list(*values).iter().any(|&value|
                    matches!(*program.kind(value), ExprKind::Closure(closure) if closure == home)))
        });
        self.is_handed_on(channel) && is_returned && !program.is_task(home)
    }

    /// Whether the variable of a closed channel gets a new one beside the close: the next life
    /// begins.
    pub fn is_made_anew(&self, close: StepId) -> bool {
        let program = self.program;
        let kept = self
            .channel_expr(close)
            .and_then(|channel| self.kept_in(channel));
        let block = program.step(close).block;
        kept.is_some_and(|kept| {
            program.block(block).steps.iter().any(|&step| {
                let Op::Assign(assign) = program.op(step) else {
                    return false;
                };
                let (targets, values) = (program.list(assign.targets), program.list(assign.values));
                targets.iter().zip(values).any(|(&target, &value)| {
                    super::asked::variable_of(program, target) == Some(kept)
                        && matches!(program.kind(value), ExprKind::MakeChannel(..))
                })
            })
        })
    }

    /// Whether the variable of a channel gets another between two steps of its function.
    pub fn is_assigned_between(&self, first: StepId, second: StepId) -> bool {
        let program = self.program;
        let kept = self
            .channel_expr(first)
            .and_then(|channel| self.kept_in(channel));
        kept.is_some_and(|kept| {
            program
                .steps_of(program.function_of(second))
                .into_iter()
                .any(|step| {
                    program.is_before(first, step)
                        && program.is_before(step, second)
                        && super::guard::writes_to(program, step, kept)
                })
        })
    }

    /// Whether everybody in view who calls the closer is a sender that does so as it leaves, and of
    /// several the last one closes, by their number.
    pub fn is_closed_by_leaving_sender(&self, send: StepId, close: StepId) -> bool {
        let program = self.program;
        let by = program.function_of(close);
        // A closure that has a name is called where it is needed.
        let closer = match program.callers[by.index()].is_empty() {
            true => self.home(by),
            false => by,
        };
        let of_sender = self.entries(self.home_of(send));
        let mut callers = program.callers[closer.index()]
            .iter()
            .filter(|&&caller| !program.function(program.function_of(caller)).is_test)
            .copied()
            .peekable();
        let leaving: Vec<FunctionId> = callers.clone().map(|caller| self.home_of(caller)).collect();
        let is_by_the_last =
            matches!(self.guard(close), super::Guard::Swap(_)) || self.counts_to_none(close);
        // Who counts itself in as well sends nothing, or is over with it.
        let all_leave = of_sender.iter().all(|sender| leaving.contains(sender))
            && (is_by_the_last || leaving.iter().all(|caller| of_sender.contains(caller)));
        let is_at_the_end = |caller: StepId| {
            let is_over = || {
                let mut after = program.after(caller).into_iter();
                !after.any(|step| matches!(program.op(step), Op::Send { .. } | Op::Spawn(_)))
            };
            let is_own = program.enclosing_loop(caller).is_none()
                && program.function_of(caller) != program.function_of(send);
            program.runs_deferred(caller) || is_by_the_last && is_own && is_over()
        };
        callers.peek().is_some()
            && callers.all(is_at_the_end)
            && all_leave
            && (of_sender.len() == 1 || is_by_the_last)
    }

    /// Whether a close stands behind a number that has come down to nothing.
    fn counts_to_none(&self, close: StepId) -> bool {
        let program = self.program;
        program.ancestors(close).any(|(branch, owner)| {
            matches!(owner, Owner::Then(_))
                && matches!(*program.op(branch), Op::Branch { condition, .. }
                if matches!(*program.kind(condition), ExprKind::Binary(BinaryOp::Equal, a, b)
                    if program.constant_int(a) == Some(0) || program.constant_int(b) == Some(0)))
        })
    }

    /// Whether the sender wants a lock of its callers, by its name, and the closer is one of them
    /// or wants the same, and leaves no closed channel behind.
    pub(super) fn share_lock_by_name(&self, send: StepId, close: StepId) -> bool {
        let program = self.program;
        let wants = |function: FunctionId| {
            let name = program.text(program.function(function).name);
            name.ends_with("Locked") || name.ends_with("locked")
        };
        let (sender, closer) = (self.home_of(send), self.home_of(close));
        wants(sender)
            && self.is_replaced(close)
            && (wants(closer) || program.reach(closer).contains(&sender))
    }
}

/// The pairs of files of one package of which a build takes one: both hold a function of one
/// name.
fn alternatives(program: &Program) -> FxHashSet<(FileId, FileId)> {
    let mut known: FxHashMap<(&str, String), FileId> = FxHashMap::default();
    let mut found = FxHashSet::default();
    for (id, function) in program.functions_with_ids() {
        // Of initialisers and nameless functions a package may have many.
        let is_unique = !matches!(program.text(function.name), "init" | "_");
        if !is_unique || matches!(function.kind, FunctionKind::Closure(_)) || !function.has_body {
            continue;
        }
        let file = function.span.file;
        let facts = program.file(file);
        if !facts.is_whole {
            continue;
        }
        let key = (facts.package.as_str(), program.function_name(id));
        match known.get(&key) {
            Some(&other) if other != file => {
                found.insert((file.min(other), file.max(other)));
            }
            Some(_) => {}
            None => {
                known.insert(key, file);
            }
        }
    }
    found
}
