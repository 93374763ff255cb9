// A static that the tests beside it load is there for them; one that they do not name is read by nobody.
use std::sync::atomic::{AtomicUsize, Ordering};

static BUILDS: AtomicUsize = AtomicUsize::new(0);
static REBUILDS: AtomicUsize = AtomicUsize::new(0);

pub fn build(parts: &[&str]) -> String {
    BUILDS.fetch_add(1, Ordering::Relaxed); //~ BP21 low
    parts.join(" ")
}

pub fn rebuild(parts: &[&str]) -> String {
    REBUILDS.fetch_add(1, Ordering::Relaxed); //~ BP21 high
    parts.join("  ")
}

#[cfg(test)]
pub(crate) fn builds() -> usize {
    BUILDS.load(Ordering::Relaxed)
}
