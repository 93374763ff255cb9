// The loop waits after most failures, and goes round at once after one of them. Where that one is
// mended first, or the try is another then, nothing is wrong.
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::sleep;

#[derive(Debug)]
pub enum Refusal {
    Crowded,
    Expired,
    Broken(std::io::Error),
    Denied,
}

pub struct Desk {
    address: String,
    token: String,
}

impl Desk {
    async fn ask(&self) -> Result<u64, Refusal> {
        let connection = TcpStream::connect(&self.address).await.map_err(Refusal::Broken)?;
        answer(connection, &self.token).await
    }

    async fn renew(&mut self) -> Result<(), Refusal> {
        self.token = fresh(&self.address).await?;
        Ok(())
    }

    pub async fn crowded_at_once(&self) -> Result<u64, Refusal> {
        let mut tried = 0;
        loop { //~ BP11 medium
            match self.ask().await {
                Ok(number) => return Ok(number),
                Err(Refusal::Denied) => return Err(Refusal::Denied),
                Err(Refusal::Crowded) => {
                    tracing::debug!("crowded, asking again");
                    continue;
                }
                Err(error) => {
                    tried += 1;
                    if tried >= 8 {
                        return Err(error);
                    }
                }
            }
            sleep(pause(tried)).await;
        }
    }

    pub async fn crowded_waits(&self) -> Result<u64, Refusal> {
        let mut tried = 0;
        loop {
            match self.ask().await {
                Ok(number) => return Ok(number),
                Err(error @ (Refusal::Denied | Refusal::Expired)) => return Err(error),
                Err(error) => {
                    tried += 1;
                    if tried >= 8 {
                        return Err(error);
                    }
                }
            }
            sleep(pause(tried)).await;
        }
    }

    pub async fn renewed_first(&mut self) -> Result<u64, Refusal> {
        let mut tried = 0;
        loop {
            match self.ask().await {
                Ok(number) => return Ok(number),
                Err(Refusal::Expired) => {
                    self.renew().await?;
                    continue;
                }
                Err(error) => {
                    tried += 1;
                    if tried >= 8 {
                        return Err(error);
                    }
                }
            }
            sleep(pause(tried)).await;
        }
    }
}

fn pause(tried: u32) -> Duration {
    Duration::from_millis(rand::random_range(0..100 << tried))
}

async fn answer(_connection: TcpStream, _token: &str) -> Result<u64, Refusal> {
    Err(Refusal::Crowded)
}

async fn fresh(_address: &str) -> Result<String, Refusal> {
    Err(Refusal::Expired)
}
