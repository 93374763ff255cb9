//! How much was looked at, in one sentence that is the same everywhere.

use std::collections::{BTreeMap, BTreeSet};

use super::plain::{counted, grouped};
use crate::review::Review;

/// `reviewed 291 of 312 files: 12 too large, 9 generated`. Files that were looked at in part count
/// as reviewed; what was left out of them is listed by itself.
pub fn coverage(review: &Review) -> String {
    let reviewed = u64::from(review.summary.files);
    let mut left: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for skipped in &review.skipped {
        if let Some(kind) = skipped.kind() {
            left.entry(kind).or_default().insert(&skipped.path);
        }
    }
    let mut kinds: Vec<(&str, u64)> = left
        .into_iter()
        .map(|(kind, paths)| (kind, paths.len() as u64))
        .collect();
    let missing: u64 = kinds.iter().map(|(_, number)| number).sum();
    if missing == 0 {
        return format!("reviewed {}", counted(reviewed, "file"));
    }
    kinds.sort_by_key(|&(kind, number)| (std::cmp::Reverse(number), kind));
    let kinds: Vec<String> = kinds
        .iter()
        .map(|(kind, number)| format!("{} {kind}", grouped(*number)))
        .collect();
    let total = counted(reviewed + missing, "file");
    format!(
        "reviewed {} of {total}: {}",
        grouped(reviewed),
        kinds.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::outcome::Skipped;
    use crate::source::limits::Cut;
    use crate::source::paths::Skip;

    fn told(reasons: &[String]) -> String {
        let mut review = Review::default();
        review.summary.files = 3;
        for (at, reason) in reasons.iter().enumerate() {
            review.skipped.push(Skipped {
                path: format!("{at}.go"),
                reason: reason.clone(),
            });
        }
        coverage(&review)
    }

    #[test]
    fn every_reason_has_its_kind() {
        assert_eq!(told(&[]), "reviewed 3 files");
        let whole = [
            Skip::Generated.reason().to_owned(),
            Skip::ProtocolBuffers.reason().to_owned(),
            Cut::Bytes { size: 9, limit: 1 }.to_string(),
            Skip::Vendored.reason().to_owned(),
            Skip::Hidden.reason().to_owned(),
        ];
        assert_eq!(
            told(&whole),
            "reviewed 3 of 8 files: 2 generated, 1 hidden, 1 too large, 1 vendored"
        );
        let in_part = [
            Cut::Nodes { limit: 1 }.to_string(),
            Cut::Depth { line: 1 }.to_string(),
        ];
        assert_eq!(told(&in_part), "reviewed 3 files");
    }
}
