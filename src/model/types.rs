//! Types, as far as concurrency cares: channels, containers, what libraries lend, and the
//! unit's own types with their fields and methods.

use super::ids::{FunctionId, NamedId, Symbol, TypeId, VariableId};
use crate::source::Span;

/// A type. Types are not interned: equality of ids means nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// Not known, or of no interest.
    Unknown,
    /// Truth.
    Boolean,
    /// Any whole number, with its size in bytes.
    Integer(u8),
    /// Any floating number.
    Float,
    /// Text.
    Text,
    /// An error value.
    Error,
    /// The type of one value that carries nothing.
    Unit,
    /// A type of which only behaviour is known.
    Interface,
    /// Points at another type.
    Pointer(TypeId),
    /// A list, growing or fixed.
    List(TypeId, Option<u64>),
    /// Keys to values.
    Map(TypeId, TypeId),
    /// A channel of elements: which ends the type grants, and how the channel behaves.
    Channel(TypeId, Direction, Discipline),
    /// A lock together with what it guards.
    Guarded(Library, TypeId),
    /// A callable.
    Function(Vec<TypeId>, Vec<TypeId>),
    /// Several values, as a call returns them.
    Tuple(Vec<TypeId>),
    /// A type of the unit.
    Named(NamedId),
    /// A type that a library lends and the engine knows.
    Library(Library),
    /// A type of another package: module path and name.
    Foreign(Symbol, Symbol),
}

/// Which ends of a channel a type grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Both ends.
    Both,
    /// Sending only.
    Send,
    /// Receiving only.
    Receive,
}

/// How a channel takes values and how it comes to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Discipline {
    /// Has the room that it is made with. Whoever closes it ends it, and a send after that
    /// unwinds.
    Closed,
    /// Has the room that it is made with. It ends when its last sender is gone; a send after its
    /// receivers are gone yields an error.
    Owned,
    /// As [`Discipline::Owned`], but takes any number of values: no send ever waits.
    Unbounded,
    /// Takes one value, without waiting.
    Once,
    /// Keeps the newest values and forgets older ones: no send ever waits, and slow receivers
    /// skip.
    Latest,
}

impl Discipline {
    /// Whether a send can wait for room.
    pub fn waits(self) -> bool {
        matches!(self, Discipline::Closed | Discipline::Owned)
    }

    /// Whether the channel ends by itself when one side is gone.
    pub fn ends_with_owners(self) -> bool {
        self != Discipline::Closed
    }
}

/// What libraries lend to concurrent code, in the field's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Library {
    /// A mutual-exclusion lock.
    Mutex,
    /// A lock with readers and writers.
    RwLock,
    /// Runs something once.
    Once,
    /// Counts tasks and lets one wait for all.
    WaitGroup,
    /// Spawns tasks and lets one wait for all; may be limited.
    TaskGroup,
    /// A task group that keeps what each of its tasks yields until somebody takes it out.
    TaskSet,
    /// A set of futures, which run while somebody waits for the set and only then.
    FutureSet,
    /// A condition variable.
    Condition,
    /// A counting semaphore.
    Semaphore,
    /// A pool of reusable values.
    ObjectPool,
    /// A pool of workers that takes tasks.
    WorkerPool,
    /// An atomic whole number.
    AtomicInteger,
    /// An atomic truth value.
    AtomicFlag,
    /// Any other atomic.
    AtomicCell,
    /// Carries cancellation and a deadline.
    Context,
    /// Ends a context.
    CancelFunction,
    /// Fires once.
    Timer,
    /// Fires again and again.
    Ticker,
    /// A span of time.
    Duration,
    /// A point in time.
    Instant,
    /// A linked list.
    LinkedList,
    /// A map for concurrent use.
    ConcurrentMap,
    /// An incoming request that carries a context.
    Request,
    /// What answers a request.
    Response,
    /// An incoming request and what answers it, in one.
    Exchange,
    /// A metric that is exported.
    Metric,
    /// A logger.
    Logger,
    /// A back-off policy of a library.
    Backoff,
    /// A rate limiter of a library.
    RateLimiter,
    /// A place on this machine: a path of its file system, the address of a local socket.
    LocalPath,
    /// A process that this one starts.
    Process,
}

/// A type that the unit declares, or that is implied by its use.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its name; empty for types without one.
    pub name: Symbol,
    /// Where it is declared, if it is.
    pub span: Option<Span>,
    /// What it is made of, where it is not a struct.
    pub underlying: Option<TypeId>,
    /// Its fields.
    pub fields: Vec<(Symbol, VariableId)>,
    /// Types whose fields and methods it takes over.
    pub embedded: Vec<TypeId>,
    /// The forms that a value of it takes, one at a time: each a type with fields of its own.
    pub forms: Vec<NamedId>,
    /// Its methods.
    pub methods: Vec<(Symbol, FunctionId)>,
    /// Names that an interface asks for.
    pub is_interface: bool,
    /// Whether other packages see it.
    pub exported: bool,
}
