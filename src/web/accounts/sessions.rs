//! Where sessions stand: in our own tables, for the library that knows what a cookie is.
//!
//! The name of a row is a hash of what the browser has, and its body is encrypted, bound to that
//! name; the key is made from the App's client secret. Whoever has a copy of the database and not
//! the settings can neither take a session over nor read a token.

use std::collections::HashMap;
use std::fmt;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;
use tower_sessions::SessionStore;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

use super::{IDLE, PERSON};
use crate::github::clock::Clock;
use crate::store::sessions::{Session, hashed};
use crate::store::{self, Store};

/// How long somebody may take to sign in, in milliseconds: as long as GitHub's codes hold.
pub const SIGNING_IN: i64 = 10 * 60_000;
/// Bytes that make two encryptions of one text different.
const NONCE: usize = 24;
/// What the key is for; a newer form has another.
const PURPOSE: &[u8] = b"highwater sessions, version 1";

/// Sessions in the database.
#[derive(Clone)]
pub struct Sessions {
    store: Store,
    clock: Clock,
    cipher: XChaCha20Poly1305,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

type Data = HashMap<String, Value>;

impl Sessions {
    /// Sessions that are read with a secret.
    pub fn new(store: Store, clock: Clock, secret: &SecretString) -> Option<Sessions> {
        let mut key = [0; 32];
        Hkdf::<Sha256>::new(None, secret.expose_secret().as_bytes())
            .expand(PURPOSE, &mut key)
            .ok()?;
        Some(Sessions {
            store,
            clock,
            cipher: XChaCha20Poly1305::new(&Key::from(key)),
        })
    }

    fn sealed(&self, id: &str, data: &Data) -> Result<String> {
        let text = serde_json::to_vec(data).map_err(|_| Error::Encode("no JSON".to_owned()))?;
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|error| Error::Backend(error.to_string()))?;
        let payload = Payload {
            msg: &text,
            aad: id.as_bytes(),
        };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| Error::Encode("it is too long".to_owned()))?;
        Ok(STANDARD.encode([&nonce[..], &sealed].concat()))
    }

    /// What a row holds; nothing where it was written with another secret, or changed.
    fn opened(&self, id: &str, body: &str) -> Option<Data> {
        let bytes = STANDARD.decode(body).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        let payload = Payload {
            msg: sealed,
            aad: id.as_bytes(),
        };
        let text = self.cipher.decrypt(&XNonce::from(nonce), payload).ok()?;
        serde_json::from_slice(&text).ok()
    }

    fn row(&self, record: &Record) -> Result<Session> {
        let id = hashed(&record.id.to_string());
        let held = record.data.get(PERSON);
        let number = |name: &str| held.and_then(|held| held.get(name)?.as_i64());
        let now = self.clock.now();
        let ends = match number("ends") {
            // Whoever signed in stays as long as they do something and the token holds.
            Some(ends) => ends.min(now + IDLE),
            None => now + SIGNING_IN,
        };
        Ok(Session {
            person: number("id").unwrap_or(0),
            body: self.sealed(&id, &record.data)?,
            id,
            ends,
        })
    }
}

fn failed(error: store::Error) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        while !self
            .store
            .begin_session(&self.row(record)?)
            .await
            .map_err(failed)?
        {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let kept = self.store.keep_session(&self.row(record)?).await;
        kept.map_err(failed)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let name = hashed(&id.to_string());
        let row = self.store.session(&name, self.clock.now()).await;
        let row = row.map_err(failed)?;
        let data = row.and_then(|row| self.opened(&name, &row.body));
        Ok(data.map(|data| Record {
            id: *id,
            data,
            // Its end stands in the row, and is made anew whenever the row is written.
            expiry_date: OffsetDateTime::now_utc(),
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let ended = self.store.end_session(&hashed(&id.to_string())).await;
        ended.map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sessions(secret: &str) -> Sessions {
        let store = Store::open("sqlite::memory:").await.unwrap();
        Sessions::new(store, Clock::real(), &secret.into()).unwrap()
    }

    #[tokio::test]
    async fn what_is_kept_is_read_with_the_secret_under_its_own_name_alone() {
        let sessions = sessions("a secret").await;
        let data = Data::from([("token".to_owned(), Value::from("ghu_canary"))]);
        let (one, again) = (
            sessions.sealed("a", &data).unwrap(),
            sessions.sealed("a", &data).unwrap(),
        );
        assert_ne!(one, again);
        assert!(!String::from_utf8_lossy(&STANDARD.decode(&one).unwrap()).contains("canary"));
        assert_eq!(sessions.opened("a", &one), Some(data.clone()));
        assert_eq!(sessions.opened("b", &one), None, "another row");
        let other = self::sessions("another secret").await;
        assert_eq!(other.opened("a", &one), None, "another secret");
        let mut bytes = STANDARD.decode(&one).unwrap();
        bytes[NONCE] ^= 1;
        assert_eq!(sessions.opened("a", &STANDARD.encode(&bytes)), None);
        for wrong in ["", "AA==", "no base64"] {
            assert_eq!(sessions.opened("a", wrong), None, "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_session_that_was_ended_stays_so() {
        let sessions = sessions("a secret").await;
        let held = serde_json::json!({ "id": 7, "ends": i64::MAX });
        let mut record = Record {
            id: Id::default(),
            data: Data::from([(PERSON.to_owned(), held)]),
            expiry_date: OffsetDateTime::now_utc(),
        };
        sessions.create(&mut record).await.unwrap();
        let loaded = sessions.load(&record.id).await.unwrap();
        assert_eq!(loaded.unwrap().data, record.data);
        assert_eq!(sessions.store.end_sessions(7).await.unwrap(), 1);
        // As a request does that began before.
        sessions.save(&record).await.unwrap();
        assert_eq!(sessions.load(&record.id).await.unwrap(), None);
    }
}
