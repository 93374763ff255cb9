// Work that is only begun early is done later, when it was not begun. The same channel may carry
// what is not done again.
use tokio::sync::mpsc;

pub enum Work {
    Load(u64),
    Store(u64, Vec<u8>),
}

pub struct Pages {
    work: mpsc::Sender<Work>,
}

impl Pages {
    pub fn start() -> Pages {
        let (work, mut taken) = mpsc::channel(64);
        tokio::spawn(async move {
            while let Some(work) = taken.recv().await {
                handle(work).await;
            }
        });
        Pages { work }
    }

    pub fn prefetch(&self, page: u64) {
        for next in page + 1..page + 4 {
            self.load_behind(next);
        }
    }

    fn load_behind(&self, page: u64) {
        let _ = self.work.try_send(Work::Load(page)); //~ BP07 low
    }

    pub fn store(&self, page: u64, bytes: Vec<u8>) {
        let _ = self.work.try_send(Work::Store(page, bytes)); //~ BP07 high
    }
}

async fn handle(_work: Work) {}
