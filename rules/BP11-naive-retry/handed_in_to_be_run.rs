// What is tried again is handed in by callers, whose closures leave the process. One whose callers
// only compute is felt by nobody else.
use std::future::Future;

use tokio::net::TcpStream;

pub struct Patience {
    tries: u32,
}

impl Patience {
    async fn with_calls<T, F, Fut>(&self, op: F) -> std::io::Result<T>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = std::io::Result<T>>,
    {
        let mut tried = 0;
        loop { //~ BP11 medium
            tried += 1;
            match op().await {
                Ok(value) => return Ok(value),
                Err(error) if tried < self.tries => tracing::warn!(tried, "{error}"),
                Err(error) => return Err(error),
            }
        }
    }

    pub async fn line(&self, address: &str) -> std::io::Result<TcpStream> {
        self.with_calls(|| TcpStream::connect(address)).await
    }
}

pub struct Search {
    most: u32,
}

impl Search {
    fn until_it_fits<T>(&self, op: impl Fn(u32) -> Result<T, u32>) -> Result<T, u32> {
        let mut round = 0;
        loop {
            round += 1;
            match op(round) {
                Ok(value) => return Ok(value),
                Err(rest) if round < self.most => tracing::trace!(round, "{rest} left"),
                Err(rest) => return Err(rest),
            }
        }
    }

    pub fn half(&self, of: u32) -> Result<u32, u32> {
        self.until_it_fits(|round| match of % round {
            0 => Ok(of / round),
            rest => Err(rest),
        })
    }
}

pub struct Thrice;

impl Thrice {
    async fn with_calls<T, F, Fut>(&self, op: F) -> std::io::Result<T>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = std::io::Result<T>>,
    {
        let mut tried: u32 = 0;
        loop {
            match op().await {
                Err(error) if tried.saturating_add(1) < 3 => {
                    tried = tried.saturating_add(1);
                    tracing::warn!(tried, "{error}");
                }
                outcome => return outcome,
            }
        }
    }

    pub async fn line(&self, address: &str) -> std::io::Result<TcpStream> {
        self.with_calls(|| TcpStream::connect(address)).await
    }
}
