//! A finding: what a rule says about a place, with the evidence beside it.

use crate::model::change::Change;
use crate::model::{FunctionId, Program};
use crate::rules::Rule;
use crate::source::Span;
use rustc_hash::FxHashSet;

/// How sure a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Confidence {
    /// Worth a look.
    Low,
    /// True unless code out of view mends it.
    Medium,
    /// The code shown is enough to prove it.
    High,
}

impl Confidence {
    /// One step less sure; `low` stays `low`.
    pub fn lowered(self) -> Confidence {
        match self {
            Confidence::High => Confidence::Medium,
            Confidence::Medium | Confidence::Low => Confidence::Low,
        }
    }

    /// `high`, `medium` or `low`.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::High => "high",
            Confidence::Medium => "medium",
            Confidence::Low => "low",
        }
    }
}

/// A related place with its one-line label, so that the claim can be checked on the spot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub at: Span,
    /// What is to be seen there, lower case, no final dot.
    pub label: String,
}

/// A change that mends the finding; made and analysed again before it is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What is changed.
    pub at: Span,
    /// How.
    pub change: Change,
}

/// What a rule found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that says so.
    pub rule: &'static Rule,
    /// The anchor: the line the comment goes on.
    pub at: Span,
    /// How sure.
    pub confidence: Confidence,
    /// What is wrong, lower case, no final dot, identifiers in backticks.
    pub message: String,
    /// Why it matters: what happens at run time, full sentences.
    pub why: String,
    /// What to do: full sentences.
    pub fix: String,
    /// The evidence.
    pub related: Vec<Related>,
    /// Checklist items that this finding answers to; the rule's own unless a rule narrows them.
    pub checklist: Vec<&'static str>,
    /// A change that mends it, where one is known.
    pub suggestion: Option<Suggestion>,
    /// The function it stands in, for the fingerprint.
    pub function: Option<FunctionId>,
    /// The named thing it is about (`p.jobs`), for the fingerprint.
    pub subject: String,
}

impl Finding {
    /// Adds a related place.
    pub fn because(&mut self, at: Span, label: impl Into<String>) -> &mut Finding {
        self.related.push(Related {
            at,
            label: label.into(),
        });
        self
    }

    /// Sets what happens at run time.
    pub fn why(&mut self, text: impl Into<String>) -> &mut Finding {
        self.why = text.into();
        self
    }

    /// Sets what to do.
    pub fn fix(&mut self, text: impl Into<String>) -> &mut Finding {
        self.fix = text.into();
        self
    }

    /// Names the thing it is about.
    pub fn about(&mut self, subject: impl Into<String>) -> &mut Finding {
        self.subject = subject.into();
        self
    }

    /// Narrows the checklist items.
    pub fn items(&mut self, items: &[&'static str]) -> &mut Finding {
        self.checklist = items.to_vec();
        self
    }

    /// Says everything in the words of a language.
    pub(super) fn say_in_words_of(&mut self, program: &Program) {
        let texts = [&mut self.message, &mut self.why, &mut self.fix];
        let labels = self.related.iter_mut().map(|related| &mut related.label);
        for text in texts.into_iter().chain(labels) {
            program.in_own_words(text);
        }
    }

    /// Offers a change.
    pub fn suggest(&mut self, at: Span, change: Change) -> &mut Finding {
        self.suggestion = Some(Suggestion { at, change });
        self
    }
}

/// Collects what one rule finds; knows the rule.
pub struct Findings {
    rule: &'static Rule,
    found: Vec<Finding>,
    anchors: FxHashSet<Span>,
}

impl Findings {
    /// An empty collection for a rule.
    pub fn of(rule: &'static Rule) -> Findings {
        Findings {
            rule,
            found: Vec::new(),
            anchors: FxHashSet::default(),
        }
    }

    /// Adds a finding at its anchor; the rest is filled in on what comes back.
    pub fn at(
        &mut self,
        at: Span,
        confidence: Confidence,
        message: impl Into<String>,
    ) -> &mut Finding {
        let at_index = self.found.len();
        self.anchors.insert(at);
        self.found.push(Finding {
            rule: self.rule,
            at,
            confidence,
            message: message.into(),
            why: String::new(),
            fix: String::new(),
            related: Vec::new(),
            checklist: self.rule.checklist.to_vec(),
            suggestion: None,
            function: None,
            subject: String::new(),
        });
        &mut self.found[at_index]
    }

    /// What was found so far.
    pub fn into_vec(self) -> Vec<Finding> {
        self.found
    }

    /// Lowers the confidence of everything that stands where `is_harmless` says.
    pub fn lower_where(&mut self, is_harmless: impl Fn(&Finding) -> bool) {
        for finding in &mut self.found {
            if is_harmless(finding) {
                finding.confidence = Confidence::Low;
            }
        }
    }

    /// Whether something is already said at this anchor.
    pub fn has_at(&self, at: Span) -> bool {
        self.anchors.contains(&at)
    }
}
