//! The types that Rust code is known by. To teach the engine a library, add its lines here.
//!
//! Paths stand as they are documented; a snippet without `use` is judged by the last parts.

use crate::model::{Direction, Discipline, Library};
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// What a type of a library is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One or both ends of a channel.
    Channel(Direction, Discipline),
    /// Elements in an order.
    List,
    /// Keys to values.
    Map,
    /// Stands for the value that it holds: shared, boxed, borrowed, or perhaps missing.
    Wrapper,
    /// A lock around a value.
    Guarded(Library),
    /// Something else that the engine knows.
    Lends(Library),
    /// Text.
    Text,
    /// A value or an error.
    Result,
}

use Direction::{Both, Receive, Send};
use Discipline::{Closed, Latest, Once, Owned, Unbounded};
use Shape::{Channel, Guarded, Lends, List, Map, Text, Wrapper};

const TYPES: &[(&str, Shape)] = &[
    ("tokio::sync::mpsc::Sender", Channel(Send, Owned)),
    ("tokio::sync::mpsc::WeakSender", Channel(Send, Owned)),
    ("tokio::sync::mpsc::Receiver", Channel(Receive, Owned)),
    (
        "tokio::sync::mpsc::UnboundedSender",
        Channel(Send, Unbounded),
    ),
    (
        "tokio::sync::mpsc::UnboundedReceiver",
        Channel(Receive, Unbounded),
    ),
    ("tokio::sync::oneshot::Sender", Channel(Send, Once)),
    ("tokio::sync::oneshot::Receiver", Channel(Receive, Once)),
    ("tokio::sync::watch::Sender", Channel(Send, Latest)),
    ("tokio::sync::watch::Receiver", Channel(Receive, Latest)),
    ("tokio::sync::broadcast::Sender", Channel(Send, Latest)),
    ("tokio::sync::broadcast::Receiver", Channel(Receive, Latest)),
    ("std::sync::mpsc::Sender", Channel(Send, Unbounded)),
    ("std::sync::mpsc::SyncSender", Channel(Send, Owned)),
    ("std::sync::mpsc::Receiver", Channel(Receive, Owned)),
    ("crossbeam_channel::Sender", Channel(Send, Owned)),
    ("crossbeam_channel::Receiver", Channel(Receive, Owned)),
    ("crossbeam::channel::Sender", Channel(Send, Owned)),
    ("crossbeam::channel::Receiver", Channel(Receive, Owned)),
    // Both ends in one: nobody ever waits at it.
    ("crossbeam_queue::ArrayQueue", Channel(Both, Closed)),
    ("crossbeam::queue::ArrayQueue", Channel(Both, Closed)),
    ("flume::Sender", Channel(Send, Owned)),
    ("flume::Receiver", Channel(Receive, Owned)),
    ("async_channel::Sender", Channel(Send, Owned)),
    ("async_channel::Receiver", Channel(Receive, Owned)),
    ("async_std::channel::Sender", Channel(Send, Owned)),
    ("async_std::channel::Receiver", Channel(Receive, Owned)),
    ("kanal::AsyncSender", Channel(Send, Owned)),
    ("kanal::AsyncReceiver", Channel(Receive, Owned)),
    (
        "glommio::channels::local_channel::LocalSender",
        Channel(Send, Owned),
    ),
    (
        "glommio::channels::local_channel::LocalReceiver",
        Channel(Receive, Owned),
    ),
    ("futures::channel::mpsc::Sender", Channel(Send, Owned)),
    ("futures::channel::mpsc::Receiver", Channel(Receive, Owned)),
    (
        "futures::channel::mpsc::UnboundedSender",
        Channel(Send, Unbounded),
    ),
    (
        "futures::channel::mpsc::UnboundedReceiver",
        Channel(Receive, Unbounded),
    ),
    ("futures::sync::mpsc::Sender", Channel(Send, Owned)),
    ("futures::sync::mpsc::Receiver", Channel(Receive, Owned)),
    (
        "futures::sync::mpsc::UnboundedSender",
        Channel(Send, Unbounded),
    ),
    (
        "futures::sync::mpsc::UnboundedReceiver",
        Channel(Receive, Unbounded),
    ),
    ("futures::channel::oneshot::Sender", Channel(Send, Once)),
    (
        "futures::channel::oneshot::Receiver",
        Channel(Receive, Once),
    ),
    ("futures_channel::mpsc::Sender", Channel(Send, Owned)),
    ("futures_channel::mpsc::Receiver", Channel(Receive, Owned)),
    (
        "futures_channel::mpsc::UnboundedSender",
        Channel(Send, Unbounded),
    ),
    (
        "futures_channel::mpsc::UnboundedReceiver",
        Channel(Receive, Unbounded),
    ),
    ("postage::watch::Sender", Channel(Send, Latest)),
    ("postage::watch::Receiver", Channel(Receive, Latest)),
    ("std::vec::Vec", List),
    ("std::collections::VecDeque", List),
    ("std::collections::BinaryHeap", List),
    ("std::collections::LinkedList", List),
    ("std::collections::HashSet", List),
    ("std::collections::BTreeSet", List),
    ("smallvec::SmallVec", List),
    ("arrayvec::ArrayVec", List),
    ("crossbeam_queue::SegQueue", List),
    ("crossbeam::queue::SegQueue", List),
    ("std::collections::vec_deque::VecDeque", List),
    ("std::collections::binary_heap::BinaryHeap", List),
    ("std::collections::hash_set::HashSet", List),
    ("std::collections::btree_set::BTreeSet", List),
    ("std::collections::hash_map::HashMap", Map),
    ("std::collections::btree_map::BTreeMap", Map),
    ("std::collections::HashMap", Map),
    ("std::collections::BTreeMap", Map),
    ("hashbrown::HashMap", Map),
    ("ahash::AHashMap", Map),
    ("rustc_hash::FxHashMap", Map),
    ("indexmap::IndexMap", Map),
    ("dashmap::DashMap", Map),
    ("std::sync::Arc", Wrapper),
    ("std::sync::Weak", Wrapper),
    ("std::rc::Rc", Wrapper),
    ("std::boxed::Box", Wrapper),
    ("std::pin::Pin", Wrapper),
    ("std::option::Option", Wrapper),
    ("std::borrow::Cow", Wrapper),
    ("std::cell::RefCell", Wrapper),
    ("std::cell::Cell", Wrapper),
    ("std::cell::UnsafeCell", Wrapper),
    ("std::cell::OnceCell", Wrapper),
    ("std::sync::OnceLock", Wrapper),
    ("std::sync::LazyLock", Wrapper),
    ("once_cell::sync::Lazy", Wrapper),
    ("once_cell::sync::OnceCell", Wrapper),
    ("tokio::sync::OnceCell", Wrapper),
    ("tokio_util::sync::PollSender", Wrapper),
    ("std::mem::ManuallyDrop", Wrapper),
    ("crossbeam_utils::CachePadded", Wrapper),
    ("arc_swap::ArcSwap", Wrapper),
    // What frameworks hand to every handler stands for what it holds.
    ("actix_web::web::Data", Wrapper),
    ("actix_web::web::ThinData", Wrapper),
    ("axum::extract::State", Wrapper),
    ("axum::extract::Extension", Wrapper),
    ("axum::Extension", Wrapper),
    ("poem::web::Data", Wrapper),
    ("rocket::State", Wrapper),
    ("std::sync::MutexGuard", Wrapper),
    ("std::sync::RwLockReadGuard", Wrapper),
    ("std::sync::RwLockWriteGuard", Wrapper),
    ("tokio::sync::OwnedMutexGuard", Wrapper),
    ("std::sync::Mutex", Guarded(Library::Mutex)),
    ("std::sync::RwLock", Guarded(Library::RwLock)),
    ("tokio::sync::Mutex", Guarded(Library::Mutex)),
    ("tokio::sync::RwLock", Guarded(Library::RwLock)),
    ("parking_lot::Mutex", Guarded(Library::Mutex)),
    ("parking_lot::RwLock", Guarded(Library::RwLock)),
    ("parking_lot::FairMutex", Guarded(Library::Mutex)),
    ("spin::Mutex", Guarded(Library::Mutex)),
    ("futures::lock::Mutex", Guarded(Library::Mutex)),
    ("async_lock::Mutex", Guarded(Library::Mutex)),
    ("async_lock::RwLock", Guarded(Library::RwLock)),
    ("async_std::sync::Mutex", Guarded(Library::Mutex)),
    ("tokio::sync::Semaphore", Lends(Library::Semaphore)),
    ("tokio::sync::SemaphorePermit", Lends(Library::Semaphore)),
    (
        "tokio::sync::OwnedSemaphorePermit",
        Lends(Library::Semaphore),
    ),
    ("async_lock::Semaphore", Lends(Library::Semaphore)),
    ("tokio::sync::Notify", Lends(Library::Condition)),
    ("std::sync::Condvar", Lends(Library::Condition)),
    ("parking_lot::Condvar", Lends(Library::Condition)),
    ("std::sync::Once", Lends(Library::Once)),
    ("parking_lot::Once", Lends(Library::Once)),
    ("std::sync::Barrier", Lends(Library::WaitGroup)),
    ("tokio::sync::Barrier", Lends(Library::WaitGroup)),
    ("crossbeam::sync::WaitGroup", Lends(Library::WaitGroup)),
    (
        "tokio_util::sync::CancellationToken",
        Lends(Library::Context),
    ),
    (
        "tokio_util::sync::DropGuard",
        Lends(Library::CancelFunction),
    ),
    ("tokio_util::task::TaskTracker", Lends(Library::TaskGroup)),
    ("tokio::task::JoinSet", Lends(Library::TaskSet)),
    (
        "futures::stream::FuturesUnordered",
        Lends(Library::FutureSet),
    ),
    (
        "futures_util::stream::FuturesUnordered",
        Lends(Library::FutureSet),
    ),
    ("tokio::task::JoinHandle", Lends(Library::TaskGroup)),
    ("tokio::task::AbortHandle", Lends(Library::TaskGroup)),
    ("std::thread::JoinHandle", Lends(Library::TaskGroup)),
    ("async_std::task::JoinHandle", Lends(Library::TaskGroup)),
    ("std::thread::Scope", Lends(Library::TaskGroup)),
    ("rayon::ThreadPool", Lends(Library::WorkerPool)),
    ("threadpool::ThreadPool", Lends(Library::WorkerPool)),
    (
        "std::sync::atomic::AtomicUsize",
        Lends(Library::AtomicInteger),
    ),
    (
        "std::sync::atomic::AtomicIsize",
        Lends(Library::AtomicInteger),
    ),
    (
        "std::sync::atomic::AtomicU64",
        Lends(Library::AtomicInteger),
    ),
    (
        "std::sync::atomic::AtomicI64",
        Lends(Library::AtomicInteger),
    ),
    (
        "std::sync::atomic::AtomicU32",
        Lends(Library::AtomicInteger),
    ),
    (
        "std::sync::atomic::AtomicI32",
        Lends(Library::AtomicInteger),
    ),
    (
        "std::sync::atomic::AtomicU16",
        Lends(Library::AtomicInteger),
    ),
    ("std::sync::atomic::AtomicU8", Lends(Library::AtomicInteger)),
    ("std::sync::atomic::AtomicBool", Lends(Library::AtomicFlag)),
    ("std::sync::atomic::AtomicPtr", Lends(Library::AtomicCell)),
    ("std::time::Duration", Lends(Library::Duration)),
    ("std::time::Instant", Lends(Library::Instant)),
    ("std::time::SystemTime", Lends(Library::Instant)),
    ("tokio::time::Instant", Lends(Library::Instant)),
    ("tokio::time::Duration", Lends(Library::Duration)),
    ("tokio::time::Interval", Lends(Library::Ticker)),
    ("tokio::time::Sleep", Lends(Library::Timer)),
    ("governor::RateLimiter", Lends(Library::RateLimiter)),
    ("std::path::Path", Lends(Library::LocalPath)),
    ("std::path::PathBuf", Lends(Library::LocalPath)),
    ("camino::Utf8Path", Lends(Library::LocalPath)),
    ("camino::Utf8PathBuf", Lends(Library::LocalPath)),
    ("nix::sys::socket::UnixAddr", Lends(Library::LocalPath)),
    ("std::process::Command", Lends(Library::Process)),
    ("std::process::Child", Lends(Library::Process)),
    ("tokio::process::Command", Lends(Library::Process)),
    ("tokio::process::Child", Lends(Library::Process)),
    ("backoff::ExponentialBackoff", Lends(Library::Backoff)),
    ("backon::ExponentialBuilder", Lends(Library::Backoff)),
    ("prometheus::IntCounter", Lends(Library::Metric)),
    ("prometheus::IntCounterVec", Lends(Library::Metric)),
    ("prometheus::IntGauge", Lends(Library::Metric)),
    ("prometheus::IntGaugeVec", Lends(Library::Metric)),
    ("prometheus::Counter", Lends(Library::Metric)),
    ("prometheus::CounterVec", Lends(Library::Metric)),
    ("prometheus::Gauge", Lends(Library::Metric)),
    ("prometheus::Histogram", Lends(Library::Metric)),
    ("prometheus::HistogramVec", Lends(Library::Metric)),
    ("metrics::Counter", Lends(Library::Metric)),
    ("metrics::Gauge", Lends(Library::Metric)),
    ("metrics::Histogram", Lends(Library::Metric)),
    ("std::string::String", Text),
    ("bytes::Bytes", Text),
    ("bytes::BytesMut", Text),
    ("std::result::Result", Shape::Result),
    ("anyhow::Result", Shape::Result),
    ("std::io::Result", Shape::Result),
    ("io::Result", Shape::Result),
    ("eyre::Result", Shape::Result),
];

/// Bare names that a snippet without `use` means by a type; others need at least their module.
const USUAL: &[&str] = &[
    "Vec",
    "VecDeque",
    "BinaryHeap",
    "HashSet",
    "BTreeSet",
    "HashMap",
    "BTreeMap",
    "Arc",
    "Rc",
    "Box",
    "Pin",
    "Option",
    "Cow",
    "RefCell",
    "Cell",
    "Mutex",
    "RwLock",
    "Semaphore",
    "Notify",
    "Condvar",
    "CancellationToken",
    "TaskTracker",
    "JoinSet",
    "FuturesUnordered",
    "JoinHandle",
    "AtomicUsize",
    "AtomicU64",
    "AtomicU32",
    "AtomicI64",
    "AtomicBool",
    "Duration",
    "Instant",
    "String",
    "Result",
    "Sender",
    "Receiver",
    "UnboundedSender",
    "UnboundedReceiver",
    "SyncSender",
    "DashMap",
    "OwnedSemaphorePermit",
    "SemaphorePermit",
    "MutexGuard",
    "Interval",
    "IntCounter",
    "Weak",
    "Bytes",
    "BytesMut",
];

/// What a path out of the crate can mean: entries that it is, or that it ends.
pub(super) fn meanings<'t, T>(
    table: &'t Table<T>,
    path: &'t str,
    is_usual: impl Fn(&str) -> bool,
) -> impl Iterator<Item = &'t T> {
    let last = path.rsplit("::").next().unwrap_or(path);
    let is_enough = path.contains("::") || is_usual(last);
    let fits = move |entry: &str| {
        entry == path
            || is_enough
                && entry
                    .strip_suffix(path)
                    .is_some_and(|head| head.ends_with("::"))
            || is_renamed(entry, path)
            || is_handed_on(entry, path)
    };
    let entries = table.get(last).map_or(&[][..], Vec::as_slice);
    entries
        .iter()
        .filter(move |(entry, _)| fits(entry))
        .map(|(_, meaning)| meaning)
}

/// `rocket::tokio::spawn`: a crate that another one hands on.
fn is_handed_on(entry: &str, path: &str) -> bool {
    path.strip_suffix(entry)
        .is_some_and(|head| head.ends_with("::"))
}

/// Entries by the last part of their paths.
pub(super) type Table<T> = FxHashMap<&'static str, Vec<(&'static str, T)>>;

/// A table for [`meanings`].
pub(super) fn table<T: Copy>(entries: &'static [(&'static str, T)]) -> Table<T> {
    let mut table: Table<T> = FxHashMap::default();
    for &(path, meaning) in entries {
        let last = path.rsplit("::").next().unwrap_or(path);
        table.entry(last).or_default().push((path, meaning));
    }
    table
}

/// `core::`, `alloc::` and crates that another one takes over say the same.
fn is_renamed(entry: &str, path: &str) -> bool {
    let tail = |text: &str, head: &str| text.strip_prefix(head).map(str::to_owned);
    // One that hands its time on under its own name.
    if let Some(rest) = tail(path, "tokio::time::Duration") {
        return entry.strip_prefix("std::time::Duration") == Some(&rest);
    }
    let std_tail = tail(path, "core::")
        .or_else(|| tail(path, "alloc::"))
        .or_else(|| tail(path, "async_std::"))
        .or_else(|| tail(path, "loom::"));
    match std_tail {
        Some(rest) => entry.strip_prefix("std::") == Some(&rest),
        None => false,
    }
}

/// Whether a table has an entry of just this path.
pub(super) fn has_entry<T>(table: &Table<T>, path: &str) -> bool {
    let last = path.rsplit("::").next().unwrap_or(path);
    let entries = table.get(last).map_or(&[][..], Vec::as_slice);
    entries.iter().any(|&(entry, _)| entry == path)
}

fn types() -> &'static Table<Shape> {
    static TABLE: OnceLock<Table<Shape>> = OnceLock::new();
    TABLE.get_or_init(|| table(TYPES))
}

/// Whether a full path is that of a type which is known.
pub(super) fn is_listed(path: &str) -> bool {
    has_entry(types(), path)
}

/// What a type means that the crate does not declare, by its path.
pub(super) fn library_type(path: &str) -> Option<Shape> {
    let known = meanings(types(), path, |last| USUAL.contains(&last))
        .next()
        .copied();
    known.or_else(|| by_ending(path))
}

/// Types that are many, by how their names end.
fn by_ending(path: &str) -> Option<Shape> {
    let last = path.rsplit("::").next().unwrap_or(path);
    if last.ends_with("Result") && last != "ExecutionResult" && path.contains("::") {
        return Some(Shape::Result);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_told_by_paths() {
        let of = |path| library_type(path);
        assert_eq!(of("tokio::sync::mpsc::Sender"), Some(Channel(Send, Owned)));
        assert_eq!(of("mpsc::UnboundedSender"), Some(Channel(Send, Unbounded)));
        assert_eq!(
            of("std::sync::mpsc::Sender"),
            Some(Channel(Send, Unbounded))
        );
        assert_eq!(of("oneshot::Sender"), Some(Channel(Send, Once)));
        assert_eq!(of("Sender"), Some(Channel(Send, Owned)));
        assert_eq!(of("core::time::Duration"), Some(Lends(Library::Duration)));
        assert_eq!(of("mine::Gauge"), None);
        assert_eq!(of("Barrier"), None);
    }
}
