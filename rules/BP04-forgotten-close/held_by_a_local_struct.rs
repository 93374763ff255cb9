// A local value that was given the sender to keep holds the channel open as the sender itself would, until
// it is dropped.
use tokio::sync::mpsc;

#[derive(Clone)]
struct Scores {
    out: mpsc::Sender<u64>,
}

impl Scores {
    fn new(out: mpsc::Sender<u64>) -> Scores {
        Scores { out }
    }

    async fn tell(&self, score: u64) -> bool {
        self.out.send(score).await.is_ok()
    }
}

async fn play(round: u64, scores: Scores) {
    scores.tell(round * 2).await;
}

pub async fn best(rounds: u64) -> u64 {
    let (out, mut all) = mpsc::channel(16);
    let scores = Scores::new(out);
    for round in 0..rounds {
        tokio::spawn(play(round, scores.clone()));
    }
    let mut best = 0;
    while let Some(score) = all.recv().await { //~ BP04 high
        best = best.max(score);
    }
    best
}

pub async fn sum(rounds: u64) -> u64 {
    let (out, mut all) = mpsc::channel(16);
    let scores = Scores { out };
    for round in 0..rounds {
        tokio::spawn(play(round, scores.clone()));
    }
    drop(scores);
    let mut sum = 0;
    while let Some(score) = all.recv().await {
        sum += score;
    }
    sum
}
