// A stop takes the sender out of its field while others hand work in: whoever comes then finds none
// and panics. One that tells its caller so does not, nor one whose end takes the whole value away.
use std::sync::mpsc::SyncSender;
use std::sync::Mutex;
use std::thread::JoinHandle;

pub struct Press {
    sheets: Mutex<Option<SyncSender<String>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Press {
    pub fn print(&self, sheet: String) {
        let sheets = self.sheets.lock().unwrap().clone();
        sheets.expect("the press runs").send(sheet).expect("a thread is left"); //~ BP10 medium
    }

    pub fn stop(&self) {
        drop(self.sheets.lock().unwrap().take());
        for thread in self.threads.lock().unwrap().drain(..) {
            let _ = thread.join();
        }
    }
}

pub struct Careful {
    sheets: Mutex<Option<SyncSender<String>>>,
}

impl Careful {
    pub fn print(&self, sheet: String) -> Result<(), String> {
        let Some(sheets) = self.sheets.lock().unwrap().clone() else {
            return Err(sheet);
        };
        sheets.send(sheet).map_err(|refused| refused.0)
    }

    pub fn stop(&self) {
        drop(self.sheets.lock().unwrap().take());
    }
}

pub struct Whole {
    sheets: Option<SyncSender<String>>,
    thread: Option<JoinHandle<()>>,
}

impl Whole {
    pub fn print(&self, sheet: String) -> Result<(), String> {
        let sheets = self.sheets.as_ref().expect("there until the end");
        sheets.send(sheet).map_err(|refused| refused.0)
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        drop(self.sheets.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
