//! The explanations as HTML: coloured code whose marks stand as notes in the margin.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::rows;
use crate::rules;
use crate::source::Language;

/// A page as HTML, its title left out: the template sets it.
pub fn page(text: &str) -> String {
    let mut options = Options::empty();
    options.insert(Options::ENABLE_TABLES);
    let mut events = Vec::new();
    let mut code: Option<(Option<Language>, String)> = None;
    let mut in_title = false;
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match &kind {
                    CodeBlockKind::Fenced(name) => Language::by_name(name),
                    CodeBlockKind::Indented => None,
                };
                code = Some((language, String::new()));
            }
            Event::End(TagEnd::CodeBlock) => {
                if let Some((language, text)) = code.take() {
                    events.push(Event::Html(CowStr::from(block(&text, language))));
                }
            }
            Event::Text(part) if code.is_some() => {
                if let Some((_, text)) = &mut code {
                    text.push_str(&part);
                }
            }
            Event::Start(Tag::Heading {
                level: HeadingLevel::H1,
                ..
            }) => in_title = true,
            Event::End(TagEnd::Heading(HeadingLevel::H1)) => in_title = false,
            // The pages are ours; raw HTML has no place in them all the same.
            Event::Html(raw) | Event::InlineHtml(raw) => events.push(Event::Text(raw)),
            _ if in_title => {}
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            }) => events.push(Event::Start(Tag::Link {
                link_type,
                dest_url: CowStr::from(address(&dest_url)),
                title,
                id,
            })),
            Event::Start(Tag::Table(columns)) => {
                let open =
                    "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"table\">";
                events.push(Event::Html(CowStr::from(open)));
                events.push(Event::Start(Tag::Table(columns)));
            }
            Event::End(TagEnd::Table) => {
                events.push(Event::End(TagEnd::Table));
                events.push(Event::Html(CowStr::from("</div>")));
            }
            other => events.push(other),
        }
    }
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events.into_iter());
    html
}

/// Links between the files of the repository, as addresses of the site.
fn address(link: &str) -> String {
    let name = link
        .trim_start_matches("../")
        .trim_end_matches("README.md")
        .trim_end_matches('/');
    match rules::by_name(name) {
        Some(rule) => format!("/bugs/{}-{}", rule.code, rule.slug),
        None if link.contains("docs/precision.md") => "/precision".to_owned(),
        None => link.to_owned(),
    }
}

/// A block of code with its marks in the margin.
fn block(text: &str, language: Option<Language>) -> String {
    let mut notes = Vec::new();
    let mut code = String::new();
    for line in text.lines() {
        let (kept, note) = line.split_once("//~ ").unwrap_or((line, ""));
        notes.push(note.trim());
        code.push_str(kept.trim_end());
        code.push('\n');
    }
    let lines = match language {
        Some(language) => rows::coloured_lines(&code, language),
        None => code.lines().map(rows::escaped).collect(),
    };
    let mut html = String::from(
        "<div class=\"listing\" tabindex=\"0\" role=\"group\" aria-label=\"code\"><pre><code>",
    );
    for (line, note) in lines.iter().zip(notes) {
        if note.is_empty() {
            html += &format!("<span class=\"line\">{line}\n</span>");
        } else {
            html += &format!(
                "<span class=\"line marked\">{line}<span class=\"note\">{}</span>\n</span>",
                notes_html(note)
            );
        }
    }
    html += "</code></pre></div>\n";
    html
}

/// `BP06 high, BP03 low` as links.
fn notes_html(note: &str) -> String {
    let one = |mark: &str| {
        let (code, confidence) = mark.trim().split_once(' ').unwrap_or((mark.trim(), ""));
        match rules::by_name(code) {
            Some(rule) => format!(
                "<a href=\"/bugs/{}-{}\">{}</a> {}",
                rule.code,
                rule.slug,
                rule.code,
                rows::escaped(confidence)
            ),
            None => rows::escaped(mark),
        }
    };
    note.split(", ").map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_notes_and_titles_go() {
        let html = page("# BP06 x\n\nHello `a`.\n\n```go\njobs <- j //~ BP06 high\n```\n");
        assert!(!html.contains("BP06 x"), "{html}");
        assert!(html.contains("<a href=\"/bugs/BP06-blocking-send-in-handler\">BP06</a> high"));
        assert!(!html.contains("//~"), "{html}");
    }

    #[test]
    fn every_page_renders_without_raw_html() {
        for rule in rules::ALL {
            let html = page(rule.page);
            assert!(html.contains("<h2>"), "{rule:?}");
            assert!(!html.contains("<script"), "{rule:?}");
        }
    }
}
