// Only failures of certain names lead round and the others lead out: what is asked has no room yet, or a pipe of this
// machine is not free yet. Where every failure leads round, none was picked.
use std::time::Duration;

pub enum Fault {
    QueueFull,
    Throttled,
    Broken,
}

pub struct Desk {
    client: wire::Client,
}

impl Desk {
    pub async fn hand_in(&self) -> Result<(), Fault> {
        loop { //~ BP11 low
            match self.client.send_form().await {
                Ok(()) => return Ok(()),
                Err(Fault::QueueFull) => {}
                Err(fault) => return Err(fault),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn press(&self) -> Result<(), Fault> {
        loop { //~ BP11 medium
            match self.client.send_form().await {
                Ok(()) => return Ok(()),
                Err(Fault::Throttled) => {}
                Err(fault) => return Err(fault),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn insist(&self) {
        loop { //~ BP11 high
            match self.client.send_form().await {
                Ok(()) => return,
                Err(Fault::Throttled) => tracing::info!("too fast"),
                Err(_) => tracing::info!("broken"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

pub async fn opened(client: &wire::Client) -> Result<(), Fault> {
    for _ in 0..100 { //~ BP11 low
        match client.open_pipe().await {
            Ok(()) => return Ok(()),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
    Err(Fault::Broken)
}

pub mod wire {
    use super::Fault;

    pub struct Client {
        conn: tokio::net::UdpSocket,
    }

    impl Client {
        pub async fn send_form(&self) -> Result<(), Fault> {
            self.conn.send(b"form").await.map(|_| ()).map_err(|_| Fault::Broken)
        }

        pub async fn open_pipe(&self) -> Result<(), Fault> {
            self.conn.send(b"open").await.map(|_| ()).map_err(|_| Fault::Broken)
        }
    }
}
