// What the program's start leads to, some calls away, lives as long as the process: low, unless it is told
// when to end or belongs to what has a stop. What nobody calls never runs.
use std::sync::Arc;
use std::time::Duration;

pub struct Settings {
    every: Duration,
}

fn main() {
    let settings = Arc::new(Settings { every: Duration::from_secs(9) });
    serve(settings);
}

fn serve(settings: Arc<Settings>) {
    prepare(settings.clone());
    let server = Server { settings };
    server.begin();
    server.stop();
}

fn prepare(settings: Arc<Settings>) {
    reload(settings);
}

fn reload(settings: Arc<Settings>) {
    std::thread::spawn(move || {
        loop { //~ BP09 low
            std::thread::sleep(settings.every);
            look();
        }
    });
}

fn look() {}

pub struct Server {
    settings: Arc<Settings>,
}

impl Server {
    fn begin(&self) {
        let every = self.settings.every;
        std::thread::spawn(move || {
            loop { //~ BP09 high
                std::thread::sleep(every);
                look();
            }
        });
    }

    fn stop(&self) {}

    fn check_health(&self) {
        let every = self.settings.every;
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(every);
                look();
            }
        });
    }
}
