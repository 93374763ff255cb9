//! The pushes of a pull request, and what is different since somebody looked last.

use std::collections::BTreeMap;

use super::excerpts::Source;
use super::{date, message, short};
use crate::review::outcome::{Remark, State};
use crate::store::reviews::{Kept, Push};

/// A push as a line of the history.
pub struct Pushed {
    /// The commit, short.
    pub head: String,
    /// Where it is to be seen.
    pub link: Option<String>,
    /// When it was reviewed.
    pub made: String,
    /// Findings: introduced, fixed, there before.
    pub numbers: [u32; 3],
    /// Whether it is the one that is shown.
    pub is_shown: bool,
}

impl Pushed {
    /// A push.
    pub fn of(push: &Push, source: &Source) -> Pushed {
        let head = short(&push.head);
        Pushed {
            link: source.commit(&push.head),
            made: date(push.made),
            numbers: push.all(),
            is_shown: head == source.head(),
            head,
        }
    }
}

/// What is different since somebody looked last.
pub struct Since {
    /// The commit that they looked at, short.
    pub head: String,
    /// Where what was pushed since is to be seen.
    pub link: Option<String>,
    /// Findings that came, as HTML.
    pub new: Vec<String>,
    /// Findings that went, as HTML.
    pub gone: Vec<String>,
}

impl Since {
    /// What is different between two pushes.
    pub fn between(before: &Kept, after: &Kept, source: &Source) -> Since {
        let (old, new) = (standing(before), standing(after));
        let only = |these: &BTreeMap<&str, &Remark>, those: &BTreeMap<&str, &Remark>| {
            let only = these
                .iter()
                .filter(|(print, _)| !those.contains_key(*print));
            let words = |remark: &Remark| {
                let Remark {
                    code,
                    path,
                    line,
                    message: told,
                    ..
                } = remark;
                message(&format!("{code} at {path}:{line}: {told}"))
            };
            only.map(|(_, remark)| words(remark)).collect()
        };
        Since {
            head: short(&before.head),
            link: source.between(&before.head, &after.head),
            new: only(&new, &old),
            gone: only(&old, &new),
        }
    }
}

/// The findings that are there.
fn standing(kept: &Kept) -> BTreeMap<&str, &Remark> {
    let there = kept.review.findings.iter();
    there
        .filter(|remark| remark.state != Some(State::Fixed))
        .map(|remark| (remark.fingerprint.as_str(), remark))
        .collect()
}
