// A permit that the task waits for once it runs bounds how many work, and not how many there are: the bodies
// pile up in front of it. Taken before, it does bound them.
use axum::extract::State;
use axum::http::StatusCode;
use std::future::Future;
use std::sync::Arc;
use tokio::sync::Semaphore;

pub struct Backstage {
    slots: Arc<Semaphore>,
}

impl Backstage {
    fn run<F: Future<Output = ()> + Send + 'static>(&self, scene: F) {
        let slots = Arc::clone(&self.slots);
        tokio::spawn(async move { //~ BP03 high
            let Ok(_slot) = slots.acquire_owned().await else {
                return;
            };
            scene.await;
        });
    }
}

async fn paint(scenery: String) {
    let _ = tokio::fs::write("scenery", scenery).await;
}

pub async fn change(State(stage): State<Arc<Backstage>>, scenery: String) -> StatusCode {
    stage.run(async move { paint(scenery).await });
    StatusCode::ACCEPTED
}

pub async fn change_now(State(stage): State<Arc<Backstage>>, scenery: String) -> StatusCode {
    let Ok(slot) = Arc::clone(&stage.slots).try_acquire_owned() else {
        return StatusCode::SERVICE_UNAVAILABLE;
    };
    tokio::spawn(async move {
        let _slot = slot;
        paint(scenery).await;
    });
    StatusCode::ACCEPTED
}
