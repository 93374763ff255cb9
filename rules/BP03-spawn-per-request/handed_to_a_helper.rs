// A helper that only starts what it is handed is judged by who hands it over: the body of an answer is
// filled through a pipe, also by a task of that task; what nobody waits for is said where it is handed over.
use axum::extract::State;
use std::future::Future;
use std::sync::Arc;
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::sync::mpsc;

pub struct Album {
    pictures: Vec<Vec<u8>>,
}

impl Album {
    async fn develop(&self) {}
}

pub struct Body {
    pub bytes: DuplexStream,
}

pub struct Pieces {
    pub pieces: mpsc::Receiver<Vec<u8>>,
}

fn start_traced<F: Future<Output = ()> + Send + 'static>(work: F) {
    tokio::spawn(work);
}

pub async fn export(State(album): State<Arc<Album>>) -> Body {
    let (reader, mut writer) = tokio::io::duplex(4096);
    start_traced(async move {
        for picture in album.pictures.clone() {
            if writer.write_all(&picture).await.is_err() {
                return;
            }
        }
    });
    Body { bytes: reader }
}

pub async fn pieces(State(album): State<Arc<Album>>) -> Pieces {
    let (tx, rx) = mpsc::channel(8);
    tokio::spawn(async move {
        let filling = tokio::spawn(async move {
            for picture in album.pictures.clone() {
                if tx.send(picture).await.is_err() {
                    return;
                }
            }
        });
        let _ = filling.await;
    });
    Pieces { pieces: rx }
}

fn start_plain<F: Future<Output = ()> + Send + 'static>(work: F) {
    tokio::spawn(work);
}

pub async fn develop(State(album): State<Arc<Album>>) -> &'static str {
    start_plain(async move { album.develop().await }); //~ BP03 high
    "in the bath"
}
