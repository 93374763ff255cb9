//! What a request brings to be looked at: a text, told apart as code or diff, and its language.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::review::{Options, Review, change, run};
use crate::source::change::Change;
use crate::source::{Language, patch, recognise};

/// A text that was pasted or sent.
pub struct Pasted {
    /// The text.
    pub text: String,
    /// Whether it is a unified diff.
    pub is_diff: bool,
    /// The language of code.
    pub language: Language,
}

/// What a text is.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Recognised.
    #[default]
    Auto,
    /// Code as it is.
    Code,
    /// A unified diff.
    Diff,
}

impl Pasted {
    /// A text, of which is recognised what is not said.
    pub fn new(text: String, kind: Kind, language: Option<Language>) -> Pasted {
        let is_diff = match kind {
            Kind::Auto => patch::looks_like_diff(&text),
            Kind::Code => false,
            Kind::Diff => true,
        };
        let language = language.unwrap_or_else(|| recognise::language_of(&text));
        Pasted {
            text,
            is_diff,
            language,
        }
    }

    /// The name that the code goes by.
    pub fn name(&self) -> &'static str {
        match self.language {
            Language::Go => "pasted.go",
            Language::Rust => "pasted.rs",
        }
    }

    /// The review.
    pub fn review(&self, options: &Options) -> Review {
        match self.change() {
            Some(change) => change::review(&change, options),
            None => run::check_text(self.name(), &self.text, self.language, options),
        }
    }

    /// The change, where the text is one.
    pub fn change(&self) -> Option<Change> {
        let change = || Change::new(patch::read(&self.text), Vec::new(), Vec::new());
        self.is_diff.then(change)
    }
}
