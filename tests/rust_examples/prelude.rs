//! What the pages' Rust calls and does not define: the work that queues and tasks are there for.

use std::fmt;
use tokio_util::sync::CancellationToken;

/// The other side does not answer.
#[derive(Debug)]
pub struct Unavailable;

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unavailable")
    }
}

impl std::error::Error for Unavailable {}

/// One of several servers that give the same answer.
pub struct Replica;

impl Replica {
    pub async fn quote(&self, _symbol: &str) -> Result<f64, Unavailable> {
        Err(Unavailable)
    }
}

/// A database.
pub struct Store;

impl Store {
    pub async fn renew(&self, _job: u64) -> Result<bool, Unavailable> {
        Ok(true)
    }

    pub async fn sum(&self, _tenant: &str, _stop: CancellationToken) -> Option<u64> {
        None
    }
}

pub async fn count(_shard: String) -> u64 {
    0
}

pub async fn read_sensor() -> f64 {
    0.0
}

pub async fn show(_value: f64) {}

pub async fn converse(_stream: tokio::net::TcpStream) {}

pub async fn deliver(_mail: String) {}

pub async fn render(_image: String) {}

pub async fn resize(_path: String) {}

pub async fn save(_line: String) {}

pub fn resolve(host: String) -> String {
    host
}
