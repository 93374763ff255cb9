//! `review --open`: a change on this machine on the page that reviewers have.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use super::world::World;

/// Ended with its test.
struct Shown(Child);

impl Drop for Shown {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn get(address: &str, path: &str, host: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_local_change_is_shown_to_whoever_sits_here() {
    let world = World::repository(&[("q/q.go", "package q\n")]);
    world.write(
        "q/q.go",
        "package q\n\nvar jobs = make(chan int, 1000000)\n",
    );
    let mut process = Command::new(env!("CARGO_BIN_EXE_highwater"))
        .args(["review", "--base", "main", "--open"])
        .current_dir(world.root.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut out = BufReader::new(process.stdout.take().unwrap());
    let shown = Shown(process);
    out.read_line(&mut said).unwrap();
    let whole = said.trim().rsplit("http://").next().unwrap();
    let (address, path) = whole.split_once('/').unwrap();
    let page = get(address, &format!("/{path}"), address);
    assert!(page.starts_with("HTTP/1.1 200"), "{said} {page}");
    assert!(
        page.contains("BP02") && page.contains("The change since main"),
        "{page}"
    );
    assert!(page.contains("1000000"), "the code is shown");
    assert!(!page.contains("/post\""), "there is no pull request");
    let other = get(address, &format!("/{path}"), "highwater.example.com");
    assert!(other.starts_with("HTTP/1.1 404"), "{other}");
    drop(shown);
}
