//! Base and head: which findings of one are those of the other.
//!
//! Findings are paired by what tells them apart, first strictly, then less so: a renamed function,
//! an edited anchor and a renamed variable leave a finding what it was. What is left over in the
//! head is introduced, what is left over in the base is fixed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::fingerprint::Key;
use super::outcome::{Confidence, Remark};
use crate::source::diff::{Diff, FileDiff};

/// The findings of one side, in order.
#[derive(Clone, Copy)]
pub struct Findings<'s> {
    /// What they show.
    pub remarks: &'s [Remark],
    /// What tells them apart; as many.
    pub keys: &'s [Key],
    /// The functions that there are on this side.
    pub functions: &'s BTreeSet<String>,
}

/// Where lines of one side stand on the other.
pub struct Lines<'d> {
    by_base: HashMap<&'d str, &'d FileDiff>,
    by_head: HashMap<&'d str, &'d FileDiff>,
}

impl<'d> Lines<'d> {
    /// As a diff says.
    pub fn new(diff: &'d Diff) -> Lines<'d> {
        Lines {
            by_base: diff.by_base(),
            by_head: diff.by_head(),
        }
    }

    /// The diff of a file of the head.
    pub fn head(&self, path: &str) -> Option<&'d FileDiff> {
        self.by_head.get(path).copied()
    }

    /// The diff of a file of the base.
    pub fn base(&self, path: &str) -> Option<&'d FileDiff> {
        self.by_base.get(path).copied()
    }

    /// Where a line of the base stands in the head; `None` when it or its file is gone.
    fn to_head<'p>(&self, path: &'p str, line: u32) -> Option<(&'p str, u32)>
    where
        'd: 'p,
    {
        match self.base(path) {
            Some(file) => Some((file.new_path.as_deref()?, file.to_new(line)?)),
            None => Some((path, line)),
        }
    }

    /// Whether the change adds a line that a remark of the head is about, or a related one.
    pub fn touches_added(&self, remark: &Remark) -> bool {
        let adds = |path: &str, first: u32, last: u32| {
            self.head(path).is_some_and(|file| {
                let at = file.added().partition_point(|&added| added < first);
                file.added().get(at).is_some_and(|&added| added <= last)
            })
        };
        adds(&remark.path, remark.line, remark.end_line)
            || remark
                .related
                .iter()
                .any(|place| adds(&place.path, place.line, place.line))
    }

    /// The hunk in which a line of the base stands, as the head's path and the hunk's number.
    fn hunk_of_base(&self, path: &str, line: u32) -> Option<(&'d str, usize)> {
        let file = self.base(path)?;
        let at = file
            .hunks()
            .partition_point(|hunk| hunk.old_start <= line)
            .checked_sub(1)?;
        let hunk = &file.hunks()[at];
        (line < hunk.old_start + hunk.old_count).then_some((file.new_path.as_deref()?, at))
    }

    /// The hunk in which a line of the head stands.
    fn hunk_of_head(&self, path: &str, line: u32) -> Option<(&'d str, usize)> {
        let file = self.head(path)?;
        let at = file
            .hunks()
            .partition_point(|hunk| hunk.new_start <= line)
            .checked_sub(1)?;
        let hunk = &file.hunks()[at];
        (line < hunk.new_start + hunk.new_count).then_some((file.new_path.as_deref()?, at))
    }
}

/// For each finding of the head the finding of the base that it is.
pub struct Pairs {
    /// By the finding of the head.
    pub base_of: Vec<Option<usize>>,
    /// Whether a finding of the base is one of the head's.
    pub is_taken: Vec<bool>,
}

impl Pairs {
    fn pair(&mut self, base: usize, head: usize) {
        self.base_of[head] = Some(base);
        self.is_taken[base] = true;
    }

    /// Whether the change introduces a finding of the head: it was not there, or it was too
    /// unsure to be reported and no longer is.
    pub fn is_introduced(&self, at: usize, base: &[Remark], head: &[Remark]) -> bool {
        self.base_of[at].is_none_or(|was| {
            base[was].confidence == Confidence::Low && head[at].confidence > Confidence::Low
        })
    }
}

/// Pairs the findings of both sides.
pub fn pair(base: Findings<'_>, head: Findings<'_>, lines: &Lines<'_>) -> Pairs {
    let mut pairs = Pairs {
        base_of: vec![None; head.keys.len()],
        is_taken: vec![false; base.keys.len()],
    };
    let matcher = Matcher { base, head, lines };
    let whole = |key: &Key| {
        Some([
            key.code.clone(),
            key.function.clone(),
            key.subject.clone(),
            key.anchor.clone(),
        ])
    };
    matcher.pass(&mut pairs, &|at| whole(&base.keys[at]), &|at| {
        whole(&head.keys[at])
    });

    // A renamed function: the old name is gone, the new one is new.
    let without_function = |key: &Key| [key.code.clone(), key.subject.clone(), key.anchor.clone()];
    matcher.pass(
        &mut pairs,
        &|at| {
            let key = &base.keys[at];
            (!head.functions.contains(&key.function)).then(|| without_function(key))
        },
        &|at| {
            let key = &head.keys[at];
            (!base.functions.contains(&key.function)).then(|| without_function(key))
        },
    );

    // An edited anchor: the same thing in the same function.
    let without_anchor = |key: &Key| {
        let told = !key.subject.is_empty() && !key.function.is_empty();
        told.then(|| [key.code.clone(), key.function.clone(), key.subject.clone()])
    };
    matcher.pass(&mut pairs, &|at| without_anchor(&base.keys[at]), &|at| {
        without_anchor(&head.keys[at])
    });

    // A renamed variable: the same class in the same function, in the same hunk.
    let in_hunk = |key: &Key, hunk: Option<(&str, usize)>| {
        let (path, number) = hunk?;
        Some([
            key.code.clone(),
            key.function.clone(),
            path.to_owned(),
            number.to_string(),
        ])
    };
    matcher.pass(
        &mut pairs,
        &|at| {
            in_hunk(
                &base.keys[at],
                lines.hunk_of_base(&base.remarks[at].path, base.remarks[at].line),
            )
        },
        &|at| {
            in_hunk(
                &head.keys[at],
                lines.hunk_of_head(&head.remarks[at].path, head.remarks[at].line),
            )
        },
    );
    pairs
}

struct Matcher<'s> {
    base: Findings<'s>,
    head: Findings<'s>,
    lines: &'s Lines<'s>,
}

impl Matcher<'_> {
    /// Pairs what is not yet paired and has the same name; findings without a name are left.
    fn pass<N: Ord>(
        &self,
        pairs: &mut Pairs,
        name_of_base: &dyn Fn(usize) -> Option<N>,
        name_of_head: &dyn Fn(usize) -> Option<N>,
    ) {
        let mut groups: BTreeMap<N, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for at in (0..self.base.keys.len()).filter(|&at| !pairs.is_taken[at]) {
            if let Some(name) = name_of_base(at) {
                groups.entry(name).or_default().0.push(at);
            }
        }
        for at in (0..self.head.keys.len()).filter(|&at| pairs.base_of[at].is_none()) {
            if let Some(name) = name_of_head(at) {
                groups.entry(name).or_default().1.push(at);
            }
        }
        for (base, head) in groups.into_values() {
            self.group(pairs, &base, &head);
        }
    }

    /// Pairs findings that look the same: first those whose lines are the same line, then the
    /// rest in order, those on added lines last.
    fn group(&self, pairs: &mut Pairs, base: &[usize], head: &[usize]) {
        if base.is_empty() || head.is_empty() {
            return;
        }
        let remark = |at: usize| &self.head.remarks[at];
        let mut by_place: HashMap<(&str, u32), Vec<usize>> = HashMap::new();
        for &at in head.iter().rev() {
            by_place
                .entry((&remark(at).path, remark(at).line))
                .or_default()
                .push(at);
        }
        let mut left = Vec::new();
        for &at in base {
            let was = &self.base.remarks[at];
            let here = self
                .lines
                .to_head(&was.path, was.line)
                .and_then(|place| by_place.get_mut(&place));
            match here.and_then(Vec::pop) {
                Some(same) => pairs.pair(at, same),
                None => left.push(at),
            }
        }
        let mut open: Vec<usize> = head
            .iter()
            .copied()
            .filter(|&at| pairs.base_of[at].is_none())
            .collect();
        open.sort_by_key(|&at| {
            self.lines
                .head(&remark(at).path)
                .is_some_and(|file| file.is_added(remark(at).line))
        });
        for (base, head) in left.into_iter().zip(open) {
            pairs.pair(base, head);
        }
    }
}
