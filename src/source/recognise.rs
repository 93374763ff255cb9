//! The language of a text without a name: pasted, or read from standard input.

use super::Language;

/// Beginnings of lines that only one language has.
const BEGINNINGS: [(&str, Language); 22] = [
    ("package ", Language::Go),
    ("func ", Language::Go),
    ("func(", Language::Go),
    ("import ", Language::Go),
    ("go ", Language::Go),
    ("defer ", Language::Go),
    ("var ", Language::Go),
    ("case ", Language::Go),
    ("default:", Language::Go),
    ("select {", Language::Go),
    ("switch ", Language::Go),
    ("fn ", Language::Rust),
    ("pub ", Language::Rust),
    ("pub(", Language::Rust),
    ("use ", Language::Rust),
    ("impl", Language::Rust),
    ("let ", Language::Rust),
    ("async ", Language::Rust),
    ("match ", Language::Rust),
    ("#[", Language::Rust),
    ("mod ", Language::Rust),
    ("loop {", Language::Rust),
];

/// What stands in a line of one language only.
const PARTS: [(&str, Language); 14] = [
    (":=", Language::Go),
    ("<-", Language::Go),
    ("chan ", Language::Go),
    ("func(", Language::Go),
    ("make(", Language::Go),
    ("nil", Language::Go),
    ("interface{", Language::Go),
    ("::", Language::Rust),
    ("->", Language::Rust),
    ("=>", Language::Rust),
    ("&self", Language::Rust),
    ("&mut ", Language::Rust),
    (".await", Language::Rust),
    ("!(", Language::Rust),
];

/// Lines that are looked at; whatever comes later says the same.
const LINES: usize = 2000;

/// The language that most lines speak for; Go where they say nothing.
pub fn language_of(text: &str) -> Language {
    let (mut go, mut rust) = (0_u32, 0_u32);
    let mut count = |language| match language {
        Language::Go => go += 1,
        Language::Rust => rust += 1,
    };
    for line in text.lines().take(LINES) {
        let line = line.trim();
        if line.starts_with("//") || line.starts_with('*') {
            continue;
        }
        let begins = |(beginning, _): &&(&str, Language)| line.starts_with(beginning);
        let holds = |(part, _): &&(&str, Language)| line.contains(part);
        let beginning = BEGINNINGS.iter().find(begins);
        let parts = PARTS.iter().filter(holds);
        parts
            .chain(beginning)
            .for_each(|&(_, language)| count(language));
        // Go's formatter takes these away.
        if line.ends_with(';') {
            count(Language::Rust);
        }
    }
    if rust > go {
        Language::Rust
    } else {
        Language::Go
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_told_apart() {
        for go in [
            "",
            "ch <- 1",
            "q.items = append(q.items, x)",
            "for v := range ch {\n\tuse(v)\n}",
            "func f() { ch := make(chan int, 1000000); ch <- 1 }",
        ] {
            assert_eq!(language_of(go), Language::Go, "{go}");
        }
        for rust in [
            "tx.send(1).await.unwrap();",
            "let (tx, rx) = mpsc::unbounded_channel();",
            "fn f() {}",
            "loop {\n    sleep(PAUSE).await\n}",
        ] {
            assert_eq!(language_of(rust), Language::Rust, "{rust}");
        }
    }
}
