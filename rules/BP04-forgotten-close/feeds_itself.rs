// The task that receives until all senders are gone was given one of them, to send itself what it
// finds: it waits for itself. With a weak one, or a count of what is under way, it comes to an end.
use tokio::sync::mpsc;

pub async fn walk(roots: Vec<String>) -> usize {
    let (tx, mut rx) = mpsc::channel::<String>(64);
    let found = tx.clone();
    let walker = tokio::spawn(async move {
        let mut seen = 0;
        while let Some(place) = rx.recv().await { //~ BP04 high
            seen += 1;
            for below in list(&place).await {
                if found.try_send(below).is_err() {
                    seen += 1;
                }
            }
        }
        seen
    });
    for root in roots {
        if tx.send(root).await.is_err() {
            break;
        }
    }
    drop(tx);
    walker.await.unwrap_or(0)
}

pub async fn walk_weakly(roots: Vec<String>) -> usize {
    let (tx, mut rx) = mpsc::channel::<String>(64);
    let found = tx.downgrade();
    let walker = tokio::spawn(async move {
        let mut seen = 0;
        while let Some(place) = rx.recv().await {
            seen += 1;
            for below in list(&place).await {
                if let Some(found) = found.upgrade() {
                    seen += usize::from(found.try_send(below).is_err());
                }
            }
        }
        seen
    });
    for root in roots {
        if tx.send(root).await.is_err() {
            break;
        }
    }
    drop(tx);
    walker.await.unwrap_or(0)
}

async fn list(_place: &str) -> Vec<String> {
    Vec::new()
}

// What is received from is put in another's place before: the ends that the task has are those of
// other channels.
pub struct Line {
    rx: mpsc::Receiver<String>,
}

impl Line {
    pub fn split(&mut self, room: usize) -> mpsc::Receiver<String> {
        let (here, mine) = mpsc::channel(room);
        let (there, other) = mpsc::channel(room);
        let mut whole = std::mem::replace(&mut self.rx, mine);
        tokio::spawn(async move {
            while let Some(word) = whole.recv().await {
                let to = if word.is_empty() { &here } else { &there };
                if to.send(word).await.is_err() {
                    tracing::debug!("one side has gone");
                }
            }
        });
        other
    }
}
