// What can be used once stands behind a lock, and one place takes it for granted: two ways that know nothing of
// each other come there, or a handler comes with each request. Who was let in by a flag, and who uses its value up,
// comes once.
use axum::{Router, extract::State, routing::post};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;

pub struct Kiln {
    cooled: Mutex<Option<oneshot::Sender<u32>>>,
}

impl Kiln {
    pub fn opened(&self, by: u32) {
        if by > 0 {
            self.settle(by);
        }
    }

    pub fn burnt_out(&self) {
        self.settle(0);
    }

    fn settle(&self, how: u32) {
        let mut cooled = self.cooled.lock().unwrap();
        let cooled = cooled.take().expect("it is hot"); //~ BP05 high
        let _ = cooled.send(how);
    }
}

pub struct Oven {
    off: Mutex<Option<oneshot::Sender<()>>>,
}

pub fn routes(oven: Arc<Oven>) -> Router {
    Router::new().route("/off", post(switch_off)).with_state(oven)
}

async fn switch_off(State(oven): State<Arc<Oven>>) -> &'static str {
    oven.switch();
    "off"
}

impl Oven {
    fn switch(&self) {
        let _ = self.off.lock().unwrap().take().unwrap().send(()); //~ BP05 high
    }
}

pub fn until_told() -> std::sync::mpsc::Receiver<u8> {
    let (told, wait) = std::sync::mpsc::sync_channel(1);
    let mut told = Some(told);
    set_handler(move || {
        let told = told.take().unwrap(); //~ BP05 high
        let _ = told.try_send(1);
    });
    wait
}

fn set_handler(mut each_time: impl FnMut() + Send + 'static) {
    std::thread::spawn(move || each_time());
}

pub struct Forge {
    cold: Mutex<Option<oneshot::Sender<u32>>>,
    is_over: AtomicBool,
}

impl Forge {
    pub fn opened(&self) {
        if !self.is_over.swap(true, Ordering::AcqRel) {
            self.settle(1);
        }
    }

    pub fn burnt_out(&self) {
        if self.is_over.swap(true, Ordering::AcqRel) {
            return;
        }
        self.settle(0);
    }

    fn settle(&self, how: u32) {
        let cold = self.cold.lock().unwrap().take().expect("the first one");
        let _ = cold.send(how);
    }
}

pub struct Loan {
    back: Option<oneshot::Sender<u32>>,
}

impl Loan {
    pub fn paid(mut self, sum: u32) {
        let _ = self.back.take().expect("paid once").send(sum);
    }

    pub fn waived(mut self) {
        let _ = self.back.take().expect("waived once").send(0);
    }
}
