//! The libraries that Go code is known by: types, functions and methods, in one table each.
//!
//! To teach the engine a library, add its lines here. Paths stand as they are imported; a
//! snippet without imports is judged by the last part of the path.

use crate::languages::link::Meaning;
use crate::languages::link::Yields::{self, Channel, Failure, Lends, Nothing, Truth, Whole};
use crate::model::{Api, Library};
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// Types of other packages.
const TYPES: &[(&str, &str, Library)] = &[
    ("sync", "Mutex", Library::Mutex),
    ("sync", "RWMutex", Library::RwLock),
    ("sync", "Locker", Library::Mutex),
    ("sync", "Once", Library::Once),
    ("sync", "WaitGroup", Library::WaitGroup),
    ("sync", "Cond", Library::Condition),
    ("sync", "Pool", Library::ObjectPool),
    ("sync", "Map", Library::ConcurrentMap),
    ("github.com/sasha-s/go-deadlock", "Mutex", Library::Mutex),
    ("github.com/sasha-s/go-deadlock", "RWMutex", Library::RwLock),
    ("sync/atomic", "Int32", Library::AtomicInteger),
    ("sync/atomic", "Int64", Library::AtomicInteger),
    ("sync/atomic", "Uint32", Library::AtomicInteger),
    ("sync/atomic", "Uint64", Library::AtomicInteger),
    ("sync/atomic", "Uintptr", Library::AtomicInteger),
    ("sync/atomic", "Bool", Library::AtomicFlag),
    ("sync/atomic", "Value", Library::AtomicCell),
    ("sync/atomic", "Pointer", Library::AtomicCell),
    ("go.uber.org/atomic", "Int32", Library::AtomicInteger),
    ("go.uber.org/atomic", "Int64", Library::AtomicInteger),
    ("go.uber.org/atomic", "Uint32", Library::AtomicInteger),
    ("go.uber.org/atomic", "Uint64", Library::AtomicInteger),
    ("go.uber.org/atomic", "Bool", Library::AtomicFlag),
    ("context", "Context", Library::Context),
    ("golang.org/x/net/context", "Context", Library::Context),
    ("context", "CancelFunc", Library::CancelFunction),
    ("context", "CancelCauseFunc", Library::CancelFunction),
    ("time", "Timer", Library::Timer),
    ("time", "Ticker", Library::Ticker),
    ("time", "Duration", Library::Duration),
    ("time", "Time", Library::Instant),
    ("container/list", "List", Library::LinkedList),
    ("golang.org/x/sync/errgroup", "Group", Library::TaskGroup),
    (
        "golang.org/x/sync/semaphore",
        "Weighted",
        Library::Semaphore,
    ),
    (
        "github.com/sourcegraph/conc",
        "WaitGroup",
        Library::TaskGroup,
    ),
    (
        "github.com/sourcegraph/conc/pool",
        "Pool",
        Library::WorkerPool,
    ),
    ("github.com/panjf2000/ants/v2", "Pool", Library::WorkerPool),
    ("github.com/panjf2000/ants", "Pool", Library::WorkerPool),
    (
        "github.com/gammazero/workerpool",
        "WorkerPool",
        Library::WorkerPool,
    ),
    ("github.com/alitto/pond", "WorkerPool", Library::WorkerPool),
    ("golang.org/x/time/rate", "Limiter", Library::RateLimiter),
    ("net/http", "Request", Library::Request),
    ("net/http", "ResponseWriter", Library::Response),
    ("github.com/gin-gonic/gin", "Context", Library::Exchange),
    ("github.com/labstack/echo", "Context", Library::Exchange),
    ("github.com/labstack/echo/v4", "Context", Library::Exchange),
    ("github.com/labstack/echo/v5", "Context", Library::Exchange),
    ("github.com/gofiber/fiber/v2", "Ctx", Library::Exchange),
    ("github.com/gofiber/fiber/v3", "Ctx", Library::Exchange),
    ("github.com/gofiber/fiber", "Ctx", Library::Exchange),
    (
        "github.com/valyala/fasthttp",
        "RequestCtx",
        Library::Exchange,
    ),
    ("github.com/kataras/iris/v12", "Context", Library::Exchange),
    (
        "github.com/cloudwego/hertz/pkg/app",
        "RequestContext",
        Library::Exchange,
    ),
    (
        "github.com/emicklei/go-restful/v3",
        "Request",
        Library::Request,
    ),
    (
        "github.com/emicklei/go-restful/v3",
        "Response",
        Library::Response,
    ),
    (
        "github.com/prometheus/client_golang/prometheus",
        "Counter",
        Library::Metric,
    ),
    (
        "github.com/prometheus/client_golang/prometheus",
        "CounterVec",
        Library::Metric,
    ),
    (
        "github.com/prometheus/client_golang/prometheus",
        "Gauge",
        Library::Metric,
    ),
    (
        "github.com/prometheus/client_golang/prometheus",
        "GaugeVec",
        Library::Metric,
    ),
    (
        "github.com/prometheus/client_golang/prometheus",
        "Histogram",
        Library::Metric,
    ),
    (
        "github.com/prometheus/client_golang/prometheus",
        "HistogramVec",
        Library::Metric,
    ),
    (
        "github.com/prometheus/client_golang/prometheus",
        "Summary",
        Library::Metric,
    ),
    (
        "github.com/prometheus/client_golang/prometheus",
        "SummaryVec",
        Library::Metric,
    ),
    (
        "go.opentelemetry.io/otel/metric",
        "Int64Counter",
        Library::Metric,
    ),
    (
        "go.opentelemetry.io/otel/metric",
        "Float64Counter",
        Library::Metric,
    ),
    (
        "go.opentelemetry.io/otel/metric",
        "Int64UpDownCounter",
        Library::Metric,
    ),
    (
        "go.opentelemetry.io/otel/metric",
        "Int64Histogram",
        Library::Metric,
    ),
    ("expvar", "Int", Library::Metric),
    ("expvar", "Float", Library::Metric),
    ("expvar", "Map", Library::Metric),
    ("log", "Logger", Library::Logger),
    ("log/slog", "Logger", Library::Logger),
    ("golang.org/x/exp/slog", "Logger", Library::Logger),
    ("go.uber.org/zap", "Logger", Library::Logger),
    ("go.uber.org/zap", "SugaredLogger", Library::Logger),
    ("github.com/rs/zerolog", "Logger", Library::Logger),
    ("github.com/rs/zerolog", "Event", Library::Logger),
    ("github.com/sirupsen/logrus", "Logger", Library::Logger),
    ("github.com/sirupsen/logrus", "Entry", Library::Logger),
    ("github.com/sirupsen/logrus", "FieldLogger", Library::Logger),
    ("github.com/go-logr/logr", "Logger", Library::Logger),
    ("github.com/hashicorp/go-hclog", "Logger", Library::Logger),
    ("github.com/go-kit/log", "Logger", Library::Logger),
    ("github.com/cenkalti/backoff", "BackOff", Library::Backoff),
    (
        "github.com/cenkalti/backoff/v4",
        "BackOff",
        Library::Backoff,
    ),
    (
        "github.com/cenkalti/backoff/v4",
        "ExponentialBackOff",
        Library::Backoff,
    ),
    (
        "k8s.io/apimachinery/pkg/util/wait",
        "Backoff",
        Library::Backoff,
    ),
    (
        "github.com/hashicorp/go-retryablehttp",
        "Client",
        Library::Backoff,
    ),
];

const CONTEXT_AND_CANCEL: &[Yields] = &[Lends(Library::Context), Lends(Library::CancelFunction)];

/// Functions of other packages.
#[rustfmt::skip]
const FUNCTIONS: &[(&str, &str, Api, &[Yields])] = &[
    ("context", "Background", Api::ContextRoot, &[Lends(Library::Context)]),
    ("context", "TODO", Api::ContextRoot, &[Lends(Library::Context)]),
    ("golang.org/x/net/context", "Background", Api::ContextRoot, &[Lends(Library::Context)]),
    ("golang.org/x/net/context", "TODO", Api::ContextRoot, &[Lends(Library::Context)]),
    ("context", "WithoutCancel", Api::ContextDetach, &[Lends(Library::Context)]),
    ("context", "WithCancel", Api::ContextWithCancel, CONTEXT_AND_CANCEL),
    ("context", "WithCancelCause", Api::ContextWithCancel, CONTEXT_AND_CANCEL),
    ("context", "WithTimeout", Api::ContextWithDeadline, CONTEXT_AND_CANCEL),
    ("context", "WithDeadline", Api::ContextWithDeadline, CONTEXT_AND_CANCEL),
    ("context", "WithTimeoutCause", Api::ContextWithDeadline, CONTEXT_AND_CANCEL),
    ("context", "WithValue", Api::ContextWithValue, &[Lends(Library::Context)]),
    ("context", "AfterFunc", Api::ContextAfter, &[]),
    ("context", "Cause", Api::ContextErr, &[Failure]),
    ("os/signal", "NotifyContext", Api::ContextWithCancel, CONTEXT_AND_CANCEL),
    ("os/signal", "Notify", Api::SignalNotify, &[]),
    ("os/signal", "Stop", Api::Pure, &[]),
    ("os", "Exit", Api::Exit, &[]),
    ("syscall", "Exit", Api::Exit, &[]),
    ("runtime", "Goexit", Api::TaskExit, &[]),
    ("runtime", "Gosched", Api::Yield, &[]),
    ("time", "Sleep", Api::Sleep, &[]),
    ("time", "After", Api::TimerChannel, &[Channel]),
    ("time", "Tick", Api::TickerChannel, &[Channel]),
    ("time", "NewTimer", Api::TimerNew, &[Lends(Library::Timer)]),
    ("time", "NewTicker", Api::TickerNew, &[Lends(Library::Ticker)]),
    ("time", "AfterFunc", Api::TimerFunction, &[Lends(Library::Timer)]),
    ("time", "Now", Api::Now, &[Lends(Library::Instant)]),
    ("time", "Since", Api::Now, &[Lends(Library::Duration)]),
    ("time", "Until", Api::Now, &[Lends(Library::Duration)]),
    ("sync", "NewCond", Api::Pure, &[Lends(Library::Condition)]),
    ("sync", "OnceFunc", Api::OnceDo, &[]),
    ("container/list", "New", Api::Pure, &[Lends(Library::LinkedList)]),
    ("golang.org/x/sync/errgroup", "WithContext", Api::GroupNew, &[Lends(Library::TaskGroup), Lends(Library::Context)]),
    ("golang.org/x/sync/semaphore", "NewWeighted", Api::Pure, &[Lends(Library::Semaphore)]),
    ("github.com/sourcegraph/conc/pool", "New", Api::Pure, &[Lends(Library::WorkerPool)]),
    ("github.com/panjf2000/ants/v2", "NewPool", Api::Pure, &[Lends(Library::WorkerPool), Failure]),
    ("github.com/panjf2000/ants/v2", "Submit", Api::PoolSubmit, &[Failure]),
    ("golang.org/x/time/rate", "NewLimiter", Api::Pure, &[Lends(Library::RateLimiter)]),
    ("github.com/cenkalti/backoff/v4", "Retry", Api::BackoffRetry, &[Failure]),
    ("github.com/cenkalti/backoff/v4", "RetryNotify", Api::BackoffRetry, &[Failure]),
    ("github.com/cenkalti/backoff/v5", "Retry", Api::BackoffRetry, &[Failure]),
    ("github.com/cenkalti/backoff", "Retry", Api::BackoffRetry, &[Failure]),
    ("github.com/cenkalti/backoff", "RetryNotify", Api::BackoffRetry, &[Failure]),
    ("github.com/cenkalti/backoff/v4", "NewExponentialBackOff", Api::Pure, &[Lends(Library::Backoff)]),
    ("github.com/cenkalti/backoff", "NewExponentialBackOff", Api::Pure, &[Lends(Library::Backoff)]),
    ("github.com/cenkalti/backoff/v4", "WithContext", Api::Pure, &[Lends(Library::Backoff)]),
    ("github.com/cenkalti/backoff/v4", "WithMaxRetries", Api::Pure, &[Lends(Library::Backoff)]),
    ("github.com/avast/retry-go", "Do", Api::BackoffRetry, &[Failure]),
    ("github.com/avast/retry-go/v4", "Do", Api::BackoffRetry, &[Failure]),
    ("github.com/sethvargo/go-retry", "Do", Api::BackoffRetry, &[Failure]),
    ("k8s.io/apimachinery/pkg/util/wait", "ExponentialBackoff", Api::BackoffRetry, &[Failure]),
    ("k8s.io/apimachinery/pkg/util/wait", "ExponentialBackoffWithContext", Api::BackoffRetry, &[Failure]),
    ("k8s.io/apimachinery/pkg/util/wait", "PollUntilContextTimeout", Api::BackoffRetry, &[Failure]),
    ("k8s.io/client-go/util/retry", "OnError", Api::BackoffRetry, &[Failure]),
    ("k8s.io/client-go/util/retry", "RetryOnConflict", Api::BackoffRetry, &[Failure]),
    ("errors", "New", Api::ErrorNew, &[Failure]),
    ("errors", "Is", Api::ErrorTest, &[Truth]),
    ("errors", "As", Api::ErrorTest, &[Truth]),
    ("errors", "Join", Api::ErrorNew, &[Failure]),
    ("fmt", "Errorf", Api::ErrorNew, &[Failure]),
    ("fmt", "Sprintf", Api::Format, &[Nothing]),
    ("fmt", "Sprint", Api::Format, &[Nothing]),
    ("fmt", "Fprintf", Api::Respond, &[]),
    ("fmt", "Fprintln", Api::Respond, &[]),
    ("fmt", "Fprint", Api::Respond, &[]),
    ("net/http", "Error", Api::Respond, &[]),
    ("net/http", "Get", Api::Outbound, &[Nothing, Failure]),
    ("net/http", "Post", Api::Outbound, &[Nothing, Failure]),
    ("net/http", "ListenAndServe", Api::Serve, &[Failure]),
    ("net/http", "ListenAndServeTLS", Api::Serve, &[Failure]),
    ("net/http", "Serve", Api::Serve, &[Failure]),
    ("expvar", "NewInt", Api::MetricRegister, &[Lends(Library::Metric)]),
    ("expvar", "NewMap", Api::MetricRegister, &[Lends(Library::Metric)]),
    ("expvar", "Publish", Api::MetricRegister, &[]),
    ("sync/atomic", "AddInt32", Api::AtomicAdd, &[Whole]),
    ("sync/atomic", "AddInt64", Api::AtomicAdd, &[Whole]),
    ("sync/atomic", "AddUint32", Api::AtomicAdd, &[Whole]),
    ("sync/atomic", "AddUint64", Api::AtomicAdd, &[Whole]),
    ("go.uber.org/zap", "L", Api::Pure, &[Lends(Library::Logger)]),
    ("go.uber.org/zap", "S", Api::Pure, &[Lends(Library::Logger)]),
    ("github.com/sirupsen/logrus", "WithField", Api::Pure, &[Lends(Library::Logger)]),
    ("github.com/sirupsen/logrus", "WithFields", Api::Pure, &[Lends(Library::Logger)]),
    ("github.com/sirupsen/logrus", "WithError", Api::Pure, &[Lends(Library::Logger)]),
];

/// Methods of what libraries lend.
#[rustfmt::skip]
const METHODS: &[(Library, &str, Api, &[Yields])] = &[
    (Library::Mutex, "Lock", Api::Lock(false), &[]),
    (Library::Mutex, "Unlock", Api::Unlock(false), &[]),
    (Library::Mutex, "TryLock", Api::TryLock, &[Truth]),
    (Library::RwLock, "Lock", Api::Lock(false), &[]),
    (Library::RwLock, "Unlock", Api::Unlock(false), &[]),
    (Library::RwLock, "RLock", Api::Lock(true), &[]),
    (Library::RwLock, "RUnlock", Api::Unlock(true), &[]),
    (Library::RwLock, "TryLock", Api::TryLock, &[Truth]),
    (Library::RwLock, "TryRLock", Api::TryLock, &[Truth]),
    (Library::Once, "Do", Api::OnceDo, &[]),
    (Library::WaitGroup, "Add", Api::GroupAdd, &[]),
    (Library::WaitGroup, "Done", Api::GroupDone, &[]),
    (Library::WaitGroup, "Wait", Api::GroupWait, &[]),
    (Library::TaskGroup, "Wait", Api::GroupWait, &[Failure]),
    (Library::TaskGroup, "SetLimit", Api::GroupLimit, &[]),
    (Library::TaskGroup, "TryGo", Api::GroupTrySpawn, &[Truth]),
    (Library::Condition, "Wait", Api::ConditionWait, &[]),
    (Library::Condition, "Signal", Api::ConditionSignal, &[]),
    (Library::Condition, "Broadcast", Api::ConditionSignal, &[]),
    (Library::Semaphore, "Acquire", Api::PermitAcquire(true), &[Failure]),
    (Library::Semaphore, "TryAcquire", Api::PermitTryAcquire, &[Truth]),
    (Library::Semaphore, "Release", Api::PermitRelease, &[]),
    (Library::AtomicInteger, "Add", Api::AtomicAdd, &[Whole]),
    (Library::AtomicInteger, "Inc", Api::AtomicAdd, &[Whole]),
    (Library::AtomicInteger, "Dec", Api::AtomicAdd, &[Whole]),
    (Library::AtomicInteger, "Load", Api::AtomicLoad, &[Whole]),
    (Library::AtomicInteger, "Store", Api::AtomicStore, &[]),
    (Library::AtomicInteger, "Swap", Api::AtomicSwap, &[Whole]),
    (Library::AtomicInteger, "CompareAndSwap", Api::AtomicCompareSwap, &[Truth]),
    (Library::AtomicFlag, "Load", Api::AtomicLoad, &[Truth]),
    (Library::AtomicFlag, "Store", Api::AtomicStore, &[]),
    (Library::AtomicFlag, "Swap", Api::AtomicSwap, &[Truth]),
    (Library::AtomicFlag, "CompareAndSwap", Api::AtomicCompareSwap, &[Truth]),
    (Library::AtomicFlag, "CAS", Api::AtomicCompareSwap, &[Truth]),
    (Library::AtomicInteger, "CAS", Api::AtomicCompareSwap, &[Truth]),
    (Library::AtomicCell, "Load", Api::AtomicLoad, &[Nothing]),
    (Library::AtomicCell, "Store", Api::AtomicStore, &[]),
    (Library::AtomicCell, "Swap", Api::AtomicSwap, &[Nothing]),
    (Library::AtomicCell, "CompareAndSwap", Api::AtomicCompareSwap, &[Truth]),
    (Library::Context, "Done", Api::ContextDone, &[Channel]),
    (Library::Context, "Err", Api::ContextErr, &[Failure]),
    (Library::Context, "Deadline", Api::ContextErr, &[Lends(Library::Instant), Truth]),
    (Library::Context, "Value", Api::Pure, &[Nothing]),
    (Library::Request, "Context", Api::ContextOf, &[Lends(Library::Context)]),
    (Library::Request, "UserContext", Api::ContextOf, &[Lends(Library::Context)]),
    (Library::Request, "WithContext", Api::Pure, &[Lends(Library::Request)]),
    (Library::Request, "Clone", Api::Pure, &[Lends(Library::Request)]),
    (Library::Exchange, "Context", Api::ContextOf, &[Lends(Library::Context)]),
    (Library::Exchange, "UserContext", Api::ContextOf, &[Lends(Library::Context)]),
    (Library::Exchange, "Request", Api::Pure, &[Lends(Library::Request)]),
    (Library::Response, "WriteHeader", Api::Respond, &[]),
    (Library::Response, "Write", Api::Respond, &[Whole, Failure]),
    (Library::Response, "Header", Api::Pure, &[Nothing]),
    (Library::Timer, "Stop", Api::TimerControl, &[Truth]),
    (Library::Timer, "Reset", Api::TimerControl, &[Truth]),
    (Library::Ticker, "Stop", Api::TimerControl, &[]),
    (Library::Ticker, "Reset", Api::TimerControl, &[]),
    (Library::LinkedList, "PushBack", Api::ListPush, &[Nothing]),
    (Library::LinkedList, "PushFront", Api::ListPush, &[Nothing]),
    (Library::LinkedList, "Remove", Api::ListRemove, &[Nothing]),
    (Library::LinkedList, "Front", Api::ListPeek, &[Nothing]),
    (Library::LinkedList, "Back", Api::ListPeek, &[Nothing]),
    (Library::LinkedList, "Len", Api::ListLength, &[Whole]),
    (Library::LinkedList, "Init", Api::Pure, &[Nothing]),
    (Library::WorkerPool, "Submit", Api::PoolSubmit, &[Failure]),
    (Library::WorkerPool, "Go", Api::PoolSubmit, &[]),
    (Library::WorkerPool, "Invoke", Api::PoolSubmit, &[Failure]),
    (Library::WorkerPool, "Wait", Api::GroupWait, &[]),
    (Library::RateLimiter, "Wait", Api::RateWait, &[Failure]),
    (Library::RateLimiter, "Allow", Api::RateWait, &[Truth]),
    (Library::ObjectPool, "Get", Api::LoanTake, &[Nothing]),
    (Library::ObjectPool, "Put", Api::LoanReturn, &[]),
    (Library::Backoff, "NextBackOff", Api::BackoffRetry, &[Lends(Library::Duration)]),
    (Library::Backoff, "Step", Api::BackoffRetry, &[Lends(Library::Duration)]),
];

/// Methods of other packages' types that mean something: path, type (empty: any), method.
#[rustfmt::skip]
const FOREIGN_METHODS: &[(&str, &str, &str, Api, &[Yields])] = &[
    ("net/http", "Client", "Do", Api::Outbound, &[Nothing, Failure]),
    ("net/http", "Client", "Get", Api::Outbound, &[Nothing, Failure]),
    ("net/http", "Client", "Post", Api::Outbound, &[Nothing, Failure]),
    ("net/http", "Server", "ListenAndServe", Api::Serve, &[Failure]),
    ("net/http", "Server", "Serve", Api::Serve, &[Failure]),
    ("net", "Listener", "Accept", Api::Accept, &[Nothing, Failure]),
    ("net", "TCPListener", "Accept", Api::Accept, &[Nothing, Failure]),
    ("net", "TCPListener", "AcceptTCP", Api::Accept, &[Nothing, Failure]),
    ("net", "UnixListener", "Accept", Api::Accept, &[Nothing, Failure]),
];

/// Packages whose every function logs.
const LOGGING: &[&str] = &[
    "log",
    "log/slog",
    "golang.org/x/exp/slog",
    "go.uber.org/zap",
    "github.com/rs/zerolog/log",
    "github.com/sirupsen/logrus",
    "github.com/golang/glog",
    "k8s.io/klog",
    "k8s.io/klog/v2",
    "github.com/go-kit/log/level",
    "glog",
    "klog",
    "slog",
    "zap",
    "logrus",
    "logger",
];

/// Packages that a snippet without imports may mean by their usual names.
const USUAL: &[&str] = &[
    "context",
    "sync",
    "atomic",
    "time",
    "signal",
    "os",
    "log",
    "slog",
    "rand",
    "errors",
    "fmt",
    "runtime",
    "list",
    "errgroup",
    "semaphore",
    "http",
    "net",
    "expvar",
    "prometheus",
    "zap",
    "logrus",
    "zerolog",
    "backoff",
    "retry",
    "wait",
    "gin",
    "echo",
    "fiber",
    "rate",
    "ants",
    "io",
    "json",
    "strings",
    "strconv",
    "bytes",
    "sort",
    "math",
    "bufio",
    "nats",
    "kafka",
    "sarama",
    "sql",
    "grpc",
    "status",
    "codes",
    "uuid",
    "syscall",
    "ioutil",
    "metrics",
    "glog",
    "klog",
    "ctxhttp",
    "pubsub",
    "sqs",
    "events",
    "lambda",
    "connect",
    "mux",
    "chi",
    "promauto",
    "otel",
    "metric",
    "conc",
    "pool",
    "filepath",
    "utf8",
    "regexp",
];

/// Whether a snippet means a package by this name.
pub(super) fn is_usual_package(name: &str) -> bool {
    USUAL.contains(&name)
}

fn last_part(path: &str) -> &str {
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or(path);
    if last.len() > 1 && last.starts_with('v') && last[1..].bytes().all(|b| b.is_ascii_digit()) {
        return parts.next().unwrap_or(last);
    }
    last
}

type Key = (&'static str, &'static str);

struct Tables {
    types: FxHashMap<Key, Library>,
    functions: FxHashMap<Key, Meaning>,
    methods: FxHashMap<(Library, &'static str), Meaning>,
    foreign: FxHashMap<(&'static str, &'static str), Vec<(&'static str, Meaning)>>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut tables = Tables {
            types: FxHashMap::default(),
            functions: FxHashMap::default(),
            methods: FxHashMap::default(),
            foreign: FxHashMap::default(),
        };
        for &(path, name, library) in TYPES {
            tables
                .types
                .entry((last_part(path), name))
                .or_insert(library);
            tables.types.insert((path, name), library);
        }
        for &(path, name, api, yields) in FUNCTIONS {
            let meaning = Meaning { api, yields };
            tables
                .functions
                .entry((last_part(path), name))
                .or_insert(meaning);
            tables.functions.insert((path, name), meaning);
        }
        for &(library, name, api, yields) in METHODS {
            tables
                .methods
                .insert((library, name), Meaning { api, yields });
        }
        for &(path, ty, method, api, yields) in FOREIGN_METHODS {
            let meaning = Meaning { api, yields };
            tables
                .foreign
                .entry((path, ty))
                .or_default()
                .push((method, meaning));
            tables
                .foreign
                .entry((last_part(path), ty))
                .or_default()
                .push((method, meaning));
        }
        tables
    })
}

/// What a type of another package lends.
pub(super) fn library_type(module: &str, name: &str) -> Option<Library> {
    // The lookup wants 'static keys; a pair of borrowed texts hashes the same.
    tables()
        .types
        .get(&(module, name) as &(&str, &str))
        .copied()
}

/// What a function of another package means.
pub(super) fn function(module: &str, name: &str) -> Option<Meaning> {
    if let Some(&meaning) = tables().functions.get(&(module, name) as &(&str, &str)) {
        return Some(meaning);
    }
    if LOGGING.contains(&module) {
        let api = match name {
            "Fatal" | "Fatalf" | "Fatalln" | "Exit" => Api::Exit,
            "Panic" | "Panicf" | "Panicln" => Api::Panic,
            "New" | "Default" | "With" | "NewLogger" | "NewProduction" | "NewDevelopment"
            | "Logger" => {
                return Some(Meaning {
                    api: Api::Pure,
                    yields: &[Lends(Library::Logger)],
                });
            }
            _ => Api::Log,
        };
        return Some(Meaning {
            api,
            yields: &[Lends(Library::Logger)],
        });
    }
    by_family(module, name)
}

fn by_family(module: &str, name: &str) -> Option<Meaning> {
    let meaning = |api, yields| Some(Meaning { api, yields });
    match last_part(module) {
        "atomic" if name.starts_with("Load") => meaning(Api::AtomicLoad, &[Nothing]),
        "atomic" if name.starts_with("Store") => meaning(Api::AtomicStore, &[]),
        "atomic" if name.starts_with("Swap") => meaning(Api::AtomicSwap, &[Nothing]),
        "atomic" if name.starts_with("CompareAndSwap") => meaning(Api::AtomicCompareSwap, &[Truth]),
        "atomic" if name.starts_with("Add") => meaning(Api::AtomicAdd, &[Whole]),
        "rand" => meaning(Api::Random, &[Nothing]),
        "prometheus" | "promauto" if name.starts_with("New") => {
            meaning(Api::MetricRegister, &[Lends(Library::Metric)])
        }
        "prometheus" if name.contains("Register") => meaning(Api::MetricRegister, &[]),
        "strings" | "strconv" | "bytes" | "math" | "sort" | "filepath" | "utf8" | "unsafe"
        | "reflect" | "bits" | "path" | "errors" | "slices" | "maps" | "fmt" | "binary" | "hex"
        | "base64" | "unicode" => meaning(Api::Pure, &[Nothing]),
        "net" if name.starts_with("Listen") => meaning(Api::Local, &[Nothing, Failure]),
        "os" | "syscall" | "unix" | "windows" | "exec" | "ioutil" | "flock" => {
            meaning(Api::Local, &[])
        }
        _ => None,
    }
}

/// What a method of a library's type means.
pub(super) fn method(on: Library, name: &str) -> Option<Meaning> {
    if let Some(&meaning) = tables().methods.get(&(on, name) as &(Library, &str)) {
        return Some(meaning);
    }
    let api = match on {
        Library::Metric => Api::MetricRecord,
        Library::Logger => match name {
            "Fatal" | "Fatalf" | "Fatalln" | "Fatalw" => Api::Exit,
            "Panic" | "Panicf" | "Panicln" => Api::Panic,
            _ => Api::Log,
        },
        Library::Request | Library::Exchange => Api::Respond,
        Library::ConcurrentMap | Library::Duration | Library::Instant | Library::ObjectPool => {
            Api::Pure
        }
        _ => return None,
    };
    let yields: &[Yields] = match on {
        Library::Metric => &[Lends(Library::Metric)],
        Library::Logger => &[Lends(Library::Logger)],
        Library::Instant if name == "Sub" => &[Lends(Library::Duration)],
        Library::Instant if name == "Add" => &[Lends(Library::Instant)],
        _ => &[Nothing],
    };
    Some(Meaning { api, yields })
}

/// What a method of another package's type means.
pub(super) fn foreign_method(module: &str, ty: &str, name: &str) -> Option<Meaning> {
    if matches!(module, "os" | "os/exec" | "syscall") {
        return Some(Meaning {
            api: Api::Local,
            yields: &[],
        });
    }
    let methods = tables().foreign.get(&(module, ty) as &(&str, &str))?;
    methods
        .iter()
        .find(|(method, _)| *method == name)
        .map(|&(_, meaning)| meaning)
}
