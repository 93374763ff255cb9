// One thread of the process makes its own part anew whenever that has ended, at a pace that grows: nobody else
// does, and jitter would keep nobody apart. A handler's tries come from everywhere.
use std::io;
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

pub struct Follower {
    leader: TcpStream,
}

impl Follower {
    fn new(address: &str) -> io::Result<Self> {
        let leader = TcpStream::connect(address)?;
        Ok(Follower { leader })
    }

    fn follow(&mut self) -> io::Result<u64> {
        io::copy(&mut self.leader, &mut io::sink())
    }
}

pub fn start(address: String, mut follower: Follower) {
    thread::spawn(move || {
        let mut pause = Duration::from_secs(1);
        loop {
            if follower.follow().is_ok() {
                return;
            }
            follower = loop { //~ BP11 low
                thread::sleep(pause);
                pause = std::cmp::min(pause * 2, Duration::from_secs(60));
                match Follower::new(&address) {
                    Ok(follower) => break follower,
                    Err(error) => eprintln!("no leader: {error}"),
                }
            };
        }
    });
}

pub async fn ask(address: String) -> String {
    let mut pause = Duration::from_secs(1);
    loop { //~ BP11 high
        match TcpStream::connect(&address) {
            Ok(_) => return address,
            Err(error) => eprintln!("no leader: {error}"),
        }
        tokio::time::sleep(pause).await;
        pause = std::cmp::min(pause * 2, Duration::from_secs(60));
    }
}
