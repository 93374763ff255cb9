//! What an operator can set. The command line reads it.

use std::net::IpAddr;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::SecretString;

/// Who the operator says may see and do everything, beside whoever sits at the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Administrator {
    /// Whoever has this name on GitHub, in whatever case.
    Login(String),
    /// Whoever has this number there, which no rename changes.
    Number(i64),
}

impl Administrator {
    /// A name, or `#` and a number.
    pub fn read(text: &str) -> Option<Administrator> {
        let text = text.trim();
        if let Some(number) = text.strip_prefix('#') {
            let number = number.parse().ok().filter(|number| *number > 0);
            return number.map(Administrator::Number);
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let is_name = (1..=39).contains(&text.len()) && text.chars().all(is_plain);
        is_name.then(|| Administrator::Login(text.to_owned()))
    }

    /// Whether it is this account.
    pub fn is(&self, id: i64, login: &str) -> bool {
        match self {
            Administrator::Login(name) => name.eq_ignore_ascii_case(login),
            Administrator::Number(number) => *number == id,
        }
    }
}

/// The settings of the site.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its address for others, without a final `/`; what links in downloads begin with.
    pub public_url: String,
    /// Largest body of a request, in bytes.
    pub body_bytes: usize,
    /// Analyses that run at the same time.
    pub analyses: usize,
    /// How long a request waits for its turn.
    pub wait: Duration,
    /// How long an analysis may take.
    pub deadline: Duration,
    /// Analyses that one client may ask for in a minute; a sixth of them at once.
    pub per_minute: u32,
    /// Days for which a result is kept.
    pub keep_days: u32,
    /// Results that are kept at the same time.
    pub keep_results: u32,
    /// Bytes of all that is kept.
    pub keep_bytes: u64,
    /// Proxies that are believed when they say for whom they ask (`X-Forwarded-For`).
    pub proxies: Vec<IpNet>,
    /// What opens the pages of reviews to those who are not on the machine; without it nothing does.
    pub reviews_token: Option<SecretString>,
    /// Who may see and do everything.
    pub administrators: Vec<Administrator>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            public_url: "http://127.0.0.1:8080".to_owned(),
            body_bytes: 512 << 10,
            analyses: std::thread::available_parallelism().map_or(2, usize::from),
            wait: Duration::from_millis(500),
            deadline: Duration::from_secs(5),
            per_minute: 240,
            keep_days: 30,
            keep_results: 10_000,
            keep_bytes: 256 << 20,
            proxies: Vec::new(),
            reviews_token: None,
            administrators: Vec::new(),
        }
    }
}

impl Settings {
    /// Whether this address is a proxy that is believed.
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|net| net.contains(&address))
    }
}
