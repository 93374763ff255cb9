//! Which file that is gone is which file that is new: renames, told by what the texts share.

use std::collections::HashMap;

/// A file in the diff: its path before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Before; `None` when it is new.
    pub old: Option<String>,
    /// After; `None` when it is gone.
    pub new: Option<String>,
}

/// Pairs that are compared at most; beyond that, files that moved count as gone and new.
const COMPARED: usize = 10_000;
/// The part of the larger text that must be in both, in hundredths; the same that git takes.
const ALIKE: usize = 50;

/// Pairs files, given by path with their text before and after, in the order of the paths.
pub fn paired<'t>(
    files: impl Iterator<Item = (&'t str, Option<&'t str>, Option<&'t str>)>,
) -> Vec<Pair> {
    let (mut pairs, mut gone, mut new) = (Vec::new(), Vec::new(), Vec::new());
    for (path, before, after) in files {
        match (before, after) {
            (Some(text), None) => gone.push((path, text)),
            (None, Some(text)) => new.push((path, text)),
            _ => pairs.push(pair(Some(path), Some(path))),
        }
    }
    if gone.len().saturating_mul(new.len()) <= COMPARED {
        let counted: Vec<HashMap<&str, usize>> = gone.iter().map(|(_, text)| lines(text)).collect();
        let mut likely: Vec<(usize, usize, usize)> = Vec::new();
        for (to, (_, text)) in new.iter().enumerate() {
            let mine = lines(text);
            for (from, other) in counted.iter().enumerate() {
                let share = share(other, &mine, gone[from].1.len().max(text.len()));
                if share >= ALIKE {
                    likely.push((share, from, to));
                }
            }
        }
        likely.sort_by(|a, b| b.0.cmp(&a.0).then(a.cmp(b)));
        let (mut from_taken, mut to_taken) = (vec![false; gone.len()], vec![false; new.len()]);
        for (_, from, to) in likely {
            if !from_taken[from] && !to_taken[to] {
                (from_taken[from], to_taken[to]) = (true, true);
                pairs.push(pair(Some(gone[from].0), Some(new[to].0)));
            }
        }
        retain_untaken(&mut gone, &from_taken);
        retain_untaken(&mut new, &to_taken);
    }
    pairs.extend(gone.iter().map(|(path, _)| pair(Some(path), None)));
    pairs.extend(new.iter().map(|(path, _)| pair(None, Some(path))));
    pairs.sort_by(|a, b| {
        a.new
            .as_ref()
            .or(a.old.as_ref())
            .cmp(&b.new.as_ref().or(b.old.as_ref()))
    });
    pairs
}

fn pair(old: Option<&str>, new: Option<&str>) -> Pair {
    Pair {
        old: old.map(str::to_owned),
        new: new.map(str::to_owned),
    }
}

fn retain_untaken<T>(items: &mut Vec<T>, taken: &[bool]) {
    let mut taken = taken.iter();
    items.retain(|_| taken.next() == Some(&false));
}

fn lines(text: &str) -> HashMap<&str, usize> {
    let mut counted = HashMap::new();
    for line in text.split_inclusive('\n') {
        *counted.entry(line).or_default() += 1;
    }
    counted
}

/// How many hundredths of `size` bytes are in lines that both have.
fn share(one: &HashMap<&str, usize>, other: &HashMap<&str, usize>, size: usize) -> usize {
    let common = one.iter().map(|(line, &count)| {
        let both = other.get(line).copied().unwrap_or(0).min(count);
        both * line.len()
    });
    common.sum::<usize>() * 100 / size.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likest_files_are_one_that_moved() {
        let long = "a\nb\nc\nd\n";
        let files = [
            ("changed.go", Some("x\n"), Some("y\n")),
            ("gone.go", Some("q\n"), None),
            ("moved.go", None, Some("a\nb\nc\ne\n")),
            ("old.go", Some(long), None),
        ];
        let found = paired(files.into_iter());
        let expected = [
            pair(Some("changed.go"), Some("changed.go")),
            pair(Some("gone.go"), None),
            pair(Some("old.go"), Some("moved.go")),
        ];
        assert_eq!(found, expected);
    }
}
