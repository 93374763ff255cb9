//! What is set, by whom: arguments go before the environment, that before the file, that before
//! the defaults.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{Flags, KEYS, Key, Unset};
use crate::review::config::nearest;
use crate::source::LineIndex;

/// Where a value comes from; who stands later gives way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// An argument.
    Flag(String),
    /// A variable of the environment.
    Variable(String),
    /// A line of the file.
    File {
        /// The file.
        path: String,
        /// 1-based line.
        line: u32,
    },
    /// Nobody set it.
    Default,
}

impl Place {
    /// Smaller goes first.
    pub fn rank(&self) -> u8 {
        match self {
            Place::Flag(_) => 0,
            Place::Variable(_) => 1,
            Place::File { .. } => 2,
            Place::Default => 3,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Flag(name) => write!(f, "--{name}"),
            Place::Variable(name) => f.write_str(name),
            Place::File { path, line } => write!(f, "{path}:{line}"),
            Place::Default => f.write_str("default"),
        }
    }
}

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Given {
    /// The value; a list has several.
    pub values: Vec<String>,
    /// Where it comes from.
    pub place: Place,
}

/// All that is set, by path, and what cannot be understood.
#[derive(Debug, Default)]
pub struct All {
    /// What is set.
    pub given: BTreeMap<&'static str, Given>,
    /// What is wrong.
    pub errors: Vec<String>,
}

/// The file: the name by which it was called, and its text.
pub struct File<'f> {
    /// Its name.
    pub path: &'f str,
    /// Its text.
    pub text: &'f str,
}

impl All {
    /// What is in force.
    pub fn gather(
        flags: &Flags,
        environment: &dyn Fn(&str) -> Option<OsString>,
        file: Option<File<'_>>,
    ) -> All {
        let mut all = All::default();
        for key in &KEYS {
            if let Unset::Is(value) = key.unset {
                all.set(key, vec![value.to_owned()], Place::Default);
            }
        }
        if let Some(file) = file {
            all.read(&file);
        }
        for key in &KEYS {
            let name = key.variable();
            // A variable that is there but empty is how many tools write one that is not set.
            let Some(value) = environment(&name).filter(|value| !value.is_empty()) else {
                continue;
            };
            match value.into_string() {
                Ok(value) => all.set(key, split(key, &value), Place::Variable(name)),
                Err(_) => all.errors.push(format!("{name}: is not UTF-8")),
            }
        }
        for key in &KEYS {
            let flag = flags.0.iter().find(|(path, _)| *path == key.path);
            if let (Some((_, value)), Some(name)) = (flag, key.flag()) {
                all.set(key, split(key, value), Place::Flag(name));
            }
        }
        all
    }

    fn set(&mut self, key: &Key, values: Vec<String>, place: Place) {
        self.given.insert(key.path, Given { values, place });
    }

    /// Reads the file. No message repeats a line of it: there may be a secret in it.
    fn read(&mut self, file: &File<'_>) {
        let lines = LineIndex::new(file.text);
        let place = |at: usize| Place::File {
            path: file.path.to_owned(),
            line: lines.line(u32::try_from(at).unwrap_or(u32::MAX)),
        };
        let (tables, errors) = DeTable::parse_recoverable(file.text);
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            let message = error.message().lines().collect::<Vec<_>>().join("; ");
            self.errors.push(format!("{}: {message}", place(at)));
        }
        for (name, table) in tables.get_ref() {
            let at = place(name.span().start);
            let is_known = KEYS.iter().any(|key| key.table() == name.get_ref());
            match table.get_ref().as_table() {
                Some(table) if is_known => {
                    for (key, value) in table {
                        self.read_key(name.get_ref(), key, value, place(key.span().start));
                    }
                }
                _ => self.errors.push(unknown_table(name.get_ref(), &at)),
            }
        }
    }

    fn read_key(
        &mut self,
        table: &str,
        name: &Spanned<Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
        place: Place,
    ) {
        let name = name.get_ref().as_ref();
        let mut known = KEYS.iter().filter(|key| key.table() == table);
        let Some(key) = known.clone().find(|key| key.name() == name) else {
            let shown: String = name.chars().take(60).collect();
            let near = nearest(name, known.by_ref().map(Key::name));
            let hint = near.map_or("`highwater config` shows all keys".to_owned(), |near| {
                format!("did you mean `{near}`?")
            });
            let message = format!("{place}: unknown key `{shown}` in `[{table}]`; {hint}");
            self.errors.push(message);
            return;
        };
        match values(key, value.get_ref()) {
            Some(values) => self.set(key, values, place),
            None => {
                let kind = if key.kind.is_list() {
                    "a list of texts, such as [\"…\"]"
                } else {
                    "one value"
                };
                self.errors
                    .push(format!("{place}: `{name}` must be {kind}"));
            }
        }
    }
}

fn unknown_table(name: &str, place: &Place) -> String {
    let shown: String = name.chars().take(60).collect();
    let home = KEYS.iter().find(|key| key.name() == name);
    match home {
        Some(key) => format!("{place}: `{shown}` stands in the table `[{}]`", key.table()),
        None => format!(
            "{place}: unknown key `{shown}`; there are the tables `[server]`, `[github]` and `[reviews]`"
        ),
    }
}

/// The value of a key of the file.
fn values(key: &Key, value: &DeValue<'_>) -> Option<Vec<String>> {
    let one = |value: &DeValue<'_>| match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().replace('_', "")),
        _ => None,
    };
    match value {
        DeValue::Array(items) if key.kind.is_list() => {
            items.iter().map(|item| one(item.get_ref())).collect()
        }
        _ if key.kind.is_list() => None,
        value => Some(vec![one(value)?]),
    }
}

/// The values in a text of an argument or a variable.
fn split(key: &Key, text: &str) -> Vec<String> {
    if key.kind.is_list() {
        text.split(',').map(|part| part.trim().to_owned()).collect()
    } else {
        vec![text.to_owned()]
    }
}
