// An asynchronous function does nothing where it is called: handed to what is named for starting tasks, it runs there,
// and who started it may end it too. What is started here is ended by nobody.
use std::time::Duration;
use tokio::sync::mpsc;

pub struct Keeper {
    board: std::sync::Arc<tokio::sync::Mutex<Vec<u64>>>,
}

async fn fill(board: std::sync::Arc<tokio::sync::Mutex<Vec<u64>>>, from: mpsc::Sender<u64>) {
    loop { //~ BP09 low
        tokio::time::sleep(Duration::from_secs(1)).await;
        let seen = board.lock().await.len() as u64;
        if from.send(seen).await.is_err() {
            tracing::warn!("nobody reads the board");
        }
    }
}

async fn count(board: std::sync::Arc<tokio::sync::Mutex<Vec<u64>>>, from: mpsc::Sender<u64>) {
    loop { //~ BP09 high
        tokio::time::sleep(Duration::from_secs(1)).await;
        let seen = board.lock().await.len() as u64;
        if from.send(seen).await.is_err() {
            tracing::warn!("nobody reads the count");
        }
    }
}

impl Keeper {
    pub async fn open(&self, starter: &starter::Starter, from: mpsc::Sender<u64>) {
        // The lock is not held where the task sends.
        let board = self.board.lock().await;
        starter.spawn_named("fill", fill(self.board.clone(), from.clone()));
        drop(board);
        tokio::spawn(count(self.board.clone(), from));
    }

    pub fn close(&self) {}
}

pub mod starter {
    pub struct Starter;

    impl Starter {
        pub fn spawn_named<F: Future<Output = ()> + Send + 'static>(&self, name: &str, task: F) {
            tracing::info!("starts {name}");
            tokio::spawn(task);
        }
    }
}
