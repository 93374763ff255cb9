//! Values of settings from their texts; what is wrong is said with its key, its place and the way
//! out, and never with a secret.

use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};
use secrecy::SecretString;

use super::given::{All, Place};
use super::keys::KEYS;

impl All {
    /// Says that a value is not what it must be.
    pub fn wrong(&mut self, path: &str, must: &str) {
        let Some(key) = KEYS.iter().find(|key| key.path == path) else {
            return;
        };
        let given = self.given.get(path);
        let place = given.map_or(Place::Default, |given| given.place.clone());
        let value = given.filter(|_| key.kind.is_shown());
        let value = value.map_or(String::new(), |given| {
            let text: String = given.values.join(",").chars().take(60).collect();
            format!(", not `{}`", text.escape_debug())
        });
        let place = match &place {
            Place::Default => key.variable(),
            place => place.to_string(),
        };
        let name = key.name();
        self.errors
            .push(format!("{place}: `{name}` must be {must}{value}"));
    }

    /// Says that something must be set as well.
    pub fn missing(&mut self, path: &str, what: &str) {
        let Some(key) = KEYS.iter().find(|key| key.path == path) else {
            return;
        };
        let (variable, name, table) = (key.variable(), key.name(), key.table());
        let message = format!("{variable} (or `{name}` in `[{table}]`) is missing: give {what}");
        self.errors.push(message);
    }

    /// The text, where one is set.
    pub fn text(&self, path: &str) -> Option<&str> {
        let given = self.given.get(path)?;
        given.values.first().map(String::as_str)
    }

    /// Whether somebody set it.
    pub fn is_set(&self, path: &str) -> bool {
        let given = self.given.get(path);
        given.is_some_and(|given| given.place != Place::Default)
    }

    /// The value, where one is set that makes sense.
    pub fn parsed<T>(
        &mut self,
        path: &str,
        must: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let values = self.given.get(path)?.values.clone();
        let value = values.first().and_then(|text| parse(text.trim()));
        if value.is_none() {
            self.wrong(path, must);
        }
        value
    }

    /// The values of a list, all of which must make sense.
    pub fn list<T>(&mut self, path: &str, must: &str, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let Some(given) = self.given.get(path) else {
            return Vec::new();
        };
        let read: Option<Vec<T>> = given.values.iter().map(|text| parse(text)).collect();
        read.unwrap_or_else(|| {
            self.wrong(path, must);
            Vec::new()
        })
    }

    /// A number within bounds.
    pub fn number<T: TryFrom<u64>>(
        &mut self,
        path: &str,
        within: RangeInclusive<u64>,
    ) -> Option<T> {
        let must = format!("a whole number from {} to {}", within.start(), within.end());
        self.parsed(path, &must, |text| {
            let number = text.parse().ok().filter(|number| within.contains(number));
            number.and_then(|number| T::try_from(number).ok())
        })
    }

    /// A time within bounds.
    pub fn time(&mut self, path: &str, within: RangeInclusive<&str>) -> Option<Duration> {
        let (least, most) = (*within.start(), *within.end());
        let bounds = time(least).zip(time(most));
        let must = format!("a time from {least} to {most}, with its unit");
        self.parsed(path, &must, |text| {
            let (least, most) = bounds?;
            time(text).filter(|time| (least..=most).contains(time))
        })
    }

    /// A secret.
    pub fn secret(&self, path: &str) -> Option<SecretString> {
        self.text(path).map(SecretString::from)
    }

    /// An address without a final `/`. Where secrets go it must be encrypted, unless it does not
    /// leave the machine.
    pub fn address(&mut self, path: &str, form: Address) -> Option<String> {
        let must = match form {
            Address::Site => "an address such as `https://highwater.example.com`, without a path",
            Address::Api => {
                "an address that begins with `https://`; `http://` is for this machine alone"
            }
        };
        self.parsed(path, must, |text| {
            let address: http::Uri = text.parse().ok()?;
            let (scheme, authority) = (address.scheme_str()?, address.authority()?);
            let is_local = matches!(authority.host(), "localhost" | "127.0.0.1" | "[::1]");
            let is_safe =
                scheme == "https" || scheme == "http" && (is_local || form == Address::Site);
            let is_plain = address.query().is_none()
                && !authority.as_str().contains('@')
                && (form == Address::Api || address.path() == "/");
            (is_safe && is_plain).then(|| text.trim_end_matches('/').to_owned())
        })
    }
}

/// What an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// The site itself; a proxy may encrypt before it.
    Site,
    /// What secrets are sent to.
    Api,
}

/// A time such as `500ms` or `30d`; days have 24 hours.
fn time(text: &str) -> Option<Duration> {
    let span: Span = text.parse().ok()?;
    let exact = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Duration::try_from(exact).ok()
}
