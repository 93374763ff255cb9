//! `doctor`: what does not hold for the bot to work, and the way out.

use std::process::ExitCode;

use serde_json::json;

use super::{Doctor, Shown, wait};
use crate::cli::{database, terminal};
use crate::github;
use crate::github::client::GitHub;
use crate::github::clock::Clock;
use crate::github::doctor::{self, Line, State};
use crate::report::plain::printable;
use crate::store::Store;

/// Runs the command. The status is 1 when the bot does not work.
pub fn run(doctor: &Doctor) -> anyhow::Result<ExitCode> {
    let server = doctor.place.server()?;
    let public_url = server.public_url.clone().unwrap_or_default();
    let settings = server.github.clone().map(|settings| github::Settings {
        public_url,
        ..settings
    });
    let lines = wait(async {
        // Before the first start there is none, and the doctor makes none.
        let store = match database::is_there(&server) {
            true => database::open(&server).await?,
            false => Store::open("sqlite::memory:").await?,
        };
        let clock = Clock::real();
        let now = clock.now();
        let github = settings
            .map(|settings| GitHub::new(settings, store.clone(), clock, "doctor".to_owned()));
        let mut lines = doctor::examine(&store, now, github).await;
        if !database::is_there(&server) {
            lines[0] = Line {
                state: State::Warn,
                found: "there is none yet".to_owned(),
                way_out: Some(
                    "`highwater serve` makes it; if it has run, name its --data-dir or DATABASE_URL"
                        .to_owned(),
                ),
                ..lines[0].clone()
            };
        }
        store.close().await;
        Ok(lines)
    })?;
    let fails = lines.iter().any(|line| line.state == State::Fail);
    terminal::print(&match doctor.format {
        Shown::Text => text(&lines),
        Shown::Json => format!("{:#}\n", json!({ "works": !fails, "lines": lines })),
    })?;
    Ok(ExitCode::from(u8::from(fails)))
}

fn text(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        text += &format!(
            "{:<4}  {:<13}  {}\n",
            line.state.name(),
            line.about,
            printable(&line.found)
        );
        if let Some(way_out) = &line.way_out {
            text += &format!("{:21}way out: {}\n", "", printable(way_out));
        }
    }
    text
}
