//! The find-the-bug drill: which pieces come, what an answer says, and whether it is right.
//!
//! The terminal and the web app ask the same questions. The answers are the marks of the examples,
//! which tests hold against the rules.

mod names;

pub use names::varied;

use std::hash::{BuildHasher, RandomState};

use crate::review::config;
use crate::rules::examples::Example;
use crate::rules::{self, Rule};

/// Lines that a piece has at least and at most, so that it is a question and fits a screen.
const LINES: std::ops::RangeInclusive<usize> = 4..=70;

/// What whoever practises says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing is wrong.
    Nothing,
    /// A class of bug on a line.
    Bug {
        /// 1-based line.
        line: u32,
        /// The code of the class.
        code: &'static str,
    },
}

/// How good an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Line and class, or that nothing is wrong.
    Right,
    /// Something else is wrong on that line.
    LineOnly,
    /// That is wrong, on another line.
    ClassOnly,
    /// Neither.
    Wrong,
}

/// A seed that nobody has chosen.
pub fn any_seed() -> u64 {
    RandomState::new().hash_one("practice") % 1_000_000
}

/// Some of the examples in an order that the seed decides, each class at most once until all have
/// come, about a third of them with nothing wrong.
pub fn choose(mut examples: Vec<Example>, seed: u64, rounds: usize) -> Vec<Example> {
    examples.retain(|example| LINES.contains(&example.code.lines().count()));
    let mut random = Random(seed);
    for at in (1..examples.len()).rev() {
        examples.swap(at, random.below(at + 1));
    }
    let mut chosen: Vec<Example> = Vec::new();
    let mut seen: Vec<&'static str> = Vec::new();
    while chosen.len() < rounds && !examples.is_empty() {
        if seen.len() == rules::ALL.len() {
            seen.clear();
        }
        let wants_nothing = random.below(3) == 0;
        let fits = |example: &Example| !seen.contains(&example.rule.code);
        let at = examples
            .iter()
            .position(|example| fits(example) && example.marks.is_empty() == wants_nothing)
            .or_else(|| examples.iter().position(fits))
            .unwrap_or(0);
        let example = examples.remove(at);
        seen.push(example.rule.code);
        chosen.push(example);
    }
    chosen
}

/// The code with the comments blanked that a file begins with: they say what is wrong. In Go they
/// stand before the package clause, in Rust they are `//!`. The lines keep their numbers.
pub fn without_spoiler(code: &str) -> String {
    let has_package = code.lines().any(|line| line.starts_with("package "));
    let mut before = has_package;
    let mut shown = String::new();
    for line in code.lines() {
        before = before && !line.starts_with("package ");
        if !(before && line.starts_with("//") || line.starts_with("//!")) {
            shown.push_str(line);
        }
        shown.push('\n');
    }
    shown
}

/// Reads an answer; says how to answer when it is none.
pub fn read(text: &str, lines: usize) -> Result<Answer, String> {
    let lower = text.to_ascii_lowercase();
    if ["nothing", "none", "no", "n", "ok", "0"].contains(&lower.as_str()) {
        return Ok(Answer::Nothing);
    }
    let words: Vec<&str> = lower
        .split(|c: char| c.is_whitespace() || ",:;".contains(c))
        .filter(|word| !word.is_empty() && *word != "line")
        .collect();
    let [line, class] = words.as_slice() else {
        return Err(
            "Say a line and a class, such as `12 BP06`, or `nothing`; `?` lists the classes."
                .to_owned(),
        );
    };
    let Some(line) = line
        .parse()
        .ok()
        .filter(|&line: &u32| line > 0 && line as usize <= lines)
    else {
        return Err(format!("`{line}` is no line of this code."));
    };
    match class_of(class) {
        Some(rule) => Ok(Answer::Bug {
            line,
            code: rule.code,
        }),
        None => {
            let known = rules::ALL.iter().flat_map(|rule| [rule.code, rule.slug]);
            let near = config::nearest(class, known)
                .map_or(String::new(), |near| format!(" Did you mean `{near}`?"));
            Err(format!("`{class}` is no class.{near} `?` lists them."))
        }
    }
}

/// `6`, `BP06` or `blocking-send-in-handler`.
fn class_of(word: &str) -> Option<&'static Rule> {
    let number = word.parse::<u32>().ok();
    let name = number.map_or(word.to_owned(), |number| format!("BP{number:02}"));
    rules::by_name(&name)
}

/// Holds an answer against the marks.
pub fn judge(example: &Example, answer: &Answer) -> Verdict {
    let &Answer::Bug { line, code } = answer else {
        return if example.marks.is_empty() {
            Verdict::Right
        } else {
            Verdict::Wrong
        };
    };
    let (mut same_line, mut same_class) = (false, false);
    for mark in &example.marks {
        if mark.line == line && mark.code == code {
            return Verdict::Right;
        }
        same_line |= mark.line == line;
        same_class |= mark.code == code;
    }
    match (same_line, same_class) {
        (true, _) => Verdict::LineOnly,
        (_, true) => Verdict::ClassOnly,
        _ => Verdict::Wrong,
    }
}

/// Numbers that look random: splitmix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::examples;

    #[test]
    fn answers_are_read_as_people_write_them() {
        let bug = |line, code| Ok(Answer::Bug { line, code });
        assert_eq!(read("12 BP06", 20), bug(12, "BP06"));
        assert_eq!(read("line 3, 6", 20), bug(3, "BP06"));
        assert_eq!(read("3: blocking-send-in-handler", 20), bug(3, "BP06"));
        assert_eq!(read("Nothing", 20), Ok(Answer::Nothing));
        assert!(read("21 BP06", 20).is_err_and(|hint| hint.contains("no line")));
        assert!(read("1 BP99", 20).is_err_and(|hint| hint.contains("no class")));
        assert!(read("eh", 20).is_err());
    }

    #[test]
    fn a_seed_decides_and_classes_do_not_repeat() {
        let origins = |seed| -> Vec<String> {
            choose(examples::all(), seed, 10)
                .into_iter()
                .map(|example| example.origin)
                .collect()
        };
        assert_eq!(origins(7), origins(7));
        assert_ne!(origins(7), origins(8));
        let mut classes: Vec<&str> = choose(examples::all(), 1, 23)
            .iter()
            .map(|example| example.rule.code)
            .collect();
        classes.sort_unstable();
        classes.dedup();
        assert_eq!(classes.len(), 23);
        assert!(
            choose(examples::all(), 3, 23)
                .iter()
                .any(|example| example.marks.is_empty())
        );
    }

    #[test]
    fn an_answer_is_held_against_the_marks() {
        let all = examples::all();
        let example = all
            .iter()
            .find(|one| one.origin.starts_with("BP02") && one.marks.len() == 1)
            .unwrap();
        let line = example.marks[0].line;
        let said = |line, code| judge(example, &Answer::Bug { line, code });
        assert_eq!(said(line, "BP02"), Verdict::Right);
        assert_eq!(said(line, "BP01"), Verdict::LineOnly);
        assert_eq!(said(line + 1, "BP02"), Verdict::ClassOnly);
        assert_eq!(said(line + 1, "BP01"), Verdict::Wrong);
        assert_eq!(judge(example, &Answer::Nothing), Verdict::Wrong);
    }

    #[test]
    fn the_introduction_of_a_file_is_not_shown() {
        assert_eq!(
            without_spoiler("// it leaks\npackage x\n// keep\n"),
            "\npackage x\n// keep\n"
        );
        assert_eq!(
            without_spoiler("//! It leaks.\n\nuse x::y;\n// keep\n"),
            "\n\nuse x::y;\n// keep\n"
        );
        assert_eq!(
            without_spoiler("// a block\nvar x int\n"),
            "// a block\nvar x int\n"
        );
    }
}
