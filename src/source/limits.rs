//! How much of a file is looked at, so that no input can hold the reviewer up.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Budgets for one file. What is over a budget is named under `skipped`, never dropped in silence.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Largest file that is parsed, in bytes.
    pub bytes: usize,
    /// Most syntax nodes of one file that are lowered; what follows is cut.
    pub nodes: usize,
    /// Longest time that one file may be parsed.
    pub time: Duration,
    /// When everything ends that is not done.
    pub stop: Stop,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            bytes: 4 << 20,
            nodes: 3_000_000,
            time: Duration::from_secs(5),
            stop: Stop::default(),
        }
    }
}

/// When work ends before it is done: at a deadline, or when nobody waits for it any more. It is
/// asked between files and within them, so that work ends soon after; never, unless it is set.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    deadline: Option<(Instant, Duration)>,
    called_off: Option<Arc<AtomicBool>>,
    questions: Option<Questions>,
}

/// How often it was asked whether to stop, and from which time on the answer is yes.
#[derive(Clone, Debug)]
struct Questions {
    asked: Arc<AtomicU64>,
    last: u64,
}

impl Stop {
    /// Ends work so much from now.
    #[must_use]
    pub fn after(limit: Duration) -> Stop {
        Stop {
            deadline: Instant::now().checked_add(limit).map(|end| (end, limit)),
            ..Stop::default()
        }
    }

    /// Ends work when this is asked for so many times: for tests, which no clock makes uncertain.
    #[must_use]
    pub fn at_question(last: u64) -> Stop {
        let asked = Arc::default();
        Stop {
            questions: Some(Questions { asked, last }),
            ..Stop::default()
        }
    }

    /// How often it was asked, where that is counted.
    pub fn questions(&self) -> u64 {
        let counted = self.questions.as_ref();
        counted.map_or(0, |counted| counted.asked.load(Ordering::Relaxed))
    }

    /// Ends it also when this becomes true.
    #[must_use]
    pub fn or_when(self, called_off: Arc<AtomicBool>) -> Stop {
        Stop {
            called_off: Some(called_off),
            ..self
        }
    }

    /// Whether work is to end now.
    pub fn is_now(&self) -> bool {
        if let Some(Questions { asked, last }) = &self.questions {
            return asked.fetch_add(1, Ordering::Relaxed) + 1 >= *last;
        }
        let is_called_off = self.called_off.as_ref();
        is_called_off.is_some_and(|told| told.load(Ordering::Relaxed))
            || self.deadline.is_some_and(|(end, _)| Instant::now() >= end)
    }

    /// What is to be said of work that ended so.
    pub fn cut(&self) -> Cut {
        Cut::Unfinished {
            limit: self.deadline.map(|(_, limit)| limit),
        }
    }
}

/// Why a file, or a part of it, was not looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The file is larger than the limit (both in bytes).
    Bytes {
        /// Its size.
        size: usize,
        /// The limit in force.
        limit: usize,
    },
    /// The file has more syntax nodes than the limit; the rest was not looked at.
    Nodes {
        /// The limit in force.
        limit: usize,
    },
    /// Parsing took longer than the limit.
    Time {
        /// The limit in force.
        limit: Duration,
    },
    /// The whole work was ended before this was done.
    Unfinished {
        /// How long it had; nothing when it was called off.
        limit: Option<Duration>,
    },
    /// Code is nested deeper than the engine follows; the inner part was not looked at.
    Depth {
        /// 1-based line at which following stopped.
        line: u32,
    },
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cut::Bytes { size, limit } => {
                write!(f, "{size} bytes, over the limit of {limit} (--limit-bytes)")
            }
            Cut::Nodes { limit } => {
                write!(
                    f,
                    "more than {limit} syntax nodes; the rest was not looked at (--limit-nodes)"
                )
            }
            Cut::Time { limit } => {
                write!(
                    f,
                    "parsing took longer than {} s (--limit-seconds)",
                    limit.as_secs_f64()
                )
            }
            Cut::Unfinished { limit: Some(limit) } => {
                write!(f, "not finished within {} s", limit.as_secs_f64())
            }
            Cut::Unfinished { limit: None } => write!(f, "called off before it was finished"),
            Cut::Depth { line } => {
                write!(
                    f,
                    "nested too deeply at line {line}; what is inside was not looked at"
                )
            }
        }
    }
}
