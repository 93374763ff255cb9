// Somewhat larger than usual, and everybody who finds it full is told so at once: the bound works.
use tokio::sync::mpsc;

pub struct Sweeper {
    paths: mpsc::Sender<Vec<String>>,
}

impl Sweeper {
    pub fn start() -> Sweeper {
        let (paths, mut taken) = mpsc::channel::<Vec<String>>(12_000); //~ BP02 low, BP19 low
        tokio::spawn(async move {
            while let Some(batch) = taken.recv().await {
                remove(batch).await;
            }
        });
        Sweeper { paths }
    }

    pub fn sweep(&self, batch: Vec<String>) {
        if let Err(error) = self.paths.try_send(batch) {
            tracing::error!("the sweeper is behind: {error}");
        }
    }
}

async fn remove(_batch: Vec<String>) {}
