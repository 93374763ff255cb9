//! Texts without the secrets that stand in them, for logs and for whatever leaves the machine.
//!
//! What is a secret is told by how it begins and never by how long it is. In doubt more is hidden
//! than need be: a log that says too little can be mended, one that says too much cannot.

use std::borrow::Cow;

use memchr::memmem;

/// What stands for a secret.
pub const MASK: &str = "***";

/// How GitHub's tokens begin.
const TOKENS: [&str; 6] = ["ghs_", "ghp_", "gho_", "ghu_", "ghr_", "github_pat_"];
/// How signed claims begin: `{"` or `{ ` in base64.
const CLAIMS: [&str; 2] = ["eyJ", "eyA"];
/// What stands before secrets in addresses, headers and settings.
const BEFORE: [&str; 6] = [
    "password=",
    "secret=",
    "token=",
    "bearer ",
    "basic ",
    "token ",
];
const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// The text without tokens of GitHub, signed claims (JWT), keys as PEM, and passwords in addresses
/// and headers.
pub fn redacted(text: &str) -> Cow<'_, str> {
    let mut search = Search {
        text,
        no_login_before: 0,
        no_claims_before: 0,
        has_no_end: false,
    };
    let (mut out, mut written, mut at) = (String::new(), 0, 0);
    while at < text.len() {
        match search.secret_at(at) {
            Some((start, end)) => {
                out += &text[written..start];
                out += MASK;
                (written, at) = (end, end);
            }
            None => at += 1,
        }
    }
    if written == 0 {
        return Cow::Borrowed(text);
    }
    out += &text[written..];
    Cow::Owned(out)
}

/// Looks for secrets in one pass: what was looked for in vain is not looked for again.
struct Search<'t> {
    text: &'t str,
    /// Before here no address has a password.
    no_login_before: usize,
    /// Before here no claims have parts.
    no_claims_before: usize,
    /// Whether no end of a key follows any more.
    has_no_end: bool,
}

impl Search<'_> {
    /// The secret that begins with what stands here: from where to where it is hidden.
    fn secret_at(&mut self, at: usize) -> Option<(usize, usize)> {
        let bytes = self.text.as_bytes();
        let rest = &bytes[at..];
        let begins = |start: &&str| rest.starts_with(start.as_bytes());
        match rest[0] {
            b'g' => TOKENS.iter().find(|token| begins(token)).and_then(|token| {
                let end = at + token.len() + run(&rest[token.len()..], is_token);
                (end > at + token.len()).then_some((at, end))
            }),
            b'e' if CLAIMS.iter().any(begins) => self.claims(at),
            b'-' if begins(&BEGIN) => Some((at, self.end_of_key(at))),
            b':' if begins(&"://") => self.login(at),
            b'p' | b's' | b't' | b'b' | b'P' | b'S' | b'T' | b'B' => self.told(at),
            _ => None,
        }
    }

    /// Signed claims, which begin here: parts that dots separate.
    fn claims(&mut self, at: usize) -> Option<(usize, usize)> {
        if at < self.no_claims_before {
            return None;
        }
        let rest = &self.text.as_bytes()[at..];
        let length = run(rest, is_token);
        if rest[..length].contains(&b'.') {
            return Some((at, at + length));
        }
        self.no_claims_before = at + length;
        None
    }

    /// Where a key ends: after its last line, or, where that is cut off, where what can be part of
    /// a key ends.
    fn end_of_key(&mut self, at: usize) -> usize {
        let rest = &self.text.as_bytes()[at..];
        if !self.has_no_end {
            if let Some(end) = memmem::find(rest, END.as_bytes()) {
                let after = end + END.len();
                let last = memmem::find(&rest[after..], DASHES.as_bytes());
                return last.map_or(self.text.len(), |last| at + after + last + DASHES.len());
            }
            self.has_no_end = true;
        }
        at + run(rest, |byte| {
            byte.is_ascii_alphanumeric() || b"+/=\\ \r\n\t:,-".contains(&byte)
        })
    }

    /// The password in an address, of which `://` stands here. It may itself have an `@`, a `:`
    /// or a `/` that should have been quoted.
    fn login(&mut self, at: usize) -> Option<(usize, usize)> {
        if at < self.no_login_before {
            return None;
        }
        let start = at + "://".len();
        let bytes = self.text.as_bytes();
        let end = start + run(&bytes[start..], is_address);
        let sign = memchr::memrchr(b'@', &bytes[start..end]);
        let Some(sign) = sign.map(|sign| start + sign) else {
            self.no_login_before = end;
            return None;
        };
        let colon = memchr::memchr(b':', &bytes[start..sign])?;
        // Past a `?` it cannot be told whether the `@` ends a login or stands in a value.
        let (first, last) = match memchr::memchr(b'?', &bytes[start..sign]) {
            Some(query) => (colon.min(query), end),
            None => (colon, sign),
        };
        Some((start + first + 1, last)).filter(|(start, end)| start < end)
    }

    /// The secret that follows a word which says that it is one.
    fn told(&self, at: usize) -> Option<(usize, usize)> {
        let rest = &self.text.as_bytes()[at..];
        let word = BEFORE.iter().find(|word| {
            let start = rest.get(..word.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
        })?;
        let start = at + word.len();
        let end = start
            + run(&rest[word.len()..], |byte| {
                is_address(byte) && !b"&,;)".contains(&byte)
            });
        (start < end).then_some((start, end))
    }
}

/// How many bytes in a row are of a kind.
fn run(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| is(**byte)).count()
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)
}

fn is_address(byte: u8) -> bool {
    byte > b' ' && byte != 0x7f && !b"\"'<>`\\".contains(&byte)
}

/// The address of a database or a server without its password, wherever in it that stands.
pub fn address(url: &str) -> String {
    redacted(url).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What stands around secrets here shares no character with their bodies.
    const AROUND: &str = "[a-f \"{}<>\n]{0,20}";

    fn hides_capitals(text: &str) -> Result<(), TestCaseError> {
        let out = redacted(text);
        let is_left = out.contains(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit());
        prop_assert!(!is_left, "{} of {}", out, text);
        Ok(())
    }

    proptest! {
        #[test]
        fn tokens_of_any_length_are_hidden(
            at in 0..TOKENS.len(), body in "[A-Z0-9]{1,600}", before in AROUND, after in AROUND,
        ) {
            hides_capitals(&format!("{before}{}{body}{after}", TOKENS[at]))?;
        }

        #[test]
        fn tokens_with_claims_in_them_are_hidden(
            one in "[A-Z0-9]{1,200}", two in "[A-Z0-9_-]{1,200}", three in "[A-Z0-9_-]{0,200}",
            before in AROUND, after in AROUND,
        ) {
            hides_capitals(&format!("{before}ghs_{one}.{two}.{three}{after}"))?;
        }

        #[test]
        fn claims_of_any_length_are_hidden(
            one in "[A-Z0-9_-]{0,300}", two in "[A-Z0-9_-]{1,300}", three in "[A-Z0-9_-]{1,300}",
            before in AROUND, after in AROUND,
        ) {
            hides_capitals(&format!("{before}eyJ{one}.{two}.{three}{after}"))?;
        }

        #[test]
        fn keys_of_any_length_are_hidden(
            kind in "([A-Z]{2,6} )?PRIVATE KEY", lines in prop::collection::vec("[A-Z0-9+/=]{1,64}", 1..40),
            part in prop::sample::select(vec!["\n", "\\n", "\r\n", " "]),
            before in AROUND, after in AROUND, is_whole: bool,
        ) {
            let end = if is_whole { format!("{part}-----END {kind}-----") } else { String::new() };
            let body = lines.join(part);
            hides_capitals(&format!("{before}-----BEGIN {kind}-----{part}{body}{end}{after}"))?;
        }

        #[test]
        fn passwords_in_addresses_are_hidden(
            body in "[A-Z0-9@:/?#%&=+.-]{0,40}[A-Z0-9]", before in AROUND, after in AROUND,
        ) {
            hides_capitals(&format!("{before}postgres://me:{body}@host/db{after}"))?;
            hides_capitals(&format!("{before}postgres://host/db?a=b&password={}", body.replace('&', "")))?;
        }

        #[test]
        fn what_holds_no_secret_stays(text in "[a-f0-9 =:/.,\"{}<>_-]{0,300}") {
            prop_assert_eq!(redacted(&text), text.as_str());
        }

        #[test]
        fn what_is_hidden_stays_hidden(text in "\\PC{0,80}(ghs_|eyJ|://|-----BEGIN |Bearer |token=)?\\PC{0,80}") {
            let once = redacted(&text).into_owned();
            prop_assert_eq!(redacted(&once), once.as_str());
        }
    }

    #[test]
    fn words_around_a_secret_stay() {
        for (text, shown) in [
            ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
            (
                "https://x-access-token:ghs_a@github.com/a/b",
                "https://x-access-token:***@github.com/a/b",
            ),
            ("client_secret=abc&state=5", "client_secret=***&state=5"),
            (
                "see https://github.com/a/b/pull/1 and user@example.com",
                "see https://github.com/a/b/pull/1 and user@example.com",
            ),
            ("lengths and highs_", "lengths and highs_"),
            (
                "postgres://me:p@/:ss@host/db?a=b",
                "postgres://me:***@host/db?a=b",
            ),
            ("postgres://me@host/db", "postgres://me@host/db"),
        ] {
            assert_eq!(redacted(text), shown);
        }
    }

    #[test]
    fn time_grows_with_the_text_alone() {
        let begun = std::time::Instant::now();
        for hostile in [
            "://",
            ":// a@",
            "-----BEGIN ",
            "ghs_",
            "eyJ",
            "eyJ.",
            "token=",
            "a://b:c@d ",
        ] {
            redacted(&hostile.repeat(400_000 / hostile.len()));
        }
        assert!(begun.elapsed().as_secs() < 20);
    }
}
