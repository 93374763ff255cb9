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

/// Says of each peer whether it is there, and up.
pub trait Members: Send + Sync + 'static {
    fn is_up(&self, peer: &str) -> Option<bool>;
}

async fn connect(peer: &str) -> std::io::Result<tokio::net::TcpStream> {
    tokio::net::TcpStream::connect(peer).await
}

/// Ends when the peer is no longer a member, which is asked before each try in a loop of its own.
async fn keep_in_touch(members: &dyn Members, peer: &str, mut news: tokio::sync::mpsc::Receiver<u8>) {
    loop { //~ BP11 low
        loop {
            match members.is_up(peer) {
                None => return,
                Some(true) => break,
                Some(false) => tokio::time::sleep(Duration::from_secs(1)).await,
            }
        }
        let stream = match connect(peer).await {
            Ok(stream) => stream,
            Err(fault) => {
                tracing::warn!("{peer}: {fault}");
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        while let Some(byte) = news.recv().await {
            if stream.try_write(&[byte]).is_err() {
                break;
            }
        }
    }
}

/// Nothing ends this one while the peer is away.
async fn stay_in_touch(peer: &str, mut news: tokio::sync::mpsc::Receiver<u8>) {
    loop { //~ BP11 medium
        let stream = match connect(peer).await {
            Ok(stream) => stream,
            Err(fault) => {
                tracing::warn!("{peer}: {fault}");
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        loop {
            match news.recv().await {
                None => return,
                Some(byte) if stream.try_write(&[byte]).is_err() => break,
                Some(_) => {}
            }
        }
    }
}

pub fn talk(
    members: Arc<dyn Members>,
    peers: (String, String),
    news: tokio::sync::mpsc::Receiver<u8>,
    more: tokio::sync::mpsc::Receiver<u8>,
) {
    let (first, second) = peers;
    tokio::spawn(async move { keep_in_touch(members.as_ref(), &first, news).await });
    tokio::spawn(async move { stay_in_touch(&second, more).await });
}
