//! The colours of code are those that the grammar's own query gives.

use highwater::languages::colours::{Coloured, colours};
use highwater::rules::examples;
use highwater::source::Language;
use highwater::source::limits::Limits;
use tree_sitter_highlight::{HighlightConfiguration, HighlightEvent, Highlighter};

/// What the grammar's query tells apart and a page shows.
const KINDS: [&str; 10] = [
    "comment", "constant", "escape", "function", "keyword", "number", "operator", "property",
    "string", "type",
];

/// The colours by the grammar's own query.
fn queried(configuration: &HighlightConfiguration, text: &str) -> Vec<Coloured> {
    let mut highlighter = Highlighter::new();
    let events = highlighter.highlight(configuration, text.as_bytes(), None, None, |_| None);
    let (mut found, mut open) = (Vec::new(), Vec::new());
    for event in events.unwrap() {
        match event.unwrap() {
            HighlightEvent::HighlightStart(kind) => open.push(KINDS[kind.0]),
            HighlightEvent::HighlightEnd => drop(open.pop()),
            HighlightEvent::Source { start, end } => {
                let run = |&kind: &&'static str| Coloured {
                    at: start..end,
                    kind,
                };
                found.extend(open.last().map(run));
            }
        }
    }
    found
}

#[test]
fn colours_are_those_of_the_grammars_query() {
    let grammar = tree_sitter_go::LANGUAGE.into();
    let query = tree_sitter_go::HIGHLIGHTS_QUERY;
    let mut configuration = HighlightConfiguration::new(grammar, "go", query, "", "").unwrap();
    configuration.configure(&KINDS);
    let mut texts: Vec<String> = examples::all()
        .into_iter()
        .filter(|one| one.language == Language::Go)
        .map(|one| one.code)
        .collect();
    assert!(texts.len() > 50);
    let whole = "package p\n\n//go:build x\ntype T[K ~int | string] struct {\n\tf, g func(...int) `raw\nraw`\n}\n\nconst (\n\ta = iota\n\tb = 'x'\n\tc = '\\n'\n\td = 0x1p-2 + 3i\n)\n\nfunc (t *T[K]) m() (err error) {\n\ts := \"a\\tb\\u00e4\" + `x`\n\tgoto end\nend:\n\tswitch v := any(t).(type) {\n\tcase nil, *T[K]:\n\t\t_ = v &^ 3\n\t\tv &^= 1 // ü\n\t\tfallthrough\n\tdefault:\n\t\tt.f(1, true, false)\n\t\tlen(s)\n\t}\n}\n";
    texts.push(whole.to_owned());
    // Also code that ends where it should not.
    let cut = |at: usize| {
        texts
            .iter()
            .filter_map(move |text| text.get(..text.len() / 7 * at))
    };
    let cuts: Vec<String> = (1..7).flat_map(cut).map(str::to_owned).collect();
    for text in texts.iter().chain(&cuts) {
        let found = colours(text, Language::Go, &Limits::default());
        assert_eq!(found, queried(&configuration, text), "{text}");
    }
}
