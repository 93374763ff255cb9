//highwater:nocompile needs nix
// Between the signal that asks processes to end and the one that makes them: low, there is nothing of
// one's own to wait for. A stop of one's own work that sleeps cuts it off.
use nix::sys::signal::Signal;
use nix::unistd::Pid;
use std::time::Duration;
use tokio::sync::watch;

pub struct Fleet {
    members: Vec<Pid>,
    stop: watch::Sender<bool>,
}

fn tell(member: Pid, signal: Signal) {
    let _ = nix::sys::signal::kill(member, signal);
}

impl Fleet {
    pub async fn terminate(&self) {
        for &member in &self.members {
            tell(member, Signal::SIGTERM);
        }
        tokio::time::sleep(Duration::from_secs(2)).await; //~ BP16 low
        for &member in &self.members {
            tell(member, Signal::SIGKILL);
        }
    }

    pub async fn terminate_own(&self) {
        for &member in &self.members {
            tell(member, Signal::SIGUSR1);
        }
        tokio::time::sleep(Duration::from_secs(2)).await; //~ BP16 medium
    }
}
