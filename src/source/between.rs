//! The diff between two texts, for files whose diff was not given.

use super::diff::{Fate, FileDiff};
use super::patch;

/// The diff between two texts of the file at `path`, with that many lines of context.
///
/// For texts of more than a few thousand differing lines everything between the first and the
/// last difference counts as replaced, since finding the shortest diff takes quadratic time.
pub fn between(path: &str, base: &str, head: &str, context: usize) -> FileDiff {
    let most = base.lines().count().saturating_add(head.lines().count());
    let (same_start, same_end) = common_ends(base, head);
    let text = if most - 2 * (same_start + same_end) > 8_000 {
        replaced(base, head, same_start, same_end)
    } else {
        let patch = diffy::DiffOptions::new()
            .set_context_len(context)
            .create_patch(base, head);
        patch.to_string()
    };
    let hunks_from = text.find("@@ ").unwrap_or(text.len());
    let diff = patch::read_hunks(path, None, &text[hunks_from..]);
    let unchanged = || {
        FileDiff::new(
            Some(path.to_owned()),
            Some(path.to_owned()),
            Fate::Modified,
            Vec::new(),
        )
    };
    diff.files.into_iter().next().unwrap_or_else(unchanged)
}

/// How many lines are the same at the start and at the end.
fn common_ends(base: &str, head: &str) -> (usize, usize) {
    let start = base
        .lines()
        .zip(head.lines())
        .take_while(|(old, new)| old == new)
        .count();
    let room = base.lines().count().min(head.lines().count()) - start;
    let end = base
        .lines()
        .rev()
        .zip(head.lines().rev())
        .take(room)
        .take_while(|(old, new)| old == new)
        .count();
    (start, end)
}

fn replaced(base: &str, head: &str, start: usize, end: usize) -> String {
    let middle = |text: &str, mark: char| -> (usize, String) {
        let count = text.lines().count() - start - end;
        let lines = text.lines().skip(start).take(count);
        (
            count,
            lines.fold(String::new(), |all, line| all + &format!("{mark}{line}\n")),
        )
    };
    let (old_count, removed) = middle(base, '-');
    let (new_count, added) = middle(head, '+');
    let first = |count: usize| start + usize::from(count > 0);
    format!(
        "@@ -{},{old_count} +{},{new_count} @@\n{removed}{added}",
        first(old_count),
        first(new_count)
    )
}

/// The unified diff between two texts of the file at `path`, as `git apply` takes it.
pub fn unified(path: &str, base: &str, head: &str) -> String {
    let patch = diffy::DiffOptions::new()
        .set_original_filename(format!("a/{path}"))
        .set_modified_filename(format!("b/{path}"))
        .create_patch(base, head);
    patch.to_string()
}
