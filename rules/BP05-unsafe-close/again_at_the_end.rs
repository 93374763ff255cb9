// What is taken for granted by a helper that runs again when its value ends. Who looks first may be called
// twice.
use tokio::sync::oneshot;

pub struct Camera {
    off: Option<oneshot::Sender<()>>,
}

impl Camera {
    pub fn start(off: oneshot::Sender<()>) -> Camera {
        Camera { off: Some(off) }
    }

    pub fn stop(&mut self) {
        self.switch_off();
    }

    fn switch_off(&mut self) {
        let _ = self.off.take().expect("it is on").send(()); //~ BP05 high
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.switch_off();
    }
}

pub struct Lamp {
    off: Option<oneshot::Sender<()>>,
}

impl Lamp {
    pub fn start(off: oneshot::Sender<()>) -> Lamp {
        Lamp { off: Some(off) }
    }

    pub fn stop(&mut self) {
        self.switch_off();
    }

    fn switch_off(&mut self) {
        if let Some(off) = self.off.take() {
            let _ = off.send(());
        }
    }
}

impl Drop for Lamp {
    fn drop(&mut self) {
        self.switch_off();
    }
}

pub struct Heater {
    off: Option<oneshot::Sender<()>>,
}

impl Heater {
    pub fn start(off: oneshot::Sender<()>) -> Heater {
        Heater { off: Some(off) }
    }

    pub fn stop(&mut self) {
        self.switch_off();
    }

    fn switch_off(&mut self) {
        let _ = self.off.take().expect("it is on").send(());
    }
}

impl Drop for Heater {
    fn drop(&mut self) {
        if self.off.is_some() {
            self.switch_off();
        }
    }
}

/// A sender is dropped to say that there will be no more; whoever does it twice finds none.
pub struct Diary {
    lines: Option<std::sync::mpsc::Sender<String>>,
    writer: Option<std::thread::JoinHandle<usize>>,
}

impl Diary {
    pub fn close(&mut self) -> usize {
        let lines = self.lines.take().expect("the diary is open"); //~ BP05 high
        drop(lines);
        let writer = self.writer.take();
        writer.and_then(|writer| writer.join().ok()).unwrap_or(0)
    }
}

impl Drop for Diary {
    fn drop(&mut self) {
        println!("{} lines", self.close());
    }
}
