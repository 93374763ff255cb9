//! A PostgreSQL server of one's own, which may be killed and started again.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The server, gone with its files when it is dropped.
pub struct Cluster {
    programs: PathBuf,
    directory: TempDir,
    port: u16,
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Where PostgreSQL's programs are: Debian does not put them on the path.
fn programs() -> Option<PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/postgresql").ok();
    let versions = installed.into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|one| one.path().join("bin")).collect();
    found.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    found.extend(std::env::split_paths(&path));
    found.into_iter().find(|one| one.join("initdb").exists())
}

/// Where one of PostgreSQL's programs is, if it is installed.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = programs()?.join(name);
    path.exists().then_some(path)
}

fn is_root() -> bool {
    let asked = Command::new("id").arg("-u").output();
    asked.is_ok_and(|told| told.stdout == b"0\n")
}

impl Cluster {
    /// A new one; nothing where PostgreSQL is not installed.
    pub fn start() -> Option<Cluster> {
        let Some(programs) = programs() else {
            let is_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!is_ci, "PostgreSQL is not installed");
            eprintln!("SKIPPED: PostgreSQL is not installed, so replicas are not tried");
            return None;
        };
        let directory = tempfile::tempdir().unwrap();
        if is_root() {
            // The server refuses to run as root.
            let mut own = Command::new("chown");
            let owned = own.arg("postgres").arg(directory.path()).status();
            assert!(owned.unwrap().success());
        }
        let mut cluster = Cluster {
            programs,
            directory,
            port: 0,
        };
        let data = cluster.data();
        let arguments = ["-U", "highwater", "-A", "trust", "-E", "UTF8", "--no-sync"];
        assert!(cluster.run("initdb", &[&["-D", &data], &arguments[..]].concat()));
        // Somebody may have got the port meanwhile.
        let mut ports = (0..5).map(|_| free_port());
        let begun = ports.any(|port| {
            cluster.port = port;
            cluster.begin()
        });
        assert!(begun, "PostgreSQL does not start");
        Some(cluster)
    }

    fn data(&self) -> String {
        self.directory.path().join("data").display().to_string()
    }

    /// Runs one of the programs, as the user that they want.
    fn run(&self, program: &str, arguments: &[&str]) -> bool {
        let path = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        // What the server inherits it keeps open.
        let told = std::fs::File::create(self.directory.path().join("told")).unwrap();
        let status = command
            .args(arguments)
            .current_dir("/")
            .stdout(told.try_clone().unwrap())
            .stderr(told)
            .status()
            .unwrap();
        if !status.success() {
            let told = std::fs::read_to_string(self.directory.path().join("told"));
            eprintln!("{program}: {told:?}");
        }
        status.success()
    }

    fn begin(&self) -> bool {
        let directory = self.directory.path().display().to_string();
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories={directory} -c fsync=off",
            self.port
        );
        let log = format!("{directory}/log");
        let data = self.data();
        let arguments = ["-D", &data, "-l", &log, "-w", "-t", "60", "-o", &options];
        self.run("pg_ctl", &[&arguments[..], &["start"]].concat())
    }

    /// Ends it without letting anybody finish, as a crash does, and starts it again.
    pub fn crash(&self) {
        assert!(self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "stop"]));
        assert!(self.begin());
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Its database through an address that leads there.
    pub fn url_through(address: &str) -> String {
        format!("postgres://highwater@{address}/postgres")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if Path::new(&self.data()).join("postmaster.pid").exists() {
            self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "stop"]);
        }
    }
}
