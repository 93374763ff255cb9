// A refusal that names the leader is followed at once, a few times: another machine is asked. So is a pipe of this
// machine that is taken for the moment, and what listens on this machine.
use std::time::Duration;

const HOPS: u32 = 3;

pub struct Store {
    client: wire::Client,
}

impl Store {
    fn learns_leader(&self, refused: &wire::Refused) -> bool {
        refused.leader.is_some()
    }

    pub async fn get(&self, key: &str) -> Result<u64, wire::Refused> {
        let mut hops = 0;
        loop {
            match self.client.get(key).await {
                Ok(found) => return Ok(found),
                Err(refused) if self.learns_leader(&refused) && hops < HOPS => hops += 1,
                Err(refused) => return Err(refused),
            }
        }
    }

    pub async fn get_anyhow(&self, key: &str) -> Result<u64, wire::Refused> {
        let mut attempts = 0;
        loop { //~ BP11 medium
            match self.client.get(key).await {
                Ok(found) => return Ok(found),
                Err(refused) if attempts > 50 => return Err(refused),
                Err(_) => attempts += 1,
            }
        }
    }
}

pub async fn served(client: &wire::Client) {
    loop { //~ BP11 low
        if client.fetch("http://localhost:4100/ready").await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

pub async fn served_there(client: &wire::Client) {
    loop { //~ BP11 high
        if client.fetch("http://mirror.example/ready").await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

pub mod wire {
    pub struct Refused {
        pub leader: Option<String>,
    }

    pub struct Client {
        conn: tokio::net::UdpSocket,
    }

    impl Client {
        pub async fn get(&self, key: &str) -> Result<u64, Refused> {
            self.send(key).await
        }

        pub async fn fetch(&self, from: &str) -> Result<u64, Refused> {
            self.send(from).await
        }

        async fn send(&self, text: &str) -> Result<u64, Refused> {
            let sent = self.conn.send(text.as_bytes()).await;
            sent.map(|sent| sent as u64).map_err(|_| Refused { leader: None })
        }
    }
}
