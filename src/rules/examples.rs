//! The examples of the pages and the corner files beside them, with the marks that say what is
//! wrong on which line. Tests hold the marks against what the rules find.

use super::{ALL, Rule};
use crate::source::Language;

/// The files beside the pages: their names under `rules/` and their texts.
static CORNER_FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/corner_files.rs"));

/// A piece of code.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// Where it is from: `BP06-blocking-send-in-handler/timer_arm.go`, or a page with its line.
    pub origin: String,
    /// The class on whose page it stands.
    pub rule: &'static Rule,
    /// The language of the code.
    pub language: Language,
    /// The code without its marks.
    pub code: String,
    /// What is wrong with it; nothing for a near miss.
    pub marks: Vec<Mark>,
}

/// What is wrong on a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// 1-based line.
    pub line: u32,
    /// The code of the class.
    pub code: String,
    /// `high`, `medium` or `low`.
    pub confidence: String,
}

impl Example {
    /// A name for a file that holds the code and nothing else.
    pub fn file_name(&self) -> &'static str {
        match self.language {
            Language::Go => "example.go",
            Language::Rust => "example.rs",
        }
    }
}

/// All examples: page by page, then file by file.
pub fn all() -> Vec<Example> {
    let mut found: Vec<Example> = ALL.iter().flat_map(|rule| blocks(rule)).collect();
    for (name, text) in CORNER_FILES {
        let code = name.split('-').next().unwrap_or("");
        let rule = ALL.iter().find(|rule| rule.code == code);
        if let (Some(rule), Some(language)) = (rule, Language::of_path(name)) {
            found.push(example((*name).to_owned(), rule, language, text));
        }
    }
    found
}

/// The blocks of a page that are in a language which is reviewed.
fn blocks(rule: &'static Rule) -> Vec<Example> {
    let mut found = Vec::new();
    let mut open: Option<(Language, usize, String)> = None;
    for (at, line) in rule.page.lines().enumerate() {
        match &mut open {
            None => {
                let language = line.strip_prefix("```").and_then(Language::by_name);
                open = language.map(|language| (language, at + 2, String::new()));
            }
            Some((language, start, code)) if line == "```" => {
                let origin = format!("{}-{}/README.md:{start}", rule.code, rule.slug);
                found.push(example(origin, rule, *language, code));
                open = None;
            }
            Some((_, _, code)) => {
                code.push_str(line);
                code.push('\n');
            }
        }
    }
    found
}

fn example(origin: String, rule: &'static Rule, language: Language, text: &str) -> Example {
    let (mut code, mut marks) = (String::new(), Vec::new());
    for (line, number) in text.lines().zip(1..) {
        let (kept, said) = line.split_once("//~ ").unwrap_or((line, ""));
        for mark in said.split(", ").filter(|mark| !mark.is_empty()) {
            let (class, confidence) = mark.trim().split_once(' ').unwrap_or((mark, ""));
            marks.push(Mark {
                line: number,
                code: class.to_owned(),
                confidence: confidence.to_owned(),
            });
        }
        code.push_str(kept.trim_end());
        code.push('\n');
    }
    Example {
        origin,
        rule,
        language,
        code,
        marks,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_bugs_and_near_misses() {
        let all = all();
        for rule in ALL {
            let own: Vec<&Example> = all.iter().filter(|one| one.rule == *rule).collect();
            assert!(own.iter().any(|one| one.marks.is_empty()), "{rule:?}");
            let shows = |one: &&Example| one.marks.iter().any(|mark| mark.code == rule.code);
            assert!(own.iter().any(shows), "{rule:?}");
            assert!(
                own.iter().any(|one| one.origin.ends_with(".go")),
                "{rule:?}"
            );
            for language in Language::ALL {
                let mut page = own
                    .iter()
                    .filter(|one| one.language == language && one.origin.contains("README.md"));
                assert!(page.clone().any(shows), "{rule:?} {language:?}");
                assert!(
                    page.any(|one| one.marks.is_empty()),
                    "{rule:?} {language:?}"
                );
            }
        }
        assert!(all.iter().all(|one| !one.code.contains("//~")));
    }
}
