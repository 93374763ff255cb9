// A few tries at a slow pace are no load, wherever the bound is written: in a guard, in a function that only
// compares, at the only caller. So are some more while a process starts, when nothing is served yet.
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const MOST: u32 = 15;
const TRIES: usize = 6;

pub struct Lake {
    wire: wire::Client,
}

impl Lake {
    async fn open(&self) -> Result<(), wire::Fault> {
        self.wire.open_all().await
    }

    async fn list(&self, bucket: &str) -> Result<(), Fault> {
        let names = std::fs::read_dir(bucket).map_err(|_| Fault)?;
        self.keep(names.count()).await
    }

    async fn keep(&self, _names: usize) -> Result<(), Fault> {
        tokio::task::spawn_blocking(|| ()).await.map_err(|_| Fault)
    }
}

pub struct Fault;

fn is_over(tried: u32) -> bool {
    tried > MOST
}

pub async fn init_lake(lake: &Lake) -> Result<(), wire::Fault> {
    let mut tried = 0;
    while let Err(fault) = lake.open().await { //~ BP11 low
        let next = tried + 1;
        tracing::warn!("the lake is not open after {next} tries");
        tried = next;
        if is_over(tried) {
            return Err(fault);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

pub async fn new(lake: &Lake) -> Result<(), wire::Fault> {
    let mut times = 0;
    let mut pause = 1;
    loop { //~ BP11 low
        match lake.open().await {
            Ok(()) => return Ok(()),
            Err(fault) if times >= 10 => return Err(fault),
            Err(_) => {}
        }
        times += 1;
        if pause < 16 {
            pause *= 2;
        }
        tokio::time::sleep(Duration::from_secs(pause)).await;
    }
}

async fn is_told_to_stop(stop: &CancellationToken, pause: Duration) -> bool {
    tokio::select! {
        _ = stop.cancelled() => true,
        _ = tokio::time::sleep(pause) => false,
    }
}

async fn listed(lake: &Lake, bucket: &str, stop: &CancellationToken, tries: usize) -> Result<(), Fault> {
    let tries = tries.max(1);
    for tried in 0..tries { //~ BP11 low
        match lake.list(bucket).await {
            Ok(()) => return Ok(()),
            Err(fault) if tried + 1 == tries => return Err(fault),
            Err(_) => {
                if is_told_to_stop(stop, Duration::from_secs(5)).await {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

pub async fn drain(lake: &Lake, stop: &CancellationToken) -> Result<(), Fault> {
    listed(lake, "left", stop, TRIES).await
}

// As slow and as many, but in the midst of the work, and of a server that all ask.
pub async fn read(lake: &Lake) -> Result<(), wire::Fault> {
    let mut tried = 0;
    while let Err(fault) = lake.open().await { //~ BP11 medium
        tried += 1;
        if is_over(tried) {
            return Err(fault);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

pub async fn hand_in(lake: &Lake, within: Duration) -> Result<(), wire::Fault> {
    under_deadline(within, async move {
        let mut tried = 0;
        let mut pause = Duration::from_millis(100);
        loop { //~ BP11 low
            match lake.open().await {
                Ok(()) => return Ok(()),
                Err(fault) if tried >= 40 => return Err(fault),
                Err(_) => tried += 1,
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    })
    .await
}

async fn under_deadline<T, W: Future<Output = Outcome<T>>>(within: Duration, work: W) -> Outcome<T> {
    match tokio::time::timeout(within, work).await {
        Ok(done) => done,
        Err(_) => Err(wire::Fault::Late),
    }
}

type Outcome<T> = Result<T, wire::Fault>;

pub mod wire {
    pub enum Fault {
        Late,
        Refused,
    }

    pub struct Client {
        link: tokio::net::UdpSocket,
    }

    impl Client {
        pub async fn open_all(&self) -> Result<(), Fault> {
            let sent = self.link.send(b"open").await;
            sent.map(|_| ()).map_err(|_| Fault::Refused)
        }
    }
}

// Each way sets the bound to a constant.
pub async fn open_as_often(lake: &Lake, is_urgent: bool) -> Result<(), Fault> {
    let tries = if is_urgent { 5 } else { 3 };
    for tried in 0..tries { //~ BP11 low
        if lake.open().await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50) * tried).await;
    }
    Err(Fault)
}
