//! The numbers and switches that a repository may set.

/// What the rules measure against. Times are in milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Thresholds {
    /// Channel capacity above which a buffer counts as huge (BP02).
    pub buffer_limit: u64,
    /// The latency objective, where no constant in view names one (BP19).
    pub slo_ms: Option<f64>,
    /// The time per job, where no constant in view names one (BP19).
    pub job_ms: Option<f64>,
    /// Codes that are switched off.
    pub disabled: Vec<String>,
}

impl Default for Thresholds {
    fn default() -> Thresholds {
        Thresholds {
            buffer_limit: 10_000,
            slo_ms: None,
            job_ms: None,
            disabled: Vec::new(),
        }
    }
}

impl Thresholds {
    /// Whether this code is switched off.
    pub fn is_disabled(&self, code: &str) -> bool {
        self.disabled
            .iter()
            .any(|disabled| disabled.eq_ignore_ascii_case(code))
    }
}
