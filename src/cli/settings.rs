//! Which `.highwater.toml` is in force, and what arguments change.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::args::Choice;
use super::terminal;
use crate::review::config::{FILE_NAME, Settings};
use crate::source::limits::Limits;

/// More than the largest configuration that is accepted.
const READ: u64 = 128 << 10;

/// Settings with the directory that their globs start from.
#[derive(Clone, Debug, Default)]
pub struct InForce {
    /// The settings.
    pub settings: Settings,
    /// The budgets.
    pub limits: Limits,
    /// The directory of the file; `None` when there is no file.
    pub root: Option<PathBuf>,
}

/// The settings for some paths: those of the named file, or of the nearest file above them.
pub fn load(choice: &Choice, near: &[PathBuf]) -> anyhow::Result<InForce> {
    let file = match &choice.config {
        Some(file) => Some(file.clone()),
        None => nearest(near)?,
    };
    let mut settings = match &file {
        Some(file) => read(file)?,
        None => Settings::default(),
    };
    if let Some(sureness) = choice.min_confidence {
        settings.set_min_confidence(sureness.into(), "--min-confidence");
    }
    let root = file.map(|file| match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    });
    Ok(InForce {
        settings,
        limits: limits(choice),
        root,
    })
}

fn limits(choice: &Choice) -> Limits {
    let default = Limits::default();
    Limits {
        bytes: choice.limit_bytes.map_or(default.bytes, Into::into),
        nodes: choice.limit_nodes.map_or(default.nodes, Into::into),
        time: choice.limit_seconds.unwrap_or(default.time),
        ..default
    }
}

fn nearest(near: &[PathBuf]) -> anyhow::Result<Option<PathBuf>> {
    let mut found: Option<Option<PathBuf>> = None;
    for path in near {
        let file = above(path);
        match &found {
            Some(other) if *other != file => {
                let name = |file: &Option<PathBuf>| {
                    file.as_ref()
                        .map_or("no file".to_owned(), |file| shown(file))
                };
                bail!(
                    "the paths have different settings ({} and {}): check them one by one, or name a file with --config",
                    name(other),
                    name(&file)
                );
            }
            _ => found = Some(file),
        }
    }
    Ok(found.flatten())
}

/// The nearest file at or above a path, not looking beyond the root of its repository.
fn above(path: &Path) -> Option<PathBuf> {
    let start = std::path::absolute(path).ok()?;
    let start = start.canonicalize().unwrap_or(start);
    for directory in start.ancestors() {
        let file = directory.join(FILE_NAME);
        if file.is_file() {
            return Some(file);
        }
        if directory.join(".git").exists() {
            return None;
        }
    }
    None
}

fn read(path: &Path) -> anyhow::Result<Settings> {
    let name = shown(path);
    let file = File::open(path).with_context(|| format!("cannot read the settings {name}"))?;
    let mut text = String::new();
    file.take(READ)
        .read_to_string(&mut text)
        .with_context(|| format!("cannot read the settings {name}"))?;
    Settings::parse(&name, &text).map_err(|errors| {
        for error in errors.iter().skip(1) {
            terminal::tell(&format!("error: {error}"));
        }
        match errors.first() {
            Some(error) => anyhow::anyhow!("{error}"),
            None => anyhow::anyhow!("{name} is not understood"),
        }
    })
}

/// A path as seen from here, where it is below.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let below = here
        .ok()
        .and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    below.as_deref().unwrap_or(path).display().to_string()
}
