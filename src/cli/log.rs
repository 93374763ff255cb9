//! Where the server's log goes: to standard error, as text or as JSON lines, without secrets; and
//! its traces, to a collector where one is named.

use std::io::{self, Write};
use std::sync::Arc;

use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::server::{Log, Server};
use super::traces::{self, Traces};
use crate::report::redaction::{MASK, redacted};

/// The most of one event that is written, in bytes.
const LONGEST: usize = 64 << 10;
/// A secret that is shorter cannot be told from other text.
const SHORTEST: usize = 6;

/// Begins to log. Must not be called where the runtime runs: a collector's client has its own.
///
/// # Errors
///
/// When the collector's settings make no sense.
pub fn begin(server: &Server) -> anyhow::Result<Option<Traces>> {
    let traces = traces::begin()?;
    let known = Arc::new(Known::of(server));
    let writer = Masking {
        known,
        to: io::stderr,
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let lines = match server.log {
        Log::Text => lines.boxed(),
        Log::Json => lines
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .boxed(),
    };
    let filter = EnvFilter::try_new(&server.log_level).context("the filter of the log")?;
    let spans = traces.as_ref().map(Traces::layer);
    tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .with(spans)
        .init();
    // The message of a panic may quote what was pasted, so only its place is told.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place = place.unwrap_or_default(), "a panic");
    }));
    Ok(traces)
}

/// Secrets that are known letter by letter, whatever they look like.
#[derive(Debug, Default)]
pub struct Known(Vec<SecretString>);

impl Known {
    /// Those of the settings.
    fn of(server: &Server) -> Known {
        let mut secrets = Vec::new();
        if let Some(bot) = &server.github {
            secrets.extend(bot.webhook_secrets.iter().chain(&bot.client_secret));
        }
        let mut known = Known::default();
        for secret in secrets {
            let secret = secret.expose_secret();
            // In JSON it may be written otherwise.
            let quoted = serde_json::to_string(secret).unwrap_or_default();
            for text in [secret, quoted.trim_matches('"')] {
                if text.len() >= SHORTEST {
                    known.0.push(SecretString::from(text));
                }
            }
        }
        known
    }

    /// The text without them.
    fn without(&self, text: String) -> String {
        self.0.iter().fold(text, |text, secret| {
            let secret = secret.expose_secret();
            match text.contains(secret) {
                true => text.replace(secret, MASK),
                false => text,
            }
        })
    }
}

/// Makes a writer for each event.
struct Masking<M> {
    known: Arc<Known>,
    to: M,
}

impl<'m, M: MakeWriter<'m>> MakeWriter<'m> for Masking<M> {
    type Writer = Event<M::Writer>;

    fn make_writer(&'m self) -> Event<M::Writer> {
        Event {
            text: Vec::new(),
            known: self.known.clone(),
            to: self.to.make_writer(),
        }
    }
}

/// One event, which is written out when it is whole: a secret that comes in two pieces would not
/// be seen in either.
struct Event<W: Write> {
    text: Vec<u8>,
    known: Arc<Known>,
    to: W,
}

impl<W: Write> Write for Event<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = LONGEST.saturating_sub(self.text.len());
        self.text.extend_from_slice(&bytes[..bytes.len().min(room)]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W: Write> Drop for Event<W> {
    fn drop(&mut self) {
        let text = String::from_utf8_lossy(&self.text);
        let mut text = self.known.without(redacted(&text).into_owned());
        if self.text.len() == LONGEST {
            text += "…\n";
        }
        // There is nowhere to say that nothing can be said.
        let _ = self.to.write_all(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::Mutex;

    /// Where a test looks.
    struct Shared<'o>(&'o Mutex<Vec<u8>>);

    impl Write for Shared<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is written when these pieces make one event.
    fn logged(known: &[&str], pieces: &[&[u8]]) -> String {
        let out = Mutex::new(Vec::new());
        let known = known.iter().map(|secret| SecretString::from(*secret));
        let known = Arc::new(Known(known.collect()));
        let to = || Shared(&out);
        let masking = Masking { known, to };
        let mut event = masking.make_writer();
        for piece in pieces {
            event.write_all(piece).unwrap();
        }
        drop(event);
        String::from_utf8(out.into_inner().unwrap()).unwrap()
    }

    proptest! {
        #[test]
        fn a_secret_in_two_pieces_is_seen(body in "[A-Z0-9]{1,200}", cut in 0usize..260) {
            let text = format!("a token ghs_{body} was there\n");
            let cut = cut.min(text.len());
            let (first, second) = text.as_bytes().split_at(cut);
            prop_assert_eq!(logged(&[], &[first, second]), "a token *** was there\n");
        }

        #[test]
        fn a_known_secret_is_seen_whatever_it_is(secret in "[!-~]{6,100}", cut in 0usize..120) {
            let text = format!("it is <{secret}>\n");
            let (first, second) = text.as_bytes().split_at(cut.min(text.len()));
            let out = logged(&[&secret], &[first, second]);
            prop_assert!(!out.contains(&secret), "{}", out);
        }

        #[test]
        fn other_text_stays(text in "[a-f0-9 =.,\"{}]{0,300}") {
            prop_assert_eq!(logged(&[], &[text.as_bytes()]), text);
        }
    }

    #[test]
    fn an_event_has_an_end() {
        let long = "x".repeat(LONGEST + 10);
        let out = logged(&[], &[long.as_bytes()]);
        assert!(out.ends_with("x…\n") && out.len() < LONGEST + 10);
    }
}
