//! Syntax colours: which bytes of a text are a keyword, a string, a name of a type.

use std::ops::Range;
use std::sync::LazyLock;

use tree_sitter_highlight::{HighlightConfiguration, HighlightEvent, Highlighter};

use crate::source::Language;

/// What the grammars' queries tell apart and a page shows, in the words of their captures.
pub const KINDS: [&str; 10] = [
    "comment", "constant", "escape", "function", "keyword", "number", "operator", "property",
    "string", "type",
];

/// A run of bytes of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coloured {
    /// Where in the text.
    pub at: Range<usize>,
    /// One of [`KINDS`].
    pub kind: &'static str,
}

static GO: LazyLock<Option<HighlightConfiguration>> = LazyLock::new(|| {
    let mut configuration = HighlightConfiguration::new(
        tree_sitter_go::LANGUAGE.into(),
        "go",
        tree_sitter_go::HIGHLIGHTS_QUERY,
        "",
        "",
    )
    .ok()?;
    configuration.configure(&KINDS);
    Some(configuration)
});

/// The coloured runs of a text in order, innermost kinds only. Text that the grammar does not
/// understand has none.
pub fn colours(text: &str, language: Language) -> Vec<Coloured> {
    let configuration = match language {
        Language::Go => GO.as_ref(),
    };
    let Some(configuration) = configuration else {
        return Vec::new();
    };
    let mut highlighter = Highlighter::new();
    let Ok(events) = highlighter.highlight(configuration, text.as_bytes(), None, None, |_| None)
    else {
        return Vec::new();
    };
    let (mut found, mut open): (Vec<Coloured>, Vec<&'static str>) = (Vec::new(), Vec::new());
    for event in events {
        match event {
            Ok(HighlightEvent::HighlightStart(kind)) => open.push(KINDS[kind.0]),
            Ok(HighlightEvent::HighlightEnd) => {
                open.pop();
            }
            Ok(HighlightEvent::Source { start, end }) => {
                if let Some(&kind) = open.last() {
                    found.push(Coloured {
                        at: start..end,
                        kind,
                    });
                }
            }
            Err(_) => break,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_and_strings_are_told_apart() {
        let text = "func f() { s := \"go\" }";
        let kinds: Vec<(&str, &str)> = colours(text, Language::Go)
            .into_iter()
            .map(|run| (&text[run.at], run.kind))
            .collect();
        assert!(kinds.contains(&("func", "keyword")), "{kinds:?}");
        assert!(kinds.contains(&("\"go\"", "string")), "{kinds:?}");
    }
}
