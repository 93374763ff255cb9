//! How many values the tasks that a home has started can send.

use super::made_here::Sides;
use super::{harmless, runs_any, turns};
use crate::model::paths::{ENOUGH, Mark, Trust, Way};
use crate::model::{FunctionId, Op, StepId};

impl Sides<'_> {
    /// How many values the tasks can send, at most, that were started before a way out is taken.
    pub(super) fn can_be_sent(&self, exit: Option<StepId>) -> u32 {
        let program = self.program;
        let sends = &program.object(self.channel).sends;
        if sends
            .iter()
            .all(|&send| harmless::goes_to_each(program, send))
        {
            return 1;
        }
        let mut total = 0u32;
        let mut seen = false;
        for step in program.steps_in(self.home.block) {
            let Op::Spawn(spawn) = program.op(step) else {
                continue;
            };
            let Some(target) = spawn.target else { continue };
            if exit.is_some_and(|exit| self.starts_after(step, exit)) {
                continue;
            }
            if !runs_any(program, target, &self.senders) {
                continue;
            }
            seen = true;
            let each = self.sends_of(target);
            let times = program
                .ancestors(step)
                .take_while(|(owner, _)| {
                    !matches!(program.op(*owner), Op::Loop(l) if l.body == self.home.block)
                })
                .filter(|(owner, _)| {
                    matches!(program.op(*owner), Op::Loop(l) if !self.takes_each_turn(l.body, step, each)
                        && !harmless::is_one_at_a_time(program, step, l.body))
                })
                .fold(1u32, |times, (looped, _)| {
                    times.saturating_mul(turns(program, looped).unwrap_or(ENOUGH))
                });
            total = total.saturating_add(each.saturating_mul(times));
        }
        if seen { total } else { 1 }
    }

    /// Whether every turn of a loop that starts a task also receives all that this task sends.
    fn takes_each_turn(&self, body: crate::model::BlockId, spawn: StepId, each: u32) -> bool {
        let program = self.program;
        if program.step(spawn).block != body {
            return false;
        }
        let ways = program.ways_out(body, false, Trust::Conditions, &|step| match self
            .mark_receive(step)
        {
            Mark::Start if step != spawn => Mark::Nothing,
            mark => mark,
        });
        let stays = |way: &&Way| {
            way.exit
                .is_none_or(|exit| matches!(program.op(exit), Op::Continue(_)))
        };
        !ways.is_empty() && ways.iter().filter(stays).all(|way| way.count >= each)
    }

    /// Whether a task is started only after a way out was not taken.
    fn starts_after(&self, spawn: StepId, exit: StepId) -> bool {
        let program = self.program;
        program.function_of(exit) == program.function_of(spawn)
            && program.is_before(exit, spawn)
            && !program.ancestors(exit).any(|(owner, _)| {
                matches!(program.op(owner), Op::Loop(l) if l.body != self.home.block)
                    && program.is_inside(spawn, owner)
            })
    }

    fn sends_of(&self, task: FunctionId) -> u32 {
        let program = self.program;
        program.most_often(task, &|step| match program.op(step) {
            Op::Send { .. } if program.channel_of(step) == Some(self.channel) => Mark::Once,
            Op::Call(call) => match call.target {
                Some(target) if target != task && runs_any(program, target, &self.senders) => {
                    let inner = program.most_often(target, &|inner| {
                        if matches!(program.op(inner), Op::Send { .. })
                            && program.channel_of(inner) == Some(self.channel)
                        {
                            Mark::Once
                        } else {
                            Mark::Nothing
                        }
                    });
                    if inner == 1 { Mark::Once } else { Mark::Enough }
                }
                _ => Mark::Nothing,
            },
            _ => Mark::Nothing,
        })
    }
}
