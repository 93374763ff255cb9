//! Syntax colours: which bytes of a text are a keyword, a string, a name of a type.
//!
//! Each kind of node has its colour, so colours are read off a tree that is there anyway: asking
//! the grammar's query would cost more than the whole analysis. A test holds them against it.

use std::ops::Range;
use std::sync::LazyLock;

use super::parse;
use super::syntax::Tree;
use crate::source::limits::Limits;
use crate::source::{Language, SourceFile};

/// A run of bytes of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coloured {
    /// Where in the text.
    pub at: Range<usize>,
    /// What it is, in the words of the grammars' queries: `keyword`, `string`, `type` …
    pub kind: &'static str,
}

/// Words of Go that are keywords.
const KEYWORDS: [&str; 25] = [
    "break",
    "case",
    "chan",
    "const",
    "continue",
    "default",
    "defer",
    "else",
    "fallthrough",
    "for",
    "func",
    "go",
    "goto",
    "if",
    "import",
    "interface",
    "map",
    "package",
    "range",
    "return",
    "select",
    "struct",
    "switch",
    "type",
    "var",
];

/// Signs of Go that are operators.
const OPERATORS: [&str; 36] = [
    "--", "-", "-=", ":=", "!", "!=", "...", "*", "*=", "/", "/=", "&", "&&", "&=", "%", "%=", "^",
    "^=", "+", "++", "+=", "<-", "<", "<<", "<<=", "<=", "=", "==", ">", ">=", ">>", ">>=", "|",
    "|=", "||", "~",
];

/// The colour of a kind of node.
fn colour(kind: &str, is_named: bool) -> Option<&'static str> {
    if !is_named {
        return match kind {
            kind if KEYWORDS.contains(&kind) => Some("keyword"),
            kind if OPERATORS.contains(&kind) => Some("operator"),
            _ => None,
        };
    }
    match kind {
        "type_identifier" => Some("type"),
        "field_identifier" => Some("property"),
        "interpreted_string_literal" | "raw_string_literal" | "rune_literal" => Some("string"),
        "escape_sequence" => Some("escape"),
        "int_literal" | "float_literal" | "imaginary_literal" => Some("number"),
        "true" | "false" | "nil" | "iota" => Some("constant"),
        "comment" => Some("comment"),
        _ => None,
    }
}

/// The colour of a kind of node of Rust.
fn rust_colour(kind: &str, is_named: bool) -> Option<&'static str> {
    if !is_named {
        let is_word = kind.len() > 1 && kind.bytes().all(|byte| byte.is_ascii_lowercase());
        let is_operator = matches!(
            kind,
            "*" | "'"
                | "->"
                | "=>"
                | "<="
                | "="
                | "=="
                | "!"
                | "!="
                | "%"
                | "%="
                | "&"
                | "&="
                | "&&"
                | "|"
                | "|="
                | "||"
                | "^"
                | "^="
                | "-"
                | "-="
                | "+"
                | "+="
                | "/"
                | "/="
                | ">"
                | "<"
                | ">="
                | ">>"
                | "<<"
                | ">>="
                | "<<="
                | "@"
                | ".."
                | "..="
                | "?"
        );
        return match kind {
            _ if is_word => Some("keyword"),
            _ if is_operator => Some("operator"),
            _ => None,
        };
    }
    match kind {
        "type_identifier" | "primitive_type" => Some("type"),
        "field_identifier" | "shorthand_field_identifier" => Some("property"),
        "string_literal" | "raw_string_literal" | "char_literal" => Some("string"),
        "escape_sequence" => Some("escape"),
        "integer_literal" | "float_literal" => Some("number"),
        "boolean_literal" => Some("constant"),
        "line_comment" | "block_comment" => Some("comment"),
        "mutable_specifier" | "self" | "crate" | "super" => Some("keyword"),
        "lifetime" => Some("label"),
        _ => None,
    }
}

/// What is known of a kind of node.
#[derive(Clone, Copy)]
struct Kind {
    colour: Option<&'static str>,
    /// Whether nothing within has a colour of its own.
    is_plain: bool,
}

/// The kinds of nodes of a grammar by their numbers; in those that are named in `mixed` something
/// has a colour of its own.
fn table(
    grammar: &tree_sitter::Language,
    colour: fn(&str, bool) -> Option<&'static str>,
    mixed: &[&str],
) -> Vec<Kind> {
    let kinds = 0..u16::try_from(grammar.node_kind_count()).unwrap_or(u16::MAX);
    let known = |id| {
        let name = grammar.node_kind_for_id(id).unwrap_or("");
        let is_named = grammar.node_kind_is_named(id);
        let colour = colour(name, is_named);
        Kind {
            colour,
            is_plain: match name {
                name if mixed.contains(&name) => false,
                "identifier" => true,
                _ => !is_named || colour.is_some(),
            },
        }
    };
    kinds.map(known).collect()
}

/// The kinds of nodes of Go by their numbers.
static GO: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let mixed = ["interpreted_string_literal"];
    table(&tree_sitter_go::LANGUAGE.into(), colour, &mixed)
});

/// The kinds of nodes of Rust by their numbers.
static RUST: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let mixed = ["string_literal", "char_literal", "lifetime"];
    table(&tree_sitter_rust::LANGUAGE.into(), rust_colour, &mixed)
});

/// The coloured runs of a text in order, innermost kinds only. Text that is over a budget has
/// none.
pub fn colours(text: &str, language: Language, limits: &Limits) -> Vec<Coloured> {
    let file = SourceFile::new("", language, text.as_bytes().to_vec());
    match parse::parse(&file, limits) {
        Ok(tree) => of_tree(&tree, language),
        Err(_) => Vec::new(),
    }
}

/// The coloured runs of a tree.
pub(super) fn of_tree(tree: &Tree, language: Language) -> Vec<Coloured> {
    let kinds = match language {
        Language::Go => &*GO,
        Language::Rust => &*RUST,
    };
    let mut runs = Runs::default();
    // Up to here nothing has a colour of its own.
    let mut plain = 0;
    for node in tree.nodes() {
        if node.start_byte() < plain {
            continue;
        }
        let kind = kinds.get(usize::from(node.kind_id()));
        if let Some(colour) = kind.and_then(|kind| kind.colour) {
            runs.begin(node.byte_range(), colour);
        }
        if kind.is_some_and(|kind| kind.is_plain) {
            plain = node.end_byte();
        }
    }
    runs.end_before(usize::MAX);
    runs.found
}

/// Runs that are being found, with the ends of those that are open.
#[derive(Default)]
struct Runs {
    found: Vec<Coloured>,
    open: Vec<(usize, &'static str)>,
    /// Up to here everything is found.
    at: usize,
}

impl Runs {
    fn begin(&mut self, at: Range<usize>, kind: &'static str) {
        self.end_before(at.start);
        self.up_to(at.start);
        self.open.push((at.end, kind));
    }

    /// Ends what ends at a place or before it.
    fn end_before(&mut self, place: usize) {
        while let Some(&(end, _)) = self.open.last()
            && end <= place
        {
            self.up_to(end);
            self.open.pop();
        }
    }

    fn up_to(&mut self, end: usize) {
        if let Some(&(_, kind)) = self.open.last()
            && self.at < end
        {
            let at = self.at..end;
            self.found.push(Coloured { at, kind });
        }
        self.at = self.at.max(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_and_strings_are_told_apart() {
        let text = "func f() { s := \"go\" }";
        let kinds: Vec<(&str, &str)> = colours(text, Language::Go, &Limits::default())
            .into_iter()
            .map(|run| (&text[run.at], run.kind))
            .collect();
        assert!(kinds.contains(&("func", "keyword")), "{kinds:?}");
        assert!(kinds.contains(&("\"go\"", "string")), "{kinds:?}");
    }
}
