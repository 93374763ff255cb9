//! Q5: where the system stops, and what it waits for.

use super::{Seen, joined, named};
use crate::model::channels::{ArmKind, Source};
use crate::model::roles::is_shutdown_name;
use crate::model::{Api, FunctionId, FunctionKind, Op, Program, StepId};

/// How many functions of a stop are looked into.
const REACH: usize = 40;
/// How many different waits are named.
const NAMED: usize = 4;

pub(super) fn list(program: &Program, seen: &mut Seen) {
    for (id, function) in program.functions_with_ids() {
        let is_closure = matches!(function.kind, FunctionKind::Closure(_));
        if function.has_body && !is_closure && program.is_shutdown(id) {
            let path = Path::of(program, id);
            let what = named("stop path", &program.function_name(id));
            seen.add(function.head, &[], what, path.answer(), path.is_fine());
        }
    }
    for step in program.step_ids() {
        if matches!(program.call(step), Some(call) if call.api == Api::SignalNotify) {
            let function = program.outermost(program.function_of(step));
            let path = Path::of(program, function);
            seen.add(
                program.span(step),
                &[],
                named("signal path in", &program.function_name(function)),
                path.answer(),
                path.is_fine(),
            );
        }
    }
}

/// What a way of stopping does.
#[derive(Default)]
struct Path {
    waits: Vec<String>,
    /// It ends something that runs.
    ends: bool,
    sleeps: bool,
}

impl Path {
    fn of(program: &Program, function: FunctionId) -> Path {
        let mut path = Path::default();
        for reached in program.reach(function).into_iter().take(REACH) {
            for step in program.steps_of(reached) {
                path.step(program, step);
            }
        }
        path
    }

    fn step(&mut self, program: &Program, step: StepId) {
        match program.op(step) {
            Op::Close { .. } => self.ends = true,
            Op::Receive { channel, .. }
                if program.select_of(step).is_none()
                    && !program.is_process_signal(*channel)
                    && !matches!(program.channel_source(*channel), Source::Done(_)) =>
            {
                self.wait(program.show(*channel));
            }
            Op::Select(_) => {
                for (arm, kind) in program.arms(step) {
                    if matches!(kind, ArmKind::Receive | ArmKind::Done)
                        && let Some(inner) = arm.communication
                        && let Op::Receive { channel, .. } = *program.op(inner)
                        && matches!(program.channel_source(channel), Source::Object(_))
                        && !program.is_process_signal(channel)
                    {
                        self.wait(program.show(channel));
                    }
                }
            }
            Op::Call(call) => match call.api {
                Api::GroupWait => self.wait(program.show(call.callee)),
                Api::Sleep => self.sleeps = true,
                Api::Cancel => self.ends = true,
                Api::Other if call.target.is_none() => {
                    let name = program.callee_name(call.callee);
                    if is_shutdown_name(&name) || name == "Wait" {
                        self.wait(program.show(call.callee));
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn wait(&mut self, name: String) {
        let word = format!("`{name}`");
        if !self.waits.contains(&word) {
            self.waits.push(word);
        }
    }

    fn answer(&self) -> String {
        let mut words: Vec<String> = self.waits.iter().take(NAMED).cloned().collect();
        if self.waits.len() > NAMED {
            words.push(format!("{} more", self.waits.len() - NAMED));
        }
        match (words.is_empty(), self.sleeps) {
            (true, true) => "waits a fixed time".to_owned(),
            (true, false) => "waits for nothing".to_owned(),
            (false, _) => format!("waits for {}", joined(&words, "nothing")),
        }
    }

    /// A stop that ends nothing has nothing to wait for.
    fn is_fine(&self) -> bool {
        !self.waits.is_empty() || !(self.ends || self.sleeps)
    }
}
