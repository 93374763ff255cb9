// How often and how long it waits are settings: who runs it chose the pace, and only growth is missing. Where the
// wait is written down, or nothing bounds the tries, nobody chose.
use std::time::Duration;

pub struct Refused;

pub struct Feed {
    link: tokio::net::UdpSocket,
    tries: u32,
    pause: Duration,
    pace: Pace,
}

pub struct Pace {
    most: usize,
    pause_ms: u64,
}

impl Feed {
    async fn ask(&self) -> Result<(), Refused> {
        self.link.send(b"ask").await.map(|_| ()).map_err(|_| Refused)
    }

    pub async fn news(&self) -> Result<(), Refused> {
        let mut tried = 0;
        loop { //~ BP11 low
            match self.ask().await {
                Ok(()) => return Ok(()),
                Err(refused) if tried >= self.tries => return Err(refused),
                Err(_) => tokio::time::sleep(self.pause).await,
            }
            tried += 1;
        }
    }

    pub async fn all(&self) -> Result<(), Refused> {
        let most = self.pace.most;
        let pause = self.pace.pause_ms;
        for _ in 0..most { //~ BP11 low
            if self.ask().await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        Err(Refused)
    }

    pub async fn written_down(&self) -> Result<(), Refused> {
        let mut tried = 0;
        loop { //~ BP11 medium
            match self.ask().await {
                Ok(()) => return Ok(()),
                Err(refused) if tried >= self.tries => return Err(refused),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
            tried += 1;
        }
    }

    pub async fn for_ever(&self) {
        while self.ask().await.is_err() { //~ BP11 medium
            tokio::time::sleep(self.pause).await;
        }
    }

    // It grows, but all who failed together come back together, whatever the settings say.
    pub async fn in_step(&self) -> Result<(), Refused> {
        let mut tried = 0;
        loop { //~ BP11 medium
            match self.ask().await {
                Ok(()) => return Ok(()),
                Err(refused) if tried >= self.tries => return Err(refused),
                Err(_) => tried += 1,
            }
            tokio::time::sleep(self.pause * tried).await;
        }
    }
}
