//! Finding one's way in a program: up through what surrounds a step, down through what a
//! block holds, in the order of the text.

use super::ids::{BlockId, FunctionId, StepId};
use super::{Function, FunctionKind, Op, Owner, Program};
use crate::source::Span;

/// What surrounds a step, innermost first: the step that owns the block, and how it owns it.
pub struct Ancestors<'p> {
    program: &'p Program,
    block: BlockId,
}

impl Iterator for Ancestors<'_> {
    type Item = (StepId, Owner);

    fn next(&mut self) -> Option<(StepId, Owner)> {
        let owner = self.program.block(self.block).owner;
        let step = owner.step()?;
        self.block = self.program.step(step).block;
        Some((step, owner))
    }
}

impl Program {
    /// What surrounds a step within its function, innermost first.
    pub fn ancestors(&self, step: StepId) -> Ancestors<'_> {
        Ancestors {
            program: self,
            block: self.step(step).block,
        }
    }

    /// The function that holds a step; for steps in a closure, the closure.
    pub fn function_of(&self, step: StepId) -> FunctionId {
        self.function_of_block(self.step(step).block)
    }

    /// The function that holds a block.
    pub fn function_of_block(&self, mut block: BlockId) -> FunctionId {
        loop {
            match self.block(block).owner {
                Owner::Function(function) => return function,
                owner => match owner.step() {
                    Some(step) => block = self.step(step).block,
                    None => return FunctionId(0),
                },
            }
        }
    }

    /// The named function around a function: itself unless it is a closure.
    pub fn outermost(&self, mut function: FunctionId) -> FunctionId {
        while let FunctionKind::Closure(parent) = self.function(function).kind {
            function = parent;
        }
        function
    }

    /// Whether a function is a closure.
    pub fn is_closure(&self, function: FunctionId) -> bool {
        matches!(self.function(function).kind, FunctionKind::Closure(_))
    }

    /// Whether `inner` is `outer` or a closure within it.
    pub fn is_within(&self, mut inner: FunctionId, outer: FunctionId) -> bool {
        loop {
            if inner == outer {
                return true;
            }
            match self.function(inner).kind {
                FunctionKind::Closure(parent) => inner = parent,
                _ => return false,
            }
        }
    }

    /// The blocks that a step owns, in the order in which they stand.
    pub fn blocks_of(&self, step: StepId) -> Vec<BlockId> {
        match self.op(step) {
            Op::Branch {
                then, otherwise, ..
            } => std::iter::once(*then).chain(*otherwise).collect(),
            Op::Switch { cases, .. } => cases.iter().map(|case| case.body).collect(),
            Op::Select(arms) => arms.iter().flat_map(|arm| [arm.guard, arm.body]).collect(),
            Op::Loop(l) => [l.head, l.body].into_iter().chain(l.post).collect(),
            Op::Scope(block) | Op::Defer(block) => vec![*block],
            _ => Vec::new(),
        }
    }

    /// Every step of a block and of the blocks within it, in the order of the text. Closures
    /// are functions of their own and not entered.
    pub fn steps_in(&self, block: BlockId) -> Vec<StepId> {
        let mut found = Vec::new();
        let mut waiting: Vec<StepId> = self.block(block).steps.iter().rev().copied().collect();
        while let Some(step) = waiting.pop() {
            found.push(step);
            for inner in self.blocks_of(step).into_iter().rev() {
                waiting.extend(self.block(inner).steps.iter().rev());
            }
        }
        found
    }

    /// Every step of a function, closures within it not entered.
    pub fn steps_of(&self, function: FunctionId) -> Vec<StepId> {
        self.steps_in(self.function(function).body)
    }

    /// The innermost loop around a step within its function.
    pub fn enclosing_loop(&self, step: StepId) -> Option<StepId> {
        self.ancestors(step)
            .find(|(_, owner)| matches!(owner, Owner::Body(_) | Owner::Head(_) | Owner::Post(_)))
            .map(|(step, _)| step)
    }

    /// The select whose communication this step is, and the number of its arm.
    pub fn select_of(&self, step: StepId) -> Option<(StepId, u32)> {
        match self.block(self.step(step).block).owner {
            Owner::Guard(select, arm) => match self.op(select) {
                Op::Select(arms) if arms[arm as usize].communication == Some(step) => {
                    Some((select, arm))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether `inner` stands within a block that `outer` owns.
    pub fn is_inside(&self, inner: StepId, outer: StepId) -> bool {
        self.ancestors(inner).any(|(step, _)| step == outer)
    }

    /// Whether a step runs only when the function is left.
    pub fn is_deferred(&self, step: StepId) -> bool {
        self.ancestors(step)
            .any(|(_, owner)| matches!(owner, Owner::Deferred(_)))
    }

    /// The loop that a step is, if it is one.
    pub fn op_loop(&self, step: StepId) -> Option<&super::Loop> {
        match self.op(step) {
            Op::Loop(l) => Some(l),
            _ => None,
        }
    }

    /// Where a loop takes the next connection or message, before a step in it.
    pub fn loop_source(&self, looped: StepId, before: StepId) -> Option<StepId> {
        let l = self.op_loop(looped)?;
        self.steps_in(l.head)
            .into_iter()
            .chain(self.steps_in(l.body))
            .take_while(|&step| step != before)
            .find(|&step| {
                matches!(self.op(step), Op::Call(call) if matches!(
                    call.api,
                    super::Api::Accept | super::Api::MessageFetch
                ))
            })
    }

    /// Whether the way through a step leaves a loop around it soon: it returns or breaks off in
    /// the same block, or in one around it within the loop.
    pub fn leaves_loop(&self, step: StepId, looped: StepId) -> bool {
        let mut at = step;
        loop {
            let (block, index) = (self.step(at).block, self.step(at).index as usize);
            let owner = self.block(block).owner;
            if owner.step() == Some(looped) {
                return false;
            }
            let leaves = self.block(block).steps[index + 1..].iter().any(|&after| {
                matches!(self.op(after), Op::Return(_) | Op::Goto(_))
                    || matches!(self.op(after), Op::Break(_))
                        && !matches!(owner, Owner::Arm(..) | Owner::Case(..))
            });
            if leaves {
                return true;
            }
            match owner.step() {
                Some(owning) => at = owning,
                None => return false,
            }
        }
    }

    /// The span of an expression.
    pub fn span_of(&self, id: super::ExprId) -> Span {
        self.expr(id).span
    }

    /// The span of a step.
    pub fn span(&self, step: StepId) -> Span {
        self.step(step).span
    }

    /// Functions with their handles.
    pub fn functions_with_ids(&self) -> impl Iterator<Item = (FunctionId, &Function)> {
        self.functions
            .iter()
            .enumerate()
            .map(|(at, function)| (FunctionId(at as u32), function))
    }
}
