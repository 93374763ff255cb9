//! Commands in what people write: their own words only, not what they quote or show as code.

use jiff::civil::Date;

use super::NAME;

/// What somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Do not tell this finding again, for a reason, until a day.
    Ignore {
        /// Why.
        reason: String,
        /// The last day on which it is not told.
        until: Option<Date>,
    },
    /// The finding is wrong.
    FalsePositive {
        /// Why.
        reason: String,
    },
    /// Say more about the class.
    Explain,
    /// Look at the pull request again.
    Recheck,
    /// Something else, or nothing.
    Unknown,
}

/// The longest reason that is kept, in characters.
const REASON: usize = 500;

/// The first command of a text, if there is one.
pub fn parse(text: &str) -> Option<Command> {
    let mut fence: Option<(char, usize)> = None;
    let mut in_remark = false;
    for line in text.lines() {
        let trimmed = line.trim_start();
        let mark = trimmed.chars().next().filter(|c| matches!(c, '`' | '~'));
        let run = mark.map_or(0, |mark| trimmed.chars().take_while(|&c| c == mark).count());
        match (fence, mark) {
            (None, Some(mark)) if run >= 3 => {
                fence = Some((mark, run));
                continue;
            }
            (Some((open, length)), _) => {
                if mark == Some(open) && run >= length {
                    fence = None;
                }
                continue;
            }
            _ => (),
        }
        if in_remark || trimmed.starts_with("<!--") {
            in_remark = !trimmed.contains("-->");
            continue;
        }
        let is_code = line.starts_with("    ") || line.starts_with('\t');
        if is_code || trimmed.starts_with('>') {
            continue;
        }
        if let Some(command) = of_line(trimmed) {
            return Some(command);
        }
    }
    None
}

/// The command of a line that begins with our name.
fn of_line(line: &str) -> Option<Command> {
    let line = line.strip_prefix(['@', '/']).unwrap_or(line);
    let (name, rest) = line.split_at_checked(NAME.len())?;
    let is_name = name.eq_ignore_ascii_case(NAME)
        && !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-');
    if !is_name {
        return None;
    }
    let rest = rest.trim_start_matches([':', ',', ' ', '\t']).trim_end();
    let (verb, said) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let reason = |said: &str| said.trim().chars().take(REASON).collect::<String>();
    Some(match verb.to_ascii_lowercase().as_str() {
        "ignore" => {
            let (said, until) = until(said);
            Command::Ignore {
                reason: reason(said),
                until,
            }
        }
        "false-positive" => Command::FalsePositive {
            reason: reason(said),
        },
        "explain" => Command::Explain,
        "recheck" => Command::Recheck,
        _ => Command::Unknown,
    })
}

/// A text without `until DATE` at its end, and the date.
fn until(said: &str) -> (&str, Option<Date>) {
    let said = said.trim_end();
    let Some((before, date)) = said.rsplit_once(char::is_whitespace).or(Some(("", said))) else {
        return (said, None);
    };
    let before = before.trim_end();
    let without = before
        .len()
        .checked_sub("until".len())
        .and_then(|at| before.split_at_checked(at))
        .filter(|(reason, word)| {
            word.eq_ignore_ascii_case("until")
                && (reason.is_empty() || reason.ends_with(char::is_whitespace))
        });
    match (without, date.parse::<Date>()) {
        (Some((reason, _)), Ok(date)) => (reason, Some(date)),
        _ => (said, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignore(reason: &str, until: Option<&str>) -> Option<Command> {
        Some(Command::Ignore {
            reason: reason.to_owned(),
            until: until.map(|date| date.parse().unwrap()),
        })
    }

    #[test]
    fn commands_are_read_with_what_they_say() {
        assert_eq!(parse("highwater ignore"), ignore("", None));
        assert_eq!(
            parse("thanks!\n@Highwater ignore drained by close"),
            ignore("drained by close", None)
        );
        assert_eq!(
            parse("highwater ignore until the release until 2027-01-31"),
            ignore("until the release", Some("2027-01-31"))
        );
        assert_eq!(
            parse("highwater ignore until 2027-01-31"),
            ignore("", Some("2027-01-31"))
        );
        assert_eq!(
            parse("highwater ignore until tomorrow"),
            ignore("until tomorrow", None)
        );
        assert_eq!(parse("highwater: recheck\r\n"), Some(Command::Recheck));
        assert_eq!(
            parse("highwater false-positive it is capped"),
            Some(Command::FalsePositive {
                reason: "it is capped".to_owned()
            })
        );
        assert_eq!(parse("highwater please"), Some(Command::Unknown));
        assert_eq!(parse("highwater"), Some(Command::Unknown));
    }

    #[test]
    fn what_is_quoted_or_shown_is_no_command() {
        for text in [
            "> highwater ignore",
            "```\nhighwater ignore\n```",
            "~~~~\n~~~\nhighwater ignore\n~~~~",
            "    highwater ignore",
            "`highwater ignore`",
            "[highwater ignore](x)",
            "<!-- x\nhighwater ignore\n-->",
            "the highwater ignore command",
            "highwater-ignore",
            "highwaterignore",
            "",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
