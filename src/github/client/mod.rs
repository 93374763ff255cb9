//! Requests to GitHub: who asks, how often, how many at once, and what a failure means.
//!
//! Reads that get no answer are tried again here. Writes are not: whether they were done is found
//! out by reading what stands there, which is the caller's. One server at a time writes for an
//! installation, a second apart; while GitHub wants to be left alone nothing is sent.

mod failure;
mod person;
pub mod registration;
pub(super) mod request;
mod token;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use http::{Method, StatusCode};
use jsonwebtoken::EncodingKey;
use octocrab::Octocrab;
use secrecy::SecretString;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

pub use failure::Failure;
pub use person::Person;
use request::Answer;
use token::Token;

use super::Settings;
use super::clock::{Clock, back_off};
use crate::store::Store;
use crate::store::pacing::Turn;
use crate::store::queue::Job;

/// Requests at the same time.
/// source: docs.github.com, secondary rate limits: at most 100 in all, which others may share.
const AT_ONCE: usize = 50;
/// Between two writes of an installation, in milliseconds.
/// source: docs.github.com, "Best practices for using the REST API".
const BETWEEN_WRITES: i64 = 1_000;
/// How long a turn to write may last, in milliseconds: longer than any request.
const TURN: i64 = 60_000;
/// Tries of a read.
const TRIES: u32 = 3;
/// Entries of a page, the most that GitHub gives.
const PAGE: usize = 100;

/// GitHub, as the App sees it.
#[derive(Clone)]
pub struct GitHub {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    store: Store,
    clock: Clock,
    client: Octocrab,
    /// With which the App signs.
    key: EncodingKey,
    at_once: Semaphore,
    tokens: Mutex<HashMap<i64, Token>>,
    /// Which server this is, among those that share the database.
    holder: String,
}

impl GitHub {
    /// GitHub for an App.
    ///
    /// # Errors
    ///
    /// When the private key is none.
    pub fn new(
        settings: Settings,
        store: Store,
        clock: Clock,
        holder: String,
    ) -> Result<GitHub, KeyError> {
        let (client, key) = (
            request::client(&settings.api_url)?,
            request::key(&settings)?,
        );
        Ok(GitHub {
            shared: Arc::new(Shared {
                settings,
                store,
                clock,
                client,
                key,
                at_once: Semaphore::new(AT_ONCE),
                tokens: Mutex::default(),
                holder,
            }),
        })
    }

    /// GitHub for a job of Actions, which has a token and no App. It stands for the installation 0.
    ///
    /// # Errors
    ///
    /// When the address of the API is none.
    pub fn of_job(
        settings: Settings,
        store: Store,
        clock: Clock,
        token: SecretString,
    ) -> Result<GitHub, KeyError> {
        let client = request::client(&settings.api_url)?;
        Ok(GitHub {
            shared: Arc::new(Shared {
                settings,
                store,
                clock,
                client,
                // It signs nothing: there is no App that GitHub would know.
                key: EncodingKey::from_secret(&[]),
                at_once: Semaphore::new(AT_ONCE),
                tokens: Mutex::new(HashMap::from([(0, Token::of_job(token))])),
                holder: "job".to_owned(),
            }),
        })
    }

    /// GitHub as an installation sees it.
    pub fn installation(&self, id: i64) -> Installation {
        Installation {
            github: self.clone(),
            id,
            job: None,
        }
    }

    /// What the App itself may ask: `GET` as the App.
    ///
    /// # Errors
    ///
    /// See [`Failure`].
    pub async fn get_as_app<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        let answer = self.shared.as_app(Method::GET, path, None).await?;
        answer.read(path)
    }

    /// A page of a list that the App may ask for, and the path of the next one.
    ///
    /// # Errors
    ///
    /// See [`Failure`].
    pub async fn page_as_app<T: DeserializeOwned>(
        &self,
        path: &str,
    ) -> Result<(T, Option<String>), Failure> {
        let answer = self.shared.as_app(Method::GET, path, None).await?;
        let next = answer.next(&self.shared.settings.api_url);
        Ok((answer.read(path)?, next))
    }

    /// What the App itself may do: `POST` as the App.
    ///
    /// # Errors
    ///
    /// See [`Failure`].
    pub async fn post_as_app(&self, path: &str) -> Result<(), Failure> {
        self.shared.begin_turn(0).await?;
        let answer = self.shared.as_app(Method::POST, path, None).await;
        self.shared.end_turn(0).await?;
        answer.map(|_| ())
    }

    /// The same, with the date of the answer in seconds since 1970: what GitHub's clock shows.
    ///
    /// # Errors
    ///
    /// See [`Failure`].
    pub async fn get_as_app_dated<T: DeserializeOwned>(
        &self,
        path: &str,
    ) -> Result<(T, Option<i64>), Failure> {
        let answer = self.shared.as_app(Method::GET, path, None).await?;
        let date = answer.date();
        Ok((answer.read(path)?, date))
    }

    /// What GitHub's clock shows, in seconds since 1970, whether it knows the App or not.
    ///
    /// # Errors
    ///
    /// See [`Failure`].
    pub async fn date(&self) -> Result<Option<i64>, Failure> {
        // The one thing that anybody may ask and that costs nothing.
        let (path, shared) = ("/rate_limit", &self.shared);
        let address = shared.address(path);
        let request = request::request(&Method::GET, &address, None, None, path)?;
        let (_, answer) = request::answer(&shared.client, request, path).await?;
        Ok(answer.date())
    }

    /// What the operator said.
    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// What is kept.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// The time.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }
}

/// The private key of the App is none.
#[derive(Debug, thiserror::Error)]
#[error("the private key of the GitHub App is no RSA key in PEM form")]
pub struct KeyError;

/// GitHub as an installation of the App sees it.
#[derive(Clone)]
pub struct Installation {
    github: GitHub,
    /// Its number.
    pub id: i64,
    /// For which job of the queue it is asked, if for one.
    job: Option<Arc<Job>>,
}

impl Installation {
    /// The same for a job: whoever lost it writes nothing any more.
    #[must_use]
    pub fn for_job(self, job: &Job) -> Installation {
        Installation {
            job: Some(Arc::new(job.clone())),
            ..self
        }
    }

    /// GitHub as the App sees it.
    pub fn github(&self) -> &GitHub {
        &self.github
    }

    /// Reads something. No answer is tried again, with waits that grow.
    ///
    /// # Errors
    ///
    /// See [`Failure`].
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.read(path).await?.read(path)
    }

    /// Reads something that may not be there.
    ///
    /// # Errors
    ///
    /// See [`Failure`]; [`Failure::Gone`] is none here.
    pub async fn get_if_there<T: DeserializeOwned>(
        &self,
        path: &str,
    ) -> Result<Option<T>, Failure> {
        match self.get(path).await {
            Err(Failure::Gone(_)) => Ok(None),
            answer => answer.map(Some),
        }
    }

    async fn read(&self, path: &str) -> Result<Answer, Failure> {
        let mut tries = 0;
        loop {
            tries += 1;
            let shared = &self.github.shared;
            match shared
                .as_installation(self.id, Method::GET, path, None)
                .await
            {
                // The token may have ended or been taken back meanwhile.
                Err(Failure::Unauthorized) if tries == 1 => (),
                Err(Failure::Unknown { .. }) if tries < TRIES => {
                    let wait = back_off(tries, 500, 5_000);
                    shared.clock.wait_until(shared.clock.now() + wait).await;
                }
                answer => return answer,
            }
        }
    }

    /// Reads all pages of a list, up to `most` entries. `path` has a question mark already.
    ///
    /// # Errors
    ///
    /// See [`Failure`].
    pub async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        most: usize,
    ) -> Result<Vec<T>, Failure> {
        self.pages(path, most, |page: Vec<T>| page).await
    }

    /// Reads all pages of a list that is a part of each answer.
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
            let one = entries(
                self.get(&format!("{path}&per_page={PAGE}&page={page}"))
                    .await?,
            );
            let is_last = one.len() < PAGE;
            all.extend(one);
            if is_last || all.len() >= most {
                break;
            }
        }
        all.truncate(most);
        Ok(all)
    }

    /// Writes something, when it is this installation's turn, and reads the answer.
    ///
    /// # Errors
    ///
    /// See [`Failure`]. After [`Failure::Unknown`] it may have been done.
    pub async fn write<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Failure> {
        self.written(method, path, Some(request::body(path, body)?))
            .await?
            .read(path)
    }

    /// Deletes something. What is gone already is deleted.
    ///
    /// # Errors
    ///
    /// See [`Failure`].
    pub async fn delete(&self, path: &str) -> Result<(), Failure> {
        match self.written(Method::DELETE, path, None).await {
            Ok(_) | Err(Failure::Gone(_)) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    /// Asks by GraphQL to change something; what it answers is not read.
    ///
    /// # Errors
    ///
    /// See [`Failure`].
    pub async fn mutate(&self, query: &str, variables: serde_json::Value) -> Result<(), Failure> {
        let path = request::GRAPHQL;
        let body = serde_json::json!({ "query": query, "variables": variables });
        let answer: serde_json::Value = self.write(Method::POST, path, &body).await?;
        match answer.get("errors").and_then(|errors| errors.get(0)) {
            None => Ok(()),
            Some(error) => Err(Failure::Refused {
                path: path.to_owned(),
                status: StatusCode::OK.as_u16(),
                reasons: vec![
                    error
                        .get("message")
                        .map_or_else(String::new, ToString::to_string),
                ],
            }),
        }
    }

    async fn written(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<Answer, Failure> {
        for is_last in [false, true] {
            match self.written_once(method.clone(), path, body.clone()).await {
                // The token may have ended or been taken back meanwhile. Nothing was done then.
                Err(Failure::Unauthorized) if !is_last => (),
                answer => return answer,
            }
        }
        Err(Failure::Unauthorized)
    }

    /// Takes the turn, writes, and ends it.
    async fn written_once(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<Answer, Failure> {
        let shared = &self.github.shared;
        // A token that has to be asked for is asked for before the turn begins.
        shared.token(self.id).await?;
        shared.begin_turn(self.id).await?;
        let answer = match self.is_ours().await {
            Ok(()) => shared.as_installation(self.id, method, path, body).await,
            Err(failure) => Err(failure),
        };
        shared.end_turn(self.id).await?;
        answer
    }

    /// Whether the job is still ours. A turn may be long in coming, and a server that stood still or
    /// was cut off meanwhile may have been given up: another says the same by now.
    async fn is_ours(&self) -> Result<(), Failure> {
        match &self.job {
            Some(job) if !self.github.store().is_held(job).await? => Err(Failure::Moved),
            _ => Ok(()),
        }
    }
}

impl Shared {
    /// Whether anybody may ask for an installation now.
    async fn may_ask(&self, installation: i64) -> Result<(), Failure> {
        let until = self.store.paused_until(installation).await?;
        if until > self.clock.now() {
            return Err(Failure::NotNow { until });
        }
        Ok(())
    }

    /// Waits for the turn to write for an installation.
    async fn begin_turn(&self, installation: i64) -> Result<(), Failure> {
        loop {
            let now = self.clock.now();
            match self
                .store
                .take_turn(installation, &self.holder, now, TURN)
                .await?
            {
                Turn::Yours => return Ok(()),
                Turn::NotBefore(time) => {
                    self.may_ask(installation).await?;
                    self.clock.wait_until(time.max(now + 1)).await;
                }
            }
        }
    }

    async fn end_turn(&self, installation: i64) -> Result<(), Failure> {
        let free = self.clock.now() + BETWEEN_WRITES;
        Ok(self
            .store
            .end_turn(installation, &self.holder, free)
            .await?)
    }
}
