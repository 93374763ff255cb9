//! What linking asks of Go: names of the library, and what usual names mean where no type is
//! in view.

use super::{apis, handlers};
use crate::languages::build::basic;
use crate::languages::link::{self, Meaning, Yields};
use crate::model::{Api, FunctionId, Handler, Library, Program, TypeId};

/// Go, for the linker.
pub(in crate::languages) struct Dialect;

impl link::Dialect for Dialect {
    fn function(&self, module: &str, name: &str) -> Option<Meaning> {
        apis::function(module, name)
    }

    fn method(&self, on: Library, name: &str) -> Option<Meaning> {
        apis::method(on, name)
    }

    fn foreign_method(&self, module: &str, ty: &str, name: &str) -> Option<Meaning> {
        apis::foreign_method(module, ty, name)
    }

    fn method_by_name(&self, base: &str, name: &str, arguments: usize) -> Option<Meaning> {
        method_by_usual_name(base, name, arguments)
    }

    fn name_of_unseen(&self, name: &str) -> Option<Library> {
        let lower = name.to_ascii_lowercase();
        match lower.as_str() {
            "ctx" | "parentctx" | "parent_ctx" | "reqctx" | "basectx" => Some(Library::Context),
            "mu" | "mtx" | "mutex" | "lock" => Some(Library::Mutex),
            "wg" | "waitgroup" => Some(Library::WaitGroup),
            "ticker" => Some(Library::Ticker),
            "timer" => Some(Library::Timer),
            "logger" | "log" | "slog" => Some(Library::Logger),
            _ => None,
        }
    }

    fn told_by_methods(&self) -> &'static [(&'static [&'static str], Library)] {
        &[
            (&["Done", "Wait"], Library::WaitGroup),
            (&["Add", "Done"], Library::WaitGroup),
        ]
    }

    fn member(&self, on: Library, name: &str) -> Option<Yields> {
        match (on, name) {
            (Library::Timer | Library::Ticker, "C") => Some(Yields::Channel),
            (Library::Exchange, "Request") => Some(Yields::Lends(Library::Request)),
            (Library::Condition, "L") => Some(Yields::Lends(Library::Mutex)),
            _ => None,
        }
    }

    fn constant(&self, module: &str, name: &str) -> Option<(i64, TypeId)> {
        if module != "time" {
            let value = match (module, name) {
                ("math", "MaxInt32") => i64::from(i32::MAX),
                ("math", "MaxInt64" | "MaxInt") => i64::MAX,
                ("math", "MaxUint32") => i64::from(u32::MAX),
                ("math", "MaxInt16") => i64::from(i16::MAX),
                ("math", "MaxUint16") => i64::from(u16::MAX),
                _ => return None,
            };
            return Some((value, basic::INTEGER));
        }
        let value = match name {
            "Nanosecond" => 1,
            "Microsecond" => 1_000,
            "Millisecond" => 1_000_000,
            "Second" => 1_000_000_000,
            "Minute" => 60_000_000_000,
            "Hour" => 3_600_000_000_000,
            _ => return None,
        };
        Some((value, basic::DURATION))
    }

    fn conversion(&self, module: Option<&str>, name: &str) -> Option<TypeId> {
        match (module, name) {
            (Some("time"), "Duration") => Some(basic::DURATION),
            (Some("time"), "Time") => Some(basic::INSTANT),
            (Some(_), _) => None,
            (None, "int" | "int64" | "uint" | "uint64" | "uintptr") => Some(basic::INTEGER),
            (None, "int32" | "uint32" | "rune") => Some(basic::HALF),
            (None, "int16" | "uint16") => Some(basic::SMALL),
            (None, "int8" | "uint8" | "byte") => Some(basic::BYTE),
            (None, "float32" | "float64") => Some(basic::FLOAT),
            (None, "string") => Some(basic::TEXT),
            (None, "error") => Some(basic::ERROR),
            (None, "any") => Some(basic::INTERFACE),
            (None, "bool") => Some(basic::BOOLEAN),
            _ => None,
        }
    }

    fn handler(&self, program: &Program, function: FunctionId) -> Option<Handler> {
        handlers::handler(program, function)
    }

    fn registers(&self, callee: &str, takes_path: bool) -> Option<Handler> {
        handlers::registers(callee, takes_path)
    }

    fn is_spawn(&self, on: Library, name: &str) -> bool {
        matches!((on, name), (Library::TaskGroup | Library::WaitGroup, "Go"))
    }
}

/// What a method means by its name alone: only names that mean one thing in all Go code.
fn method_by_usual_name(base: &str, name: &str, arguments: usize) -> Option<Meaning> {
    let lower = base.to_ascii_lowercase();
    let base = lower.rsplit('.').next().unwrap_or(&lower);
    let is_log = base.contains("log") || base == "l" || base == "lg";
    let api = match (name, arguments) {
        ("Lock", 0) => Api::Lock(false),
        ("Unlock", 0) => Api::Unlock(false),
        ("RLock", 0) => Api::Lock(true),
        ("RUnlock", 0) => Api::Unlock(true),
        ("Done", 0) if base.contains("ctx") || base.contains("context") => {
            return apis::method(Library::Context, "Done");
        }
        ("Err", 0) if base.contains("ctx") || base.contains("context") => Api::ContextErr,
        ("Done", 0) if base.contains("wg") || base.contains("waitgroup") => Api::GroupDone,
        ("Add", 1) if base.contains("wg") || base.contains("waitgroup") => Api::GroupAdd,
        ("Wait", 0)
            if base.contains("wg") || base.contains("waitgroup") || base == "eg" || base == "g" =>
        {
            Api::GroupWait
        }
        ("Wait", 0) if base.contains("cond") => Api::ConditionWait,
        ("SetLimit", 1) if base == "eg" || base == "g" || base.contains("group") => Api::GroupLimit,
        ("SetLimit", 1) if is_rate(base) => Api::AtomicStore,
        ("Limit", 0) if is_rate(base) => Api::AtomicLoad,
        ("CompareAndSwap", 2) => Api::AtomicCompareSwap,
        ("Load", 0) if crate::model::channels::is_end_name(base) => Api::AtomicLoad,
        ("Store", 1) if crate::model::channels::is_end_name(base) => Api::AtomicStore,
        ("Signal" | "Broadcast", 0) => Api::ConditionSignal,
        ("Do", 1) if base.contains("once") => Api::OnceDo,
        ("Acquire", 2) if is_of_permits(base) => Api::PermitAcquire(true),
        ("TryAcquire", 1) if is_of_permits(base) => Api::PermitTryAcquire,
        ("Release", 1) if is_of_permits(base) => Api::PermitRelease,
        ("Context", 0)
            if base == "r"
                || base == "req"
                || base == "request"
                || base.contains("stream")
                || base == "c" =>
        {
            return Some(Meaning {
                api: Api::ContextOf,
                yields: &[Yields::Lends(Library::Context)],
            });
        }
        ("Accept" | "AcceptTCP", 0) => Api::Accept,
        ("ReadMessage" | "NextMsg" | "Recv", 0)
        | ("ReadMessage" | "FetchMessage" | "ReceiveMessage" | "NextMsgWithContext", 1..=2) => {
            Api::MessageFetch
        }
        ("Fatal" | "Fatalf" | "Fatalln", _) if is_log => Api::Exit,
        (_, 1..) if is_log && is_log_method(name) => Api::Log,
        ("Inc", 0) | ("Observe", 1) => Api::MetricRecord,
        ("IncrCounter" | "IncCounter" | "RecordHistogram", _) => Api::MetricRecord,
        ("NextBackOff", 0) => Api::BackoffRetry,
        _ => return None,
    };
    let yields = usual_yields(api);
    Some(Meaning { api, yields })
}

/// What a call that is known by its name alone yields.
fn usual_yields(api: Api) -> &'static [Yields] {
    match api {
        Api::ContextErr => &[Yields::Failure],
        Api::Accept => &[Yields::Nothing, Yields::Failure],
        _ => &[],
    }
}

/// Whether a name is that of what hands out permits by their number.
fn is_of_permits(base: &str) -> bool {
    ["sem", "slot", "permit", "ticket"]
        .iter()
        .any(|word| base.contains(word))
}

/// Whether a name is that of a rate limiter, whose limit is read and set like an atomic.
fn is_rate(base: &str) -> bool {
    ["limiter", "bucket", "rate", "throttle"]
        .iter()
        .any(|word| base.contains(word))
        || base == "lim"
}

fn is_log_method(name: &str) -> bool {
    const STEMS: &[&str] = &[
        "Debug", "Info", "Warn", "Error", "Print", "Trace", "Log", "Notice", "Critical",
    ];
    STEMS.iter().any(|stem| name.starts_with(stem)) || name == "Msg" || name == "Msgf"
}
