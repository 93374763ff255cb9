//! What to do: decided from what stands on the pull request and what there is to say. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::comment::{self, About, Draft};
use crate::review::Review;
use crate::review::outcome::{Remark, State};
use crate::store::dismissals::Dismissal;

/// A comment of ours that says a finding is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its number.
    pub id: i64,
    /// Its name for GraphQL.
    pub node: String,
    /// The class of the finding.
    pub code: String,
    /// The finding.
    pub fingerprint: String,
    /// The file that it stands on.
    pub path: String,
    /// Whether anybody answered.
    pub is_answered: bool,
}

/// What stands on the pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Our comments on findings, oldest first.
    pub said: Vec<Said>,
    /// Whether there is more than was looked at.
    pub is_cut: bool,
    /// Whether this push has its review already.
    pub is_reviewed: bool,
    /// Reviews of ours that were begun and never sent.
    pub pending: Vec<i64>,
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Delete a review that was begun and never sent: GitHub takes no other while it is there.
    DropPending(i64),
    /// Post the review of this push.
    Review {
        /// The words above the comments.
        body: String,
        /// The comments.
        comments: Vec<Draft>,
    },
    /// Post a comment by itself: this push has its review already.
    Comment(Draft),
    /// End a comment whose finding is gone: delete it, or, where somebody answered, give it other
    /// words and hide it.
    End {
        /// Its number.
        id: i64,
        /// Its name for GraphQL.
        node: String,
        /// Whether anybody answered.
        is_answered: bool,
        /// The other words.
        body: String,
    },
}

/// What to do, and what stands in the check run alone.
#[derive(Debug, Default)]
pub struct Plan {
    /// To be done in this order.
    pub actions: Vec<Action>,
    /// Fingerprints of findings that have no comment and get none.
    pub beside: BTreeSet<String>,
}

/// The findings of a review that are for the author of the change, surest first.
pub fn told<'r>(review: &'r Review, dismissed: &BTreeMap<String, Dismissal>) -> Vec<&'r Remark> {
    let mut told: Vec<&Remark> = review
        .findings
        .iter()
        .filter(|remark| remark.state == Some(State::Introduced))
        .filter(|remark| !dismissed.contains_key(&remark.fingerprint))
        .collect();
    told.sort_by_key(|remark| std::cmp::Reverse(remark.confidence));
    told
}

/// What to do so that every finding has its one comment, as far as there is room.
pub fn plan(
    standing: &Standing,
    review: &Review,
    dismissed: &BTreeMap<String, Dismissal>,
    about: &About<'_>,
) -> Plan {
    let told = told(review, dismissed);
    let live: BTreeSet<&str> = told
        .iter()
        .map(|remark| remark.fingerprint.as_str())
        .collect();
    let mut plan = Plan::default();
    plan.actions
        .extend(standing.pending.iter().map(|&id| Action::DropPending(id)));
    let mut kept: BTreeSet<&str> = BTreeSet::new();
    let mut endings = Vec::new();
    for said in &standing.said {
        let fingerprint = said.fingerprint.as_str();
        // The first comment on a finding stays, others of it go.
        if live.contains(fingerprint) && kept.insert(fingerprint) {
            continue;
        }
        // The answer may be among what was not seen.
        let is_answered = said.is_answered || standing.is_cut;
        endings.push(Action::End {
            id: said.id,
            node: said.node.clone(),
            is_answered,
            body: comment::retired(said, dismissed.get(fingerprint), about),
        });
    }
    let mut room = match standing.is_cut {
        // What was not seen may say it already.
        true => 0,
        false => about.settings.max_comments.saturating_sub(kept.len()),
    };
    let mut drafts = Vec::new();
    for remark in told
        .iter()
        .filter(|remark| !kept.contains(remark.fingerprint.as_str()))
    {
        match comment::draft(remark, about).filter(|_| room > 0) {
            Some(draft) => {
                room -= 1;
                drafts.push(draft);
            }
            None => {
                plan.beside.insert(remark.fingerprint.clone());
            }
        }
    }
    if standing.is_reviewed {
        plan.actions.extend(drafts.into_iter().map(Action::Comment));
    } else if !drafts.is_empty() {
        let body = comment::introduction(drafts.len(), about);
        plan.actions.push(Action::Review {
            body,
            comments: drafts,
        });
    }
    plan.actions.extend(endings);
    plan
}
