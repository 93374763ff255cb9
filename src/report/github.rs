//! Workflow commands of GitHub Actions: each finding becomes an annotation on its line.
//!
//! GitHub shows the first ten of each level; the log holds them all.

use super::plain::{self, sentence};
use crate::review::Review;
use crate::review::outcome::{Confidence, Remark};

/// Entries of `skipped` that are listed.
const SKIPPED: usize = 20;

/// One command a line.
pub fn render(review: &Review) -> String {
    let mut commands: String = review.reported().map(annotation).collect();
    if !review.skipped.is_empty() {
        let mut lines: Vec<String> = review
            .skipped
            .iter()
            .take(SKIPPED)
            .map(|skipped| format!("{}: {}", skipped.path, skipped.reason))
            .collect();
        let rest = review.skipped.len().saturating_sub(SKIPPED);
        if rest > 0 {
            lines.push(format!("and {rest} more"));
        }
        commands += &format!(
            "::notice title={}::{}\n",
            property("highwater skipped files"),
            data(&lines.join("\n"))
        );
    }
    commands
}

fn annotation(remark: &Remark) -> String {
    let level = match remark.confidence {
        Confidence::High => "error",
        Confidence::Medium => "warning",
        Confidence::Low => "notice",
    };
    let title = format!(
        "{} {} ({} confidence)",
        remark.code,
        remark.slug,
        remark.confidence.name()
    );
    let mut message = sentence(&remark.message);
    let mut place = format!("file={},line={}", property(&remark.path), remark.line);
    let elsewhere = remark.comment_path.as_deref().unwrap_or(&remark.path);
    match remark.comment_line {
        // The annotation of a change is seen only where the diff is.
        Some(line) if elsewhere != remark.path || line != remark.line => {
            place = format!("file={},line={line}", property(elsewhere));
            message = format!("{}:{}: {message}", remark.path, remark.line);
        }
        _ => place += &columns(remark),
    }
    for part in [&remark.why, &remark.fix, &remark.help] {
        if !part.is_empty() {
            message.push('\n');
            message.push_str(part);
        }
    }
    for related in &remark.related {
        message += &format!("\n{}:{}: {}", related.path, related.line, related.label);
    }
    format!(
        "::{level} {place},title={}::{}\n",
        property(&title),
        data(&message)
    )
}

fn columns(remark: &Remark) -> String {
    let first = remark.excerpt.first().map_or("", String::as_str);
    let column = plain::char_column(first, remark.column);
    // Columns count only within one line; GitHub takes neither when the lines differ.
    if remark.end_line == remark.line {
        let end = plain::char_column(first, remark.end_column);
        format!(",endLine={},col={column},endColumn={end}", remark.end_line)
    } else {
        format!(",endLine={}", remark.end_line)
    }
}

/// Text after the `::`. A command ends with its line.
fn data(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D");
    text.replace('\n', "%0A")
}

/// A value before the `::`, where `,` and `:` part the values as well.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_its_place() {
        assert_eq!(property("a,b:c\r\n100%"), "a%2Cb%3Ac%0D%0A100%25");
        assert_eq!(data("a,b:c\n::error::x"), "a,b:c%0A::error::x");
        let hostile = Remark {
            path: "a\n::stop-commands::x".to_owned(),
            ..remark()
        };
        assert_eq!(annotation(&hostile).lines().count(), 1);
    }

    #[test]
    fn a_finding_away_from_the_diff_is_told_where_the_diff_is() {
        let remark = Remark {
            comment_line: Some(9),
            comment_path: Some("b.go".to_owned()),
            ..remark()
        };
        assert_eq!(
            annotation(&remark),
            "::error file=b.go,line=9,title=BP02 huge-channel-buffer (high confidence)::a.go:3: Too much.\n"
        );
    }

    fn remark() -> Remark {
        Remark {
            code: "BP02".to_owned(),
            slug: "huge-channel-buffer".to_owned(),
            title: String::new(),
            confidence: Confidence::High,
            path: "a.go".to_owned(),
            line: 3,
            column: 1,
            end_line: 3,
            end_column: 4,
            message: "too much".to_owned(),
            why: String::new(),
            fix: String::new(),
            related: Vec::new(),
            questions: Vec::new(),
            checklist: Vec::new(),
            state: None,
            comment_line: None,
            comment_path: None,
            fingerprint: String::new(),
            help: String::new(),
            suggestion: None,
            excerpt: Vec::new(),
        }
    }
}
