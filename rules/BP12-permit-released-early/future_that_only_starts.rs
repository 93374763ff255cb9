// A helper waits for the future that it is handed while it holds a permit. A future that only starts the work
// is over at once; one that does the work holds the permit as long.
use std::future::Future;
use std::sync::Arc;
use tokio::sync::{AcquireError, Semaphore};

async fn seated<F: Future>(seats: &Semaphore, work: F) -> Result<F::Output, AcquireError> {
    let _seat = seats.acquire().await?;
    Ok(work.await)
}

pub struct Studio {
    seats: Semaphore,
    tape: Arc<String>,
}

impl Studio {
    pub async fn record_all(&self, takes: Vec<u64>) -> Result<(), AcquireError> {
        for take in takes {
            seated(&self.seats, self.begin(take)).await?;
        }
        Ok(())
    }

    async fn begin(&self, take: u64) {
        let tape = Arc::clone(&self.tape);
        tokio::spawn(async move { //~ BP12 high
            record(&tape, take).await;
        });
    }

    pub async fn play_all(&self, takes: Vec<u64>) -> Result<(), AcquireError> {
        for take in takes {
            seated(&self.seats, record(&self.tape, take)).await?;
        }
        Ok(())
    }
}

async fn record(tape: &str, take: u64) {
    tokio::time::sleep(std::time::Duration::from_millis(take)).await;
    println!("{tape}: {take}");
}
