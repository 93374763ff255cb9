//! Who runs what: which functions run as tasks of their own, which run within a caller, and
//! which can run several times at once.

use super::{ExprId, ExprKind, FunctionId, Init, Op, Program, StepId};

/// How many functions are followed from one entry.
const MAX_REACH: usize = 200;

/// Spawns of each function, and where each runs.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    spawned_at: Vec<Vec<StepId>>,
    entries: Vec<Vec<FunctionId>>,
    runs: Vec<Vec<FunctionId>>,
    handed_to: Vec<Vec<StepId>>,
}

impl Program {
    fn tasks(&self) -> &Tasks {
        self.tasks.get_or_init(|| Tasks::compute(self))
    }

    /// The steps that start this function as a task.
    pub fn spawned_at(&self, function: FunctionId) -> &[StepId] {
        &self.tasks().spawned_at[function.index()]
    }

    /// Whether this function is started as a task of its own somewhere in view.
    pub fn is_task(&self, function: FunctionId) -> bool {
        !self.spawned_at(function).is_empty()
    }

    /// The entries on whose task this function can run: tasks, handlers, functions that nobody
    /// in view calls. A function that is an entry itself is among them.
    pub fn entries_of(&self, function: FunctionId) -> &[FunctionId] {
        &self.tasks().entries[function.index()]
    }

    /// The functions that a function runs on its own task, directly: called in view, or closures
    /// that it hands to calls.
    pub fn runs(&self, function: FunctionId) -> &[FunctionId] {
        &self.tasks().runs[function.index()]
    }

    /// The calls that a function is handed to, to be run there or kept.
    pub fn handed_to(&self, function: FunctionId) -> &[StepId] {
        &self.tasks().handed_to[function.index()]
    }

    /// The function and all that it runs on its own task, followed to a bound.
    pub fn reach(&self, function: FunctionId) -> Vec<FunctionId> {
        self.tasks().reach(function)
    }

    /// Whether a step can run several times at once in view: it runs on a handler, on a task
    /// that is spawned in a loop or in several places, or on several tasks.
    pub fn runs_at_once(&self, step: StepId) -> bool {
        let function = self.function_of(step);
        let entries = self.entries_of(function);
        let tasks = entries
            .iter()
            .filter(|&&entry| self.is_task(entry) || self.function(entry).handler.is_some())
            .count();
        tasks > 1 || entries.iter().any(|&entry| self.is_many(entry))
    }

    /// Whether an entry runs many times at once: a handler, or a task spawned again and again.
    pub fn is_many(&self, entry: FunctionId) -> bool {
        if self.function(entry).handler.is_some() {
            return true;
        }
        let sites = self.spawned_at(entry);
        sites.len() > 1
            || sites.iter().any(|&site| {
                self.enclosing_loop(site).is_some()
                    || self.repeated_by(self.function_of(site)).is_some()
            })
    }

    /// Up to which number a closure runs, once for each: `(0..workers).map(|_| …)`.
    pub fn repeated_by(&self, closure: FunctionId) -> Option<ExprId> {
        const EACH: &[&str] = &["map", "for_each", "flat_map", "filter_map", "try_for_each"];
        self.handed_to(closure).iter().find_map(|&step| {
            let call = self.call(step)?;
            let (on, name) = match *self.kind(call.callee) {
                ExprKind::Member(on, name) => (on, name),
                _ => return None,
            };
            let end = self.ranges.get(&on).copied();
            end.filter(|_| EACH.contains(&self.text(name)))
        })
    }

    /// Whether a call only makes what an asynchronous function would yield: the function that
    /// calls cannot wait for it, and leaves that to a task.
    pub fn only_makes(&self, step: StepId) -> bool {
        let target = self.call(step).and_then(|call| call.target);
        let caller = self.function_of(step);
        target.is_some_and(|target| self.asynchronous.contains(&target))
            && !self.is_closure(caller)
            && !self.drives.contains(&caller)
    }

    /// Whether a step serves requests, and is over when nobody is served any more.
    pub fn serves_here(&self, step: StepId) -> bool {
        let serves = self
            .call(step)
            .is_some_and(|call| call.api == super::Api::Serve);
        serves && (!self.has_owners || self.served.contains(&step))
    }

    /// The function that a value is: named, or a closure on the spot or under its name.
    pub fn function_of_value(&self, value: ExprId) -> Option<FunctionId> {
        match *self.kind(value) {
            ExprKind::Function(function, _) => Some(function),
            _ => closure_of(self, value),
        }
    }

    /// Whether a closure runs where it stands: called or deferred on the spot.
    pub fn runs_in_place(&self, closure: FunctionId) -> bool {
        self.callers[closure.index()].iter().any(|&caller| match self.op(caller) {
            Op::Call(call) => matches!(*self.kind(call.callee), ExprKind::Closure(function) if function == closure),
            _ => false,
        })
    }

    /// Whether a step stands in a deferred block or in a closure that is deferred.
    pub fn runs_deferred(&self, step: StepId) -> bool {
        if self.is_deferred(step) {
            return true;
        }
        let function = self.function_of(step);
        self.is_closure(function)
            && self.callers[function.index()]
                .iter()
                .any(|&caller| self.is_deferred(caller))
    }
}

impl Tasks {
    fn compute(program: &Program) -> Tasks {
        let count = program.functions.len();
        let mut tasks = Tasks {
            spawned_at: vec![Vec::new(); count],
            entries: vec![Vec::new(); count],
            runs: vec![Vec::new(); count],
            handed_to: vec![Vec::new(); count],
        };
        for at in 0..program.steps.len() {
            tasks.edge(program, StepId(at as u32));
        }
        let mut is_run = vec![false; count];
        for &run in tasks.runs.iter().flatten() {
            is_run[run.index()] = true;
        }
        for entry in program.function_ids() {
            let function = program.function(entry);
            let is_spawned = !tasks.spawned_at[entry.index()].is_empty();
            if is_spawned
                || function.handler.is_some()
                || function.exported
                || !is_run[entry.index()]
            {
                for reached in tasks.reach(entry) {
                    tasks.entries[reached.index()].push(entry);
                }
            }
        }
        tasks
    }

    fn edge(&mut self, program: &Program, step: StepId) {
        match program.op(step) {
            Op::Spawn(spawn) => {
                if let Some(target) = spawn.target {
                    self.spawned_at[target.index()].push(step);
                }
            }
            Op::Call(call) => {
                let from = program.function_of(step);
                if !program.only_makes(step) {
                    self.runs[from.index()].extend(call.target);
                }
                for &argument in program.list(call.args) {
                    if let Some(handed) = program.function_of_value(argument) {
                        self.handed_to[handed.index()].push(step);
                    }
                }
                let is_kept = matches!(
                    call.api,
                    super::Api::TimerFunction | super::Api::ContextAfter
                );
                let name = program.callee_name(call.callee);
                if is_kept || starts_tasks(&name) || call.target.is_none() && is_hook(&name) {
                    return;
                }
                for &argument in program.list(call.args) {
                    self.runs[from.index()].extend(closure_of(program, argument));
                }
            }
            _ => {}
        }
    }

    fn reach(&self, from: FunctionId) -> Vec<FunctionId> {
        let mut reached = vec![from];
        let mut at = 0;
        while at < reached.len() && reached.len() < MAX_REACH {
            for &next in &self.runs[reached[at].index()] {
                if !reached.contains(&next) {
                    reached.push(next);
                }
            }
            at += 1;
        }
        reached
    }
}

/// The closure that an argument is, on the spot or under the name that it was given.
fn closure_of(program: &Program, argument: ExprId) -> Option<FunctionId> {
    match *program.kind(argument) {
        ExprKind::Closure(closure) => Some(closure),
        ExprKind::Variable(variable) => match program.variable(variable).init {
            Init::Value(value) => match *program.kind(value) {
                ExprKind::Closure(closure) => Some(closure),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// Whether a function by this name keeps what it is handed for when something happens:
/// `RegisterOnShutdown`, `OnClose`.
pub(crate) fn is_hook(name: &str) -> bool {
    let event = name
        .strip_prefix("RegisterOn")
        .or_else(|| name.strip_prefix("On"));
    event.is_some_and(|event| event.starts_with(|c: char| c.is_ascii_uppercase()))
        || name.starts_with("AddListener")
}

/// Whether a function by this name starts what it is handed as a task and does not wait for it.
pub(crate) fn starts_tasks(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let waits = || {
        ["wait", "join", "scope"]
            .iter()
            .any(|word| name.contains(word))
    };
    name.starts_with("spawn") && !waits()
}
