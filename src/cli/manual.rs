//! Completion scripts and manual pages, made from the arguments.

use anyhow::{Context, bail};
use clap::CommandFactory;

use super::args::Arguments;
use super::terminal;

/// Prints the completion script for a shell.
pub fn completions(shell: clap_complete::Shell) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "highwater", &mut script);
    terminal::print(&String::from_utf8_lossy(&script))
}

/// Prints the manual page of the program or of one of its commands.
pub fn page(command: Option<&str>) -> anyhow::Result<()> {
    let mut program = Arguments::command();
    program.build();
    let wanted = match command {
        None => program,
        Some(name) => {
            let names: Vec<String> = program
                .get_subcommands()
                .map(|sub| sub.get_name().to_owned())
                .collect();
            let Some(found) = program.find_subcommand(name) else {
                bail!(
                    "there is no command `{name}`; there are {}",
                    names.join(", ")
                );
            };
            found.clone()
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(wanted)
        .render(&mut page)
        .context("cannot make the manual page")?;
    terminal::print(&String::from_utf8_lossy(&page))
}
