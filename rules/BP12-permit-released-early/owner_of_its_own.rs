// The right is a value of its own type whose end gives it back: a place in a count, a permit in a wrapper.
// Kept by the function that starts the task it is over at once; moved into the task it lasts. A count that
// refuses nobody bounds nothing.
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub struct Bench {
    count: Arc<AtomicUsize>,
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::AcqRel);
    }
}

pub struct Hall {
    count: Arc<AtomicUsize>,
    most: usize,
}

impl Hall {
    fn enter(&self) -> Result<Bench, String> {
        if self.count.fetch_add(1, Ordering::AcqRel) >= self.most {
            self.count.fetch_sub(1, Ordering::AcqRel);
            return Err("the hall is full".to_owned());
        }
        Ok(Bench { count: Arc::clone(&self.count) })
    }

    fn note(&self) -> Bench {
        self.count.fetch_add(1, Ordering::AcqRel);
        Bench { count: Arc::clone(&self.count) }
    }

    pub fn press(&self, sheet: u32) -> Result<(), String> {
        let _bench = self.enter()?;
        std::thread::spawn(move || print(sheet)); //~ BP12 high
        Ok(())
    }

    pub fn bind(&self, sheet: u32) -> Result<(), String> {
        let bench = self.enter()?;
        std::thread::spawn(move || {
            print(sheet);
            drop(bench);
        });
        Ok(())
    }

    pub fn show(&self, sheet: u32) {
        let _seen = self.note();
        std::thread::spawn(move || print(sheet));
    }
}

fn print(sheet: u32) {
    let _ = Command::new("lp").arg(sheet.to_string()).status();
}

pub struct Ticket(#[allow(dead_code)] OwnedSemaphorePermit);

pub struct Gate {
    places: Arc<Semaphore>,
}

impl Gate {
    fn admit(&self) -> Option<Ticket> {
        Arc::clone(&self.places).try_acquire_owned().ok().map(Ticket)
    }

    pub fn enter(&self, sheet: u32) -> bool {
        let Some(_ticket) = self.admit() else {
            return false;
        };
        tokio::spawn(async move { print(sheet) }); //~ BP12 high
        true
    }

    pub fn enter_with(&self, sheet: u32) -> bool {
        let Some(ticket) = self.admit() else {
            return false;
        };
        tokio::spawn(print_with(ticket, sheet));
        true
    }
}

async fn print_with(_ticket: Ticket, sheet: u32) {
    print(sheet);
}
