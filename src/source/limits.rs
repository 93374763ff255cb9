//! How much of a file is looked at, so that no input can hold the reviewer up.

use std::fmt;
use std::time::Duration;

/// Budgets for one file. What is over a budget is named under `skipped`, never dropped in silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file that is parsed, in bytes.
    pub bytes: usize,
    /// Most syntax nodes of one file that are lowered; what follows is cut.
    pub nodes: usize,
    /// Longest time that one file may be parsed.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            bytes: 4 << 20,
            nodes: 3_000_000,
            time: Duration::from_secs(5),
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
            Cut::Depth { line } => {
                write!(
                    f,
                    "nested too deeply at line {line}; what is inside was not looked at"
                )
            }
        }
    }
}
