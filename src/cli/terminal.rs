//! Standard output and error: colours where they are wanted, a broken pipe without noise.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::Colour;
use crate::report::Look;

/// The widest that is used of a terminal whose width is known, and what is taken for others.
const WIDTHS: (usize, usize) = (140, 100);
/// Files below which no progress is shown.
const QUICK: usize = 50;

/// How text on standard output looks.
pub fn look(colour: Colour) -> Look {
    let stdout = io::stdout();
    let styled = match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => AutoStream::choice(&stdout) != ColorChoice::Never,
    };
    let known = terminal_size::terminal_size_of(&stdout).map(|(width, _)| usize::from(width.0));
    Look {
        styled,
        width: known.map_or(WIDTHS.1, |width| width.min(WIDTHS.0)),
    }
}

/// Prints text. When nobody reads any more that is the reader's choice and no error.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write to standard output"),
    }
}

/// Tells the person at the terminal something that is no result.
pub fn tell(text: &str) {
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// A bar for long runs, seen only where a person watches.
pub fn progress(files: usize) -> ProgressBar {
    if files < QUICK || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar =
        ProgressBar::with_draw_target(Some(files as u64), ProgressDrawTarget::stderr_with_hz(10));
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} files");
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
