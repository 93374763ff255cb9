//! The words of a comment: what, why, what to do, where else to look.
//!
//! Text from code goes through the printers' escapes: it cannot mention anybody, refer to an
//! issue, end its block or hide a mark.

use super::super::read::Repository;
use super::super::settings::Settings;
use super::plan::Said;
use super::seal::{Kind, Seal};
use crate::report::markdown::{address, code_block, code_of, code_span, words};
use crate::report::plain::{printable_lines, sentence};
use crate::review::outcome::{Place, Remark};
use crate::source::change::Change;
use crate::source::diff::FileDiff;
use crate::store::dismissals::Dismissal;

/// The most characters of a comment or a review.
/// source: GitHub's refusal "Body is too long (maximum is 65536 characters)".
pub const LONGEST: usize = 65_536;
/// Related places that are listed.
const PLACES: usize = 8;

/// What comments are about.
pub struct About<'a> {
    /// The repository.
    pub repository: &'a Repository,
    /// The number of the pull request.
    pub number: i64,
    /// The commit at its head.
    pub head: &'a str,
    /// The commit that it starts from.
    pub merge_base: &'a str,
    /// What the operator said.
    pub settings: &'a Settings,
    /// Makes the marks.
    pub seal: &'a Seal,
    /// What it changes.
    pub change: &'a Change,
}

impl About<'_> {
    /// The page for those who review it, on our site.
    pub fn page(&self, site: &str) -> String {
        let Repository { owner, name, .. } = self.repository;
        format!("{site}/reviews/{owner}/{name}/{}", self.number)
    }
}

/// A comment that is to stand on a line of the diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The finding.
    pub fingerprint: String,
    /// The file.
    pub path: String,
    /// The last line, on the head's side.
    pub line: u32,
    /// The first line, where there are several.
    pub start_line: Option<u32>,
    /// The words, with the mark.
    pub body: String,
}

/// The comment for a finding; none when there is no line of the diff for it.
pub fn draft(remark: &Remark, about: &About<'_>) -> Option<Draft> {
    let path = remark.comment_path.as_deref().unwrap_or(&remark.path);
    let line = remark.comment_line?;
    let file = about
        .change
        .diff
        .files
        .iter()
        .find(|file| file.new_path.as_deref() == Some(path))?;
    if !file.is_shown(line) {
        return None;
    }
    let lines = suggested_lines(remark, path, line, file, about);
    let (start_line, line) = lines.unwrap_or((line, line));
    Some(Draft {
        fingerprint: remark.fingerprint.clone(),
        path: path.to_owned(),
        line,
        start_line: (start_line < line).then_some(start_line),
        body: body(remark, lines.is_some(), about),
    })
}

/// The lines that a suggestion takes the place of, where GitHub can apply it: all of one hunk,
/// about where the comment stands, in a file whose line ends it would not change.
fn suggested_lines(
    remark: &Remark,
    path: &str,
    line: u32,
    file: &FileDiff,
    about: &About<'_>,
) -> Option<(u32, u32)> {
    let suggestion = remark.suggestion.as_ref()?;
    let (first, last) = (suggestion.start_line, suggestion.end_line);
    let is_whole = !about.change.head.fragments.contains_key(path);
    let text = &about.change.head.files.get(path)?.text;
    let is_plain =
        !text.contains('\r') && printable_lines(&suggestion.replacement) == suggestion.replacement;
    let in_one_hunk = file.hunks().iter().any(|hunk| {
        let shown = hunk.new_start..hunk.new_start.saturating_add(hunk.new_count);
        shown.contains(&first) && shown.contains(&last) && shown.contains(&line)
    });
    let is_here = path == remark.path && first <= last && (first..=last).contains(&line);
    (is_whole && is_plain && in_one_hunk && is_here).then_some((first, last))
}

fn body(remark: &Remark, has_suggestion: bool, about: &About<'_>) -> String {
    let mut out = format!("{}\n", words(&sentence(&remark.message)));
    let stands_elsewhere =
        remark.comment_path.is_some() || remark.comment_line != Some(remark.line);
    if stands_elsewhere {
        out += &format!("\nFound at {}.\n", link(&remark.path, remark.line, about));
        if !remark.excerpt.is_empty() {
            out += &format!("\n{}", code_of(&remark.path, &remark.excerpt.join("\n")));
        }
    }
    for (title, text) in [("Why", &remark.why), ("Fix", &remark.fix)] {
        if !text.is_empty() {
            out += &format!("\n**{title}:** {}\n", words(text));
        }
    }
    if !remark.related.is_empty() {
        out += "\n";
    }
    for place in remark.related.iter().take(PLACES) {
        out += &related(place, about);
    }
    if let Some(suggestion) = remark.suggestion.as_ref().filter(|_| has_suggestion) {
        out += &format!("\n{}", code_block(&suggestion.replacement, "suggestion"));
    }
    out += &foot(remark, about);
    let mark = about
        .seal
        .mark(Kind::Finding, &sealed(&remark.code, &remark.fingerprint));
    bounded(out, &mark)
}

/// How a mark names a finding.
fn sealed(code: &str, fingerprint: &str) -> String {
    format!("{code}:{fingerprint}")
}

fn related(place: &Place, about: &About<'_>) -> String {
    format!(
        "- {} {}\n",
        link(&place.path, place.line, about),
        words(&place.label)
    )
}

/// A place as a link to the line in the head.
fn link(path: &str, line: u32, about: &About<'_>) -> String {
    let shown = code_span(&format!("{path}:{line}"));
    format!("[{shown}](<{}>)", permalink(path, line, about))
}

fn permalink(path: &str, line: u32, about: &About<'_>) -> String {
    let Repository { owner, name, .. } = about.repository;
    let site = about.settings.html_url.trim_end_matches('/');
    format!(
        "{site}/{owner}/{name}/blob/{}/{}#L{line}",
        about.head,
        quoted(path)
    )
}

/// A path with everything quoted that means something in an address or in Markdown.
fn quoted(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                out.push(char::from(byte))
            }
            byte => out += &format!("%{byte:02X}"),
        }
    }
    out
}

/// Which class, how sure, and how to see it without us.
fn foot(remark: &Remark, about: &About<'_>) -> String {
    let class = format!("{} {}", remark.code, remark.slug);
    let class = match remark.help.as_str() {
        "" => words(&class),
        help => format!("[{}](<{}>)", words(&class), address(help)),
    };
    // Without webhooks nobody hears an answer.
    let dismiss = if about.settings.webhook_secrets.is_empty() {
        format!(
            "dismiss it by `//highwater:allow {}` and a reason, above the line",
            remark.code
        )
    } else {
        "reply `highwater ignore` with a reason, `false-positive` or `explain`".to_owned()
    };
    format!(
        "\n<sub>{class} · {} confidence · `{}` · {dismiss}</sub>\n",
        remark.confidence.name(),
        command(about),
    )
}

/// The command line that gives the same result in a clone that has both commits.
pub fn command(about: &About<'_>) -> String {
    format!(
        "highwater review --base {}..{}",
        short(about.merge_base),
        short(about.head)
    )
}

/// The start of a commit's name, as people write it.
pub fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

/// The words that take the place of a comment when its finding is gone but somebody answered.
pub fn retired(said: &Said, dismissal: Option<&Dismissal>, about: &About<'_>) -> String {
    let words_of = match dismissal {
        None => format!(
            "Fixed in {}: this is no longer found.",
            code_span(short(about.head))
        ),
        Some(dismissal) => {
            let why = match dismissal.reason.as_str() {
                "" => String::new(),
                reason => format!(": {}", words(reason)),
            };
            format!("Dismissed by {}{why}", code_span(&dismissal.who))
        }
    };
    bounded(
        format!("{words_of}\n"),
        &about
            .seal
            .mark(Kind::Gone, &sealed(&said.code, &said.fingerprint)),
    )
}

/// The words of a review, which stand above its comments.
pub fn introduction(comments: usize, about: &About<'_>) -> String {
    let places = match comments {
        1 => "one place".to_owned(),
        number => format!("{number} places"),
    };
    let out = format!(
        "{places} where this change may not hold when a buffer fills. The check has the whole list.\n"
    );
    let mut letters = out.chars();
    let out: String = letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    });
    bounded(out, &about.seal.mark(Kind::Push, about.head))
}

/// A text with its mark, cut where it would be longer than GitHub takes.
pub fn bounded(mut text: String, mark: &str) -> String {
    let room = LONGEST - mark.len() - 2;
    if text.chars().count() > room {
        let cut = "\n\n(cut: the text was too long)\n";
        text = text.chars().take(room - cut.len()).collect();
        text += cut;
    }
    format!("{text}\n{mark}")
}
