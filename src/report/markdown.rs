//! Markdown for a comment on a pull request, or for a file.
//!
//! Whatever comes from code is shown as code, or with everything escaped that Markdown or GitHub
//! could take for more than words: nobody is mentioned, no issue is closed, no marker is hidden.

use super::coverage::coverage;
use super::plain::{
    beside_findings, char_column, counted, marked, printable, printable_lines, sentence,
};
use crate::review::Review;
use crate::review::outcome::{Place, Remark, State, Status, Suggestion, Verdict};
use crate::source::Language;

/// Entries that are listed of what has no end.
const LISTED: usize = 50;
/// Stands after what GitHub would take for the start of a mention or a link.
const BREAK: char = '\u{200b}';

/// The whole review.
pub fn render(review: &Review) -> String {
    let mut out = String::from("## Highwater\n\n");
    out += &summary(review);
    for (at, remark) in review.reported().enumerate() {
        if at == 0 {
            out += "\n### Findings\n";
        }
        out += &finding(remark);
    }
    fixed(review, &mut out);
    questions(review, &mut out);
    checklist(review, &mut out);
    skipped(review, &mut out);
    out
}

/// The five questions and the checklist.
pub fn questions_and_checklist(review: &Review) -> String {
    let mut out = String::new();
    questions(review, &mut out);
    checklist(review, &mut out);
    out
}

/// What was not looked at.
pub fn not_looked_at(review: &Review) -> String {
    let mut out = String::new();
    skipped(review, &mut out);
    out
}

/// What the change fixes.
pub fn fixed_by_change(review: &Review) -> String {
    let mut out = String::new();
    fixed(review, &mut out);
    out
}

/// Text as a code span that it cannot leave. Line ends become spaces.
pub fn code_span(text: &str) -> String {
    let text = printable(text);
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    // A blank beside the fence goes when rendered, so that a text may begin with a backtick.
    let needs_room = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) || text.is_empty();
    let room = if needs_room { " " } else { "" };
    format!("{fence}{room}{text}{room}{fence}")
}

/// A message: what stands in backticks as code, everything else as plain words.
pub fn words(text: &str) -> String {
    let code = |part: &str, out: &mut String| *out += &code_span(part);
    marked(text, escape, code)
}

/// Lines of code in a fence that they cannot leave.
pub fn code_block(lines: &str, language: &str) -> String {
    let text = printable_lines(lines);
    let fence = "`".repeat((longest_run(&text, '`') + 1).max(3));
    format!("{fence}{language}\n{text}\n{fence}\n")
}

/// Lines of a file in such a fence, which names the language of the file.
pub fn code_of(path: &str, lines: &str) -> String {
    // What came through a pipe has no name, and was read as Go.
    let language = Language::of_path(path).unwrap_or(Language::Go);
    code_block(lines, language.name())
}

fn longest_run(text: &str, wanted: char) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// Words in which nothing means more than itself.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    escape(text, &mut out);
    out
}

fn escape(text: &str, out: &mut String) {
    let text = printable(text);
    let bytes = text.as_bytes();
    let is_at = |at: usize, word: &str| {
        let there = bytes.get(at..at + word.len());
        there.is_some_and(|there| there.eq_ignore_ascii_case(word.as_bytes()))
    };
    for (at, c) in text.char_indices() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.extend(['@', BREAK]),
            '#' => out.extend(['\\', '#', BREAK]),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' | '$' => out.extend(['\\', c]),
            ':' if is_at(at, "://") => out.extend([':', BREAK]),
            '-' if at >= 2 && is_at(at - 2, "gh") => out.extend(['-', BREAK]),
            'w' | 'W' if is_at(at, "www.") && text.len() > at + 4 => out.extend([c, BREAK]),
            c => out.push(c),
        }
    }
}

/// The same within a table, where a bar ends a cell even in code.
fn cell(text: &str) -> String {
    text.replace("\\|", "|").replace('|', "\\|")
}

fn summary(review: &Review) -> String {
    let numbers = &review.summary;
    let total = numbers.findings.high + numbers.findings.medium + numbers.findings.low;
    let new = if numbers.introduced.is_some() {
        "new "
    } else {
        ""
    };
    let found = match total {
        0 => format!("No {new}findings"),
        _ => format!(
            "**{}** ({} high, {} medium, {} low)",
            counted(u64::from(total), &format!("{new}finding")),
            numbers.findings.high,
            numbers.findings.medium,
            numbers.findings.low
        ),
    };
    let line = format!(
        "{found} in {} of {}",
        counted(numbers.lines, "line"),
        counted(u64::from(numbers.files), "file")
    );
    line + &beside_findings(numbers) + ".\n"
}

/// A finding with all that is known of it.
pub fn finding(remark: &Remark) -> String {
    let mut out = format!(
        "\n#### {} {} ({} confidence)\n\n{}\n\n",
        remark.code,
        escaped(&remark.slug),
        remark.confidence.name(),
        words(&sentence(&remark.message))
    );
    let column = char_column(
        remark.excerpt.first().map_or("", String::as_str),
        remark.column,
    );
    out += &format!(
        "{}\n",
        code_span(&format!("{}:{}:{column}", remark.path, remark.line))
    );
    if !remark.excerpt.is_empty() {
        out += &format!("\n{}", code_of(&remark.path, &remark.excerpt.join("\n")));
    }
    for place in &remark.related {
        out += &related(place);
    }
    for (title, text) in [("Why", &remark.why), ("Fix", &remark.fix)] {
        if !text.is_empty() {
            out += &format!("\n**{title}:** {}\n", words(text));
        }
    }
    if let Some(suggestion) = &remark.suggestion {
        out += &suggested(&remark.path, suggestion);
    }
    if !remark.help.is_empty() {
        out += &format!("\n[About {}](<{}>)\n", remark.code, address(&remark.help));
    }
    out
}

/// An address within `<…>`.
pub fn address(help: &str) -> String {
    help.chars()
        .filter(|c| !c.is_whitespace() && !"<>\\".contains(*c))
        .collect()
}

fn related(place: &Place) -> String {
    let at = code_span(&format!("{}:{}", place.path, place.line));
    format!("- {at} {}\n", words(&place.label))
}

fn suggested(path: &str, suggestion: &Suggestion) -> String {
    let lines = if suggestion.start_line == suggestion.end_line {
        format!("line {}", suggestion.start_line)
    } else {
        format!("lines {} to {}", suggestion.start_line, suggestion.end_line)
    };
    if suggestion.replacement.is_empty() {
        return format!("\nSuggested: take {lines} away.\n");
    }
    format!(
        "\nSuggested for {lines}:\n\n{}",
        code_of(path, &suggestion.replacement)
    )
}

fn fixed(review: &Review, out: &mut String) {
    let fixed: Vec<&Remark> = review
        .findings
        .iter()
        .filter(|remark| remark.state == Some(State::Fixed))
        .collect();
    if fixed.is_empty() {
        return;
    }
    *out += "\n### Fixed by this change\n\n";
    for remark in fixed.iter().take(LISTED) {
        let at = code_span(&format!("{}:{}", remark.path, remark.line));
        *out += &format!("- {} {at} {}\n", remark.code, words(&remark.message));
    }
    more(fixed.len(), "- ", out);
}

fn more(number: usize, mark: &str, out: &mut String) {
    if number > LISTED {
        *out += &format!("{mark}and {} more\n", number - LISTED);
    }
}

fn questions(review: &Review, out: &mut String) {
    if review.smell.is_empty() {
        return;
    }
    *out += "\n### The five questions\n\n| | question | verdict | places |\n|---|---|---|---|\n";
    for question in &review.smell {
        let verdict = match question.verdict {
            Verdict::Fine => "fine",
            Verdict::Look => "look",
            Verdict::Smell => "**smell**",
        };
        let places = question.sites.len().max(question.findings.len());
        let text = cell(&words(&question.question));
        *out += &format!("| {} | {text} | {verdict} | {places} |\n", question.id);
    }
    let open: Vec<_> = review
        .smell
        .iter()
        .flat_map(|question| question.sites.iter().map(move |site| (question, site)))
        .collect();
    if open.is_empty() {
        return;
    }
    *out += "\n<details><summary>Every place and its answer</summary>\n\n| | place | what | answer |\n|---|---|---|---|\n";
    for (question, site) in open.iter().take(LISTED) {
        let at = code_span(&format!("{}:{}", site.path, site.line));
        let answer = if site.ok {
            words(&site.answer)
        } else {
            format!("**{}**", words(&site.answer))
        };
        *out += &format!(
            "| {} | {} | {} | {} |\n",
            question.id,
            cell(&at),
            cell(&words(&site.what)),
            cell(&answer)
        );
    }
    *out += "\n";
    more(open.len(), "", out);
    *out += "</details>\n";
}

fn checklist(review: &Review, out: &mut String) {
    if review.checklist.is_empty() {
        return;
    }
    *out += "\n### The checklist\n\n| | look for | status | places |\n|---|---|---|---|\n";
    for item in &review.checklist {
        let status = match item.status {
            Status::Flagged => "**flagged**",
            Status::Look => "look",
            Status::Clear => "clear",
        };
        let text = cell(&words(&item.item));
        *out += &format!("| {} | {text} | {status} | {} |\n", item.id, item.looked_at);
    }
}

fn skipped(review: &Review, out: &mut String) {
    if review.skipped.is_empty() {
        return;
    }
    *out += "\n### Not looked at\n\n";
    if review
        .skipped
        .iter()
        .any(|skipped| skipped.kind().is_some())
    {
        *out += &format!("{}\n\n", words(&sentence(&coverage(review))));
    }
    for skipped in review.skipped.iter().take(LISTED) {
        *out += &format!(
            "- {} {}\n",
            code_span(&skipped.path),
            words(&skipped.reason)
        );
    }
    more(review.skipped.len(), "- ", out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stays_in_its_span() {
        assert_eq!(code_span("a"), "`a`");
        assert_eq!(code_span("a`b``c"), "```a`b``c```");
        assert_eq!(code_span("`"), "`` ` ``");
        assert_eq!(code_span("a\n@all"), "`a @all`");
        assert_eq!(code_of("a/b.go", "```\n@x"), "````go\n```\n@x\n````\n");
        assert_eq!(code_of("<stdin>", "x"), "```go\nx\n```\n");
    }

    #[test]
    fn nobody_is_mentioned_and_nothing_is_closed() {
        assert_eq!(words("`jobs` is @full"), "`jobs` is @\u{200b}full");
        assert_eq!(
            words("fixes #12 <!-- x -->"),
            "fixes \\#\u{200b}12 &lt;\\!-- x --&gt;"
        );
        assert_eq!(
            words("a ` [b](http://c)"),
            "a \\` \\[b\\](http:\u{200b}//c)"
        );
        assert_eq!(
            words("GH-1 and www.x.y"),
            "GH-\u{200b}1 and w\u{200b}ww.x.y"
        );
        assert_eq!(cell(&words("`a|b` c|d")), "`a\\|b` c\\|d");
    }
}
