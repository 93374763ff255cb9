//! What failed comes round again although the loop goes on to other things: the failure gives the
//! count back, puts the item at the end of the list or channel that it came from, or lets the
//! position stand. Then no count of turns ends it.

use super::bounds::{are_at_least, counts};
use super::known::Known;
use super::pause::Pause;
use super::turn::{Turn, Walk, variable_of};
use super::weight::LONG;
use super::{Confidence, Findings, behind, is_repeatable, meant, pace, remote};
use crate::model::{
    Api, Assign, AssignHow, BinaryOp, Call, ExprId, ExprKind, Init, Loop, LoopKind, Op, Program,
    StepId, VariableId,
};

/// What failed comes round again.
pub(super) struct Again {
    looped: StepId,
    /// What is repeated.
    call: StepId,
    /// Where the failure is put back.
    at: StepId,
    /// A wait that is too short.
    waits: bool,
}

/// What comes back in the next turns.
pub(super) enum Back {
    /// What the loop counts, by its names.
    Count(Vec<VariableId>),
    /// An item, by the names that it has.
    Item(Vec<VariableId>),
}

impl Walk<'_> {
    /// Notes what may put back what has just failed, where nothing else was asked.
    pub(super) fn note_put_back(&mut self, step: StepId, state: Known) {
        let Some(call) = self.call else {
            return;
        };
        let may = match self.program.op(step) {
            Op::Assign(assign) => {
                let counts = matches!(
                    assign.how,
                    AssignHow::Update(BinaryOp::Add | BinaryOp::Subtract)
                );
                if counts {
                    self.turn.steps_on.push((step, state));
                }
                counts || appended(self.program, assign).is_some()
            }
            Op::Send { .. } | Op::Spawn(_) | Op::Select(_) => true,
            Op::Call(call) => call.api == Api::ListPush,
            _ => false,
        };
        if may && state.without(Known::NONE) == Known::FAILED {
            self.turn.put_back.push((step, call));
        }
    }
}

/// The list that an assignment makes longer, and with what.
fn appended(program: &Program, assign: &Assign) -> Option<(ExprId, Vec<ExprId>)> {
    program.assigned(assign).find_map(|(target, value)| {
        let ExprKind::Append(_, items) = *program.kind(value) else {
            return None;
        };
        Some((target, program.list(items).to_vec()))
    })
}

/// What comes round again in a loop, with nothing that ends it or slows it down.
pub(super) fn found(program: &Program, looped: StepId, l: &Loop, turn: &Turn) -> Option<Again> {
    if turn.is_unclear
        || turn.by_truth
        || program.is_for_tests(program.span(looped).file)
        || meant::is_lost_race_but_for_leaders(program, l)
        || meant::asks_for_not_yet(program, l)
    {
        return None;
    }
    let search = Search { program, looped, l };
    let put_back = turn.put_back.iter().copied().find_map(|(at, call)| {
        let back = search.puts_back(at)?;
        search.is_felt(call, &back).then_some((at, call, back))
    });
    let (at, call, back) = put_back.or_else(|| {
        let (at, call, position) = search.stands_still(turn)?;
        let back = Back::Count(vec![position]);
        search.is_felt(call, &back).then_some((at, call, back))
    })?;
    if search.is_limited(&back) || search.is_left_behind(at, call, &back) {
        return None;
    }
    let waits = search.waits(turn, at, &back)?;
    Some(Again {
        looped,
        call: behind(program, call),
        at,
        waits,
    })
}

pub(super) struct Search<'p> {
    pub program: &'p Program,
    pub looped: StepId,
    pub l: &'p Loop,
}

impl Search<'_> {
    /// What a step puts back, so that a later turn has it again.
    fn puts_back(&self, at: StepId) -> Option<Back> {
        let program = self.program;
        match program.op(at) {
            Op::Assign(assign) => match appended(program, assign) {
                Some((list, items)) => {
                    let list = variable_of(program, list)?;
                    self.item(&items).filter(|_| self.comes_round(list))
                }
                None => self.takes_back(assign).map(Back::Count),
            },
            Op::Call(call) => {
                let list = variable_of(program, call.receiver?)?;
                self.item(program.list(call.args))
                    .filter(|_| self.comes_round(list))
            }
            Op::Send { .. } => self.sent_back(at),
            Op::Select(arms) => {
                let mut sent = arms.iter().filter_map(|arm| arm.communication);
                sent.find_map(|sent| self.sent_back(sent))
            }
            Op::Spawn(spawn) => {
                let steps = program.steps_of(spawn.target?);
                let waits = steps.iter().any(|&step| {
                    let called = program.call(step);
                    called.is_some_and(|call| call.api != Api::Log)
                        || matches!(program.op(step), Op::Receive { .. } | Op::Loop(_))
                });
                let mut steps = steps.into_iter().filter(|_| !waits);
                steps.find_map(|step| self.sent_back(step))
            }
            _ => None,
        }
    }

    /// What a step sends to the channel that the loop takes from, if it is what it took.
    fn sent_back(&self, step: StepId) -> Option<Back> {
        let program = self.program;
        let Op::Send { channel, value } = *program.op(step) else {
            return None;
        };
        let object = program.object_of(channel)?;
        let taken = |from: ExprId| program.object_of(from) == Some(object);
        let is_source = match self.l.kind {
            LoopKind::Channel(from) => taken(from),
            _ => self.turn_steps().any(|step| match program.op(step) {
                Op::Receive { channel, .. } => taken(*channel),
                _ => false,
            }),
        };
        self.item(&[value]).filter(|_| is_source)
    }

    fn turn_steps(&self) -> impl Iterator<Item = StepId> + use<> {
        let head = self.program.steps_in(self.l.head);
        head.into_iter().chain(self.program.steps_in(self.l.body))
    }

    /// What is put back as it was taken in this turn, with nothing counted in it.
    fn item(&self, values: &[ExprId]) -> Option<Back> {
        let program = self.program;
        let parts: Vec<ExprId> = values
            .iter()
            .flat_map(|&value| program.parts_of(value))
            .collect();
        let looped = program.span(self.looped);
        let is_plain = |&part: &ExprId| match *program.kind(part) {
            ExprKind::Binary(..) => false,
            ExprKind::Call(step) => program.call(step).is_some_and(|call| {
                matches!(
                    program.callee_name(call.callee).as_str(),
                    "clone" | "to_owned" | "to_vec" | "to_string"
                )
            }),
            _ => true,
        };
        let named: Vec<VariableId> = parts
            .iter()
            .filter_map(|&part| program.variable_of(part))
            .filter(|&one| looped.contains(program.variable(one).span))
            .collect();
        let is_same = !named.is_empty() && parts.iter().all(is_plain) && !self.is_changed(&named);
        is_same.then_some(Back::Item(named))
    }

    /// Whether a call is about an item: it is handed it, or what was made of it alone.
    fn is_about(&self, call: &Call, named: &[VariableId]) -> bool {
        let program = self.program;
        let is_named = |part: ExprId| {
            program
                .variable_of(part)
                .is_some_and(|one| named.contains(&one))
        };
        let mentions = |value: ExprId| program.parts_of(value).into_iter().any(is_named);
        let is_made_of = |part: ExprId| {
            let made = program
                .variable_of(part)
                .map(|one| program.variable(one).init);
            let Some(Init::Value(value) | Init::Part(value, _)) = made else {
                return false;
            };
            match program.call_of(value) {
                Some((_, call)) => {
                    let args = program.list(call.args).iter().copied();
                    args.chain(call.receiver)
                        .any(|given| match *program.kind(given) {
                            ExprKind::Reference(inner) => is_named(inner),
                            _ => is_named(given),
                        })
                }
                None => mentions(value),
            }
        };
        let args = program.list(call.args).iter().copied();
        args.chain(call.receiver)
            .any(|given| mentions(given) || program.parts_of(given).into_iter().any(is_made_of))
    }

    /// Whether a turn changes any of these, as to count in it how often it was tried.
    fn is_changed(&self, named: &[VariableId]) -> bool {
        let program = self.program;
        self.turn_steps().any(|step| match program.op(step) {
            Op::Assign(assign) => program.assigned(assign).any(|(target, _)| {
                let base = match *program.kind(target) {
                    ExprKind::Field(base, _) | ExprKind::Member(base, _) => Some(base),
                    ExprKind::Variable(_) if matches!(assign.how, AssignHow::Update(_)) => {
                        Some(target)
                    }
                    _ => None,
                };
                let base = base.and_then(|base| program.variable_of(base));
                base.is_some_and(|base| named.contains(&base))
            }),
            _ => false,
        })
    }

    /// Whether the loop takes from a list, or what it goes over next is made of it.
    fn comes_round(&self, list: VariableId) -> bool {
        let program = self.program;
        let asked = |list: VariableId| {
            self.l
                .condition()
                .is_some_and(|condition| super::turn::variables(program, condition).contains(&list))
        };
        let gone_over = |list: VariableId| {
            self.turn_steps().any(|step| {
                program.op_loop(step).is_some_and(|inner| match inner.kind {
                    LoopKind::Over(over) => super::turn::variables(program, over).contains(&list),
                    _ => false,
                })
            })
        };
        self.turn_steps().any(|step| match program.op(step) {
            Op::Assign(assign) => program.assigned(assign).any(|(target, value)| {
                let Some(target) = variable_of(program, target) else {
                    return false;
                };
                match *program.kind(value) {
                    ExprKind::Slice(from, ..) => {
                        target == list && variable_of(program, from) == Some(list)
                    }
                    // `pending = failed`
                    _ => {
                        target != list
                            && super::turn::variables(program, value).contains(&list)
                            && (asked(target) || gone_over(target))
                    }
                }
            }),
            _ => false,
        })
    }

    /// The count whose step in every turn an assignment undoes.
    fn takes_back(&self, assign: &Assign) -> Option<Vec<VariableId>> {
        let program = self.program;
        let AssignHow::Update(own) = assign.how else {
            return None;
        };
        let targets = self.names(assign);
        let undone = |&step: &StepId| match program.op(step) {
            Op::Assign(other) => {
                matches!(other.how, AssignHow::Update(how) if how != own)
                    && self.names(other).iter().any(|one| targets.contains(one))
            }
            _ => false,
        };
        let mut each_turn = self
            .l
            .post
            .into_iter()
            .chain([self.l.body])
            .flat_map(|block| program.block(block).steps.iter());
        (each_turn.any(undone) && self.is_asked(&targets)).then_some(targets)
    }

    fn names(&self, assign: &Assign) -> Vec<VariableId> {
        let targets = self.program.list(assign.targets).iter();
        targets
            .filter_map(|&target| self.program.variable_of(target))
            .collect()
    }

    /// Whether the loop, or a question in it, asks any of these.
    fn is_asked(&self, named: &[VariableId]) -> bool {
        let program = self.program;
        let questions = self.turn_steps().filter_map(|step| match program.op(step) {
            Op::Branch { condition, .. } => Some(*condition),
            _ => None,
        });
        self.l
            .condition()
            .into_iter()
            .chain(questions)
            .any(|asked| {
                let asked = super::turn::variables(program, asked);
                named.iter().any(|one| asked.contains(one))
            })
    }

    /// Where a position moves on only after success, while what failed is told by that position.
    fn stands_still(&self, turn: &Turn) -> Option<(StepId, StepId, VariableId)> {
        let program = self.program;
        let condition = self.l.condition()?;
        let &call = turn.calls.first()?;
        if self.l.post.is_some() || !turn.rounds.has(Known::FAILED) {
            return None;
        }
        let given = program.call(call)?;
        let given: Vec<ExprId> = program.list(given.args).to_vec();
        let asked = super::turn::variables(program, condition);
        let told_by = |one: VariableId| {
            given.iter().any(|&argument| {
                program.parts_of(argument).into_iter().any(|part| {
                    matches!(*program.kind(part), ExprKind::Index(_, at)
                        if program.variable_of(at) == Some(one))
                })
            })
        };
        asked.into_iter().find_map(|one| {
            let mut steps = turn.steps_on.iter().filter(|(step, _)| {
                matches!(program.op(*step), Op::Assign(assign)
                    if program.list(assign.targets).iter()
                        .any(|&target| program.variable_of(target) == Some(one)))
            });
            let &(at, _) = steps.clone().next()?;
            let on_success = steps.all(|(_, state)| state.without(Known::DONE) == Known::FINE);
            (on_success && told_by(one)).then_some((at, call, one))
        })
    }

    /// Whether others feel what is repeated.
    fn is_felt(&self, step: StepId, back: &Back) -> bool {
        let program = self.program;
        let step = behind(program, step);
        let Some(call) = program.call(step).filter(|_| is_repeatable(program, step)) else {
            return false;
        };
        let leaves = remote::reaches_others(program, call) || program.awaited.contains(&step);
        match back {
            Back::Count(_) => leaves,
            Back::Item(named) => {
                let is_unseen = call.target.is_none() && call.receiver.is_some();
                (leaves || is_unseen) && self.is_about(call, named)
            }
        }
    }

    /// Whether anything is compared in a turn that may be how often it was tried.
    fn is_limited(&self, back: &Back) -> bool {
        let program = self.program;
        let is_given_back = |one: VariableId| match back {
            Back::Count(given) => given.contains(&one),
            Back::Item(_) => false,
        };
        let is_number = |id: ExprId| {
            program
                .variable_of(id)
                .is_some_and(|one| !is_given_back(one) && counts(program, self.l, one))
        };
        self.turn_steps().any(|step| match program.op(step) {
            Op::Branch { condition, .. } => program.parts_of(*condition).into_iter().any(|part| {
                matches!(*program.kind(part), ExprKind::Binary(operator, a, b)
                    if operator.is_comparison()
                        && !matches!(operator, BinaryOp::Equal | BinaryOp::NotEqual)
                        && (is_number(a) || is_number(b)))
            }),
            _ => false,
        })
    }

    /// Whether a short constant wait slows it down; none where it is paced otherwise.
    fn waits(&self, turn: &Turn, at: StepId, back: &Back) -> Option<bool> {
        let program = self.program;
        let in_the_way = turn.pauses.iter().filter(|waited| {
            let comes = matches!(waited.pause, Pause::Event) && waited.state == Known::NONE;
            let is_taken = comes && matches!(back, Back::Item(_)) && self.is_source_of_turn(at);
            let by_ticks = !matches!(waited.pause, Pause::Event | Pause::Tick | Pause::Library);
            // A count that is given back goes round at once, whatever waits on the other ways.
            let elsewhere =
                by_ticks && matches!(back, Back::Count(_)) && self.goes_at_once(turn, at);
            !is_taken && !elsewhere
        });
        let pauses: Vec<&Pause> = in_the_way.map(|waited| &waited.pause).collect();
        if pauses.is_empty() {
            return Some(false);
        }
        let pace = pace::pace(program, self.looped, pauses.iter().copied());
        let is_short = pauses
            .iter()
            .all(|pause| matches!(pause, Pause::Timed { .. } | Pause::Helper { .. }))
            && !(pace.grows || pace.random || pace.trusted)
            && !are_at_least(program, &pauses, LONG);
        is_short.then_some(true)
    }

    /// Whether the loop takes its items from a channel, where it waits for the next.
    fn is_source_of_turn(&self, at: StepId) -> bool {
        matches!(
            self.program.op(at),
            Op::Send { .. } | Op::Select(_) | Op::Spawn(_)
        )
    }

    /// Whether a step is followed by the next turn, before anything waits.
    fn goes_at_once(&self, turn: &Turn, at: StepId) -> bool {
        let program = self.program;
        let own = program.step(at);
        let behind = &program.block(own.block).steps[own.index as usize + 1..];
        let jumps = behind
            .iter()
            .any(|&step| matches!(program.op(step), Op::Continue(_)));
        jumps
            && turn.pauses.iter().all(|waited| match waited.pause {
                Pause::Timed { at: waits, .. }
                | Pause::Helper { at: waits, .. }
                | Pause::Named { at: waits } => program.step(waits).block != own.block,
                _ => true,
            })
    }
}

impl Again {
    pub(super) fn say(&self, program: &Program, findings: &mut Findings) {
        let callee = program.show_called(self.call);
        let how = match self.waits {
            true => "as often as it fails, with a short wait that is always the same",
            false => "at once and as often as it fails",
        };
        let finding = findings.at(
            program.span(self.looped),
            Confidence::Medium,
            format!("repeats `{callee}` {how}"),
        );
        finding
            .about(callee)
            .why("What failed comes round again in a later turn, and nothing counts how often. While the other side is down, this loop calls it as fast as it can fail, and never comes to an end.")
            .fix("Count the tries of each item and give up, or put it aside, after some; wait before the next try, longer each time and by lot.")
            .items(&["C9"]);
        finding.function = Some(program.function_of(self.looped));
        finding.because(program.span(self.call), "the call that is repeated");
        finding.because(program.span(self.at), "this is what brings it round again");
    }
}
