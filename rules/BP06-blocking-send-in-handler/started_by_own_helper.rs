// A program's own helper starts the block that it is handed: the handler has answered long before
// that waits for room. What the handler runs itself, it waits for.
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;
use tokio::sync::mpsc;

pub struct Deleter {
    paths: mpsc::Sender<String>,
}

impl Deleter {
    pub fn start() -> Arc<Deleter> {
        let (paths, mut taken) = mpsc::channel(16);
        tokio::spawn(async move {
            while let Some(path) = taken.recv().await {
                remove(path).await;
            }
        });
        Arc::new(Deleter { paths })
    }

    async fn delete_all(&self) {
        self.paths.send("a".to_owned()).await.ok();
    }

    async fn delete_now(&self) {
        self.paths.send("b".to_owned()).await.ok(); //~ BP06 high
    }
}

mod tasks {
    pub fn spawn_named<F>(name: &str, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        tracing::debug!("starts {name}");
        tokio::spawn(task);
    }
}

pub async fn delete_later(State(deleter): State<Arc<Deleter>>) -> StatusCode {
    tasks::spawn_named("delete", async move { //~ BP03 high
        deleter.delete_all().await;
    });
    StatusCode::ACCEPTED
}

pub async fn delete(State(deleter): State<Arc<Deleter>>) -> StatusCode {
    deleter.delete_now().await;
    StatusCode::OK
}

pub fn router(deleter: Arc<Deleter>) -> axum::Router {
    use axum::routing::delete as on_delete;
    axum::Router::new()
        .route("/all", on_delete(delete_later))
        .route("/one", on_delete(delete))
        .with_state(deleter)
}

async fn remove(_path: String) {}
