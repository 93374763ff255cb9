//! The Markdown of our own pages, readable in a terminal: headings, wrapped paragraphs, lists,
//! tables that fit, and code set off. Knows what the pages use, no more.

use annotate_snippets::renderer::{AnsiColor, Effects, Style};

use super::Look;
use super::plain::wrap;

/// The widest text that reads well.
const WIDEST: usize = 100;
/// The narrowest column of a table.
const NARROWEST: usize = 8;

/// A page as text.
pub fn render(markdown: &str, look: Look) -> String {
    let mut page = Page {
        out: String::new(),
        width: look.width.clamp(40, WIDEST),
        styled: look.styled,
    };
    let lines: Vec<&str> = markdown.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        at += page.block(&lines[at..]);
    }
    page.out.truncate(page.out.trim_end().len());
    page.out.push('\n');
    page.out
}

/// The first paragraph of a page, as one line.
pub fn introduction(markdown: &str) -> &str {
    let mut lines = markdown
        .lines()
        .skip_while(|line| line.starts_with('#') || line.is_empty());
    lines.next().unwrap_or("")
}

struct Page {
    out: String,
    width: usize,
    styled: bool,
}

impl Page {
    /// Prints the block that begins here; gives how many lines it has.
    fn block(&mut self, lines: &[&str]) -> usize {
        let first = lines[0];
        let run =
            |belongs: &dyn Fn(&str) -> bool| lines.iter().take_while(|line| belongs(line)).count();
        if first.trim().is_empty() {
            return 1;
        }
        if let Some(fence) = first.strip_prefix("```") {
            let inside = lines[1..]
                .iter()
                .take_while(|line| !line.starts_with("```"))
                .count();
            self.code(&lines[1..=inside], fence);
            return (inside + 2).min(lines.len());
        }
        if first.starts_with('#') {
            self.heading(first);
            return 1;
        }
        if first.starts_with('|') {
            let count = run(&|line| line.starts_with('|'));
            self.table(&lines[..count]);
            return count;
        }
        if let Some((mark, text)) = item(first) {
            let more = lines[1..]
                .iter()
                .take_while(|line| line.starts_with("  ") && item(line.trim_start()).is_none())
                .count();
            let text = std::iter::once(text).chain(lines[1..=more].iter().map(|line| line.trim()));
            let text = text.collect::<Vec<_>>().join(" ");
            self.paragraph(&text, &format!("  {mark} "));
            if lines.get(more + 1).is_none_or(|line| item(line).is_none()) {
                self.out.push('\n');
            }
            return more + 1;
        }
        let count = run(&|line| {
            !line.trim().is_empty()
                && !line.starts_with(['#', '|'])
                && !line.starts_with("```")
                && item(line).is_none()
        });
        let text = lines[..count].join(" ");
        self.paragraph(&text, "");
        self.out.push('\n');
        count.max(1)
    }

    fn heading(&mut self, line: &str) {
        let level = line.bytes().take_while(|&byte| byte == b'#').count();
        let text = line[level..].trim();
        if self.styled {
            let style = Style::new()
                .effects(Effects::BOLD)
                .fg_color(Some(AnsiColor::BrightBlue.into()));
            self.out += &format!("{style}{text}{style:#}\n\n");
        } else {
            let under = if level == 1 { "=" } else { "-" };
            self.out += &format!("{text}\n{}\n\n", under.repeat(text.chars().count()));
        }
    }

    fn code(&mut self, lines: &[&str], _language: &str) {
        let strong = Style::new()
            .effects(Effects::BOLD)
            .fg_color(Some(AnsiColor::BrightRed.into()));
        for line in lines {
            match line.split_once("//~ ") {
                Some((code, mark)) if self.styled => {
                    self.out += &format!("    {code}{strong}// <-- {mark}{strong:#}\n");
                }
                Some((code, mark)) => self.out += &format!("    {code}// <-- {mark}\n"),
                None if line.is_empty() => self.out.push('\n'),
                None => self.out += &format!("    {line}\n"),
            }
        }
        self.out.push('\n');
    }

    fn paragraph(&mut self, text: &str, mark: &str) {
        let indent = " ".repeat(mark.chars().count());
        let lines = wrap(text, self.width - indent.len());
        let text = self.inline(&lines.join("\n"));
        for (at, line) in text.lines().enumerate() {
            self.out += &format!("{}{line}\n", if at == 0 { mark } else { &indent });
        }
    }

    fn table(&mut self, lines: &[&str]) {
        let is_rule = |line: &str| line.chars().all(|c| "|-: ".contains(c));
        let rows: Vec<Vec<String>> = lines
            .iter()
            .filter(|line| !is_rule(line))
            .map(|line| cells(line))
            .collect();
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut widths: Vec<usize> = (0..columns)
            .map(|column| {
                rows.iter()
                    .filter_map(|row| row.get(column))
                    .map(|cell| cell.chars().count())
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let room = (self.width - 2).saturating_sub(2 * columns.saturating_sub(1));
        while widths.iter().sum::<usize>() > room {
            let Some(widest) = widths
                .iter_mut()
                .max()
                .filter(|widest| **widest > NARROWEST)
            else {
                break;
            };
            *widest -= 1;
        }
        for (at, row) in rows.iter().enumerate() {
            self.row(row, &widths);
            if at == 0 {
                let rules: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();
                self.out += &format!("  {}\n", rules.join("  "));
            }
        }
        self.out.push('\n');
    }

    fn row(&mut self, row: &[String], widths: &[usize]) {
        let wrapped: Vec<Vec<String>> = row
            .iter()
            .zip(widths)
            .map(|(cell, &width)| wrap(cell, width))
            .collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..height {
            let cells = wrapped.iter().zip(widths).map(|(cell, &width)| {
                let text = cell.get(line).map_or("", String::as_str);
                let padding = width.saturating_sub(text.chars().count());
                format!("{}{}", text, " ".repeat(padding))
            });
            let text = cells.collect::<Vec<_>>().join("  ");
            self.out += &format!("  {}\n", text.trim_end());
        }
    }

    /// Code spans, bold words and links within a text.
    fn inline(&self, text: &str) -> String {
        let code = Style::new().fg_color(Some(AnsiColor::Cyan.into()));
        let bold = Style::new().effects(Effects::BOLD);
        let mut out = String::new();
        for (at, part) in text.split('`').enumerate() {
            if at % 2 == 1 {
                out += &if self.styled {
                    format!("{code}{part}{code:#}")
                } else {
                    format!("`{part}`")
                };
                continue;
            }
            for (at, part) in links(part).split("**").enumerate() {
                out += &if at % 2 == 1 && self.styled {
                    format!("{bold}{part}{bold:#}")
                } else {
                    part.to_owned()
                };
            }
        }
        out
    }
}

/// The mark and the text of a list item.
fn item(line: &str) -> Option<(&str, &str)> {
    if let Some(text) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some(("-", text));
    }
    let (number, text) = line.split_once(". ")?;
    let is_number =
        !number.is_empty() && number.len() < 4 && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| (&line[..=number.len()], text))
}

fn cells(line: &str) -> Vec<String> {
    let line = line.trim().trim_start_matches('|');
    let line = line.strip_suffix('|').unwrap_or(line);
    line.replace("\\|", "\u{1}")
        .split('|')
        .map(|cell| cell.trim().replace('\u{1}', "|"))
        .collect()
}

/// `[words](address)` as `words (address)`, or as the words alone where the address is relative.
fn links(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        let link = after
            .split_once("](")
            .and_then(|(words, tail)| Some((words, tail.split_once(')')?)));
        out.push_str(before);
        match link {
            Some((words, (address, tail))) if !words.contains('[') => {
                out.push_str(words);
                if address.contains("://") {
                    out += &format!(" ({address})");
                }
                rest = tail;
            }
            _ => {
                out.push('[');
                rest = after;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_reads_well_without_colours() {
        let page = "# BP02 huge\n\nSome `code` and **more**\nwords, see [x](https://x.y) or [z](z.md).\n\n- one\n- two\n  goes on\n\n| a | b |\n|---|---|\n| 1 | `x` |\n\n```go\nmake() //~ BP02 high\n```\n";
        assert_eq!(
            render(page, Look::default()),
            "BP02 huge\n=========\n\nSome `code` and more words, see x (https://x.y) or z.\n\n  - one\n  - two goes on\n\n  a  b\n  -  ---\n  1  `x`\n\n    make() // <-- BP02 high\n"
        );
        assert_eq!(introduction(page), "Some `code` and **more**");
    }

    #[test]
    fn tables_fit() {
        let wide = format!(
            "| step | what |\n|---|---|\n| 1 | {} |\n",
            "word ".repeat(60)
        );
        let look = Look {
            styled: false,
            width: 60,
        };
        assert!(
            render(&wide, look)
                .lines()
                .all(|line| line.chars().count() <= 60)
        );
    }

    #[test]
    fn odd_markdown_ends() {
        for text in [
            "```go\nx", "|", "- ", "#", "[a](b", "`a", "1. x", "\n\n", "* * *",
        ] {
            let _ = render(
                text,
                Look {
                    styled: true,
                    width: 0,
                },
            );
        }
    }
}
