//! `practice`: the find-the-bug drill in the terminal.
//!
//! A piece of code is shown; whoever practises names the line and the class, or says that nothing
//! is wrong, and is told what is. The answers are the marks of the examples, which tests hold
//! against the rules.

use std::io::{self, BufRead, BufReader, Read};
use std::time::{Duration, Instant};

use super::args::Practice;
use super::terminal;
use crate::practice::{self as drill, Answer, Verdict};
use crate::report::Look;
use crate::report::plain::{counted, printable, wrap};
use crate::review::{Options, run as engine};
use crate::rules::examples::{self, Example};
use crate::rules::{self};

/// The longest answer that is read, in bytes.
const LONGEST: u64 = 4096;

/// Plays the rounds; ends early when standard input does.
pub fn run(practice: &Practice, look: Look) -> anyhow::Result<()> {
    let seed = practice.seed.unwrap_or_else(drill::any_seed);
    let chosen = drill::choose(examples::all(), seed, practice.rounds);
    let mut input = BufReader::new(io::stdin());
    terminal::print(&introduction(seed, look))?;
    let (mut right, mut took) = (0_u64, Vec::new());
    for (at, example) in chosen.iter().enumerate() {
        terminal::print(&question(example, at + 1, chosen.len(), look))?;
        let start = Instant::now();
        let Some(answer) = ask(&mut input, example)? else {
            break;
        };
        took.push(start.elapsed());
        let verdict = drill::judge(example, &answer);
        right += u64::from(verdict == Verdict::Right);
        terminal::print(&reply(example, verdict, start.elapsed(), look))?;
    }
    terminal::print(&score(right, &mut took))
}

fn introduction(seed: u64, look: Look) -> String {
    let text = "Find the bug. Name the line and the class, such as `12 BP06`, or say `nothing`: some of the code is right. `?` lists the classes, `q` ends.";
    format!(
        "{}\nThis is seed {seed}.\n",
        wrap(text, look.width).join("\n")
    )
}

fn question(example: &Example, round: usize, rounds: usize, look: Look) -> String {
    let code = drill::without_spoiler(&example.code);
    let (dim, off) = if look.styled {
        ("\u{1b}[2m", "\u{1b}[0m")
    } else {
        ("", "")
    };
    let mut text = format!("\nRound {round} of {rounds}\n\n");
    for (line, number) in code.lines().zip(1..) {
        if line.is_empty() {
            text += &format!("{dim}{number:4} |{off}\n");
        } else {
            text += &format!("{dim}{number:4} |{off} {line}\n");
        }
    }
    text
}

/// Asks until there is an answer; `None` when there will be none.
fn ask(input: &mut impl BufRead, example: &Example) -> anyhow::Result<Option<Answer>> {
    loop {
        terminal::print("\nline and class, or nothing> ")?;
        let mut line = Vec::new();
        let read = input.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
        let line = String::from_utf8_lossy(&line);
        match line.trim() {
            "" if read == 0 => return Ok(None),
            "q" | "quit" | "exit" => return Ok(None),
            "?" | "help" => {
                let list: String = rules::ALL
                    .iter()
                    .map(|rule| format!("{}  {}\n", rule.code, rule.summary))
                    .collect();
                terminal::print(&list)?;
            }
            text => match drill::read(text, example.code.lines().count()) {
                Ok(answer) => return Ok(Some(answer)),
                Err(hint) => terminal::print(&format!("{}\n", printable(&hint)))?,
            },
        }
    }
}

fn reply(example: &Example, verdict: Verdict, took: Duration, look: Look) -> String {
    let (word, colour) = match verdict {
        Verdict::Right => ("Right.", "\u{1b}[1;32m"),
        Verdict::LineOnly => ("The line is right, the class is another.", "\u{1b}[1;33m"),
        Verdict::ClassOnly => ("The class is right, the line is another.", "\u{1b}[1;33m"),
        Verdict::Wrong => ("Not so.", "\u{1b}[1;31m"),
    };
    let (on, off) = if look.styled {
        (colour, "\u{1b}[0m")
    } else {
        ("", "")
    };
    let mut text = format!("\n{on}{word}{off} ({:.1} s)\n", took.as_secs_f64());
    if example.marks.is_empty() {
        text += &format!(
            "Nothing is wrong here. It looks like {} and is not.\n",
            example.rule.code
        );
    }
    let review = engine::check_text(
        example.file_name(),
        &example.code,
        example.language,
        &Options::default(),
    );
    for mark in &example.marks {
        let said = review
            .findings
            .iter()
            .find(|said| said.line == mark.line && said.code == mark.code);
        let rule = rules::by_name(&mark.code);
        let what = said
            .map(|said| said.message.as_str())
            .or(rule.map(|rule| rule.summary))
            .unwrap_or("");
        text += &format!(
            "Line {}, {} ({}): {}\n",
            mark.line,
            mark.code,
            mark.confidence,
            printable(what)
        );
        for more in said.iter().flat_map(|said| [&said.why, &said.fix]) {
            for line in wrap(&printable(more), look.width - 2) {
                text += &format!("  {line}\n");
            }
        }
    }
    text + &format!(
        "From rules/{}; `highwater explain {}` tells more.\n",
        example.origin, example.rule.code
    )
}

fn score(right: u64, took: &mut [Duration]) -> String {
    took.sort();
    let Some(median) = took.get(took.len() / 2) else {
        return "\nNo answers, no score.\n".to_owned();
    };
    let rounds = counted(took.len() as u64, "answer");
    format!(
        "\n{right} of {rounds} right; {:.1} s in the middle.\n",
        median.as_secs_f64()
    )
}
