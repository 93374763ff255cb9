//! `check`: files, trees, and code from standard input.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};

use super::args::{Check, Colour, How, Tongue};
use super::settings::{self, InForce};
use super::tree::{self, Tree};
use super::{finish, terminal};
use crate::review::{Options, Review, run};
use crate::source::limits::Cut;
use crate::source::{self, Language, patch, recognise};

/// The name under which standard input is reported.
const STDIN: &str = "<stdin>";

/// Runs the command.
pub fn run(check: &Check, colour: Colour) -> anyhow::Result<ExitCode> {
    if check.paths.iter().any(|path| path.as_os_str() == "-") {
        if check.paths.len() > 1 {
            bail!("`-` stands for standard input and cannot be mixed with other paths");
        }
        return stdin(&check.how, check.language, colour);
    }
    if let Some(missing) = check.paths.iter().find(|path| !path.exists()) {
        bail!("{}: no such file or directory", missing.display());
    }
    let force = settings::load(&check.how.choice, &check.paths)?;
    let walked = Tree::walk(&check.paths, &force, check.how.generated)?;
    if walked.files == 0 && walked.skipped.is_empty() {
        let names: Vec<String> = check
            .paths
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        terminal::tell(&format!("no Go or Rust files in {}", names.join(", ")));
    }
    let options = options(&check.how, &force);
    let limit = options.limits.bytes;
    let bar = terminal::progress(walked.files);
    let read = |path: &str| tree::read(&walked.place(path), limit);
    let mut review = run::check(&walked.units, &read, &options, &|files| {
        bar.inc(files as u64)
    });
    bar.finish_and_clear();
    review.skipped.extend(walked.skipped.iter().cloned());
    review.skipped.sort();
    review.skipped.dedup();
    let sources = |path: &str| Some(source::decode(tree::read(&walked.place(path), limit).ok()?));
    finish(review, &check.how, &force, colour, &sources)
}

/// How the review is made.
pub fn options(how: &How, force: &InForce) -> Options {
    Options {
        settings: force.settings.clone(),
        limits: force.limits.clone(),
        generated: how.generated,
        ..Options::default()
    }
}

fn stdin(how: &How, tongue: Option<Tongue>, colour: Colour) -> anyhow::Result<ExitCode> {
    let force = settings::load(&how.choice, &[PathBuf::from(".")])?;
    let options = options(how, &force);
    let text = match read_stdin(options.limits.bytes)? {
        Ok(bytes) => source::decode(bytes),
        Err(cut) => {
            let review = too_large(&cut, &options);
            return finish(review, how, &force, colour, &|_| None);
        }
    };
    if patch::looks_like_diff(&text) {
        bail!("standard input is a diff, not code: review it with `highwater review --diff -`");
    }
    let language = match tongue {
        Some(Tongue::Go) => Language::Go,
        Some(Tongue::Rust) => Language::Rust,
        None => recognise::language_of(&text),
    };
    let review = run::check_text(STDIN, &text, language, &options);
    finish(review, how, &force, colour, &|path| {
        (path == STDIN).then(|| text.clone())
    })
}

/// Standard input up to a limit, or how much too large it is.
pub fn read_stdin(limit: usize) -> anyhow::Result<Result<Vec<u8>, Cut>> {
    let mut stdin = io::stdin().lock();
    let mut bytes = Vec::new();
    let failed = "cannot read standard input";
    (&mut stdin)
        .take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .context(failed)?;
    if bytes.len() <= limit {
        return Ok(Ok(bytes));
    }
    let rest = io::copy(&mut stdin, &mut io::sink()).context(failed)?;
    let size = bytes
        .len()
        .saturating_add(usize::try_from(rest).unwrap_or(usize::MAX));
    Ok(Err(Cut::Bytes { size, limit }))
}

fn too_large(cut: &Cut, options: &Options) -> Review {
    let unit = run::UnitFiles {
        paths: vec![format!("{STDIN}.go")],
    };
    let mut review = run::check(&[unit], &|_| Err(cut.to_string()), options, &|_| ());
    for skipped in &mut review.skipped {
        skipped.path = STDIN.to_owned();
    }
    review
}

/// A file that is named on the command line, or standard input.
pub fn read_named(path: &Path, limit: usize) -> anyhow::Result<Vec<u8>> {
    if path.as_os_str() == "-" {
        let read = read_stdin(limit)?;
        return read.map_err(|cut| anyhow::anyhow!("standard input: {cut}"));
    }
    let metadata =
        std::fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
    if metadata.is_dir() {
        bail!("{} is a directory", path.display());
    }
    // A named pipe is fine here: whoever names it wants it read.
    let file =
        std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut bytes = Vec::new();
    file.take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read {}", path.display()))?;
    if bytes.len() > limit {
        bail!("{}: more than {limit} bytes", path.display());
    }
    Ok(bytes)
}
