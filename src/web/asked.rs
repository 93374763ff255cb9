//! What a request brings to be looked at: a text, told apart as code or diff, and its language.

use super::error::Error;
use crate::review::{Options, Review, change, run};
use crate::source::change::Change;
use crate::source::{Language, patch};

/// The name that a pasted text goes by.
pub const NAME: &str = "pasted.go";

/// A text that was pasted or sent.
pub struct Pasted {
    /// The text.
    pub text: String,
    /// Whether it is a unified diff.
    pub is_diff: bool,
    /// The language of code.
    pub language: Language,
}

impl Pasted {
    /// A text with what is said of it: `kind` is `auto`, `code` or `diff`, `language` is `auto` or
    /// a language's name.
    pub fn new(text: String, kind: &str, language: &str) -> Result<Pasted, Error> {
        let is_diff = match kind {
            "auto" => patch::looks_like_diff(&text),
            "code" => false,
            "diff" => true,
            other => {
                return Err(Error::BadRequest(format!(
                    "There is no kind `{other}`: it is `auto`, `code` or `diff`."
                )));
            }
        };
        let language = match language {
            "auto" => Language::Go,
            name => Language::by_name(name).ok_or_else(|| {
                Error::BadRequest(format!(
                    "The language `{name}` is not known: it is `auto` or `go`."
                ))
            })?,
        };
        Ok(Pasted {
            text,
            is_diff,
            language,
        })
    }

    /// The review; of a diff also the change that was reviewed.
    pub fn review(&self, options: &Options) -> (Review, Option<Change>) {
        if self.is_diff {
            let change = Change::new(patch::read(&self.text), Vec::new(), Vec::new());
            return (change::review(&change, options), Some(change));
        }
        let review = run::check_text(NAME, &self.text, self.language, options);
        (review, None)
    }
}
