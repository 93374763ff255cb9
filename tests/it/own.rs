//! Highwater's own source, checked by its own engine.

use highwater::review::outcome::Confidence;
use highwater::review::{Options, run};

/// Paths of the sources that are built into the program.
fn sources() -> Vec<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    ignore::WalkBuilder::new(root.join("src"))
        .build()
        .flatten()
        .filter(|entry| {
            entry
                .path()
                .extension()
                .is_some_and(|ending| ending == "rs")
        })
        .filter_map(|entry| {
            let path = entry.path().strip_prefix(root).ok()?;
            Some(path.to_string_lossy().into_owned())
        })
        .collect()
}

/// Runs `inner` where there is as much stack as the program gives its threads.
fn with_stack<T: Send>(inner: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().stack_size(16 << 20).build();
    pool.expect("a thread pool").install(inner)
}

fn read(path: &str) -> Result<Vec<u8>, String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read(root.join(path)).map_err(|error| error.to_string())
}

#[test]
fn our_own_source_comes_out_clean() {
    let options = Options::default();
    let (units, _) = run::units(sources(), &options.settings);
    let review = with_stack(|| run::check(&units, &read, &options, &|_| {}));
    assert!(
        review.summary.files > 150,
        "the source was read: {} files",
        review.summary.files
    );
    assert!(review.skipped.is_empty(), "{:?}", review.skipped);
    let said: Vec<String> = review
        .findings
        .iter()
        .filter(|finding| finding.confidence >= Confidence::Medium)
        .map(|finding| format!("{}:{} {}", finding.path, finding.line, finding.message))
        .collect();
    assert_eq!(said, Vec::<String>::new());
}

/// The same check finds something where there is something.
#[test]
fn a_queue_without_a_bound_in_our_own_source_would_be_found() {
    let options = Options::default();
    let (units, _) = run::units(sources(), &options.settings);
    let planted = "\npub struct Spool { jobs: std::sync::Mutex<std::collections::VecDeque<String>> }\nimpl Spool {\n    pub fn push(&self, job: String) { self.jobs.lock().unwrap().push_back(job); }\n    pub fn pop(&self) -> Option<String> { self.jobs.lock().unwrap().pop_front() }\n}\n";
    let with_bug = |path: &str| {
        let mut bytes = read(path)?;
        if path == "src/lib.rs" {
            bytes.extend_from_slice(planted.as_bytes());
        }
        Ok(bytes)
    };
    let review = with_stack(|| run::check(&units, &with_bug, &options, &|_| {}));
    assert!(review.findings.iter().any(|finding| {
        finding.path == "src/lib.rs" && finding.confidence >= Confidence::Medium
    }));
}
