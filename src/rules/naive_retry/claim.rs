//! What is said of a loop that retries: which of the four are missing, and how sure that is.

use super::calm::is_ended_by_callers;
use super::known::Known;
use super::pace::{self, Pace};
use super::pause::Pause;
use super::weight::{Lack, are_short, is_live};
use super::{Confidence, Finding, Findings, Retry, RetrySite};
use crate::model::roles::ContextInScope;
use crate::model::{BinaryOp, Call, ExprKind, Op, Owner, Program, StepId, VariableId};

/// Which of the four are missing.
struct Missing {
    end: bool,
    growth: bool,
    jitter: bool,
    /// The context that no wait listens to.
    ear: Option<VariableId>,
}

impl Retry {
    /// Says what is missing, and tells whether it was said with more than low confidence.
    pub(super) fn judge(&self, program: &Program, findings: &mut Findings) -> bool {
        if self.polls(program) || self.asks_a_person(program) {
            return false;
        }
        let pauses: Vec<&Pause> = self
            .turn
            .pauses
            .iter()
            .map(|waited| &waited.pause)
            .collect();
        let pace = pace::pace(program, self.step, pauses.iter().copied());
        let missing = self.missing(program, pace, &pauses);
        let lack = missing.lack(pace);
        let said = self.confidence(program, &lack, &pauses);
        let at_once = self.goes_back_at_once(program);
        let is_plain = said.is_some_and(|said| said > Confidence::Low);
        if let Some(back) = at_once.filter(|_| !is_plain) {
            self.say_at_once(program, back, findings);
            return true;
        }
        let Some(confidence) = said else {
            return false;
        };
        let waits = pauses.iter().find_map(|pause| place(pause));
        let callee = self.callee(program);
        let verb = match self.ends_well {
            true => "retries",
            false => "repeats",
        };
        let words = missing.words(program, waits.is_some());
        let finding = findings.at(
            program.span(self.step),
            confidence,
            format!("{verb} `{callee}` with {words}"),
        );
        finding.about(callee);
        finding.function = Some(program.function_of(self.step));
        missing.explain(finding, waits.is_some());
        finding.because(program.span(self.call), "the call that is repeated");
        if let Some(at) = waits {
            finding.because(program.span(at), "the wait between two calls");
        }
        is_plain
    }

    /// Whether the call is a try on something of this process that says no when it is not ready
    /// yet: a queue that is polled, not work that failed.
    fn polls(&self, program: &Program) -> bool {
        const TRIES: &[&str] = &[
            "try_send",
            "try_recv",
            "try_lock",
            "try_acquire",
            "try_push",
            "try_pop",
            "try_next",
            "try_wait",
        ];
        let called = program.call(self.call);
        called.is_some_and(|call| {
            let name = program.callee_name(call.callee);
            let says_it = |tried: &&str| name.starts_with(*tried) || name.ends_with(*tried);
            TRIES.iter().any(says_it) || must_not_wait(program, call)
        })
    }

    /// Whether a person answers in each turn, who is slow enough.
    fn asks_a_person(&self, program: &Program) -> bool {
        const ASKS: &[&str] = &[
            "prompt",
            "read_password",
            "read_input",
            "readpassword",
            "ask_user",
        ];
        let Op::Loop(l) = program.op(self.step) else {
            return false;
        };
        program.calls_in(l.body).into_iter().any(|(_, call)| {
            let name = program.callee_name(call.callee).to_ascii_lowercase();
            ASKS.iter().any(|asks| name.contains(asks))
        })
    }

    pub(super) fn site(&self, program: &Program) -> RetrySite {
        let pauses: Vec<&Pause> = self
            .turn
            .pauses
            .iter()
            .map(|waited| &waited.pause)
            .collect();
        let pace = pace::pace(program, self.step, pauses.iter().copied());
        RetrySite {
            at: self.step,
            callee: self.callee(program),
            ends: self.turn.exits.has(Known::LIMITED.or(Known::NONE)),
            paced: pace.trusted || pace.grows && pace.random,
        }
    }

    pub(super) fn callee(&self, program: &Program) -> String {
        program.show_called(self.call)
    }

    /// Whether a deaf wait is what is left where there is no context, beside one that hears it
    /// where there is.
    fn is_for_want_of_one(&self, program: &Program, deaf: &Pause, pauses: &[&Pause]) -> bool {
        let Some(at) = place(deaf) else {
            return false;
        };
        let mut around = program
            .ancestors(at)
            .take_while(|&(step, _)| step != self.step);
        around.any(|(step, owner)| {
            let &Op::Branch {
                condition,
                then,
                otherwise,
            } = program.op(step)
            else {
                return false;
            };
            let asks_for_nothing = matches!(*program.kind(condition),
                ExprKind::Binary(BinaryOp::Equal | BinaryOp::NotEqual, _, other)
                    if matches!(program.kind(other), ExprKind::Nil));
            let other_way = match owner {
                Owner::Then(_) => otherwise,
                _ => Some(then),
            };
            asks_for_nothing
                && other_way.is_some_and(|block| {
                    let inside = program.steps_in(block);
                    pauses.iter().any(|pause| {
                        !is_deaf(pause) && place(pause).is_some_and(|at| inside.contains(&at))
                    })
                })
        })
    }

    fn missing(&self, program: &Program, pace: Pace, pauses: &[&Pause]) -> Missing {
        let is_ended = is_ended_by_callers(program, self.step);
        let context = program
            .context_at(self.step)
            .filter(|&context| is_live(program, context) && !is_ended);
        let has_context = context.is_some();
        // Leaving before anything was tried is a stop that the loop looks at.
        let ends = is_ended
            || self.turn.exits.has(Known::LIMITED.or(Known::NONE))
            || self.lends_the_count(program);
        let is_deaf = pauses
            .iter()
            .any(|pause| is_deaf(pause) && !self.is_for_want_of_one(program, pause, pauses))
            && !(ends && are_short(program, pauses));
        Missing {
            // Something that is kept up needs no last attempt, but it has to obey its context.
            end: !ends && (self.ends_well || has_context),
            growth: !pace.grows && !pace.trusted,
            jitter: pace.grows && !pace.random && !pace.trusted,
            ear: context.map(ContextInScope::variable).filter(|_| is_deaf),
        }
    }
}

/// Whether a call is told to come back at once when there is nothing yet.
fn must_not_wait(program: &Program, call: &Call) -> bool {
    const FLAGS: &[&str] = &["NOHANG", "NONBLOCK", "DONTWAIT"];
    program.list(call.args).iter().any(|&argument| {
        program.parts_of(argument).into_iter().any(|part| {
            let name = program.callee_name(part);
            FLAGS.iter().any(|flag| name.ends_with(flag))
        })
    })
}

pub(super) fn is_deaf(pause: &Pause) -> bool {
    match pause {
        Pause::Timed { deaf, .. } => *deaf,
        Pause::Helper { inner, .. } => inner.iter().any(is_deaf),
        _ => false,
    }
}

fn place(pause: &Pause) -> Option<StepId> {
    match *pause {
        Pause::Timed { at, .. } | Pause::Helper { at, .. } | Pause::Named { at } => Some(at),
        _ => None,
    }
}

impl Missing {
    fn lack(&self, pace: Pace) -> Lack {
        let others = [self.growth, self.jitter, self.ear.is_some()];
        Lack {
            end: self.end,
            others: others.into_iter().filter(|&missing| missing).count(),
            jitter: self.jitter,
            ear: self.ear.is_some(),
            trusted: pace.trusted,
            drawn: pace.random,
        }
    }

    fn words(&self, program: &Program, waits: bool) -> String {
        let mut words = Vec::new();
        if self.end {
            words.push("no last attempt".to_owned());
        }
        if self.growth {
            words.push(match waits {
                true => "a wait that never grows".to_owned(),
                false => "no wait in between".to_owned(),
            });
        }
        if self.jitter {
            words.push("no jitter in its growing wait".to_owned());
        }
        if let Some(context) = self.ear {
            let name = program.text(program.variable(context).name);
            words.push(format!("a wait that does not hear `{name}`"));
        }
        match words.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
            None => String::new(),
        }
    }

    fn explain(&self, finding: &mut Finding, waits: bool) {
        let mut why = Vec::new();
        let mut fix = Vec::new();
        let mut items = Vec::new();
        if self.growth || self.jitter {
            items.push("C9");
        }
        if self.end {
            why.push("As long as the other side fails, every caller stays in this loop and none hears of the failure.");
            fix.push("count the tries or obey a deadline, and return the last error");
            items.push("C10");
        }
        if self.growth {
            why.push(match waits {
                true => "Every failing caller adds the same rate of calls for as long as the failure lasts, which can keep an overloaded service down.",
                false => "A call that is refused at once is repeated at once: the failing service gets calls as fast as this loop can make them.",
            });
            fix.push("double a ceiling up to a cap and wait a random time below it");
        }
        if self.jitter {
            why.push("Callers that failed at the same instant come back at the same instants, after each doubling again.");
            fix.push("draw the wait at random from the whole interval below the ceiling");
        }
        if self.ear.is_some() {
            why.push("A cancelled caller sleeps to the end and then makes one more call that nobody wants.");
            fix.push("wait in a select on a timer and on the context");
        }
        if items.is_empty() {
            items.push("C9");
        }
        let fix = fix.join("; ");
        let mut letters = fix.chars();
        let fix = letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default();
        finding
            .why(why.join(" "))
            .fix(format!("{fix}."))
            .items(&items);
    }
}
