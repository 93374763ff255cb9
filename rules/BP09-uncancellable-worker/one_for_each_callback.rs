// A library calls back with each new thing that it hands over, and a worker for it is started that nothing
// ends. What begins once, and what knows nothing of the call, may be meant to last: low.
use std::sync::Arc;
use std::time::Duration;

pub struct Meter;

impl Meter {
    async fn read(&self, _house: &str) -> Result<u64, String> {
        Ok(1)
    }
}

pub trait Moves {
    fn moved_in(&self, house: String);
    fn start(&self, every: Duration);
}

pub struct Utility {
    meter: Arc<Meter>,
    runtime: tokio::runtime::Handle,
}

impl Moves for Utility {
    fn moved_in(&self, house: String) {
        let meter = self.meter.clone();
        self.runtime.spawn(async move {
            loop { //~ BP09 medium
                tokio::time::sleep(Duration::from_secs(60)).await;
                if let Err(error) = meter.read(&house).await {
                    eprintln!("{error}");
                }
            }
        });
    }

    fn start(&self, every: Duration) {
        let meter = self.meter.clone();
        tokio::spawn(async move {
            loop { //~ BP09 low
                tokio::time::sleep(every).await;
                if let Err(error) = meter.read("all").await {
                    eprintln!("{error}");
                }
            }
        });
    }
}
