// One task of the process does it in the background, once: nobody waits for it, and nobody comes back with it.
use std::sync::Arc;
use std::time::Duration;

pub struct Disk {
    link: tokio::net::UdpSocket,
}

pub struct Fault;

impl Disk {
    async fn save(&self, bytes: &[u8]) -> Result<(), Fault> {
        self.link.send(bytes).await.map(|_| ()).map_err(|_| Fault)
    }
}

async fn lay_aside(disk: &Disk, bytes: &[u8]) {
    let mut pause = Duration::from_millis(100);
    loop { //~ BP11 low
        match disk.save(bytes).await {
            Ok(()) => return,
            Err(_) => tokio::time::sleep(pause).await,
        }
        pause = (pause * 2).min(Duration::from_secs(5));
    }
}

async fn close_books(disk: &Disk) {
    let mut tried = 0;
    loop { //~ BP11 low
        let Err(_) = disk.save(b"closed").await else {
            return;
        };
        tried += 1;
        if tried > 500 {
            return;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

pub fn recover(disk: Arc<Disk>, bytes: Vec<u8>) {
    tokio::spawn(async move {
        lay_aside(&disk, &bytes).await;
        close_books(&disk).await;
    });
}

// News reach all processes at once, and all of them come back with it in step.
async fn take_over(disk: &Disk) {
    let mut pause = Duration::from_secs(1);
    let mut tried = 0;
    loop { //~ BP11 medium
        match disk.save(b"new").await {
            Ok(()) => return,
            Err(_) if tried > 30 => return,
            Err(_) => tokio::time::sleep(pause).await,
        }
        tried += 1;
        pause = (pause * 2).min(Duration::from_secs(30));
    }
}

pub fn follow(disk: Arc<Disk>, mut news: tokio::sync::mpsc::Receiver<()>) {
    tokio::spawn(async move {
        while let Some(()) = news.recv().await {
            take_over(&disk).await;
        }
    });
}
