//! What the types, functions and methods of other packages mean. Which are known stands in
//! `tables`.

mod tables;

use crate::languages::link::Meaning;
use crate::languages::link::Yields::{self, Failure, Lends, Nothing, Truth, Whole};
use crate::model::{Api, Library};
use rustc_hash::FxHashMap;
use std::sync::OnceLock;
use tables::{FOREIGN_METHODS, FUNCTIONS, LOGGING, METHODS, TYPES, USUAL};

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
        Library::Process => {
            return Some(Meaning {
                api: Api::Local,
                yields: &[],
            });
        }
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
