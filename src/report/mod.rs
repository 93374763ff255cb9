//! Printers: a [`Review`] as text for people, machines and pull requests.
//!
//! Pure functions of the review; nothing here reads a disk or knows a terminal. Text from code
//! goes out only through `plain` and `markdown`, which take away what could do harm.

pub mod coverage;
mod excerpt;
mod github;
mod json;
pub mod markdown;
pub mod page;
pub mod plain;
pub mod redaction;
mod sarif;
mod text;

use crate::review::Review;

/// The name under which the tool reports.
pub const TOOL: &str = "highwater";
/// Its version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A form in which a review is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Source excerpts with carets, for a person at a terminal.
    Text,
    /// The stable contract, schema 1.
    Json,
    /// SARIF 2.1.0, for code-scanning services.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// A comment on a pull request, or a file.
    Markdown,
}

/// How text for people looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether there are colours.
    pub styled: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Default for Look {
    fn default() -> Look {
        Look {
            styled: false,
            width: 100,
        }
    }
}

/// Gives the text of a file of the review, if it is at hand. Without it excerpts are shorter.
pub type Sources<'s> = &'s dyn Fn(&str) -> Option<String>;

/// Prints a review.
pub fn render(review: &Review, format: Format, look: Look, sources: Sources<'_>) -> String {
    match format {
        Format::Text => text::render(review, look, sources),
        Format::Json => json::render(review),
        Format::Sarif => sarif::render(review),
        Format::Github => github::render(review),
        Format::Markdown => markdown::render(review),
    }
}
