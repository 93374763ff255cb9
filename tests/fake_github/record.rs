//! What was asked and answered, and what went against GitHub's description or its rules.

use std::collections::{BTreeMap, BTreeSet};

use super::state::Level;

/// A request and its answer.
#[derive(Clone, Debug)]
pub struct Logged {
    /// By the stand-in's clock, in milliseconds since 1970.
    pub at: i64,
    pub method: String,
    /// With its query.
    pub path: String,
    /// As GitHub's description names it; empty where it knows no such operation.
    pub operation: String,
    /// Who asked: `installation 3000000007`, `app`, `user octocat`, …
    pub caller: String,
    /// What the client was told; 0 where the connection was cut.
    pub status: u16,
    pub request: String,
    pub response: String,
}

#[derive(Debug, Default)]
pub struct Record {
    pub log: Vec<Logged>,
    pub violations: Vec<String>,
    /// The permissions that operations needed, by installation.
    pub used: BTreeMap<u64, BTreeSet<(String, Level)>>,
}

impl Record {
    pub fn violation(&mut self, text: String) {
        self.violations.push(text);
    }
}
