//! The functions that Rust code is known by. To teach the engine a library's function, add a line
//! to the table.

use super::basic;
use super::libraries::{Table, has_entry, meanings, table};
use crate::model::types::{Discipline, Library};
use crate::model::{Api, TypeId};
use std::sync::OnceLock;

/// What a function of a library does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known {
    /// Makes a channel; with how many arguments, and whether the first is its room.
    Channel(Discipline, usize, bool),
    /// Starts its last argument as a task.
    Spawn,
    /// Hands its last argument to a bounded pool.
    Submit,
    /// Something that the model has a word for, and what it yields.
    Does(Api, TypeId),
    /// Makes what a library lends.
    Lends(Api, Library),
    /// A span of time in a unit of so many nanoseconds.
    Time(i64),
    /// Ends the life of its argument.
    Drop,
    /// Takes what its argument held: a list is empty after it.
    Take,
    /// Yields its first argument.
    Same,
    /// Yields the larger of its arguments, or the smaller.
    Extreme(bool),
    /// Runs a closure in whose scope tasks end.
    Scope,
    /// Runs all futures of its first argument at once and waits for the first of them.
    First,
}

use Discipline::{Latest, Once, Owned, Unbounded};
use Known::{Channel, Does, Extreme, First, Lends, Same, Scope, Spawn, Submit, Take, Time};

const FUNCTIONS: &[(&str, Known)] = &[
    ("std::cmp::max", Extreme(true)),
    ("std::cmp::min", Extreme(false)),
    ("futures::future::select_ok", First),
    ("futures::future::select_all", First),
    ("futures_util::future::select_ok", First),
    ("futures_util::future::select_all", First),
    ("tokio::sync::mpsc::channel", Channel(Owned, 1, true)),
    (
        "tokio::sync::mpsc::unbounded_channel",
        Channel(Unbounded, 0, false),
    ),
    ("tokio::sync::oneshot::channel", Channel(Once, 0, false)),
    ("tokio::sync::watch::channel", Channel(Latest, 1, false)),
    ("tokio::sync::broadcast::channel", Channel(Latest, 1, true)),
    ("std::sync::mpsc::channel", Channel(Unbounded, 0, false)),
    ("std::sync::mpsc::sync_channel", Channel(Owned, 1, true)),
    ("crossbeam_channel::bounded", Channel(Owned, 1, true)),
    ("crossbeam_channel::unbounded", Channel(Unbounded, 0, false)),
    ("crossbeam::channel::bounded", Channel(Owned, 1, true)),
    (
        "crossbeam::channel::unbounded",
        Channel(Unbounded, 0, false),
    ),
    ("flume::bounded", Channel(Owned, 1, true)),
    ("flume::unbounded", Channel(Unbounded, 0, false)),
    ("async_channel::bounded", Channel(Owned, 1, true)),
    ("async_channel::unbounded", Channel(Unbounded, 0, false)),
    ("async_std::channel::bounded", Channel(Owned, 1, true)),
    (
        "async_std::channel::unbounded",
        Channel(Unbounded, 0, false),
    ),
    ("kanal::bounded_async", Channel(Owned, 1, true)),
    ("kanal::bounded", Channel(Owned, 1, true)),
    ("kanal::unbounded", Channel(Unbounded, 0, false)),
    (
        "glommio::channels::local_channel::new_bounded",
        Channel(Owned, 1, true),
    ),
    (
        "glommio::channels::local_channel::new_unbounded",
        Channel(Unbounded, 0, false),
    ),
    ("futures::channel::mpsc::channel", Channel(Owned, 1, true)),
    (
        "futures::channel::mpsc::unbounded",
        Channel(Unbounded, 0, false),
    ),
    // futures 0.1.
    ("futures::sync::mpsc::channel", Channel(Owned, 1, true)),
    (
        "futures::sync::mpsc::unbounded",
        Channel(Unbounded, 0, false),
    ),
    (
        "futures::channel::oneshot::channel",
        Channel(Once, 0, false),
    ),
    ("futures_channel::mpsc::channel", Channel(Owned, 1, true)),
    (
        "futures_channel::mpsc::unbounded",
        Channel(Unbounded, 0, false),
    ),
    ("futures_channel::oneshot::channel", Channel(Once, 0, false)),
    ("tokio::spawn", Spawn),
    ("tokio::task::spawn", Spawn),
    ("tokio::task::spawn_local", Spawn),
    ("tokio::task::spawn_blocking", Spawn),
    ("std::thread::spawn", Spawn),
    ("async_std::task::spawn", Spawn),
    ("async_std::task::spawn_blocking", Spawn),
    ("smol::spawn", Spawn),
    ("actix_web::rt::spawn", Spawn),
    ("actix_rt::spawn", Spawn),
    ("rayon::spawn", Submit),
    ("std::thread::scope", Scope),
    ("crossbeam::scope", Scope),
    ("crossbeam::thread::scope", Scope),
    ("rayon::scope", Scope),
    (
        "tokio::time::sleep",
        Lends(Api::TimerChannel, Library::Timer),
    ),
    (
        "tokio::time::sleep_until",
        Lends(Api::TimerChannel, Library::Timer),
    ),
    (
        "async_std::task::sleep",
        Lends(Api::TimerChannel, Library::Timer),
    ),
    (
        "futures_timer::Delay::new",
        Lends(Api::TimerChannel, Library::Timer),
    ),
    ("std::thread::sleep", Does(Api::Sleep, basic::UNIT)),
    (
        "tokio::time::interval",
        Lends(Api::TickerNew, Library::Ticker),
    ),
    (
        "tokio::time::interval_at",
        Lends(Api::TickerNew, Library::Ticker),
    ),
    ("std::time::Instant::now", Does(Api::Now, basic::INSTANT)),
    ("tokio::time::Instant::now", Does(Api::Now, basic::INSTANT)),
    ("std::time::SystemTime::now", Does(Api::Now, basic::INSTANT)),
    ("std::time::Duration::from_secs", Time(1_000_000_000)),
    ("std::time::Duration::from_secs_f64", Time(1_000_000_000)),
    ("std::time::Duration::from_secs_f32", Time(1_000_000_000)),
    ("std::time::Duration::from_millis", Time(1_000_000)),
    ("std::time::Duration::from_micros", Time(1_000)),
    ("std::time::Duration::from_nanos", Time(1)),
    ("std::time::Duration::from_mins", Time(60_000_000_000)),
    (
        "tokio::signal::ctrl_c",
        Does(Api::SignalNotify, basic::UNKNOWN),
    ),
    (
        "tokio::signal::unix::signal",
        Does(Api::SignalNotify, basic::UNKNOWN),
    ),
    ("tokio::task::yield_now", Does(Api::Yield, basic::UNIT)),
    ("std::thread::yield_now", Does(Api::Yield, basic::UNIT)),
    ("std::hint::spin_loop", Does(Api::Yield, basic::UNIT)),
    ("std::process::exit", Does(Api::Exit, basic::UNKNOWN)),
    ("std::process::abort", Does(Api::Exit, basic::UNKNOWN)),
    ("rand::random", Does(Api::Random, basic::UNKNOWN)),
    ("rand::random_range", Does(Api::Random, basic::UNKNOWN)),
    ("fastrand::u32", Does(Api::Random, basic::INTEGER)),
    ("fastrand::usize", Does(Api::Random, basic::INTEGER)),
    ("rand::thread_rng", Does(Api::Random, basic::UNKNOWN)),
    ("rand::rng", Does(Api::Random, basic::UNKNOWN)),
    ("fastrand::u64", Does(Api::Random, basic::INTEGER)),
    ("fastrand::f64", Does(Api::Random, basic::FLOAT)),
    (
        "std::process::Command::new",
        Lends(Api::Local, Library::Process),
    ),
    (
        "tokio::process::Command::new",
        Lends(Api::Local, Library::Process),
    ),
    (
        "nix::sys::socket::UnixAddr::new",
        Lends(Api::Pure, Library::LocalPath),
    ),
    ("reqwest::get", Does(Api::Outbound, basic::UNKNOWN)),
    (
        "reqwest::blocking::get",
        Does(Api::Outbound, basic::UNKNOWN),
    ),
    (
        "std::net::TcpStream::connect",
        Does(Api::Outbound, basic::UNKNOWN),
    ),
    (
        "tokio::net::TcpStream::connect",
        Does(Api::Outbound, basic::UNKNOWN),
    ),
    ("axum::serve", Does(Api::Serve, basic::UNKNOWN)),
    ("warp::serve", Does(Api::Serve, basic::UNKNOWN)),
    ("backoff::retry", Does(Api::BackoffRetry, basic::UNKNOWN)),
    (
        "backoff::future::retry",
        Does(Api::BackoffRetry, basic::UNKNOWN),
    ),
    (
        "backoff::future::retry_notify",
        Does(Api::BackoffRetry, basic::UNKNOWN),
    ),
    (
        "tokio_retry::Retry::spawn",
        Does(Api::BackoffRetry, basic::UNKNOWN),
    ),
    (
        "tokio_retry::RetryIf::spawn",
        Does(Api::BackoffRetry, basic::UNKNOWN),
    ),
    ("again::retry", Does(Api::BackoffRetry, basic::UNKNOWN)),
    ("std::mem::drop", Known::Drop),
    ("drop", Known::Drop),
    ("std::mem::take", Take),
    ("std::mem::replace", Take),
    ("std::mem::swap", Take),
    ("tokio::pin", Same),
    ("std::boxed::Box::pin", Same),
    ("std::pin::Pin::new", Same),
    (
        "std::sync::Arc::try_unwrap",
        Does(Api::Pure, basic::UNKNOWN),
    ),
    ("std::rc::Rc::try_unwrap", Does(Api::Pure, basic::UNKNOWN)),
    ("std::convert::identity", Same),
    ("std::sync::Arc::clone", Same),
    ("std::rc::Rc::clone", Same),
    ("std::sync::Arc::downgrade", Same),
    ("std::sync::Arc::get_mut", Same),
    ("tokio_stream::wrappers::ReceiverStream::new", Same),
    ("tokio_stream::wrappers::UnboundedReceiverStream::new", Same),
    ("tokio_stream::wrappers::BroadcastStream::new", Same),
    ("tokio_util::sync::PollSender::new", Same),
];

/// Bare names that a snippet without `use` means by a function.
const USUAL: &[&str] = &[
    "spawn",
    "spawn_blocking",
    "sleep",
    "interval",
    "sync_channel",
    "unbounded_channel",
    "bounded",
    "unbounded",
    "drop",
    "channel",
    "spawn_local",
    "ctrl_c",
    "retry",
    "select_ok",
    "select_all",
    "sleep_until",
    "interval_at",
];

/// Constants of the standard library.
pub(super) fn constant(path: &str) -> Option<(i64, TypeId)> {
    let value = match path {
        "u16::MAX" => i64::from(u16::MAX),
        "i32::MAX" => i64::from(i32::MAX),
        "u32::MAX" | "std::u32::MAX" => i64::from(u32::MAX),
        "usize::MAX" | "u64::MAX" | "i64::MAX" | "isize::MAX" | "std::usize::MAX"
        | "std::u64::MAX" => i64::MAX,
        "Duration::ZERO" | "std::time::Duration::ZERO" => return Some((0, basic::DURATION)),
        "Duration::MAX" | "std::time::Duration::MAX" => return Some((i64::MAX, basic::DURATION)),
        _ => return None,
    };
    Some((value, basic::INTEGER))
}

fn functions() -> &'static Table<Known> {
    static TABLE: OnceLock<Table<Known>> = OnceLock::new();
    TABLE.get_or_init(|| table(FUNCTIONS))
}

/// Whether a full path is that of a function which is known.
pub(super) fn is_listed(path: &str) -> bool {
    has_entry(functions(), path)
}

/// What a function means that the crate does not declare, by its path and its arguments.
pub(super) fn known(path: &str, arguments: usize) -> Option<Known> {
    meanings(functions(), path, |last| USUAL.contains(&last))
        .find(|known| match known {
            Known::Channel(_, count, _) => *count == arguments,
            _ => true,
        })
        .copied()
}
