// What waits for signals of the operating system belongs to the process. What also works in that
// loop does not.
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use std::sync::Arc;
use std::time::Duration;

pub struct Bell {
    told: mpsc::Receiver<()>,
}

impl Bell {
    pub fn hang() -> Bell {
        let (tell, told) = mpsc::channel(4);
        tokio::spawn(async move {
            loop {
                let interrupt = tokio::signal::ctrl_c();
                let ended = async {
                    let mut ended = signal(SignalKind::terminate())?;
                    ended.recv().await;
                    std::io::Result::Ok(())
                };
                tokio::select! {
                    _ = interrupt => {}
                    _ = ended => {}
                }
                tell.try_send(()).ok();
            }
        });
        Bell { told }
    }

    pub async fn rings(&mut self) {
        self.told.recv().await;
    }
}

pub struct Polisher;

impl Polisher {
    pub fn start(brass: Arc<Brass>) -> Polisher {
        tokio::spawn(async move {
            let mut asked = signal(SignalKind::hangup()).unwrap();
            loop { //~ BP09 high
                tokio::select! {
                    _ = asked.recv() => {}
                    _ = tokio::time::sleep(Duration::from_secs(5)) => {}
                }
                brass.polish().await;
            }
        });
        Polisher
    }
}

pub struct Brass;

impl Brass {
    async fn polish(&self) {}
}
