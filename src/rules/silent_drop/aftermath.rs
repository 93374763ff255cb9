//! What happens after an item was not taken: whether anything on that way tells of it.

use crate::model::{
    Api, AssignHow, BlockId, ExprId, ExprKind, ExprList, Op, Owner, Program, StepId, Symbol, Type,
};

/// How far the way is followed outward.
const MAX_STEPS_OUT: usize = 64;

/// What becomes of an item that was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nobody learns of it.
    Silent,
    /// Only what the function returns tells of it.
    Told,
    /// Something else is done: counted, logged, sent elsewhere, tried again.
    Handled,
}

/// How a run of steps ends, when nothing in it tells of the drop.
enum End {
    /// Something is done.
    Acts,
    Returns(ExprList),
    Jumps(StepId, Option<Symbol>, bool),
    Through,
}

/// An item that was offered: where, and the two ways on.
pub(super) struct Offer<'p> {
    pub program: &'p Program,
    /// The select or branch that decides.
    pub at: StepId,
    /// What runs when the item was taken; none when that is what follows.
    pub taken: Option<BlockId>,
    /// What runs when it was not.
    pub refused: BlockId,
    /// The values on which it hangs what is offered to whom.
    pub values: Vec<ExprId>,
}

impl Offer<'_> {
    /// Follows the way after a refusal to its end.
    pub fn fate(&self) -> Fate {
        let program = self.program;
        let taken_leaves = self
            .taken
            .is_some_and(|taken| program.block_diverges(taken));
        match self.run(&program.block(self.refused).steps) {
            End::Acts => Fate::Handled,
            End::Returns(list) => match self.returns(list) {
                Fate::Silent if self.taken.is_some() && self.keeps_count(false) => Fate::Handled,
                fate => fate,
            },
            End::Jumps(step, label, breaks) => {
                if self.keeps_count(!taken_leaves) {
                    return Fate::Handled;
                }
                self.jump(step, label, breaks)
            }
            End::Through if taken_leaves => self.onward(self.at),
            End::Through if self.keeps_count(false) => Fate::Handled,
            End::Through => Fate::Silent,
        }
    }

    /// What runs after a step until the function ends.
    fn onward(&self, mut at: StepId) -> Fate {
        let program = self.program;
        for _ in 0..MAX_STEPS_OUT {
            let (block, index) = (program.step(at).block, program.step(at).index as usize);
            match self.run(&program.block(block).steps[index + 1..]) {
                End::Acts => return Fate::Handled,
                End::Returns(list) => return self.returns(list),
                End::Jumps(step, label, breaks) => return self.jump(step, label, breaks),
                End::Through => {}
            }
            match program.block(block).owner {
                Owner::Body(looped) | Owner::Post(looped) | Owner::Head(looped) => {
                    match self.turn(looped) {
                        Some(fate) => return fate,
                        None => at = looped,
                    }
                }
                owner => match owner.step() {
                    Some(step) => at = step,
                    None => return Fate::Silent,
                },
            }
        }
        Fate::Handled
    }

    /// The end of a loop's turn; none when the way goes on after the loop.
    fn turn(&self, looped: StepId) -> Option<Fate> {
        let program = self.program;
        let leaves = match self.taken {
            Some(taken) => program.loop_exits(looped).iter().any(|&(exit, _)| {
                program
                    .ancestors(exit)
                    .any(|(_, owner)| program.block(taken).owner == owner)
            }),
            // What follows the decision is the taking; there the loop goes on all the same.
            None => false,
        };
        if self.hangs_on(looped) && !leaves {
            return Some(Fate::Silent);
        }
        if !leaves {
            // The same item is offered again in the next turn, taken or not: a heartbeat.
            return Some(Fate::Silent);
        }
        if program.is_endless(looped) {
            return Some(Fate::Handled);
        }
        None
    }

    /// Whether what is offered is made anew in each turn of a loop.
    fn hangs_on(&self, looped: StepId) -> bool {
        let program = self.program;
        let span = program.span(looped);
        self.values.iter().any(|&value| {
            program
                .parts_of(value)
                .into_iter()
                .any(|part| match *program.kind(part) {
                    ExprKind::Variable(variable) => span.contains(program.variable(variable).span),
                    ExprKind::Call(step) | ExprKind::Received(step) => {
                        span.contains(program.span(step))
                    }
                    _ => false,
                })
        })
    }

    fn jump(&self, step: StepId, label: Option<Symbol>, breaks: bool) -> Fate {
        let program = self.program;
        let target = program.ancestors(step).find(|(outer, owner)| {
            let is_loop = matches!(owner, Owner::Body(_));
            let is_left = is_loop || breaks && matches!(owner, Owner::Arm(..) | Owner::Case(..));
            match label {
                Some(label) => {
                    is_loop && matches!(program.op(*outer), Op::Loop(l) if l.label == Some(label))
                }
                None => is_left,
            }
        });
        match target {
            Some((outer, _)) if outer == self.at => self.after_decision(),
            Some((outer, _)) if breaks => self.onward(outer),
            Some((outer, _)) => self.turn(outer).unwrap_or_else(|| self.onward(outer)),
            None => Fate::Handled,
        }
    }

    /// The way goes on behind the decision, as it does after a plain end of the branch.
    fn after_decision(&self) -> Fate {
        let taken_leaves = self
            .taken
            .is_some_and(|taken| self.program.block_diverges(taken));
        if taken_leaves {
            self.onward(self.at)
        } else if self.keeps_count(false) {
            Fate::Handled
        } else {
            Fate::Silent
        }
    }

    /// Whether the other way notes that the item was taken, so that the rest is known to be lost.
    fn keeps_count(&self, with_what_follows: bool) -> bool {
        let program = self.program;
        let mut steps = match self.taken {
            Some(taken) => program.steps_in(taken),
            None => Vec::new(),
        };
        if with_what_follows || self.taken.is_none() {
            let (block, index) = (
                program.step(self.at).block,
                program.step(self.at).index as usize,
            );
            steps.extend(&program.block(block).steps[index + 1..]);
        }
        steps.into_iter().any(|step| match program.op(step) {
            Op::Assign(assign) => {
                matches!(assign.how, AssignHow::Update(_))
                    || assign.how == AssignHow::Set
                        && self.taken.is_some()
                        && !program
                            .list(assign.targets)
                            .iter()
                            .all(|&target| program.is_nowhere(target))
            }
            _ => false,
        })
    }

    /// A function is left with these results: the same as when the item was taken?
    fn returns(&self, list: ExprList) -> Fate {
        let program = self.program;
        if list.len == 0 {
            return Fate::Silent;
        }
        let other = self.other_result();
        let refused = program.list(list);
        let Some(other) = other else {
            let tells = refused.iter().any(|&value| !self.is_plain(value));
            return if tells || refused.len() > 1 {
                Fate::Told
            } else {
                // One constant, and nothing to compare it with.
                Fate::Handled
            };
        };
        let same = refused
            .iter()
            .zip(program.list(other))
            .all(|(&a, &b)| self.is_same(a, b));
        if same { Fate::Silent } else { Fate::Told }
    }

    fn other_result(&self) -> Option<ExprList> {
        let program = self.program;
        let within = self.taken.and_then(|taken| {
            program
                .steps_in(taken)
                .into_iter()
                .find_map(|step| match program.op(step) {
                    Op::Return(list) => Some(*list),
                    _ => None,
                })
        });
        within.or_else(|| {
            let (block, index) = (
                program.step(self.at).block,
                program.step(self.at).index as usize,
            );
            // As far as the way is straight.
            program.block(block).steps[index + 1..]
                .iter()
                .map(|&step| program.op(step))
                .take_while(|op| {
                    matches!(
                        op,
                        Op::Assign(_) | Op::Call(_) | Op::Defer(_) | Op::Return(_)
                    )
                })
                .find_map(|op| match op {
                    Op::Return(list) => Some(*list),
                    _ => None,
                })
        })
    }

    /// Whether a result says no more than that there is nothing to say.
    fn is_plain(&self, value: ExprId) -> bool {
        matches!(self.program.kind(value), ExprKind::Nil) || self.program.constant(value).is_some()
    }

    fn is_same(&self, a: ExprId, b: ExprId) -> bool {
        let program = self.program;
        match (program.kind(a), program.kind(b)) {
            (ExprKind::Nil, ExprKind::Nil) => true,
            (ExprKind::Variable(a), ExprKind::Variable(b)) => a == b,
            _ => match (program.constant(a), program.constant(b)) {
                (Some(a), Some(b)) => a == b,
                _ => program.show(a) == program.show(b) && !program.show(a).contains('…'),
            },
        }
    }

    /// Walks steps as long as they are of no consequence.
    fn run(&self, steps: &[StepId]) -> End {
        let program = self.program;
        for &step in steps {
            match program.op(step) {
                Op::Return(list) => return End::Returns(*list),
                Op::Break(label) => return End::Jumps(step, *label, true),
                Op::Continue(label) => return End::Jumps(step, *label, false),
                Op::Scope(inner) => match self.run(&program.block(*inner).steps) {
                    End::Through => {}
                    end => return end,
                },
                Op::Branch { .. } | Op::Switch { .. } => {
                    let mut ways = program.blocks_of(step);
                    ways.retain(|way| !program.ended.contains(way));
                    if let [only] = ways[..] {
                        match self.run(&program.block(only).steps) {
                            End::Through => continue,
                            // A single way that is left says how a switch ends, not a branch
                            // whose other way is to go on.
                            end if matches!(program.op(step), Op::Switch { .. }) => return end,
                            _ => return End::Acts,
                        }
                    }
                    for inner in ways {
                        if !matches!(self.run(&program.block(inner).steps), End::Through) {
                            return End::Acts;
                        }
                    }
                }
                _ if self.is_idle(step) => {}
                _ => return End::Acts,
            }
        }
        End::Through
    }

    /// Whether a step tells nobody anything.
    fn is_idle(&self, step: StepId) -> bool {
        let program = self.program;
        match program.op(step) {
            Op::Assign(assign) => program
                .list(assign.targets)
                .iter()
                .all(|&target| program.is_nowhere(target)),
            Op::Call(call) => matches!(
                call.api,
                Api::Unlock(_)
                    | Api::TimerControl
                    | Api::Yield
                    | Api::ErrorNew
                    | Api::Format
                    | Api::ContextErr
                    | Api::ErrorTest
            ),
            _ => false,
        }
    }
}

/// How a block ends that runs where nothing was offered.
fn end_of(program: &Program, at: StepId, block: BlockId) -> End {
    let offer = Offer {
        program,
        at,
        taken: None,
        refused: block,
        values: Vec::new(),
    };
    offer.run(&program.block(block).steps)
}

/// Whether a block does nothing but leave, when it does anything.
pub(super) fn is_quiet(program: &Program, at: StepId, block: BlockId) -> bool {
    match end_of(program, at, block) {
        End::Acts => false,
        End::Through | End::Jumps(..) => true,
        End::Returns(list) => list.len == 0,
    }
}

/// Whether a block does nothing but return that there was no error.
pub(super) fn says_all_is_well(program: &Program, at: StepId, block: BlockId) -> bool {
    let results = &program.function(program.function_of(at)).results;
    match end_of(program, at, block) {
        End::Returns(list) => {
            matches!(program.list(list), &[value] if *program.kind(value) == ExprKind::Nil)
                && matches!(results[..], [only] if *program.underlying(only) == Type::Error)
        }
        _ => false,
    }
}
