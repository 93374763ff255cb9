// Paces that do no harm: a few tries whose waits are drawn by lot, a plan made before that knows
// when to give up, a wait at the head of each turn that backs off by the count, another address
// after each failure. A few tries at one pace that many keep are told.
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::sleep;

const TRIES: u32 = 8;

pub async fn by_lot(address: &str) -> std::io::Result<TcpStream> {
    let mut tried = 0;
    loop { //~ BP11 low
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) if tried >= TRIES => return Err(error),
            Err(_) => tried += 1,
        }
        sleep(Duration::from_millis(rand::random_range(50..=300))).await;
    }
}

pub async fn at_one_pace(address: &str) -> std::io::Result<TcpStream> {
    let mut tried = 0;
    loop { //~ BP11 medium
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) if tried >= TRIES => return Err(error),
            Err(_) => tried += 1,
        }
        sleep(Duration::from_millis(200)).await;
    }
}

pub async fn by_plan(address: &str, plan: Vec<Duration>) -> TcpStream {
    let mut plan = plan.into_iter();
    loop { //~ BP11 low
        match TcpStream::connect(address).await {
            Ok(stream) => return stream,
            Err(error) => {
                let wait = plan.next().expect("the plan has no end");
                tracing::debug!("{error}, again in {wait:?}");
                sleep(wait).await;
            }
        }
    }
}

pub struct Addresses {
    all: Vec<String>,
    at: usize,
}

impl Addresses {
    fn next_address(&mut self) -> Option<String> {
        self.at += 1;
        self.all.get(self.at).cloned()
    }

    pub async fn any(&mut self, first: String) -> std::io::Result<TcpStream> {
        let mut address = first;
        loop {
            match TcpStream::connect(&address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => {
                    let Some(next) = self.next_address() else {
                        return Err(error);
                    };
                    let next_address = next;
                    address = next_address;
                    sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
}
