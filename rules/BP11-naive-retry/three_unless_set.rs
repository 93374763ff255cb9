// What only lacks jitter is over before it tells, where three tries are what is set unless
// somebody sets it otherwise. More tries than that are told.
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::sleep;

const USUAL_TRIES: u32 = 3;

pub struct Options {
    tries: Option<u32>,
    more: u32,
    hedges: u32,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            tries: None,
            more: 12,
            hedges: 3,
        }
    }
}

pub struct Gate {
    options: Options,
    most: u32,
    pause: Duration,
}

impl Gate {
    pub fn new(options: Options, pause: Duration) -> Self {
        let most = options.tries.unwrap_or(USUAL_TRIES);
        Gate {
            options,
            most,
            pause,
        }
    }

    fn tries(&self) -> u32 {
        self.options.tries.unwrap_or(USUAL_TRIES)
    }

    pub async fn by_field(&self, address: &str) -> std::io::Result<TcpStream> {
        let mut tried = 0;
        loop { //~ BP11 low
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) if tried >= self.most => return Err(error),
                Err(_) => tried += 1,
            }
            sleep(self.pause * tried).await;
        }
    }

    pub async fn by_question(&self, address: &str) -> std::io::Result<TcpStream> {
        let most = self.tries();
        let mut tried = 0;
        loop { //~ BP11 low
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) if tried >= most => return Err(error),
                Err(_) => tried += 1,
            }
            sleep(self.pause * tried).await;
        }
    }

    pub async fn by_default(&self, address: &str) -> std::io::Result<TcpStream> {
        let mut tried = 0;
        loop { //~ BP11 low
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) if tried >= self.options.hedges => return Err(error),
                Err(_) => tried += 1,
            }
            sleep(self.pause * tried).await;
        }
    }

    pub async fn twelve(&self, address: &str) -> std::io::Result<TcpStream> {
        let mut tried = 0;
        loop { //~ BP11 medium
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) if tried >= self.options.more => return Err(error),
                Err(_) => tried += 1,
            }
            sleep(self.pause * tried).await;
        }
    }
}
