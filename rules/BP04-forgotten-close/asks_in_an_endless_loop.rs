// A loop that only the end of the channel ends waits for that end, however it asks: by a match, beside a
// timer, or with a limit for each item. One that a time or an item may end waits for that as well.
use std::time::Duration;

pub async fn longest(words: Vec<String>) -> usize {
    let (tx, mut rx) = tokio::sync::mpsc::channel(8);
    for word in words {
        let tx = tx.clone();
        tokio::spawn(async move {
            let _ = tx.send(word.len()).await;
        });
    }
    let mut longest = 0;
    loop { //~ BP04 high
        match rx.recv().await {
            Some(length) => longest = longest.max(length),
            None => break,
        }
    }
    longest
}

pub async fn shortest(words: Vec<String>) -> usize {
    let (tx, mut rx) = tokio::sync::mpsc::channel(8);
    for word in words {
        let tx = tx.clone();
        tokio::spawn(async move {
            let _ = tx.send(word.len()).await;
        });
    }
    let mut shortest = usize::MAX;
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    loop { //~ BP04 high
        tokio::select! {
            length = rx.recv() => match length {
                Some(length) => shortest = shortest.min(length),
                None => return shortest,
            },
            _ = tick.tick() => println!("{shortest} so far"),
        }
    }
}

pub struct Scale {
    weights: tokio::sync::mpsc::Sender<u64>,
    adding: tokio::task::JoinHandle<u64>,
}

impl Scale {
    pub fn start() -> Scale {
        let (weights, mut inbox) = tokio::sync::mpsc::channel(8);
        let adding = tokio::spawn(async move {
            let mut sum = 0;
            loop {
                match tokio::time::timeout(Duration::from_secs(1), inbox.recv()).await {
                    Ok(Some(weight)) => sum += weight,
                    Ok(None) => return sum,
                    Err(_) => println!("{sum} so far"),
                }
            }
        });
        Scale { weights, adding }
    }

    pub async fn put(&self, weight: u64) -> bool {
        self.weights.send(weight).await.is_ok()
    }

    pub async fn sum(self) -> u64 {
        self.adding.await.unwrap_or(0) //~ BP04 high
    }
}

pub struct Meter {
    litres: std::sync::mpsc::SyncSender<u64>,
    adding: std::thread::JoinHandle<u64>,
}

impl Meter {
    pub fn start() -> Meter {
        let (litres, inbox) = std::sync::mpsc::sync_channel::<u64>(8);
        let adding = std::thread::spawn(move || {
            let mut sum = 0;
            loop {
                match inbox.recv_timeout(Duration::from_secs(1)) {
                    Ok(more) => sum += more,
                    Err(std::sync::mpsc::RecvTimeoutError::Timeout) => println!("{sum} so far"),
                    Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return sum,
                }
            }
        });
        Meter { litres, adding }
    }

    pub fn put(&self, more: u64) -> bool {
        self.litres.send(more).is_ok()
    }

    pub fn read(self) -> u64 {
        self.adding.join().unwrap_or(0) //~ BP04 high
    }
}

pub struct Bell {
    strokes: tokio::sync::mpsc::Sender<Option<u64>>,
    ringing: tokio::task::JoinHandle<u64>,
}

impl Bell {
    pub fn start() -> Bell {
        let (strokes, mut inbox) = tokio::sync::mpsc::channel::<Option<u64>>(8);
        let ringing = tokio::spawn(async move {
            let mut sum = 0;
            loop {
                match inbox.recv().await {
                    Some(Some(more)) => sum += more,
                    Some(None) => return sum,
                    None => return sum,
                }
            }
        });
        Bell { strokes, ringing }
    }

    pub async fn strike(&self, times: Option<u64>) -> bool {
        self.strokes.send(times).await.is_ok()
    }

    pub async fn rest(self) -> u64 {
        self.ringing.await.unwrap_or(0)
    }
}

pub struct Quiet {
    notes: tokio::sync::mpsc::Sender<u64>,
    taking: tokio::task::JoinHandle<u64>,
}

impl Quiet {
    pub fn start() -> Quiet {
        let (notes, mut inbox) = tokio::sync::mpsc::channel(8);
        let taking = tokio::spawn(async move {
            let mut sum = 0;
            loop {
                match tokio::time::timeout(Duration::from_secs(1), inbox.recv()).await {
                    Ok(Some(more)) => sum += more,
                    Ok(None) => return sum,
                    Err(_) => return sum,
                }
            }
        });
        Quiet { notes, taking }
    }

    pub async fn note(&self, more: u64) -> bool {
        self.notes.send(more).await.is_ok()
    }

    pub async fn sum(self) -> u64 {
        self.taking.await.unwrap_or(0)
    }
}
