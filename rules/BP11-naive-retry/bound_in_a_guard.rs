//highwater:nocompile needs reqwest
// The last attempt may be told by an arm's guard: when it does not hold, the arms behind it give up.
use std::time::{Duration, Instant};

enum Failure {
    Server(u16),
    Internal(String),
}

struct Store {
    http: reqwest::Client,
}

const MOST: Duration = Duration::from_secs(60);

impl Store {
    async fn write(&self, body: String) -> Result<u64, Failure> {
        let start = Instant::now();
        loop { //~ BP11 low
            let failure = match self.post(&body).await {
                Ok(done) => return Ok(done),
                Err(failure) => failure,
            };
            match failure {
                Failure::Server(code) if code >= 500 && start.elapsed() < MOST => {}
                Failure::Server(code) => return Err(Failure::Server(code)),
                Failure::Internal(why) => return Err(Failure::Internal(why)),
            }
            let wait = rand::random_range(50..=300);
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
    }

    // A guard that asks for no count gives no last attempt.
    async fn write_at_last(&self, body: String) -> Result<u64, Failure> {
        loop { //~ BP11 medium
            let failure = match self.post(&body).await {
                Ok(done) => return Ok(done),
                Err(failure) => failure,
            };
            match failure {
                Failure::Server(code) if code >= 500 => {}
                Failure::Server(code) => return Err(Failure::Server(code)),
                Failure::Internal(why) => return Err(Failure::Internal(why)),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn post(&self, body: &str) -> Result<u64, Failure> {
        let sent = self.http.post("http://store/rows").body(body.to_owned());
        let answer = sent.send().await;
        let answer = answer.map_err(|failed| Failure::Internal(failed.to_string()))?;
        match answer.status().as_u16() {
            200 => Ok(answer.content_length().unwrap_or(0)),
            code => Err(Failure::Server(code)),
        }
    }
}
