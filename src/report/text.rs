//! Text for a person at a terminal: each finding with its place, its reason and its remedy, then
//! the numbers and what was left out.

use std::collections::BTreeMap;

use annotate_snippets::renderer::{AnsiColor, Effects, Renderer, Style};
use annotate_snippets::{Level, Message};

use super::coverage::coverage;
use super::excerpt::{self, File};
use super::plain::{beside_findings, counted, printable, wrap};
use super::{Look, Sources};
use crate::review::Review;
use crate::review::outcome::{Confidence, Remark, State};

/// Paths that are listed for a reason of skipping, before the rest is counted.
const LISTED: usize = 5;

/// The whole review.
pub fn render(review: &Review, look: Look, sources: Sources<'_>) -> String {
    let renderer = if look.styled {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.term_width(look.width.max(60));
    let mut out = String::new();
    // Findings come by path, so one file at a time is enough.
    let mut open: Option<(&str, Option<File>)> = None;
    for remark in review.reported() {
        if open.as_ref().is_none_or(|(path, _)| *path != remark.path) {
            open = Some((&remark.path, sources(&remark.path).map(File::new)));
        }
        let file = open.as_ref().and_then(|(_, file)| file.as_ref());
        out += &finding(remark, &renderer, look, file);
        out += "\n\n";
    }
    fixed(review, look, &mut out);
    out += &summary(review, look);
    skipped(review, look, &mut out);
    out
}

fn finding(remark: &Remark, renderer: &Renderer, look: Look, file: Option<&File>) -> String {
    let (level, name) = match remark.confidence {
        Confidence::High => (Level::ERROR, "high"),
        Confidence::Medium => (Level::WARNING, "medium"),
        Confidence::Low => (Level::NOTE, "low"),
    };
    let title = level
        .with_name(name)
        .primary_title(printable(&remark.message).into_owned())
        .id(remark.code.clone());
    let mut group = excerpt::add(title.elements(Vec::<Message<'_>>::new()), remark, file);
    if let Some(line) = remark.comment_line
        && (line != remark.line || remark.comment_path.is_some())
    {
        let path = remark.comment_path.as_ref().unwrap_or(&remark.path);
        let place = format!("the change that causes it is at {path}:{line}");
        group = group.element(Level::NOTE.message(printable(&place).into_owned()));
    }
    for (level, text) in [(Level::NOTE, &remark.why), (Level::HELP, &remark.fix)] {
        let lines = wrap(&printable(text), look.width.clamp(60, 110) - 12);
        if !lines.is_empty() {
            group = group.element(level.message(lines.join("\n")));
        }
    }
    if !remark.help.is_empty() {
        let more = format!(
            "more by `highwater explain {}`, or at {}",
            remark.code,
            printable(&remark.help)
        );
        group = group.element(Level::HELP.message(more));
    }
    let groups: Vec<_> = std::iter::once(group)
        .chain(excerpt::suggested(remark, file))
        .collect();
    renderer.render(&groups)
}

fn fixed(review: &Review, look: Look, out: &mut String) {
    let fixed = review
        .findings
        .iter()
        .filter(|remark| remark.state == Some(State::Fixed));
    let mut any = false;
    for remark in fixed {
        any = true;
        *out += &format!(
            "{} {} {}:{} {}\n",
            paint("fixed", AnsiColor::Green, look),
            remark.code,
            printable(&remark.path),
            remark.line,
            printable(&remark.message)
        );
    }
    if any {
        out.push('\n');
    }
}

fn summary(review: &Review, look: Look) -> String {
    let numbers = &review.summary;
    let looked_at = format!(
        "{} of {}",
        counted(numbers.lines, "line"),
        counted(u64::from(numbers.files), "file"),
    );
    let by_confidence: Vec<String> = [
        (numbers.findings.high, "high"),
        (numbers.findings.medium, "medium"),
        (numbers.findings.low, "low"),
    ]
    .iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, name)| format!("{number} {name}"))
    .collect();
    let total = numbers.findings.high + numbers.findings.medium + numbers.findings.low;
    let what = if numbers.introduced.is_some() {
        "new finding"
    } else {
        "finding"
    };
    let found = if total == 0 {
        paint(&format!("no {what}s"), AnsiColor::Green, look)
    } else {
        let found = counted(u64::from(total), what);
        format!(
            "{} ({})",
            paint(&found, AnsiColor::Red, look),
            by_confidence.join(", ")
        )
    };
    format!("{found} in {looked_at}{}\n", beside_findings(numbers))
}

/// What was skipped, by reason: a reason that is shared by many is told once.
fn skipped(review: &Review, look: Look, out: &mut String) {
    if review.skipped.is_empty() {
        return;
    }
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for entry in &review.skipped {
        reasons.entry(&entry.reason).or_default().push(&entry.path);
    }
    if review.skipped.iter().any(|entry| entry.kind().is_some()) {
        *out += &format!("{}\n", coverage(review));
    }
    *out += &format!("{}\n", paint("skipped:", AnsiColor::Yellow, look));
    for (reason, paths) in reasons {
        let mut listed: Vec<String> = paths
            .iter()
            .take(LISTED)
            .map(|path| printable(path).into_owned())
            .collect();
        if paths.len() > LISTED {
            listed.push(format!("and {} more", paths.len() - LISTED));
        }
        *out += &format!("  {}: {}\n", listed.join(", "), printable(reason));
    }
}

fn paint(text: &str, colour: AnsiColor, look: Look) -> String {
    if !look.styled {
        return text.to_owned();
    }
    let style = Style::new()
        .fg_color(Some(colour.into()))
        .effects(Effects::BOLD);
    format!("{style}{text}{style:#}")
}
