//! GitHub as a person sees it who signed in: what they may read and do, through the App.

use secrecy::SecretString;
use serde::de::DeserializeOwned;

use super::failure::Failure;
use super::{GitHub, PAGE};

/// GitHub as a person sees it through the App.
pub struct Person<'a> {
    github: &'a GitHub,
    token: &'a SecretString,
}

impl GitHub {
    /// GitHub as whoever this token was given for sees it.
    pub fn person<'a>(&'a self, token: &'a SecretString) -> Person<'a> {
        Person {
            github: self,
            token,
        }
    }
}

impl Person<'_> {
    /// Reads something.
    ///
    /// # Errors
    ///
    /// See [`Failure`]; [`Failure::Unauthorized`] where the token holds no more.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        let shared = &self.github.shared;
        shared.as_person(self.token, path).await?.read(path)
    }

    /// Reads all pages of a list that is a part of each answer, up to `most` entries. `path` has a
    /// question mark already.
    ///
    /// # Errors
    ///
    /// See [`Failure`].
    pub async fn pages<P: DeserializeOwned, T>(
        &self,
        path: &str,
        most: usize,
        entries: impl Fn(P) -> Vec<T>,
    ) -> Result<Vec<T>, Failure> {
        let mut all = Vec::new();
        for page in 1.. {
            let path = format!("{path}per_page={PAGE}&page={page}");
            let one = entries(self.get(&path).await?);
            let is_last = one.len() < PAGE;
            all.extend(one);
            if is_last || all.len() >= most {
                break;
            }
        }
        Ok(all)
    }
}
