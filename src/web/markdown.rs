//! The explanations as HTML: coloured code whose marks stand as notes in the margin.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::rows;
use crate::rules;
use crate::source::Language;
use crate::source::limits::Limits;

/// A page as HTML, its title left out: the template sets it.
pub fn page(text: &str) -> String {
    let mut options = Options::empty();
    options.insert(Options::ENABLE_TABLES);
    let mut events = Vec::new();
    let mut code = Blocks::default();
    let mut in_title = false;
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => code.begin(&kind),
            Event::End(TagEnd::CodeBlock) => code.end(&mut events),
            Event::Text(part) if code.takes(&part) => {}
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

/// The blocks of code of a page: the one that is open, and the one before.
#[derive(Default)]
struct Blocks {
    open: Option<(String, String)>,
    before: Option<Before>,
}

/// The block of code before.
struct Before {
    name: String,
    /// Its place among the events.
    at: usize,
    html: String,
}

impl Blocks {
    fn begin(&mut self, kind: &CodeBlockKind<'_>) {
        let name = match kind {
            CodeBlockKind::Fenced(name) => name.to_string(),
            CodeBlockKind::Indented => String::new(),
        };
        self.open = Some((name, String::new()));
    }

    /// Takes text that stands in a block.
    fn takes(&mut self, part: &str) -> bool {
        let Some((_, text)) = &mut self.open else {
            return false;
        };
        text.push_str(part);
        true
    }

    /// Puts the block among the events; one in Rust beside the same in Go directly above it.
    fn end(&mut self, events: &mut Vec<Event<'_>>) {
        let Some((name, text)) = self.open.take() else {
            return;
        };
        let mut html = block(&text, Language::by_name(&name));
        let at = events.len();
        let before = self.before.take();
        match before.filter(|before| before.name == "go" && name == "rust" && before.at + 1 == at) {
            Some(go) => {
                events.pop();
                html = pair(&go.html, &html);
            }
            None => {
                let html = html.clone();
                self.before = Some(Before { name, at, html });
            }
        }
        events.push(Event::Html(CowStr::from(html)));
    }
}

/// The same code in both languages, side by side.
fn pair(go: &str, rust: &str) -> String {
    let side = |name, html| format!("<div><p class=\"tongue\">{name}</p>\n{html}</div>\n");
    let sides = side("Go", go) + &side("Rust", rust);
    format!("<div class=\"pair\">\n{sides}</div>\n")
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
        Some(language) => rows::coloured_lines(&code, language, &Limits::default()),
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
    fn go_and_rust_stand_side_by_side_where_both_are() {
        let (go, rust) = (
            "```go\ngo f() //~ BP03 high\n```\n",
            "```rust\nspawn(f());\n```\n",
        );
        let html = page(&format!(
            "# T\n\n## The bug\n\n{go}\n{rust}\nText.\n\n{go}\nText.\n\n{rust}"
        ));
        assert_eq!(html.matches("class=\"pair\"").count(), 1, "{html}");
        let (pair, others) = html.split_once("Text.").unwrap_or(("", ""));
        let places = [
            "class=\"pair\"",
            "tongue\">Go",
            "BP03</a> high",
            "tongue\">Rust",
            "spawn(f());",
        ];
        let places: Vec<_> = places.iter().map(|text| pair.find(text)).collect();
        assert!(
            places.is_sorted() && !places.contains(&None),
            "{places:?} {html}"
        );
        assert!(!others.contains("tongue"), "{html}");
        // Two blocks of one language are no pair, and three are one and one.
        assert!(!page(&format!("{go}\n{go}")).contains("pair"));
        assert_eq!(
            page(&format!("{go}\n{rust}\n{rust}"))
                .matches("tongue")
                .count(),
            2
        );
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
