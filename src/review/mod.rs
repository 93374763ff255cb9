//! From units of code, or the two states of a change, to a [`Review`].
//!
//! The front doors are [`run::check`] and [`run::check_text`] for code as it is, and
//! [`change::review`] for a change. All are pure: bytes come from the caller, nothing is read
//! from disk, environment or clock.

pub mod outcome;

pub mod config;

pub mod run;

pub mod change;

pub mod unit;

pub mod remark;

pub mod fingerprint;

pub mod allow;

pub mod suggestion;

#[cfg(feature = "server")]
pub mod colours;

pub mod compare;

pub mod placement;

pub mod smell;

pub mod checklist;

pub use outcome::Review;

use crate::source::limits::Limits;

/// Where explanations are, unless the operator says otherwise.
pub const HELP_BASE: &str = "https://highwater.dev";

/// How a review is made.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the repository sets.
    pub settings: config::Settings,
    /// Budgets per file.
    pub limits: Limits,
    /// Whether the sites of the smell check are listed; without them the questions and the
    /// checklist answer from the findings alone.
    pub inventory: bool,
    /// Whether suggested changes are proven and offered.
    pub suggestions: bool,
    /// Whether generated files are analysed as well.
    pub generated: bool,
    /// Whether the names of functions are kept, which the comparison of two states needs.
    pub names: bool,
    /// Whether the colours of what is parsed are kept, for surfaces that show it.
    pub colours: bool,
    /// The address before `/bugs/BP06-…`, without a final `/`.
    pub help_base: String,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            settings: config::Settings::default(),
            limits: Limits::default(),
            inventory: true,
            suggestions: true,
            generated: false,
            names: false,
            colours: false,
            help_base: HELP_BASE.to_owned(),
        }
    }
}
