//! Steps: what code does, one after the other, in the blocks in which it stands.

use super::expr::{BinaryOp, ExprList};
use super::ids::{BlockId, ExprId, FunctionId, StepId, Symbol, VariableId};
use crate::source::Span;

/// One thing that the code does.
#[derive(Clone, Debug)]
pub struct Step {
    /// What.
    pub op: Op,
    /// Where.
    pub span: Span,
    /// The block it stands in.
    pub block: BlockId,
    /// Its position in the block.
    pub index: u32,
}

/// A list of steps, and whose it is.
#[derive(Clone, Debug)]
pub struct Block {
    /// Whose block.
    pub owner: Owner,
    /// The steps in order.
    pub steps: Vec<StepId>,
}

/// What a block belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The body of a function.
    Function(FunctionId),
    /// Taken when a branch's condition holds.
    Then(StepId),
    /// Taken when it does not.
    Else(StepId),
    /// The communication of a select's arm: one send or receive, or nothing for the default.
    Guard(StepId, u32),
    /// What a select does when this arm was chosen.
    Arm(StepId, u32),
    /// A case of a switch.
    Case(StepId, u32),
    /// What a loop evaluates before each turn.
    Head(StepId),
    /// What a loop repeats.
    Body(StepId),
    /// What a loop does after each turn.
    Post(StepId),
    /// What runs when the function is left.
    Deferred(StepId),
    /// A plain inner scope.
    Scope(StepId),
}

impl Owner {
    /// The step that owns the block; none for a function's body.
    pub fn step(self) -> Option<StepId> {
        match self {
            Owner::Function(_) => None,
            Owner::Then(step)
            | Owner::Else(step)
            | Owner::Guard(step, _)
            | Owner::Arm(step, _)
            | Owner::Case(step, _)
            | Owner::Head(step)
            | Owner::Body(step)
            | Owner::Post(step)
            | Owner::Deferred(step)
            | Owner::Scope(step) => Some(step),
        }
    }
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Op {
    /// Values to places.
    Assign(Assign),
    /// A call, classified once linked.
    Call(Call),
    /// Sends a value.
    Send {
        /// To which channel.
        channel: ExprId,
        /// What.
        value: ExprId,
    },
    /// Receives a value.
    Receive {
        /// From which channel.
        channel: ExprId,
        /// Whether the code asks if the channel is closed (`v, ok := <-ch`).
        checked: bool,
    },
    /// Closes a channel.
    Close {
        /// Which.
        channel: ExprId,
    },
    /// Waits for the first of several communications.
    Select(Vec<Arm>),
    /// Starts a task that runs beside the one at hand.
    Spawn(Spawn),
    /// Runs a block when the function is left.
    Defer(BlockId),
    /// Takes one of two ways.
    Branch {
        /// The condition.
        condition: ExprId,
        /// When it holds.
        then: BlockId,
        /// When it does not.
        otherwise: Option<BlockId>,
    },
    /// Takes one of many ways.
    Switch {
        /// What is compared.
        subject: Option<ExprId>,
        /// The ways.
        cases: Vec<Case>,
    },
    /// Repeats a block.
    Loop(Loop),
    /// An inner scope.
    Scope(BlockId),
    /// Leaves the function.
    Return(ExprList),
    /// Leaves a loop, switch or select.
    Break(Option<Symbol>),
    /// Goes on with a loop's next turn.
    Continue(Option<Symbol>),
    /// Goes to a label.
    Goto(Symbol),
    /// Code that was not understood; it may do anything.
    Gap,
}

/// How an assignment treats its targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssignHow {
    /// Declares them.
    Define,
    /// Replaces their value.
    Set,
    /// Combines the old value with the new.
    Update(BinaryOp),
}

/// Values to places. One value for several targets is a tuple.
#[derive(Clone, Debug)]
pub struct Assign {
    /// The places.
    pub targets: ExprList,
    /// The values.
    pub values: ExprList,
    /// How.
    pub how: AssignHow,
}

/// A call.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is called.
    pub callee: ExprId,
    /// With what.
    pub args: ExprList,
    /// The function of the unit that it runs, once linked.
    pub target: Option<FunctionId>,
    /// What it means, once linked.
    pub api: super::api::Api,
    /// The value that a method was called on, once linked.
    pub receiver: Option<ExprId>,
}

/// An arm of a select.
#[derive(Clone, Debug)]
pub struct Arm {
    /// The block with the communication; empty for the default arm.
    pub guard: BlockId,
    /// What is done when it is chosen.
    pub body: BlockId,
    /// Where the arm stands.
    pub span: Span,
    /// The send or receive; none for the default arm.
    pub communication: Option<StepId>,
}

/// A case of a switch.
#[derive(Clone, Debug)]
pub struct Case {
    /// The values; none and `is_default` false for a case that was not understood.
    pub values: ExprList,
    /// Whether it is taken when no other is.
    pub is_default: bool,
    /// What is done.
    pub body: BlockId,
}

/// Starts a task.
#[derive(Clone, Debug)]
pub struct Spawn {
    /// What it runs.
    pub callee: ExprId,
    /// With what.
    pub args: ExprList,
    /// The function of the unit that it runs, once linked.
    pub target: Option<FunctionId>,
    /// The group that it joins, where it has one.
    pub group: Option<ExprId>,
}

/// Repeats a block.
#[derive(Clone, Debug)]
pub struct Loop {
    /// What it goes over.
    pub kind: LoopKind,
    /// Its label.
    pub label: Option<Symbol>,
    /// Evaluated before each turn.
    pub head: BlockId,
    /// The body.
    pub body: BlockId,
    /// Done after each turn.
    pub post: Option<BlockId>,
    /// The variables it sets each turn.
    pub variables: Vec<VariableId>,
}

/// What a loop goes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopKind {
    /// For ever.
    Forever,
    /// While a condition holds.
    While(ExprId),
    /// From a start, while a condition holds, with a step after each turn.
    Counted(ExprId),
    /// Over the elements of a list, map, number or iterator.
    Over(ExprId),
    /// Over what a channel yields until it is closed. Set when the type is known.
    Channel(ExprId),
}

impl Loop {
    /// The condition, where it has one.
    pub fn condition(&self) -> Option<ExprId> {
        match self.kind {
            LoopKind::While(condition) | LoopKind::Counted(condition) => Some(condition),
            _ => None,
        }
    }
}
