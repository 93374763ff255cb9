// Loops without a way out that need none: whoever runs them drops them when the token comes first,
// they are said to last, or they serve what the process keeps.
use std::sync::Mutex;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

static LINES: Lines = Lines {
    waiting: Mutex::new(Vec::new()),
};

pub struct Lines {
    waiting: Mutex<Vec<String>>,
}

impl Lines {
    fn write_out(&self) {
        self.waiting.lock().unwrap().clear();
    }
}

pub fn log_to(enabled: bool) {
    if !enabled {
        return;
    }
    std::thread::spawn(move || {
        loop { //~ BP09 low
            LINES.write_out();
            std::thread::sleep(Duration::from_secs(1));
        }
    });
}

pub struct Repair {
    name: String,
}

impl Repair {
    pub fn start(self, token: CancellationToken) {
        tokio::spawn(self.until_told(token));
    }

    async fn until_told(self, token: CancellationToken) {
        tokio::select! {
            _ = self.look_again_and_again() => unreachable!(),
            _ = token.cancelled() => tracing::info!("{} stopped", self.name),
        }
    }

    async fn look_again_and_again(&self) {
        loop {
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    }
}

/// The two engines. Their clock runs for the process lifetime.
pub struct Engines {
    ticks: std::sync::Arc<std::sync::atomic::AtomicU64>,
}

impl Engines {
    pub fn new() -> Engines {
        let ticks = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
        let clock = ticks.clone();
        std::thread::spawn(move || {
            loop { //~ BP09 low
                std::thread::sleep(Duration::from_millis(10));
                clock.fetch_add(1, std::sync::atomic::Ordering::Release);
            }
        });
        Engines { ticks }
    }

    pub fn now(&self) -> u64 {
        self.ticks.load(std::sync::atomic::Ordering::Acquire)
    }
}
