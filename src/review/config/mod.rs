//! `.highwater.toml`: what a repository may set, and where each value in force comes from.
//!
//! The text may come from a pull request, so it is bounded and can only choose among the
//! settings below. Reading the file, and arguments of the command line, are the caller's.

use std::collections::BTreeMap;
use std::fmt;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::outcome::Confidence;
use crate::rules::{self, Thresholds};
use crate::source::LineIndex;

/// The name of the file at a repository's root.
pub const FILE_NAME: &str = ".highwater.toml";

/// The largest configuration that is read, in bytes.
const SIZE_LIMIT: usize = 64 << 10;
/// The most globs, and the longest one in bytes.
const GLOBS: (usize, usize) = (200, 256);

/// Every key with what it sets.
pub const KEYS: [(&str, &str); 6] = [
    (
        "buffer_limit",
        "channel capacity above which a buffer counts as huge (BP02)",
    ),
    (
        "slo_ms",
        "latency objective in milliseconds, where the code names none (BP19)",
    ),
    (
        "job_ms",
        "time per job in milliseconds, where the code names none (BP19)",
    ),
    (
        "disabled",
        "codes or slugs of bug classes that are switched off",
    ),
    (
        "min_confidence",
        "least confidence that is reported: high, medium or low",
    ),
    ("skip", "globs of paths that are not reviewed"),
];

/// What is in force.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the rules measure against.
    pub thresholds: Thresholds,
    /// The least confidence that is reported and that counts for the exit status.
    pub min_confidence: Confidence,
    skip: Globs,
    origins: BTreeMap<&'static str, Origin>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            thresholds: Thresholds::default(),
            min_confidence: Confidence::Medium,
            skip: Globs::default(),
            origins: BTreeMap::new(),
        }
    }
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// A line of a file.
    File {
        /// The file.
        path: String,
        /// 1-based line of the key.
        line: u32,
    },
    /// An argument such as `--min-confidence`.
    Argument(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File { path, line } => write!(f, "{path}:{line}"),
            Origin::Argument(name) => f.write_str(name),
        }
    }
}

/// A setting in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: &'static str,
    /// What it sets.
    pub meaning: &'static str,
    /// The value as it would stand in the file; `None` when nothing is set.
    pub value: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
}

/// What is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}: {message}")]
pub struct ConfigError {
    /// The file.
    pub path: String,
    /// 1-based line.
    pub line: u32,
    /// What is wrong, naming the key.
    pub message: String,
}

impl Settings {
    /// Reads the text of the file at `path`. Everything that is wrong is told at once.
    pub fn parse(path: &str, text: &str) -> Result<Settings, Vec<ConfigError>> {
        let mut reader = Reader::new(path, text);
        if text.len() > SIZE_LIMIT {
            let message = format!("{} bytes, over the limit of {SIZE_LIMIT}", text.len());
            reader.error(0, message);
            return Err(reader.errors);
        }
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            let message = error.message().lines().collect::<Vec<_>>().join("; ");
            reader.error(at, message);
        }
        for (key, value) in table.get_ref().iter() {
            reader.set(key, value);
        }
        if reader.errors.is_empty() {
            Ok(reader.settings)
        } else {
            reader.errors.sort_by_key(|error| error.line);
            Err(reader.errors)
        }
    }

    /// Sets the least confidence from an argument, named as the user wrote it.
    pub fn set_min_confidence(&mut self, confidence: Confidence, argument: &str) {
        self.min_confidence = confidence;
        self.origins
            .insert("min_confidence", Origin::Argument(argument.to_owned()));
    }

    /// The glob under `skip` that a path matches, if any.
    pub fn skips(&self, path: &str) -> Option<&str> {
        self.skip.matching(path)
    }

    /// Every setting with its value and where it comes from, in the order of [`KEYS`].
    pub fn entries(&self) -> Vec<Entry> {
        KEYS.iter()
            .map(|&(key, meaning)| Entry {
                key,
                meaning,
                value: self.value_of(key),
                origin: self.origins.get(key).cloned().unwrap_or(Origin::Default),
            })
            .collect()
    }

    fn value_of(&self, key: &str) -> Option<String> {
        let list = |items: &[String]| toml::Value::from(items.to_vec()).to_string();
        match key {
            "buffer_limit" => Some(self.thresholds.buffer_limit.to_string()),
            "slo_ms" => self.thresholds.slo_ms.map(|ms| ms.to_string()),
            "job_ms" => self.thresholds.job_ms.map(|ms| ms.to_string()),
            "disabled" => Some(list(&self.thresholds.disabled)),
            "min_confidence" => Some(format!("\"{}\"", self.min_confidence.name())),
            "skip" => Some(list(&self.skip.written)),
            _ => None,
        }
    }
}

/// Reads values one by one and collects what is wrong.
struct Reader<'t> {
    path: &'t str,
    lines: LineIndex,
    settings: Settings,
    errors: Vec<ConfigError>,
}

impl<'t> Reader<'t> {
    fn new(path: &'t str, text: &str) -> Reader<'t> {
        Reader {
            path,
            lines: LineIndex::new(text),
            settings: Settings::default(),
            errors: Vec::new(),
        }
    }

    fn error(&mut self, at: usize, message: String) {
        self.errors.push(ConfigError {
            path: self.path.to_owned(),
            line: self.lines.line(u32::try_from(at).unwrap_or(u32::MAX)),
            message,
        });
    }

    fn set(&mut self, key: &Spanned<std::borrow::Cow<'_, str>>, value: &Spanned<DeValue<'_>>) {
        let at = key.span().start;
        let Some(&(known, _)) = KEYS.iter().find(|(known, _)| known == key.get_ref()) else {
            let message = unknown_key(key.get_ref(), value.get_ref());
            self.error(at, message);
            return;
        };
        match self.read(known, value) {
            Ok(()) => {
                let origin = Origin::File {
                    path: self.path.to_owned(),
                    line: self.lines.line(u32::try_from(at).unwrap_or(u32::MAX)),
                };
                self.settings.origins.insert(known, origin);
            }
            Err((at, message)) => self.error(at, format!("`{known}` {message}")),
        }
    }

    fn read(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<(), (usize, String)> {
        let at = value.span().start;
        let fail = |message: &str| (at, message.to_owned());
        let thresholds = &mut self.settings.thresholds;
        match key {
            "buffer_limit" => {
                let limit = integer(value.get_ref()).filter(|&limit| limit > 0);
                thresholds.buffer_limit =
                    limit.ok_or_else(|| fail("must be a whole number above 0"))?;
            }
            "slo_ms" | "job_ms" => {
                let ms = number(value.get_ref())
                    .ok_or_else(|| fail("must be a number of milliseconds above 0"))?;
                let slot = if key == "slo_ms" {
                    &mut thresholds.slo_ms
                } else {
                    &mut thresholds.job_ms
                };
                *slot = Some(ms);
            }
            "disabled" => {
                let mut codes = Vec::new();
                for (at, name) in
                    strings(value).map_err(|at| (at, "must be a list of codes".to_owned()))?
                {
                    codes.push(code_of(&name).ok_or_else(|| (at, unknown_code(&name)))?);
                }
                thresholds.disabled = codes;
            }
            "min_confidence" => {
                let read = value.get_ref().as_str().and_then(Confidence::by_name);
                self.settings.min_confidence =
                    read.ok_or_else(|| fail("must be \"high\", \"medium\" or \"low\""))?;
            }
            _ => {
                let globs =
                    strings(value).map_err(|at| (at, "must be a list of globs".to_owned()))?;
                self.settings.skip = Globs::new(at, globs)?;
            }
        }
        Ok(())
    }
}

fn unknown_key(key: &str, value: &DeValue<'_>) -> String {
    let shown: String = key.chars().take(60).collect();
    match nearest(key, KEYS.iter().map(|&(known, _)| known)) {
        Some(near) => format!("unknown key `{shown}`; did you mean `{near}`?"),
        None if value.is_table() => {
            format!("unknown key `{shown}`; settings stand at the top, in no table")
        }
        None => {
            let known: Vec<&str> = KEYS.iter().map(|&(known, _)| known).collect();
            format!("unknown key `{shown}`; known are {}", known.join(", "))
        }
    }
}

/// The code of a bug class named by code or slug; `BP00` stands for allow comments.
fn code_of(name: &str) -> Option<String> {
    if name.eq_ignore_ascii_case(super::allow::CODE) {
        return Some(super::allow::CODE.to_owned());
    }
    rules::by_name(name).map(|rule| rule.code.to_owned())
}

fn unknown_code(name: &str) -> String {
    let shown: String = name.chars().take(60).collect();
    match nearest(
        name,
        rules::ALL.iter().flat_map(|rule| [rule.code, rule.slug]),
    ) {
        Some(near) => format!("names no bug class: `{shown}`; did you mean `{near}`?"),
        None => format!("names no bug class: `{shown}`"),
    }
}

/// The known word that a person probably meant.
pub fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let word: String = word.chars().take(60).flat_map(char::to_lowercase).collect();
    known
        .map(|known| {
            (
                strsim::jaro_winkler(&word, &known.to_ascii_lowercase()),
                known,
            )
        })
        .filter(|(likeness, _)| *likeness > 0.84)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

fn integer(value: &DeValue<'_>) -> Option<u64> {
    let integer = value.as_integer()?;
    let digits = integer.as_str().trim_start_matches('+').replace('_', "");
    u64::from_str_radix(&digits, integer.radix()).ok()
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    let number = match value {
        DeValue::Float(float) => float.as_str().replace('_', "").parse().ok()?,
        _ => integer(value)? as f64,
    };
    (number.is_finite() && number > 0.0).then_some(number)
}

/// The strings of a list with their offsets; the offset of what is none.
fn strings(value: &Spanned<DeValue<'_>>) -> Result<Vec<(usize, String)>, usize> {
    let items = value.get_ref().as_array().ok_or(value.span().start)?;
    let string = |item: &Spanned<DeValue<'_>>| match item.get_ref().as_str() {
        Some(text) => Ok((item.span().start, text.to_owned())),
        None => Err(item.span().start),
    };
    items.iter().map(string).collect()
}

/// Globs in the manner of `.gitignore`: without a `/` a name at any depth, else a path from the
/// root; what matches a directory matches all that is in it.
#[derive(Clone, Debug, Default)]
struct Globs {
    written: Vec<String>,
    set: GlobSet,
}

impl Globs {
    fn new(at: usize, globs: Vec<(usize, String)>) -> Result<Globs, (usize, String)> {
        let (most, longest) = GLOBS;
        if globs.len() > most {
            return Err((at, format!("has more than {most} globs")));
        }
        let mut set = GlobSetBuilder::new();
        for (at, glob) in &globs {
            if glob.len() > longest {
                return Err((*at, format!("has a glob of more than {longest} bytes")));
            }
            let path = glob.trim_matches('/');
            let rooted = path.contains('/') || glob.starts_with('/');
            let path = if rooted {
                path.to_owned()
            } else {
                format!("**/{path}")
            };
            for pattern in [format!("{path}/**"), path] {
                let built = GlobBuilder::new(&pattern).literal_separator(true).build();
                set.add(built.map_err(|error| {
                    (*at, format!("has a glob that is none: {}", error.kind()))
                })?);
            }
        }
        Ok(Globs {
            set: set.build().map_err(|error| {
                (
                    at,
                    format!("has globs that are too large: {}", error.kind()),
                )
            })?,
            written: globs.into_iter().map(|(_, glob)| glob).collect(),
        })
    }

    fn matching(&self, path: &str) -> Option<&str> {
        let at = self.set.matches(path).into_iter().min()?;
        // Each glob was added as two patterns.
        self.written.get(at / 2).map(String::as_str)
    }
}

#[cfg(test)]
mod tests;
