// A driver must be polled for as long as it lives, whatever one turn brings: not a retry. A question that waits by
// its name polls too, and so does what says when it gives up.
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

pub struct Broken;

pub struct Driver {
    link: tokio::net::UdpSocket,
}

impl Driver {
    async fn poll(&mut self) -> Result<usize, Broken> {
        let mut room = [0; 64];
        self.link.recv(&mut room).await.map_err(|_| Broken)
    }

    async fn wait_synced(&self) -> Result<(), Broken> {
        self.link.send(b"synced?").await.map(|_| ()).map_err(|_| Broken)
    }

    async fn connect(&self) -> Result<(), Broken> {
        self.link.send(b"hello").await.map(|_| ()).map_err(|_| Broken)
    }
}

pub fn drive(mut driver: Driver, stopped: Arc<AtomicBool>) {
    tokio::spawn(async move {
        while !stopped.load(Ordering::Relaxed) { //~ BP11 low
            match driver.poll().await {
                Ok(_) => {}
                Err(_) => tokio::time::sleep(Duration::from_millis(500)).await,
            }
        }
    });
}

pub async fn synced(driver: &Driver, most: u32) -> Result<(), Broken> {
    let mut asked = 0;
    loop { //~ BP11 low
        match driver.wait_synced().await {
            Ok(()) => return Ok(()),
            Err(broken) if asked > most => return Err(broken),
            Err(_) => tokio::time::sleep(Duration::from_millis(500)).await,
        }
        asked += 1;
    }
}

pub async fn opened(driver: &Driver) -> Result<(), Broken> {
    // Poll until the window that was just started has its socket.
    let mut last = None;
    let until = Instant::now() + Duration::from_secs(30);
    while Instant::now() < until { //~ BP11 low
        match driver.connect().await {
            Ok(()) => return Ok(()),
            Err(broken) => last = Some(broken),
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    Err(last.unwrap_or(Broken))
}

pub async fn called(driver: &Driver) -> Result<(), Broken> {
    let mut last = None;
    let until = Instant::now() + Duration::from_secs(30);
    while Instant::now() < until { //~ BP11 medium
        match driver.connect().await {
            Ok(()) => return Ok(()),
            Err(broken) => last = Some(broken),
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    Err(last.unwrap_or(Broken))
}
