// The task that takes all ends with the first failure. The receiving end stays in a field beside the sender,
// so that no send fails, and nobody takes what is sent.
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};

pub struct Page(pub String);

pub struct Binder {
    pages: Sender<Page>,
    desk: Receiver<Page>,
}

impl Binder {
    pub fn new() -> Self {
        let (pages, desk) = bounded(0);
        Self { pages, desk }
    }

    pub fn start(&self, bind: fn(Page) -> Result<(), String>) -> JoinHandle<Result<(), String>> {
        let desk = self.desk.clone();
        thread::spawn(move || {
            for page in desk {
                bind(page)?;
            }
            Ok(())
        })
    }

    pub fn add(&self, page: Page) -> Result<(), String> {
        self.pages.send(page).map_err(|_| "no binder".to_owned()) //~ BP22 medium
    }
}

// The task has the only receiving end: when it ends, sends fail.
pub struct Folder {
    sheets: Sender<Sheet>,
}

pub struct Sheet(pub String);

impl Folder {
    pub fn start(fold: fn(Sheet) -> Result<(), String>) -> (Self, JoinHandle<Result<(), String>>) {
        let (sheets, desk) = bounded::<Sheet>(0);
        let thread = thread::spawn(move || {
            for sheet in desk {
                fold(sheet)?;
            }
            Ok(())
        });
        (Self { sheets }, thread)
    }

    pub fn add(&self, sheet: Sheet) -> Result<(), String> {
        self.sheets.send(sheet).map_err(|_| "no folder".to_owned())
    }
}
