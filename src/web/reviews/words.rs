//! What a reviewer takes away or posts: their marks as Markdown, in which nothing that they or the
//! code say means more than itself.

use super::items::{Item, Said};
use super::short;
use crate::report::markdown::words;
use crate::store::reviews::Reviewed;

/// The marks of one reviewer.
pub fn markdown(pull: &Reviewed, items: &[Item], name: &str) -> String {
    let marked = |state: &str| {
        let of_state = move |item: &&Item| item.is(state);
        items.iter().filter(of_state).collect::<Vec<_>>()
    };
    let concerns = marked("concern");
    let mut out = format!(
        "### Backpressure checklist by {}\n\nAt {}: {} of {} items marked, {}.\n",
        words(name),
        short(&pull.head),
        items.iter().filter(|item| item.is_marked()).count(),
        items.len(),
        match concerns.len() {
            0 => "no concern".to_owned(),
            1 => "1 concern".to_owned(),
            many => format!("{many} concerns"),
        }
    );
    let parts = [
        ("Concerns", concerns),
        ("Fine", marked("ok")),
        ("Not applicable", marked("not-applicable")),
        ("Not looked at yet", marked("open")),
    ];
    for (heading, items) in parts.into_iter().filter(|(_, items)| !items.is_empty()) {
        out += &format!("\n**{heading}**\n\n");
        for item in items {
            out += &line(item);
        }
    }
    out
}

fn line(item: &Item) -> String {
    let note = item.mine().map_or(String::new(), note);
    let found: Vec<String> = item
        .findings
        .iter()
        .filter(|finding| finding.standing == "introduced")
        .map(|finding| format!("  - {} at {}\n", finding.code, words(&finding.place)))
        .collect();
    format!(
        "- {} {}{note}\n{}",
        item.id,
        words(&item.plain),
        found.concat()
    )
}

fn note(said: &Said) -> String {
    let lines: Vec<String> = said.note.split_whitespace().map(words).collect();
    if lines.is_empty() {
        String::new()
    } else {
        format!(": {}", lines.join(" "))
    }
}
