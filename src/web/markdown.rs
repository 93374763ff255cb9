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
            Event::Start(Tag::Heading { level, .. }) => {
                code.heading = Some((level, events.len(), String::new()));
                events.push(heading(level, None));
            }
            Event::End(TagEnd::Heading(level)) => {
                code.enter(&mut events);
                events.push(Event::End(TagEnd::Heading(level)));
            }
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

fn heading<'e>(level: HeadingLevel, id: Option<String>) -> Event<'e> {
    Event::Start(Tag::Heading {
        level,
        id: id.map(CowStr::from),
        classes: Vec::new(),
        attrs: Vec::new(),
    })
}

/// The section whose parts stand beside the sections of the same names.
const IN_RUST: &str = "In Rust";

/// The headings and blocks of code of a page, as far as it is read.
#[derive(Default)]
struct Blocks {
    /// The block that is open: its language and its text.
    open: Option<(String, String)>,
    /// The heading that is open: its level, its place among the events and its words.
    heading: Option<(HeadingLevel, usize, String)>,
    section: String,
    part: String,
    /// The first block in Go of each section: its section, its place among the events, its HTML.
    first: Vec<(String, usize, String)>,
}

impl Blocks {
    fn begin(&mut self, kind: &CodeBlockKind<'_>) {
        let name = match kind {
            CodeBlockKind::Fenced(name) => name.to_string(),
            CodeBlockKind::Indented => String::new(),
        };
        self.open = Some((name, String::new()));
    }

    /// Takes text that stands in a block; listens to the words of a heading.
    fn takes(&mut self, part: &str) -> bool {
        if let Some((_, _, words)) = &mut self.heading {
            words.push_str(part);
        }
        let Some((_, text)) = &mut self.open else {
            return false;
        };
        text.push_str(part);
        true
    }

    /// Enters what the heading begins; sections get a name that links can lead to.
    fn enter(&mut self, events: &mut [Event<'_>]) {
        let Some((level, at, words)) = self.heading.take() else {
            return;
        };
        if level == HeadingLevel::H2 {
            events[at] = heading(level, Some(anchor(&words)));
            self.section = words;
            self.part.clear();
        } else {
            self.part = words;
        }
    }

    /// Puts the block among the events. The first one in Rust of a part of "In Rust" stands beside
    /// the first one in Go of the section of that name, and a link in its place.
    fn end(&mut self, events: &mut Vec<Event<'_>>) {
        let Some((name, text)) = self.open.take() else {
            return;
        };
        let mut html = block(&text, Language::by_name(&name));
        let of = |section: &str| self.first.iter().position(|(of, ..)| of == section);
        match Language::by_name(&name) {
            Some(Language::Go) if of(&self.section).is_none() => {
                let at = events.len();
                self.first.push((self.section.clone(), at, html.clone()));
            }
            Some(Language::Rust) if self.section == IN_RUST => {
                if let Some(found) = of(&self.part) {
                    let (section, at, go) = self.first.swap_remove(found);
                    events[at] = Event::Html(CowStr::from(pair(&go, &html)));
                    html = format!(
                        "<p class=\"beside\"><a href=\"#{}\">Beside the one in Go, above.</a></p>\n",
                        anchor(&section)
                    );
                }
            }
            _ => {}
        }
        events.push(Event::Html(CowStr::from(html)));
    }
}

/// What a link to a section is called.
fn anchor(words: &str) -> String {
    let is_kept = |c: &char| c.is_alphanumeric() || *c == '-';
    let words = words.to_lowercase().replace(' ', "-");
    words.chars().filter(is_kept).collect()
}

/// The same in both languages, side by side.
fn pair(go: &str, rust: &str) -> String {
    let side = |language: Language, html| {
        let name = language.title();
        format!("<div><p class=\"tongue\">{name}</p>\n{html}</div>\n")
    };
    let sides = side(Language::Go, go) + &side(Language::Rust, rust);
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
            html += &format!("<span class=\"line\">{line}</span>\n");
        } else {
            html += &format!(
                "<span class=\"line marked\">{line}<span class=\"note\">{}</span></span>\n",
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
        // A marked line is a box of its own: a line end inside of it would break nothing.
        assert!(html.contains("</span></span>\n"), "{html}");
        assert!(html.contains("<a href=\"/bugs/BP06-blocking-send-in-handler\">BP06</a> high"));
        assert!(!html.contains("//~"), "{html}");
    }

    #[test]
    fn go_and_rust_stand_side_by_side() {
        let go = "```go\ngo f() //~ BP03 high\n```\n";
        let other = "```go\ngo other()\n```\n";
        let rust = "```rust\nspawn(f());\n```\n";
        let more = "```rust\nspawn(g());\n```\n";
        let html = page(&format!(
            "# T\n\n## The bug\n\n{go}\nText.\n\n{other}\n## In Rust\n\nWords.\n\n### The bug\n\n{rust}\n{more}\n### The fix\n\n{rust}"
        ));
        let (above, below) = html.split_once(">In Rust").unwrap_or(("", ""));
        let places = [
            "id=\"the-bug\"",
            "class=\"pair\"",
            "tongue\">Go",
            "BP03</a> high",
            "tongue\">Rust",
            "spawn(f());",
            "Text.",
            "other()",
        ];
        let places: Vec<_> = places.iter().map(|text| above.find(text)).collect();
        assert!(
            places.is_sorted() && !places.contains(&None),
            "{places:?} {html}"
        );
        // In its place a link; another one, and one without a counterpart, stay where they are.
        let places = [
            "Words.",
            "href=\"#the-bug\"",
            "spawn(g());",
            "The fix",
            "spawn(f());",
        ];
        let places: Vec<_> = places.iter().map(|text| below.find(text)).collect();
        assert!(
            places.is_sorted() && !places.contains(&None),
            "{places:?} {html}"
        );
        assert!(!below.contains("tongue"), "{html}");
    }

    #[test]
    fn every_page_shows_its_bug_and_its_fix_in_both_languages() {
        for rule in rules::ALL {
            assert_eq!(page(rule.page).matches("\"pair\"").count(), 2, "{rule:?}");
        }
    }

    #[test]
    fn every_page_renders_without_raw_html() {
        for rule in rules::ALL {
            let html = page(rule.page);
            assert!(html.contains("<h2 id="), "{rule:?}");
            assert!(!html.contains("<script"), "{rule:?}");
        }
    }
}
