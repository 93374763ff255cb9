//! What is reviewed: files, languages, places in them, diffs and limits.
//!
//! Nothing here parses code or touches a disk: callers hand bytes in.

pub mod between;
pub mod change;
pub mod diff;
pub mod fragments;
pub mod limits;
pub mod patch;
pub mod paths;
pub mod recognise;
pub mod span;

pub use span::{FileId, LineIndex, Span};

/// A language that has a front-end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// Go, as of the grammar's version 1.22 with generics.
    #[default]
    Go,
    /// Rust, edition 2015 to 2024.
    Rust,
}

impl Language {
    /// Every language, in the order in which they are named to a reader.
    pub const ALL: [Language; 2] = [Language::Go, Language::Rust];
}

impl Language {
    /// The language of a path by its ending; `None` for files that are not reviewed.
    pub fn of_path(path: &str) -> Option<Language> {
        let name = path.rsplit('/').next().unwrap_or(path);
        match name.rsplit_once('.') {
            Some((stem, "go")) if !stem.is_empty() => Some(Language::Go),
            Some((stem, "rs")) if !stem.is_empty() => Some(Language::Rust),
            _ => None,
        }
    }

    /// The name in lower case, as it stands in configuration and on a code fence.
    pub fn name(self) -> &'static str {
        match self {
            Language::Go => "go",
            Language::Rust => "rust",
        }
    }

    /// What the names of its files end in, without the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Language::Go => "go",
            Language::Rust => "rs",
        }
    }

    /// The name as a reader writes it.
    pub fn title(self) -> &'static str {
        match self {
            Language::Go => "Go",
            Language::Rust => "Rust",
        }
    }

    /// The language with this name or fence tag.
    pub fn by_name(name: &str) -> Option<Language> {
        match name.to_ascii_lowercase().as_str() {
            "go" | "golang" => Some(Language::Go),
            "rust" | "rs" => Some(Language::Rust),
            _ => None,
        }
    }
}

/// One file under review. `text` has exactly as many bytes as the file, so that offsets and
/// columns are those of the file on disk.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Path relative to what is reviewed, with `/` between parts.
    pub path: String,
    /// Which front-end reads it.
    pub language: Language,
    /// Its text, see [`decode`].
    pub text: String,
}

impl SourceFile {
    /// A file from its bytes, whatever they are.
    pub fn new(path: impl Into<String>, language: Language, bytes: Vec<u8>) -> SourceFile {
        SourceFile {
            path: path.into(),
            language,
            text: decode(bytes),
        }
    }
}

/// Turns any bytes into text of the same length: a byte that is no UTF-8 becomes `?`, a NUL
/// and a byte-order mark become spaces. Offsets stay those of the file.
pub fn decode(bytes: Vec<u8>) -> String {
    let mut text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => replace_invalid(error.into_bytes()),
    };
    if text.starts_with('\u{feff}') {
        text.replace_range(0..3, "   ");
    }
    if memchr::memchr(0, text.as_bytes()).is_some() {
        text = text.replace('\0', " ");
    }
    text
}

fn replace_invalid(bytes: Vec<u8>) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for _ in chunk.invalid() {
            text.push('?');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_keep_their_length() {
        for bytes in [
            &b"a\xff\xfeb\0c"[..],
            b"\xef\xbb\xbfpackage x",
            b"\xe2\x82",
            b"",
        ] {
            assert_eq!(decode(bytes.to_vec()).len(), bytes.len());
        }
    }

    #[test]
    fn languages_come_from_the_ending() {
        assert_eq!(Language::of_path("a/b.go"), Some(Language::Go));
        assert_eq!(Language::of_path("a.go/b"), None);
        assert_eq!(Language::of_path(".go"), None);
        for language in Language::ALL {
            let path = format!("a/b.{}", language.ending());
            assert_eq!(Language::of_path(&path), Some(language));
            assert_eq!(Language::by_name(language.name()), Some(language));
            assert_eq!(Language::by_name(language.title()), Some(language));
        }
    }
}
