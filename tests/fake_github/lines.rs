//! The stand-in's own comparison of texts, line by line.
//!
//! It shares nothing with the product's, so that both cannot be wrong in the same way. Myers' algorithm, with three
//! lines of context, as git shows it.

use std::collections::HashMap;

/// How many lines of context surround a change.
const CONTEXT: usize = 3;
/// Beyond so many differing lines the rest is taken as wholly replaced: still a true diff, and quick.
const FARTHEST: usize = 1500;

/// What becomes of a line; lines are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    Keep(usize, usize),
    Remove(usize),
    Add(usize),
}

/// A line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `' '`, `'-'` or `'+'`.
    pub sign: char,
    pub text: String,
    /// The number in the old text, from 1.
    pub old: Option<usize>,
    /// The number in the new text, from 1.
    pub new: Option<usize>,
    /// The last line of a text that does not end in a line end.
    pub unended: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    pub heading: String,
    pub lines: Vec<Line>,
}

/// The lines of a text, each with its end.
pub fn split(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// How one list of lines becomes the other.
pub fn edits(old: &[&str], new: &[&str]) -> Vec<Edit> {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end = old_rest
        .iter()
        .rev()
        .zip(new_rest.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (old_middle, new_middle) = (
        &old_rest[..old_rest.len() - end],
        &new_rest[..new_rest.len() - end],
    );
    let mut all: Vec<Edit> = (0..start).map(|at| Edit::Keep(at, at)).collect();
    all.extend(
        middle(old_middle, new_middle)
            .into_iter()
            .map(|edit| match edit {
                Edit::Keep(a, b) => Edit::Keep(a + start, b + start),
                Edit::Remove(a) => Edit::Remove(a + start),
                Edit::Add(b) => Edit::Add(b + start),
            }),
    );
    all.extend((0..end).map(|at| Edit::Keep(old.len() - end + at, new.len() - end + at)));
    all
}

fn middle(old: &[&str], new: &[&str]) -> Vec<Edit> {
    // Lines are compared many times: by number, not by text.
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut named = Vec::with_capacity(old.len() + new.len());
    for line in old.iter().chain(new) {
        let next = numbers.len();
        named.push(*numbers.entry(line).or_insert(next));
    }
    let (old_names, new_names) = named.split_at(old.len());
    shortest(old_names, new_names).unwrap_or_else(|| {
        let removed = (0..old.len()).map(Edit::Remove);
        removed.chain((0..new.len()).map(Edit::Add)).collect()
    })
}

/// Myers' shortest edit script, or none where it would be too long.
fn shortest(old: &[usize], new: &[usize]) -> Option<Vec<Edit>> {
    let most = (old.len() + new.len()).min(FARTHEST);
    let offset = most + 1;
    let mut reach = vec![0_usize; 2 * most + 3];
    let mut trace: Vec<Vec<usize>> = Vec::new();
    for distance in 0..=most {
        trace.push(reach[offset - distance - 1..=offset + distance + 1].to_vec());
        for step in 0..=distance {
            let diagonal = offset + 2 * step - distance;
            let down = step == 0 || (step != distance && reach[diagonal - 1] < reach[diagonal + 1]);
            let mut x = if down {
                reach[diagonal + 1]
            } else {
                reach[diagonal - 1] + 1
            };
            let mut y = (x + offset).checked_sub(diagonal)?;
            while x < old.len() && y < new.len() && old[x] == new[y] {
                x += 1;
                y += 1;
            }
            reach[diagonal] = x;
            if x >= old.len() && y >= new.len() {
                return Some(walked_back(&trace, old.len(), new.len()));
            }
        }
    }
    None
}

fn walked_back(trace: &[Vec<usize>], old: usize, new: usize) -> Vec<Edit> {
    let (mut x, mut y) = (old, new);
    let mut edits = Vec::new();
    for (distance, reach) in trace.iter().enumerate().rev() {
        // `reach[distance + 1]` is the diagonal 0 of that round.
        let at = |diagonal: isize| {
            reach[diagonal
                .saturating_add_unsigned(distance + 1)
                .unsigned_abs()]
        };
        let diagonal = x.cast_signed() - y.cast_signed();
        let far = distance.cast_signed();
        let down = diagonal == -far || (diagonal != far && at(diagonal - 1) < at(diagonal + 1));
        let before = if down { diagonal + 1 } else { diagonal - 1 };
        let (from_x, from_y) = match distance {
            0 => (0, 0),
            _ => (
                at(before),
                (at(before).cast_signed() - before).unsigned_abs(),
            ),
        };
        while x > from_x && y > from_y {
            x -= 1;
            y -= 1;
            edits.push(Edit::Keep(x, y));
        }
        if distance > 0 {
            edits.push(if down {
                Edit::Add(from_y)
            } else {
                Edit::Remove(from_x)
            });
        }
        (x, y) = (from_x, from_y);
    }
    edits.reverse();
    edits
}

/// The changes with their context; changes that are near each other share a hunk.
pub fn hunks(old: &str, new: &str) -> Vec<Hunk> {
    let (old, new) = (split(old), split(new));
    let edits = edits(&old, &new);
    let changed: Vec<usize> = (0..edits.len())
        .filter(|at| !matches!(edits[*at], Edit::Keep(..)))
        .collect();
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for at in changed {
        let (from, to) = (
            at.saturating_sub(CONTEXT),
            (at + CONTEXT + 1).min(edits.len()),
        );
        match ranges.last_mut() {
            Some(last) if from <= last.1 => last.1 = to,
            _ => ranges.push((from, to)),
        }
    }
    ranges
        .iter()
        .map(|(from, to)| hunk(&edits[*from..*to], &old, &new))
        .collect()
}

fn hunk(edits: &[Edit], old: &[&str], new: &[&str]) -> Hunk {
    let line = |edit: &Edit| {
        let (sign, text, old, new) = match *edit {
            Edit::Keep(a, b) => (' ', old[a], Some(a + 1), Some(b + 1)),
            Edit::Remove(a) => ('-', old[a], Some(a + 1), None),
            Edit::Add(b) => ('+', new[b], None, Some(b + 1)),
        };
        let ended = text.strip_suffix('\n');
        Line {
            sign,
            text: ended.unwrap_or(text).to_owned(),
            old,
            new,
            unended: ended.is_none(),
        }
    };
    let lines: Vec<Line> = edits.iter().map(line).collect();
    let first = lines
        .iter()
        .find_map(|line| line.old)
        .map_or(0, |number| number - 1);
    let begins =
        |line: &&&str| line.starts_with(|c: char| c.is_ascii_alphabetic() || "_$".contains(c));
    let heading = old[..first]
        .iter()
        .rev()
        .find(begins)
        .map(|line| line.trim_end().chars().take(80).collect());
    Hunk {
        heading: heading.unwrap_or_default(),
        lines,
    }
}

impl Hunk {
    /// The line of `@@`.
    pub fn header(&self) -> String {
        let range = |numbers: Vec<usize>, before: usize| match (numbers.first(), numbers.len()) {
            (None, _) => format!("{before},0"),
            (Some(first), 1) => format!("{first}"),
            (Some(first), length) => format!("{first},{length}"),
        };
        let old: Vec<usize> = self.lines.iter().filter_map(|line| line.old).collect();
        let new: Vec<usize> = self.lines.iter().filter_map(|line| line.new).collect();
        // An empty side names the line before it, which without context is the beginning.
        let header = format!("@@ -{} +{} @@", range(old, 0), range(new, 0));
        if self.heading.is_empty() {
            header
        } else {
            format!("{header} {}", self.heading)
        }
    }

    /// The hunk as a diff shows it, up to and including the line at `last`.
    pub fn text(&self, last: usize) -> String {
        let mut text = self.header();
        for line in self.lines.iter().take(last + 1) {
            text.push('\n');
            text.push(line.sign);
            text += &line.text;
            if line.unended {
                text += "\n\\ No newline at end of file";
            }
        }
        text
    }
}

/// The `patch` of the API: the hunks without the names of the files.
pub fn patch(hunks: &[Hunk]) -> String {
    hunks
        .iter()
        .map(|hunk| hunk.text(usize::MAX - 1))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Where a line of the old text stands in the new, both from 1; none where it is gone.
pub fn carried(old: &str, new: &str, line: usize) -> Option<usize> {
    edits(&split(old), &split(new))
        .into_iter()
        .find_map(|edit| match edit {
            Edit::Keep(a, b) if a + 1 == line => Some(b + 1),
            _ => None,
        })
}

/// How much of two texts is alike, from 0 to 100, by whole lines.
pub fn likeness(old: &str, new: &str) -> usize {
    let longest = old.len().max(new.len());
    let mut left: HashMap<&str, usize> = HashMap::new();
    for line in split(old) {
        *left.entry(line).or_default() += 1;
    }
    let mut shared = 0;
    for line in split(new) {
        if let Some(count) = left.get_mut(line).filter(|count| **count > 0) {
            *count -= 1;
            shared += line.len();
        }
    }
    (shared * 100).checked_div(longest).unwrap_or(100)
}
