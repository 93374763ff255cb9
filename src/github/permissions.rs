//! What an App must be allowed and told, and for what. The manifest asks for this and no more; the
//! doctor and the page of the set-up compare it with what was granted.

use std::collections::BTreeMap;

/// A permission that the bot needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    /// GitHub's name of it.
    pub name: &'static str,
    /// `read` or `write`.
    pub level: &'static str,
    /// What it is for.
    pub why: &'static str,
}

/// All that the bot needs.
/// source: docs.github.com, "Permissions required for GitHub Apps".
pub const NEEDED: [Permission; 4] = [
    Permission {
        name: "metadata",
        level: "read",
        why: "to know repositories by name, and who may write, before a command is obeyed",
    },
    Permission {
        name: "contents",
        level: "read",
        why: "to read the packages that a pull request changes, and the settings in its base",
    },
    Permission {
        name: "pull_requests",
        level: "write",
        why: "to read pull requests, to comment on their lines and to take comments back",
    },
    Permission {
        name: "checks",
        level: "write",
        why: "to show the check run with the smell check and the checklist, and to hear of Re-run",
    },
];

/// What it may be allowed as well, and need not: it is not warned of.
/// source: docs.github.com, "Webhook events and payloads": `member`, `membership` and `team` need it.
pub const WELCOME: [(&str, &str); 1] = [("members", "read")];

/// What the bot is to be told of. Installations, and who takes the App's right to act for them
/// back, are told of to every App.
pub const EVENTS: [(&str, &str); 6] = [
    ("pull_request", "to review what is opened or pushed"),
    (
        "pull_request_review_comment",
        "to hear commands in answers to its comments",
    ),
    ("check_run", "to look again when Re-run is pressed"),
    ("check_suite", "to look again when all checks are re-run"),
    (
        "repository",
        "to ask anew who may read a repository when it is made private or renamed, and to forget one that is deleted",
    ),
    (
        "public",
        "to ask anew who may read a repository when it is made public",
    ),
];

/// Permissions as GitHub gives them: names and levels.
pub type Granted = BTreeMap<String, String>;

/// What is granted beside what is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Needed, and not granted or at a lower level.
    pub missing: Vec<Permission>,
    /// Granted, and not needed or at a higher level than needed.
    pub more: Vec<(String, String)>,
}

/// Compares what is granted with what is needed.
pub fn difference(granted: &Granted) -> Difference {
    let held = |name: &str| granted.get(name).map_or(0, |level| rank(level));
    let needed = |name: &str| {
        let needed = NEEDED.iter().map(|needed| (needed.name, needed.level));
        let found = needed.chain(WELCOME).find(|(needed, _)| *needed == name);
        found.map_or(0, |(_, level)| rank(level))
    };
    let missing = NEEDED
        .iter()
        .filter(|needed| held(needed.name) < rank(needed.level));
    let more = granted
        .iter()
        .filter(|(name, level)| rank(level) > needed(name));
    Difference {
        missing: missing.copied().collect(),
        more: more
            .map(|(name, level)| (name.clone(), level.clone()))
            .collect(),
    }
}

/// The needed events that are not among those subscribed to.
pub fn missing_events(subscribed: &[String]) -> Vec<(&'static str, &'static str)> {
    let is_missing = |event: &&(&str, &str)| !subscribed.iter().any(|one| one == event.0);
    EVENTS.iter().filter(is_missing).copied().collect()
}

fn rank(level: &str) -> u8 {
    match level {
        "read" => 1,
        "write" => 2,
        "admin" => 3,
        _ => 0,
    }
}

/// `pull_requests` as the pages of GitHub write it: `Pull requests`.
pub fn title(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(all: &[(&str, &str)]) -> Granted {
        let each = all
            .iter()
            .map(|(name, level)| ((*name).to_owned(), (*level).to_owned()));
        each.collect()
    }

    #[test]
    fn what_is_missing_and_what_is_too_much_are_told_apart() {
        let all: Vec<(&str, &str)> = NEEDED.iter().map(|one| (one.name, one.level)).collect();
        assert_eq!(difference(&granted(&all)), Difference::default());
        let other = [
            ("metadata", "read"),
            ("contents", "write"),
            ("pull_requests", "read"),
            ("issues", "read"),
            ("members", "read"),
        ];
        let found = difference(&granted(&other));
        let missing: Vec<&str> = found.missing.iter().map(|one| one.name).collect();
        assert_eq!(missing, ["pull_requests", "checks"]);
        let more: Vec<&str> = found.more.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(more, ["contents", "issues"]);
        assert_eq!(title("pull_requests"), "Pull requests");
    }
}
