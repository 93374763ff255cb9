// A batch that was asked for with the room there is fits. One that is always as large does not.
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

pub struct Page(pub String);

#[derive(Default)]
struct Tray {
    pages: VecDeque<Page>,
}

impl Tray {
    fn add(&mut self, pages: Vec<Page>) {
        self.pages.extend(pages);
    }
}

pub struct Reader {
    tray: Arc<Mutex<Tray>>,
    most: usize,
}

impl Reader {
    pub fn next(&self) -> Option<Page> {
        self.tray.lock().unwrap().pages.pop_front()
    }

    pub fn fetch(&self, from: u64) {
        let room = {
            let tray = self.tray.lock().unwrap();
            let room = self.most.saturating_sub(tray.pages.len());
            if room == 0 {
                return;
            }
            room
        };
        let tray = Arc::clone(&self.tray);
        tokio::spawn(async move {
            match load(from, room).await {
                Ok(pages) => tray.lock().unwrap().add(pages),
                Err(error) => tracing::warn!(%error, "no pages"),
            }
        });
    }
}

#[derive(Default)]
struct Pile {
    pages: VecDeque<Page>,
}

impl Pile {
    fn add(&mut self, pages: Vec<Page>) {
        self.pages.extend(pages); //~ BP01 high
    }
}

pub struct Glutton {
    pile: Arc<Mutex<Pile>>,
    batch: usize,
}

impl Glutton {
    pub fn next(&self) -> Option<Page> {
        self.pile.lock().unwrap().pages.pop_front()
    }

    pub fn fetch(&self, from: u64) {
        let pile = Arc::clone(&self.pile);
        let batch = self.batch;
        tokio::spawn(async move {
            match load(from, batch).await {
                Ok(pages) => pile.lock().unwrap().add(pages),
                Err(error) => tracing::warn!(%error, "no pages"),
            }
        });
    }
}

async fn load(from: u64, most: usize) -> std::io::Result<Vec<Page>> {
    let text = tokio::fs::read_to_string(format!("pages/{from}")).await?;
    Ok(text.lines().take(most).map(|line| Page(line.to_owned())).collect())
}
