//! Marks that only we can make: which finding, push or command something of ours is about.
//!
//! A mark stands hidden at the end of a text. It is bound to its repository and pull request, so
//! that one that is copied elsewhere says nothing there. The key comes from the App's private key:
//! every server of the App has it, and nobody else.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// What a mark is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A finding, by its class and fingerprint: `BP06:0123…`.
    Finding,
    /// A finding that is gone, in the same way.
    Gone,
    /// The review of a push, by its commit.
    Push,
    /// The answer to a command, by the number of the comment.
    Answer,
    /// What a reviewer asked to be said, by its name.
    Words,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Finding => "finding",
            Kind::Gone => "gone",
            Kind::Push => "push",
            Kind::Answer => "answer",
            Kind::Words => "words",
        }
    }
}

/// Makes marks and knows them again, for one pull request.
#[derive(Clone)]
pub struct Seal {
    mac: Hmac<Sha256>,
}

/// The longest value of a mark, in bytes.
const LONGEST: usize = 100;
/// How every mark begins.
const START: &str = "<!-- highwater:";
/// How every mark ends.
const END: &str = " -->";

impl Seal {
    /// The seal of a pull request.
    pub fn new(private_key: &SecretString, repository: i64, pull: i64) -> Option<Seal> {
        let mut key =
            Hmac::<Sha256>::new_from_slice(private_key.expose_secret().as_bytes()).ok()?;
        key.update(b"highwater marks, version 1");
        let key = key.finalize().into_bytes();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
        mac.update(format!("{repository}/{pull}/").as_bytes());
        Some(Seal { mac })
    }

    /// A mark.
    pub fn mark(&self, kind: Kind, value: &str) -> String {
        let tag: String = self.tag(kind, value).finalize().into_bytes()[..16]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{START}{} {value} {tag}{END}", kind.name())
    }

    fn tag(&self, kind: Kind, value: &str) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        mac.update(kind.name().as_bytes());
        mac.update(b"/");
        mac.update(value.as_bytes());
        mac
    }

    /// What the mark of a kind at the end of a text is about, if it is ours.
    pub fn read(&self, kind: Kind, text: &str) -> Option<String> {
        let mark = text.trim_end().strip_suffix(END)?;
        let (_, mark) = mark.rsplit_once(START)?;
        let mut parts = mark.split(' ');
        let (Some(name), Some(value), Some(tag), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        if name != kind.name() || value.len() > LONGEST || tag.len() != 32 || !tag.is_ascii() {
            return None;
        }
        let bytes: Option<Vec<u8>> = (0..16)
            .map(|at| u8::from_str_radix(tag.get(2 * at..2 * at + 2)?, 16).ok())
            .collect();
        self.tag(kind, value).verify_truncated_left(&bytes?).ok()?;
        Some(value.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(repository: i64, pull: i64) -> Seal {
        Seal::new(&"key".into(), repository, pull).unwrap()
    }

    #[test]
    fn a_mark_is_known_again_where_it_was_made_and_nowhere_else() {
        let text = format!("words\n{}\n", seal(1, 2).mark(Kind::Finding, "abc"));
        assert_eq!(
            seal(1, 2).read(Kind::Finding, &text).as_deref(),
            Some("abc")
        );
        assert_eq!(seal(1, 2).read(Kind::Gone, &text), None);
        assert_eq!(seal(1, 3).read(Kind::Finding, &text), None);
        assert_eq!(seal(12, 2).read(Kind::Finding, &text), None);
        let other = Seal::new(&"other".into(), 1, 2).unwrap();
        assert_eq!(other.read(Kind::Finding, &text), None);
        assert_eq!(
            seal(1, 2).read(Kind::Finding, &text.replace("abc", "abd")),
            None
        );
        assert_eq!(
            seal(1, 2).read(Kind::Finding, &format!("{text} and more")),
            None
        );
    }
}
