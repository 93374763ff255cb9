//! `doctor`: what does not hold for the bot to work, and the way out.

use std::process::ExitCode;

use serde_json::json;

use super::{Doctor, Shown, wait};
use crate::cli::server::Server;
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
        let (store, trouble) = opened(&server).await?;
        let clock = Clock::real();
        let now = clock.now();
        let github = settings
            .map(|settings| GitHub::new(settings, store.clone(), clock, "doctor".to_owned()));
        let mut lines = doctor::examine(&store, now, github).await;
        if let Some(trouble) = trouble {
            // What was examined is not the server's database.
            lines.retain(|line| !matches!(line.about, "database" | "queue"));
            lines.insert(0, trouble);
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

/// The server's database, or one in memory and what is to be said of the other.
async fn opened(server: &Server) -> anyhow::Result<(Store, Option<Line>)> {
    let trouble = if database::is_there(server) {
        match database::open(server).await {
            Ok(store) => return Ok((store, None)),
            Err(error) => Line {
                about: "database",
                state: State::Fail,
                found: format!("{error:#}"),
                way_out: Some(
                    "see whether it runs, and whether DATABASE_URL or --data-dir names it"
                        .to_owned(),
                ),
            },
        }
    } else {
        Line {
            about: "database",
            state: State::Warn,
            found: "there is none yet".to_owned(),
            way_out: Some(
                "`highwater serve` makes it; if it has run, name its --data-dir or DATABASE_URL"
                    .to_owned(),
            ),
        }
    };
    Ok((Store::open("sqlite::memory:").await?, Some(trouble)))
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
