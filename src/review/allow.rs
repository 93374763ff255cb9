//! Allow comments: `//highwater:allow BP06 reason` dismisses a finding on its line or the next.
//!
//! A dismissal that gives no reason, or names no bug class, is itself remarked on, with the code
//! `BP00`. Such a remark is about the comment, not about a bug class, so it has no rule.

use std::collections::{BTreeMap, BTreeSet};

use super::config::nearest;
use super::fingerprint::clip;
use super::outcome::Confidence;
use super::remark::{Found, Resolver};
use crate::model::Comment;
use crate::rules;
use crate::source::{FileId, Span};

/// The code of remarks on allow comments themselves.
pub const CODE: &str = "BP00";
/// The slug of a remark on a dismissal without a reason.
pub const WITHOUT_REASON: &str = "allow-without-reason";
/// The slug of a remark on a dismissal that names no bug class.
pub const UNKNOWN_CODE: &str = "allow-unknown-code";

/// What an allow comment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// Codes of the bug classes it names.
    pub codes: Vec<&'static str>,
    /// What it names that is no bug class.
    pub unknown: Vec<String>,
    /// The reason; empty when there is none.
    pub reason: String,
}

/// Reads a comment without its marker; `None` when it is no allow comment.
///
/// Codes or slugs stand first, apart by commas or blanks; the rest is the reason.
pub fn parse(comment: &str) -> Option<Allow> {
    let rest = comment.trim_start().strip_prefix("highwater")?.trim_start();
    let rest = rest.strip_prefix(':')?.trim_start().strip_prefix("allow")?;
    if rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-') {
        return None;
    }
    let mut allow = Allow {
        codes: Vec::new(),
        unknown: Vec::new(),
        reason: String::new(),
    };
    let mut rest = rest.trim_start_matches([':', ' ', '\t']);
    loop {
        let end = rest
            .find(|c: char| c.is_whitespace() || c == ',')
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let name = word.trim_end_matches(':');
        match rules::by_name(name) {
            Some(rule) => allow.codes.push(rule.code),
            None if word.is_empty() => {}
            None if is_code(name) || allow.codes.is_empty() && allow.unknown.is_empty() => {
                allow.unknown.push(clip(name, 60).to_owned());
            }
            None => break,
        }
        rest = after.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        if rest.is_empty() {
            break;
        }
    }
    let reason =
        rest.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '`' | '"' | '(' | ')'));
    if reason.contains(char::is_alphanumeric) {
        allow.reason = reason.to_owned();
    }
    Some(allow)
}

/// `BP` and digits, in any case.
fn is_code(word: &str) -> bool {
    let upper = word.to_ascii_uppercase();
    upper
        .strip_prefix("BP")
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// An allow comment and the lines it speaks of.
struct Standing {
    at: Span,
    allow: Allow,
    /// Its own line.
    own: u32,
    /// The next line with code.
    next: u32,
}

/// Takes out what the comments of a unit dismiss and adds remarks on the comments themselves.
/// Returns what is left and how many were dismissed.
pub fn apply(
    resolver: &Resolver<'_>,
    comments: &[Comment],
    found: Vec<Found>,
    help_base: &str,
) -> (Vec<Found>, u32) {
    let standing = standing(resolver, comments);
    if standing.is_empty() {
        return (found, 0);
    }
    let mut by_line: BTreeMap<(&str, u32), Vec<&Standing>> = BTreeMap::new();
    for one in &standing {
        let path = resolver.file(one.at).path.as_str();
        for line in BTreeSet::from([one.own, one.next]) {
            by_line.entry((path, line)).or_default().push(one);
        }
    }
    let here: BTreeSet<(String, u32, String)> = found
        .iter()
        .map(|found| {
            (
                found.remark.path.clone(),
                found.remark.line,
                found.remark.code.clone(),
            )
        })
        .collect();
    let dismissed = |found: &Found| {
        let remark = &found.remark;
        by_line
            .get(&(remark.path.as_str(), remark.line))
            .is_some_and(|allows| {
                allows.iter().any(|one| {
                    let names_it = one.allow.codes.contains(&remark.code.as_str());
                    // A comment behind code is about that code, where that code has such a finding.
                    let meant = one.own == remark.line
                        || !here.contains(&(remark.path.clone(), one.own, remark.code.clone()));
                    names_it && meant
                })
            })
    };
    let before = found.len();
    let mut left: Vec<Found> = found
        .into_iter()
        .filter(|found| !dismissed(found))
        .collect();
    let count = u32::try_from(before - left.len()).unwrap_or(u32::MAX);
    left.extend(
        standing
            .iter()
            .flat_map(|one| remarks(resolver, one, help_base)),
    );
    (left, count)
}

fn standing(resolver: &Resolver<'_>, comments: &[Comment]) -> Vec<Standing> {
    // Lines that hold nothing but a comment are passed over on the way to the next code.
    let alone: BTreeSet<(FileId, u32)> = comments
        .iter()
        .filter(|comment| {
            let lines = resolver.lines(comment.span);
            let line = lines.text_of(&resolver.file(comment.span).text, comment.line);
            let column = (lines.position(comment.span.start).column - 1) as usize;
            line.get(..column)
                .is_some_and(|before| before.trim().is_empty())
        })
        .flat_map(|comment| (comment.line..=comment.end_line).map(|line| (comment.span.file, line)))
        .collect();
    // From the last comment to the first, so that each finds what the ones below it found.
    let mut next_code: BTreeMap<(FileId, u32), u32> = BTreeMap::new();
    let mut standing = Vec::new();
    for comment in comments.iter().rev() {
        let file = comment.span.file;
        let below = comment.end_line + 1;
        let next = if alone.contains(&(file, below)) {
            next_code.get(&(file, below)).copied().unwrap_or(below)
        } else {
            below
        };
        next_code.extend((comment.line..=comment.end_line).map(|line| ((file, line), next)));
        standing.extend(parse(&comment.text).map(|allow| Standing {
            at: comment.span,
            allow,
            own: comment.line,
            next,
        }));
    }
    standing.reverse();
    standing
}

fn remarks(resolver: &Resolver<'_>, one: &Standing, help_base: &str) -> Vec<Found> {
    let allow = &one.allow;
    let mut found = Vec::new();
    let mut say = |slug: &str, title: &str, message: String, fix: &str| {
        let mut remark = resolver.blank(one.at, CODE, slug);
        remark.key.subject = format!(
            "{slug} {} {}",
            allow.codes.join(","),
            allow.unknown.join(",")
        );
        remark.remark.confidence = Confidence::Medium;
        remark.remark.title = title.to_owned();
        remark.remark.message = message;
        remark.remark.why =
            "Whoever reads this next cannot tell a considered decision from an oversight."
                .to_owned();
        remark.remark.fix = fix.to_owned();
        remark.remark.help = format!("{help_base}/bugs#allow");
        found.push(remark);
    };
    for unknown in &allow.unknown {
        let known = rules::ALL.iter().flat_map(|rule| [rule.code, rule.slug]);
        let hint = nearest(unknown, known)
            .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        say(
            UNKNOWN_CODE,
            "a dismissal that names no bug class",
            format!(
                "this allow comment names no bug class: `{}`{hint}",
                unknown.replace('`', "'")
            ),
            "Name the code first, then the reason: `//highwater:allow BP06 the queue is drained by main`.",
        );
    }
    if allow.codes.is_empty() && allow.unknown.is_empty() {
        say(
            UNKNOWN_CODE,
            "a dismissal that names no bug class",
            "this allow comment names no bug class".to_owned(),
            "Name the code first, then the reason: `//highwater:allow BP06 the queue is drained by main`.",
        );
    } else if allow.reason.is_empty() && allow.unknown.is_empty() {
        say(
            WITHOUT_REASON,
            "a dismissal without a reason",
            format!(
                "{} is dismissed here without a reason",
                allow.codes.join(", ")
            ),
            "Say in a few words after the code why this is right here.",
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(comment: &str) -> Option<(usize, usize, String)> {
        parse(comment).map(|allow| (allow.codes.len(), allow.unknown.len(), allow.reason))
    }

    #[test]
    fn other_comments_are_none() {
        for comment in [
            "",
            "allow BP06",
            "highwater",
            "highwater:allowed BP06",
            "highwater allow BP06",
            "see highwater:allow BP06",
        ] {
            assert_eq!(parse(comment), None, "{comment}");
        }
    }

    #[test]
    fn codes_slugs_and_reasons_are_read() {
        for (comment, codes, reason) in [
            ("highwater:allow BP06 drained by main", 1, "drained by main"),
            ("highwater:allow BP06,BP07 both", 2, "both"),
            ("highwater:allow BP06, bp07 : both", 2, "both"),
            ("highwater:allow BP06 BP07 both", 2, "both"),
            (
                "highwater: allow blocking-send-in-handler: meant",
                1,
                "meant",
            ),
            (
                "highwater:allow BP06-blocking-send-in-handler meant (see `x`)",
                1,
                "meant (see `x`)",
            ),
            ("highwater:allow BP06", 1, ""),
            ("highwater:allow BP06 --", 1, ""),
        ] {
            assert_eq!(
                reading(comment),
                Some((codes, 0, reason.to_owned())),
                "{comment}"
            );
        }
    }

    #[test]
    fn unknown_names_are_kept_apart_from_the_reason() {
        assert_eq!(
            reading("highwater:allow because"),
            Some((0, 1, String::new()))
        );
        assert_eq!(
            reading("highwater:allow BP99 it is fine"),
            Some((0, 1, "it is fine".to_owned()))
        );
        assert_eq!(
            reading("highwater : allow BP98, BP99 — it is fine."),
            Some((0, 2, "it is fine".to_owned()))
        );
        assert_eq!(reading("highwater:allow"), Some((0, 0, String::new())));
    }
}
