// Who waits for a worker while a field still holds its sender waits for ever, also when the value itself
// ends: fields are dropped after `drop`. Taken out, taken apart, or told to end by an item, it ends.
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

pub struct Printer {
    pages: SyncSender<String>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Printer {
    pub fn start() -> io::Result<Printer> {
        let (pages, tray) = sync_channel(4);
        let thread = thread::Builder::new().spawn(move || print_all(tray))?;
        Ok(Printer { pages, thread: Some(thread) })
    }

    pub fn print(&self, page: String) -> bool {
        self.pages.send(page).is_ok()
    }
}

fn print_all(tray: Receiver<String>) -> io::Result<()> {
    for page in tray {
        writeln!(io::stdout(), "{page}")?;
    }
    Ok(())
}

impl Drop for Printer {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); //~ BP04 medium
        }
    }
}

pub struct Tally {
    counts: tokio::sync::mpsc::Sender<u64>,
    task: tokio::task::JoinHandle<u64>,
}

impl Tally {
    pub fn start() -> Tally {
        let (counts, mut queue) = tokio::sync::mpsc::channel(4);
        let task = tokio::spawn(async move {
            let mut sum = 0;
            while let Some(count) = queue.recv().await {
                sum += count;
            }
            sum
        });
        Tally { counts, task }
    }

    pub async fn add(&self, count: u64) -> bool {
        self.counts.send(count).await.is_ok()
    }

    pub async fn sum(self) -> u64 {
        self.task.await.unwrap_or(0) //~ BP04 high
    }
}

pub struct Taken {
    names: Option<SyncSender<String>>,
    thread: Option<JoinHandle<()>>,
}

impl Taken {
    pub fn start() -> Taken {
        let (names, inbox) = sync_channel::<String>(4);
        let thread = thread::spawn(move || {
            for name in inbox {
                println!("{name}");
            }
        });
        Taken { names: Some(names), thread: Some(thread) }
    }

    pub fn greet(&self, name: String) -> bool {
        self.names.as_ref().is_some_and(|names| names.send(name).is_ok())
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.names = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

pub struct Apart {
    sizes: SyncSender<usize>,
    thread: JoinHandle<()>,
}

impl Apart {
    pub fn start() -> Apart {
        let (sizes, inbox) = sync_channel::<usize>(4);
        let thread = thread::spawn(move || {
            for size in inbox {
                println!("{size}");
            }
        });
        Apart { sizes, thread }
    }

    pub fn note(&self, size: usize) -> bool {
        self.sizes.send(size).is_ok()
    }

    pub fn stop(self) {
        let Apart { sizes, thread } = self;
        drop(sizes);
        let _ = thread.join();
    }
}

pub struct Told {
    jobs: tokio::sync::mpsc::Sender<Option<u64>>,
    task: tokio::task::JoinHandle<()>,
}

impl Told {
    pub fn start() -> Told {
        let (jobs, mut queue) = tokio::sync::mpsc::channel::<Option<u64>>(4);
        let task = tokio::spawn(async move {
            while let Some(Some(job)) = queue.recv().await {
                println!("{job}");
            }
        });
        Told { jobs, task }
    }

    pub async fn put(&self, job: u64) -> bool {
        self.jobs.send(Some(job)).await.is_ok()
    }

    pub async fn end(&self) -> bool {
        self.jobs.send(None).await.is_ok()
    }

    pub async fn join(self) {
        let _ = self.task.await;
    }
}

pub struct Looms {
    threads: SyncSender<String>,
    looms: Vec<JoinHandle<usize>>,
}

impl Looms {
    pub fn start(names: Vec<String>) -> Looms {
        let (threads, basket) = sync_channel::<String>(4);
        let basket = std::sync::Arc::new(std::sync::Mutex::new(basket));
        let looms = names
            .into_iter()
            .map(|_| {
                let basket = basket.clone();
                thread::spawn(move || weave(basket))
            })
            .collect();
        Looms { threads, looms }
    }

    pub fn put(&self, thread: String) -> bool {
        self.threads.send(thread).is_ok()
    }

    pub fn finish(&mut self) -> usize {
        let mut woven = 0;
        for loom in self.looms.drain(..) {
            woven += loom.join().unwrap_or(0); //~ BP04 high
        }
        woven
    }
}

fn weave(basket: std::sync::Arc<std::sync::Mutex<Receiver<String>>>) -> usize {
    let mut woven = 0;
    while let Ok(thread) = basket.lock().unwrap().recv() {
        woven += thread.len();
    }
    woven
}
