//! What is said of a loop, once its rule has decided.

use super::{Confidence, Findings, owner};
use crate::model::{FunctionId, Program, StepId};
use crate::rules::waits;
use crate::source::Span;

/// What is said of a loop.
pub(super) struct Claim {
    pub step: StepId,
    pub function: FunctionId,
    pub confidence: Confidence,
    pub message: String,
    pub why: String,
    /// What that costs when many start it; not said of what the process starts once.
    pub each_owner: &'static str,
    pub fix: String,
    pub subject: String,
    pub made: Option<Span>,
    pub related: Option<(Span, String)>,
    /// Loops of the same starter of which the same would be said.
    others: Vec<StepId>,
}

impl Claim {
    pub fn new(step: StepId, function: FunctionId, confidence: Confidence) -> Claim {
        Claim {
            step,
            function,
            confidence,
            message: String::new(),
            why: String::new(),
            each_owner: "",
            fix: "Give the loop a context and select on it beside the work; give it to the work as well.".to_owned(),
            subject: String::new(),
            made: None,
            related: None,
            others: Vec::new(),
        }
    }

    pub fn say(self, program: &Program, findings: &mut Findings) {
        let confidence = self
            .confidence
            .min(owner::limit(program, self.function, self.step));
        let mut why = self.why;
        if confidence > Confidence::Low {
            why.push_str(self.each_owner);
        }
        let finding = findings.at(waits::anchor(program, self.step), confidence, self.message);
        finding.why(why).fix(self.fix).about(self.subject);
        finding.function = Some(self.function);
        if let Some(made) = self.made {
            finding.because(made, "made here, and never closed");
        }
        if let Some((at, label)) = self.related {
            finding.because(at, label);
        }
        if let Some(&spawn) = program.spawned_at(self.function).first() {
            finding.because(program.span(spawn), "started here");
        }
        for other in self.others {
            finding.because(waits::anchor(program, other), "and so does this one");
        }
    }

    /// The function that starts the worker where it stands, if it does.
    fn starter(&self, program: &Program) -> Option<FunctionId> {
        let is_here = program.is_closure(self.function) && program.is_task(self.function);
        is_here.then(|| program.outermost(self.function))
    }
}

/// Says each claim, and what is the same of several tasks that one function starts but once.
pub(super) fn say_together(program: &Program, claims: Vec<Claim>, findings: &mut Findings) {
    let mut said: Vec<Claim> = Vec::with_capacity(claims.len());
    for claim in claims {
        let starter = claim.starter(program);
        // Steps come in the order of the text: the last one said is of the same function, or none.
        let same = said.last_mut().filter(|last| {
            starter.is_some()
                && last.starter(program) == starter
                && last.message == claim.message
                && last.confidence == claim.confidence
        });
        match same {
            Some(first) => first.others.push(claim.step),
            None => said.push(claim),
        }
    }
    for claim in said {
        claim.say(program, findings);
    }
}
