//! The bug classes: one file each, and the registry that lists them once.
//!
//! A rule is a value. It reads the model and says findings; it knows no grammar and no file.

pub mod examples;
pub mod finding;
pub mod thresholds;

mod abandoned_sender;
mod blocking_send_in_handler;
mod blocking_under_lock;
mod check_then_send;
mod collapsing_limiter;
mod detached_context;
mod emptied_sender;
mod forgotten_close;
mod handlers;
mod huge_channel_buffer;
mod late_send;
mod left_early;
mod mend;
mod naive_retry;
mod overflow_spawn;
mod oversized_queue_for_slo;
mod permit_released_early;
mod receiver_closes;
mod replies;
mod send_after_shutdown;
mod signals;
mod silent_drop;
mod sleep_drain;
mod spawn_per_request;
mod spinning_drop_oldest;
mod unbounded_slice_queue;
mod uncancellable_worker;
mod unhedged_fanout;
mod unsafe_close;
mod unwinding;
mod waits;
mod write_only_counter;

use crate::model::Program;
use crate::source::limits::Stop;
pub use finding::{Confidence, Finding, Findings, Related, Suggestion};
pub(crate) use naive_retry::retries;
pub use thresholds::Thresholds;

/// How much experience it takes to spot the class, in the source's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Seen at a glance.
    Junior,
    /// Needs to know the idioms.
    Middle,
    /// Needs to think about interleavings or load.
    Senior,
}

impl Level {
    /// `junior`, `middle` or `senior`.
    pub fn name(self) -> &'static str {
        match self {
            Level::Junior => "junior",
            Level::Middle => "middle",
            Level::Senior => "senior",
        }
    }
}

/// The seam at which the class sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Seam {
    /// A send or a receive.
    SendReceive,
    /// A buffer and its size.
    Buffer,
    /// The way a system stops.
    Shutdown,
    /// A handler that meets workers.
    Handler,
    /// A retry or hedging loop.
    Retry,
}

impl Seam {
    /// The name used on pages and filters.
    pub fn name(self) -> &'static str {
        match self {
            Seam::SendReceive => "send/receive",
            Seam::Buffer => "buffer",
            Seam::Shutdown => "shutdown",
            Seam::Handler => "handler",
            Seam::Retry => "retry",
        }
    }
}

/// A bug class: its identity, its page and its check.
pub struct Rule {
    /// `BP06`.
    pub code: &'static str,
    /// `blocking-send-in-handler`: reads well after "allow".
    pub slug: &'static str,
    /// One line, lower case, no final dot.
    pub summary: &'static str,
    /// Who spots it.
    pub level: Level,
    /// Where it sits.
    pub seam: Seam,
    /// The smell-check questions that it answers to, `Q1` to `Q5`.
    pub questions: &'static [&'static str],
    /// The checklist items that it answers to, `C1` to `C11`.
    pub checklist: &'static [&'static str],
    /// The explanation, Markdown.
    pub page: &'static str,
    /// The check.
    pub check: fn(&Program, &Thresholds, &mut Findings),
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.code, self.slug)
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Rule) -> bool {
        self.code == other.code
    }
}

/// Every rule, in the order of the codes.
pub static ALL: &[&Rule] = &[
    &unbounded_slice_queue::RULE,
    &huge_channel_buffer::RULE,
    &spawn_per_request::RULE,
    &forgotten_close::RULE,
    &unsafe_close::RULE,
    &blocking_send_in_handler::RULE,
    &silent_drop::RULE,
    &check_then_send::RULE,
    &uncancellable_worker::RULE,
    &send_after_shutdown::RULE,
    &naive_retry::RULE,
    &permit_released_early::RULE,
    &receiver_closes::RULE,
    &overflow_spawn::RULE,
    &unhedged_fanout::RULE,
    &sleep_drain::RULE,
    &spinning_drop_oldest::RULE,
    &collapsing_limiter::RULE,
    &oversized_queue_for_slo::RULE,
    &detached_context::RULE,
    &write_only_counter::RULE,
    &abandoned_sender::RULE,
    &blocking_under_lock::RULE,
];

/// The rule with this code (any case), slug, or `BP06-slug`.
pub fn by_name(name: &str) -> Option<&'static Rule> {
    let wanted = name.to_ascii_lowercase();
    ALL.iter().copied().find(|rule| {
        let code = rule.code.to_ascii_lowercase();
        wanted == code || wanted == rule.slug || wanted == format!("{code}-{}", rule.slug)
    })
}

/// What the rules say of a unit.
#[derive(Debug, Default)]
pub struct Run {
    /// Findings in the order of their places.
    pub findings: Vec<Finding>,
    /// The rules that were not done when work was to end.
    pub not_run: Vec<&'static Rule>,
}

/// Runs every rule that is not disabled, until work is to end.
pub fn run(program: &Program, thresholds: &Thresholds, stop: &Stop) -> Run {
    let mut found = Vec::new();
    let mut not_run = Vec::new();
    for rule in ALL
        .iter()
        .copied()
        .filter(|rule| !thresholds.is_disabled(rule.code))
    {
        let mut findings = Findings::of(rule);
        let done = program.until(stop, || (rule.check)(program, thresholds, &mut findings));
        match done {
            Some(()) => found.append(&mut findings.into_vec()),
            // A part of what it says could be wrong: it may take back what it said before.
            None => not_run.push(rule),
        }
    }
    for finding in &mut found {
        finding.say_in_words_of(program);
    }
    found.sort_by(|a, b| (a.at, a.rule.code).cmp(&(b.at, b.rule.code)));
    found.dedup_by(|a, b| a.at == b.at && a.rule == b.rule);
    Run {
        findings: found,
        not_run,
    }
}
