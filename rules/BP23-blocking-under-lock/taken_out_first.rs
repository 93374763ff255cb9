// What is taken out of a lock is no guard: the lock is given back at the semicolon, whatever asks
// for the value next. Who keeps the guard over the wait holds what the task needs to end.
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

#[derive(Clone)]
pub struct Finisher {
    running: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Finisher {
    pub async fn start(&self) {
        let own = self.clone();
        let handle = tokio::spawn(async move {
            own.running.lock().await.take();
        });
        *self.running.lock().await = Some(handle);
    }

    pub async fn wait(&self) {
        let handle = self.running.lock().await.take();
        if let Some(handle) = handle {
            handle.await.expect("it does not panic");
        }
    }

    pub async fn wait_and_hold(&self) {
        let mut running = self.running.lock().await;
        if let Some(handle) = running.take() {
            handle.await.expect("it does not panic"); //~ BP23 high
        }
    }
}

#[derive(Clone)]
pub struct Sweeper {
    running: Arc<std::sync::Mutex<Option<JoinHandle<()>>>>,
}

impl Sweeper {
    pub fn start(&self) {
        let own = self.clone();
        let handle = tokio::spawn(async move {
            own.running.lock().expect("no panic under it").take();
        });
        *self.running.lock().expect("no panic under it") = Some(handle);
    }

    pub async fn wait(&self) {
        let handle = self
            .running
            .lock()
            .expect("no panic under it")
            .take();
        if let Some(handle) = handle {
            handle.await.expect("it does not panic");
        }
    }
}
