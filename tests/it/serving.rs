//! The server as a process: what it logs and what it sends to a collector.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;

const CANARY: &str = "canary7f3a";

/// A server of one's own.
struct Served {
    process: Child,
    /// `127.0.0.1:PORT`.
    address: String,
    _directory: tempfile::TempDir,
}

impl Served {
    fn with(arguments: &[&str], variables: &[(&str, &str)]) -> Served {
        let directory = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_highwater"));
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .current_dir(directory.path())
            .env_clear()
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut said = String::new();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        out.read_line(&mut said).unwrap();
        let address = said.trim().rsplit("http://").next().unwrap().to_owned();
        Served {
            process,
            address,
            _directory: directory,
        }
    }

    /// Asks without any library; gives back the answer.
    fn ask(&self, start: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let host = &self.address;
        let length = body.len();
        let kind = "application/x-www-form-urlencoded";
        write!(
            stream,
            "{start} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Tells it to stop as an operator does, and waits; gives back what it logged.
    fn stop(mut self) -> String {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").arg(&id).status().unwrap().success());
        let mut log = String::new();
        let mut err = self.process.stderr.take().unwrap();
        err.read_to_string(&mut log).unwrap();
        assert!(self.process.wait().unwrap().success(), "{log}");
        log
    }
}

#[test]
fn each_answer_is_a_line_of_json_without_what_was_sent() {
    let served = Served::with(&["--log", "json"], &[]);
    let text = format!("text=package+p+//+{CANARY}");
    assert!(
        served
            .ask("POST /?q=canary7f3a", &text)
            .starts_with("HTTP/1.1 200")
    );
    let missing = served.ask("GET /canary7f3a/ghs_canary7f3a?token=canary7f3a", "");
    assert!(missing.starts_with("HTTP/1.1 404"), "{missing}");
    let log = served.stop();
    assert!(!log.contains(CANARY), "{log}");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let answers: Vec<&Value> = lines
        .iter()
        .filter(|line| line["message"] == "answered")
        .collect();
    let facts: Vec<_> = answers
        .iter()
        .map(|line| &line["span"])
        .map(|span| {
            (
                span["method"].as_str(),
                span["route"].as_str(),
                span["status"].as_u64(),
            )
        })
        .collect();
    assert_eq!(
        facts,
        [
            (Some("POST"), Some("/"), Some(200)),
            (Some("GET"), Some("none"), Some(404))
        ]
    );
    for answer in answers {
        assert_eq!(answer["span"]["id"].as_str().unwrap().len(), 32);
        assert!(answer["took_ms"].as_f64().unwrap() >= 0.0);
    }
}

/// A collector that takes one request; what it was sent comes out.
fn collector<S: Read + Write>(
    scheme: &str,
    speak: impl FnOnce(TcpStream) -> S + Send + 'static,
) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("{scheme}://{}", listener.local_addr().unwrap());
    let (send, sent) = mpsc::channel();
    std::thread::spawn(move || {
        let mut stream = speak(listener.accept().unwrap().0);
        let (mut request, mut piece) = (Vec::new(), [0; 4096]);
        loop {
            let text = String::from_utf8_lossy(&request).into_owned();
            if let Some((head, _)) = text.split_once("\r\n\r\n") {
                let length = head.to_ascii_lowercase();
                let length = length.split("content-length: ").nth(1).unwrap();
                let length: usize = length.lines().next().unwrap().parse().unwrap();
                if request.len() >= head.len() + 4 + length {
                    send.send(text).unwrap();
                    break;
                }
            }
            let count = stream.read(&mut piece).unwrap();
            request.extend_from_slice(&piece[..count]);
        }
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        stream.write_all(answer.as_bytes()).unwrap();
        stream.flush().unwrap();
    });
    (address, sent)
}

/// A certificate for 127.0.0.1 and its key, in a directory; both PEM.
fn certificate() -> (tempfile::TempDir, String, String) {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name).display().to_string();
    let (certificate, key) = (at("certificate.pem"), at("key.pem"));
    let made = Command::new("openssl")
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        ])
        .args([
            "-subj",
            "/CN=collector",
            "-keyout",
            &key,
            "-out",
            &certificate,
        ])
        .args(["-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .output();
    let made = made.expect("openssl makes the certificate; install it");
    assert!(made.status.success(), "{made:?}");
    (directory, certificate, key)
}

#[test]
fn traces_are_sent_through_tls_to_who_is_trusted() {
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};

    let (_directory, certificate, key) = certificate();
    let chain = vec![CertificateDer::from_pem_file(&certificate).unwrap()];
    let key = PrivateKeyDer::from_pem_file(&key).unwrap();
    let ciphers = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(ciphers)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let tls = std::sync::Arc::new(tls);
    for is_trusted in [true, false] {
        let tls = tls.clone();
        let (address, sent) = collector("https", move |stream| {
            let talk = rustls::ServerConnection::new(tls).unwrap();
            rustls::StreamOwned::new(talk, stream)
        });
        let mut variables = vec![("OTEL_EXPORTER_OTLP_ENDPOINT", address.as_str())];
        if is_trusted {
            variables.push(("SSL_CERT_FILE", certificate.as_str()));
        }
        let served = Served::with(&[], &variables);
        assert!(served.ask("POST /", "text=x").starts_with("HTTP/1.1 200"));
        served.stop();
        // Where the certificate is not trusted the collector hears nothing.
        let request = sent.recv_timeout(Duration::from_secs(20));
        assert_eq!(
            request.is_ok_and(|text| text.starts_with("POST /v1/traces ")),
            is_trusted
        );
    }
}

#[test]
fn traces_are_sent_before_the_end() {
    let (address, sent) = collector("http", |stream| stream);
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", address.as_str()),
        ("OTEL_SERVICE_NAME", "reviews-of-ours"),
    ];
    let served = Served::with(&[], &variables);
    let text = format!("text=package+p+//+{CANARY}");
    assert!(served.ask("POST /", &text).starts_with("HTTP/1.1 200"));
    served.stop();
    // What is sent is binary, with texts as they are.
    let request = sent.recv_timeout(Duration::from_secs(20)).unwrap();
    assert!(request.starts_with("POST /v1/traces "), "{request}");
    for word in ["reviews-of-ours", "POST /", "http.route", "analysis"] {
        assert!(request.contains(word), "{word} in {request}");
    }
    assert!(!request.contains(CANARY));
}

#[test]
fn a_collector_that_cannot_be_spoken_to_is_said_at_once() {
    for (name, value) in [
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "grpc://collector.example.com",
        ),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_highwater"));
        let command = command.arg("serve").env_clear();
        let address = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9");
        let output = command.envs([address, (name, value)]).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(err.contains(&format!("{name} must be")), "{err}");
        assert_eq!(output.status.code(), Some(2));
    }
}
