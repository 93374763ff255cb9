// Each task sends what came out, good or bad, and the first good one is taken: the answer is kept under a
// name, or comes from a function that is handed the mirror. Who takes all of them, or fails with the first
// failure, needs every call.
use std::sync::Arc;
use tokio::sync::mpsc;

pub trait Mirror: Send + Sync {
    fn read(&self, page: u32) -> Result<String, String>;
}

pub struct Library {
    mirrors: Vec<Arc<dyn Mirror>>,
}

fn whole(mirror: &dyn Mirror, page: u32) -> Result<String, String> {
    let text = mirror.read(page)?;
    match text.ends_with('\n') {
        true => Ok(text),
        false => Err("cut off".to_owned()),
    }
}

impl Library {
    pub async fn page(&self, page: u32) -> Result<String, String> {
        let (tx, mut rx) = mpsc::channel(self.mirrors.len());
        for mirror in self.mirrors.iter().cloned() { //~ BP15 high
            let tx = tx.clone();
            tokio::spawn(async move {
                let read = mirror.read(page);
                if tx.send(read).await.is_err() {
                    tracing::trace!("somebody else was first");
                }
            });
        }
        drop(tx);
        let mut last = String::new();
        while let Some(read) = rx.recv().await {
            match read {
                Ok(text) => return Ok(text),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    pub fn checked(&self, page: u32) -> Result<String, String> {
        let (tx, rx) = crossbeam_channel::bounded(self.mirrors.len());
        for mirror in &self.mirrors { //~ BP15 high
            let (tx, mirror) = (tx.clone(), Arc::clone(mirror));
            std::thread::spawn(move || {
                let _ = tx.send(whole(&*mirror, page));
            });
        }
        drop(tx);
        for read in rx {
            if let Ok(text) = read {
                return Ok(text);
            }
        }
        Err("nobody has it".to_owned())
    }

    pub async fn every(&self, page: u32) -> Vec<String> {
        let (tx, mut rx) = mpsc::channel(self.mirrors.len());
        for mirror in self.mirrors.iter().cloned() {
            let tx = tx.clone();
            tokio::spawn(async move {
                let read = mirror.read(page);
                let _ = tx.send(read).await;
            });
        }
        drop(tx);
        let mut all = Vec::with_capacity(self.mirrors.len());
        while let Some(read) = rx.recv().await {
            match read {
                Ok(text) => all.push(text),
                Err(error) => tracing::warn!("{error}"),
            }
        }
        all
    }

    pub async fn all_or_none(&self, page: u32) -> Result<usize, String> {
        let (tx, mut rx) = mpsc::channel(self.mirrors.len());
        for mirror in self.mirrors.iter().cloned() {
            let tx = tx.clone();
            tokio::spawn(async move {
                let read = mirror.read(page);
                let _ = tx.send(read).await;
            });
        }
        drop(tx);
        let mut length = 0;
        while let Some(read) = rx.recv().await {
            match read {
                Ok(text) => length += text.len(),
                Err(error) => return Err(error),
            }
        }
        Ok(length)
    }
}
