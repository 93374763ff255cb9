//! The order in which steps run, as far as the structure of blocks tells.

use super::{Api, BlockId, ExprKind, FunctionId, LoopKind, Op, Owner, Program, StepId, Symbol};

/// How a step leaves a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Leaves the function.
    Return,
    /// Leaves the loop.
    Break,
    /// Ends the task or the process, or jumps elsewhere.
    Away,
}

impl Program {
    /// Whether `a` has always run when `b` runs: it stands before `b` in the same block or in a
    /// block around it.
    pub fn dominates(&self, a: StepId, b: StepId) -> bool {
        let (block, index) = (self.step(a).block, self.step(a).index);
        let mut at = b;
        loop {
            let step = self.step(at);
            if step.block == block {
                return index < step.index;
            }
            match self.block(step.block).owner.step() {
                Some(owner) => at = owner,
                None => return false,
            }
        }
    }

    /// Whether `a` stands before `b` in the text of the same file.
    pub fn is_before(&self, a: StepId, b: StepId) -> bool {
        let (a, b) = (self.span(a), self.span(b));
        a.file == b.file && a.start < b.start
    }

    /// Whether a step never goes on to the next: it returns, jumps, panics or ends the process.
    pub fn diverges(&self, step: StepId) -> bool {
        match self.op(step) {
            Op::Return(_) | Op::Break(_) | Op::Continue(_) | Op::Goto(_) => true,
            Op::Call(call) => matches!(call.api, Api::Exit | Api::Panic | Api::TaskExit),
            _ => false,
        }
    }

    /// Whether the last step of a block returns.
    pub fn ends_in_return(&self, block: BlockId) -> bool {
        let last = self.block(block).steps.last();
        last.is_some_and(|&last| matches!(self.op(last), Op::Return(_)))
    }

    /// Whether the last step of a block returns, or breaks out of what is around it.
    pub fn ends_in_leaving(&self, block: BlockId) -> bool {
        let last = self.block(block).steps.last();
        last.is_some_and(|&last| matches!(self.op(last), Op::Return(_) | Op::Break(_)))
    }

    /// Whether a step runs when something failed (`true`), went well (`false`), or either way.
    pub fn outcome_at(&self, step: StepId) -> Option<bool> {
        let mut at = step;
        loop {
            let (block, index) = (self.step(at).block, self.step(at).index as usize);
            // An earlier branch that leaves on one outcome leaves the other.
            for &earlier in self.block(block).steps[..index].iter().rev() {
                if let Op::Branch {
                    condition,
                    then,
                    otherwise: None,
                } = self.op(earlier)
                    && let Some(failed) = self.failure_test(*condition)
                    && self.block_diverges(*then)
                {
                    return Some(!failed);
                }
            }
            let owner = self.block(block).owner;
            let around = owner.step()?;
            if let Op::Branch { condition, .. } = self.op(around)
                && let Some(failed) = self.failure_test(*condition)
            {
                return match owner {
                    Owner::Then(_) => Some(failed),
                    _ => Some(!failed),
                };
            }
            at = around;
        }
    }

    /// What a function that yields a truth value says by `true`: that it went well (`true`), or that
    /// something failed (`false`).
    pub fn says_it_went_well(&self, function: FunctionId) -> Option<bool> {
        let mut said = None;
        for step in self.steps_of(function) {
            let Op::Return(values) = *self.op(step) else {
                continue;
            };
            let &[value] = self.list(values) else {
                return None;
            };
            let here = match *self.kind(value) {
                ExprKind::Bool(yes) => self.outcome_at(step).map(|failed| yes != failed),
                _ => Some(!self.failure_test(value)?),
            };
            if said.is_some() && here.is_some() && said != here {
                return None;
            }
            said = said.or(here);
        }
        said
    }

    /// Whether the end of a block is never reached.
    pub fn block_diverges(&self, block: BlockId) -> bool {
        self.block_diverges_within(block, 24)
    }

    fn block_diverges_within(&self, block: BlockId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        self.block(block).steps.iter().any(|&step| {
            self.diverges(step)
                || match self.op(step) {
                    Op::Branch {
                        then,
                        otherwise: Some(otherwise),
                        ..
                    } => {
                        self.block_diverges_within(*then, depth)
                            && self.block_diverges_within(*otherwise, depth)
                    }
                    Op::Scope(inner) => self.block_diverges_within(*inner, depth),
                    Op::Loop(l) => {
                        matches!(l.kind, LoopKind::Forever)
                            && self
                                .loop_exits(step)
                                .iter()
                                .all(|(_, exit)| *exit != Exit::Break)
                    }
                    Op::Switch { cases, .. } => {
                        cases.iter().any(|case| case.is_default)
                            && cases.iter().all(|case| {
                                self.block_diverges_within(case.body, depth)
                                    && !self.breaks_out(case.body)
                            })
                    }
                    Op::Select(arms) => {
                        !arms.is_empty()
                            && arms.iter().all(|arm| {
                                self.block_diverges_within(arm.body, depth)
                                    && !self.breaks_out(arm.body)
                            })
                    }
                    _ => false,
                }
        })
    }

    /// Whether a plain break in this arm or case leaves only the select or switch.
    fn breaks_out(&self, block: BlockId) -> bool {
        self.steps_in(block).into_iter().any(|step| {
            matches!(self.op(step), Op::Break(None)) && {
                let inner = self
                    .ancestors(step)
                    .take_while(|(_, owner)| *owner != self.block(block).owner)
                    .any(|(_, owner)| {
                        matches!(owner, Owner::Body(_) | Owner::Arm(..) | Owner::Case(..))
                    });
                !inner
            }
        })
    }

    /// Every step that leaves a loop, and how. The condition of the loop is not among them.
    pub fn loop_exits(&self, looped: StepId) -> Vec<(StepId, Exit)> {
        let Op::Loop(l) = self.op(looped) else {
            return Vec::new();
        };
        let mut exits = Vec::new();
        for step in self.steps_in(l.body) {
            match self.op(step) {
                Op::Return(_) => exits.push((step, Exit::Return)),
                Op::Break(label) if self.leaves(step, *label, looped) => {
                    exits.push((step, Exit::Break))
                }
                Op::Continue(Some(label)) if self.is_outer_label(*label, looped) => {
                    exits.push((step, Exit::Break))
                }
                Op::Goto(_) => exits.push((step, Exit::Away)),
                Op::Call(call) if matches!(call.api, Api::Exit | Api::Panic | Api::TaskExit) => {
                    exits.push((step, Exit::Away))
                }
                _ => {}
            }
        }
        exits
    }

    /// Whether a break leaves this loop. A plain one leaves the innermost loop, switch or select.
    fn leaves(&self, step: StepId, label: Option<Symbol>, looped: StepId) -> bool {
        match label {
            None => self
                .ancestors(step)
                .find(|(_, owner)| {
                    matches!(owner, Owner::Body(_) | Owner::Arm(..) | Owner::Case(..))
                })
                .is_some_and(|(owner, _)| owner == looped),
            Some(label) => {
                self.label_of(looped) == Some(label) || self.is_outer_label(label, looped)
            }
        }
    }

    /// Whether a label is not that of this loop or of a loop within it.
    fn is_outer_label(&self, label: Symbol, looped: StepId) -> bool {
        if self.label_of(looped) == Some(label) {
            return false;
        }
        let Op::Loop(l) = self.op(looped) else {
            return false;
        };
        !self
            .steps_in(l.body)
            .into_iter()
            .any(|step| self.label_of(step) == Some(label))
    }

    fn label_of(&self, step: StepId) -> Option<Symbol> {
        match self.op(step) {
            Op::Loop(l) => l.label,
            _ => None,
        }
    }

    /// Whether a loop goes on until something in its body leaves it.
    pub fn is_endless(&self, looped: StepId) -> bool {
        match self.op(looped) {
            Op::Loop(l) => match l.kind {
                LoopKind::Forever => true,
                LoopKind::While(condition) => {
                    self.constant(condition) == Some(super::Constant::Bool(true))
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// The steps of a function that run after a step, in the order of the text: those behind it
    /// in its block and in the blocks around it, with all that they hold.
    pub fn after(&self, step: StepId) -> Vec<StepId> {
        let mut found = Vec::new();
        let mut at = step;
        loop {
            let (block, index) = (self.step(at).block, self.step(at).index as usize);
            for &next in &self.block(block).steps[index + 1..] {
                found.push(next);
                for inner in self.blocks_of(next) {
                    found.extend(self.steps_in(inner));
                }
            }
            match self.block(block).owner.step() {
                Some(owner) => at = owner,
                None => return found,
            }
        }
    }

    /// Every step of a function that stands in the text before a step.
    pub fn before(&self, step: StepId, function: FunctionId) -> Vec<StepId> {
        let limit = self.span(step).start;
        self.steps_of(function)
            .into_iter()
            .filter(|&other| self.span(other).start < limit && other != step)
            .collect()
    }
}
