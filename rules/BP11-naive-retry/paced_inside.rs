//highwater:nocompile needs wire
// What the loop repeats has a pace or an end of its own: it is told how often to try, a helper of it asks
// a policy, or it counts in a number that it is lent.
use std::time::Duration;

pub struct Policy {
    next: Duration,
}

impl Policy {
    pub fn wait(&mut self) -> Duration {
        let now = self.next;
        self.next = (self.next * 2).min(Duration::from_secs(30)).mul_f64(0.5 + rand::random::<f64>());
        now
    }
}

async fn hold_off(backoff: &mut Policy) {
    let time = backoff.wait();
    tracing::info!(?time, "holding off");
    tokio::time::sleep(time).await;
}

pub async fn stream(feed: &wire::Client, mut policy: Policy) -> Result<wire::Stream, wire::Error> {
    let mut tries = 0;
    loop {
        match feed.subscribe().await {
            Ok(stream) => return Ok(stream),
            Err(error) => {
                hold_off(&mut policy).await;
                tries += 1;
                if tries == 7 {
                    return Err(error);
                }
            }
        }
    }
}

pub async fn until_online(client: &wire::Client) {
    loop { //~ BP11 low
        let options = wire::Options::default().retry_limit(5);
        match client.versions(options).await {
            Ok(_) => break,
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

pub async fn reconcile(node: &wire::Client) {
    loop { //~ BP11 low
        match node.apply_with_retries(3, Duration::from_secs(10)).await {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!("{error}");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

pub enum Failure {
    GivenUp,
    Lost,
}

pub struct Link {
    most: u32,
    pause: Duration,
}

impl Link {
    async fn dial(&self, attempts: &mut u32) -> Result<tokio::net::TcpStream, Failure> {
        match tokio::net::TcpStream::connect("metering.example:7000").await {
            Ok(stream) => Ok(stream),
            Err(_) if *attempts >= self.most => Err(Failure::GivenUp),
            Err(_) => {
                *attempts += 1;
                Err(Failure::Lost)
            }
        }
    }

    // Nothing is missing at its end: it is given up when it was tried too often.
    pub async fn up(&self) -> Result<tokio::net::TcpStream, Failure> {
        let mut attempts = 0;
        loop { //~ BP11 medium
            match self.dial(&mut attempts).await {
                Ok(stream) => return Ok(stream),
                Err(Failure::GivenUp) => return Err(Failure::GivenUp),
                Err(_) => tokio::time::sleep(self.pause).await,
            }
        }
    }
}
