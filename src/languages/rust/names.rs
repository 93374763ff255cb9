//! Paths: modules, `use` declarations, and the items of the crate that they lead to.

use super::{Kind, Lowering};
use crate::model::{FunctionId, NamedId, TypeId, VariableId};
use crate::source::FileId;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use tree_sitter::Node;

/// How often a name is followed from one module to another.
const MAX_HOPS: u32 = 8;

/// What a path of the crate leads to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item {
    Type(NamedId, TypeId),
    Function(FunctionId),
    Variable(VariableId),
    Module,
}

/// What a module takes from elsewhere.
#[derive(Default)]
struct Uses {
    names: FxHashMap<Box<str>, String>,
    globs: Vec<String>,
}

/// Where a path leads: itself in full, and the item there, if it is one of the crate.
type Target = (String, Option<Item>);

/// The names of the files that are read together.
#[derive(Default)]
pub(super) struct Names {
    items: FxHashMap<String, Item>,
    uses: FxHashMap<String, Uses>,
    /// The last parts of all items and what modules call what they take: nothing else can be
    /// found through a glob.
    simple: FxHashSet<Box<str>>,
    /// What was looked up since the last name was added: by module, then by path.
    known: RefCell<FxHashMap<String, FxHashMap<String, Target>>>,
    /// Functions by where they stand, so that their bodies find them.
    pub functions: FxHashMap<(FileId, u32), FunctionId>,
    /// Tuples that have fields of their own.
    pub tuples: FxHashSet<NamedId>,
    /// Types by where they stand.
    pub types: FxHashMap<(FileId, u32), NamedId>,
}

/// The modules whose globs one search has gone through already, with the hops that it had left
/// there. Modules that take everything from each other would else be searched over and over.
#[derive(Default)]
struct Tried(FxHashMap<String, FxHashMap<String, u32>>);

impl Tried {
    /// Whether the globs of a module were not yet searched for a path with as many hops left.
    fn is_worth(&mut self, module: &str, path: &str, hops: u32) -> bool {
        let paths = self.0.entry(module.to_owned()).or_default();
        match paths.get_mut(path) {
            Some(before) if *before >= hops => false,
            Some(before) => {
                *before = hops;
                true
            }
            None => {
                paths.insert(path.to_owned(), hops);
                true
            }
        }
    }
}

impl Names {
    /// Tells what a full path stands for.
    pub fn insert(&mut self, path: String, item: Item) {
        self.known.get_mut().clear();
        let simple = path.rsplit("::").next().unwrap_or(&path);
        if !self.simple.contains(simple) {
            self.simple.insert(simple.into());
        }
        self.items.entry(path).or_insert(item);
    }

    fn uses_of(&mut self, module: &str) -> &mut Uses {
        self.known.get_mut().clear();
        self.uses.entry(module.to_owned()).or_default()
    }

    /// Tells by what name a module takes what a full path stands for.
    fn take(&mut self, module: &str, name: String, path: String) {
        if !self.simple.contains(name.as_str()) {
            self.simple.insert(name.as_str().into());
        }
        let uses = self.uses_of(module);
        uses.names.entry(name.into_boxed_str()).or_insert(path);
    }

    /// The full path of a path as it is written in a module, and the item there, if it is one of
    /// the crate.
    pub fn resolve(&self, module: &str, path: &str) -> Target {
        let known = self.known.borrow();
        if let Some(target) = known.get(module).and_then(|paths| paths.get(path)) {
            return target.clone();
        }
        drop(known);
        let target = self.follow(module, path, MAX_HOPS, &mut Tried::default());
        let mut known = self.known.borrow_mut();
        let paths = known.entry(module.to_owned()).or_default();
        paths.insert(path.to_owned(), target.clone());
        target
    }

    fn follow(&self, module: &str, path: &str, hops: u32, tried: &mut Tried) -> Target {
        let Some(hops) = hops.checked_sub(1) else {
            return (path.to_owned(), None);
        };
        let (first, rest) = match path.split_once("::") {
            Some((first, rest)) => (first, Some(rest)),
            None => (path, None),
        };
        let joined = |head: &str| match rest {
            Some(rest) => format!("{head}::{rest}"),
            None => head.to_owned(),
        };
        match (first, rest) {
            ("crate" | "$crate", Some(rest)) => {
                return self.absolute(&format!("crate::{rest}"), hops, tried);
            }
            ("self", Some(rest)) => {
                return self.absolute(&format!("{module}::{rest}"), hops, tried);
            }
            ("super", Some(rest)) => {
                let above = module.rsplit_once("::").map_or("crate", |(above, _)| above);
                return self.follow(above, rest, hops, tried);
            }
            _ => {}
        }
        if let Some(uses) = self.uses.get(module)
            && let Some(target) = uses.names.get(first)
        {
            let whole = self.rooted(module, joined(target));
            return match whole.starts_with("crate::") {
                true => self.absolute(&whole, hops, tried),
                false => (whole, None),
            };
        }
        let here = format!("{module}::{first}");
        if self.items.contains_key(&here) {
            return self.absolute(&joined(&here), hops, tried);
        }
        if let Some(found) = self.through_globs(module, path, hops, tried) {
            return found;
        }
        (path.to_owned(), None)
    }

    fn through_globs(
        &self,
        module: &str,
        path: &str,
        hops: u32,
        tried: &mut Tried,
    ) -> Option<Target> {
        let uses = self.uses.get(module)?;
        let first = path.split("::").next().unwrap_or(path);
        if uses.globs.is_empty()
            || !self.simple.contains(first)
            || !tried.is_worth(module, path, hops)
        {
            return None;
        }
        if let Some(found) = self.below(module, first, hops) {
            let whole = format!("{found}{}", &path[first.len()..]);
            return Some(self.absolute(&whole, hops, tried)).filter(|found| found.1.is_some());
        }
        uses.globs
            .iter()
            .filter(|glob| glob.starts_with("crate") && *glob != module)
            .find_map(|glob| {
                let found = self.absolute(&format!("{glob}::{path}"), hops, tried);
                found.1.is_some().then_some(found)
            })
    }

    /// Where a name comes from that a module takes from modules below itself, all of theirs at
    /// once: `mod tcp; pub use tcp::*;`.
    fn below(&self, module: &str, name: &str, hops: u32) -> Option<String> {
        let hops = hops.checked_sub(1)?;
        let uses = self.uses.get(module)?;
        let inner = uses.globs.iter().filter(|glob| !glob.starts_with("crate"));
        for glob in inner {
            let inner = self.rooted(module, glob.clone());
            if inner.len() == glob.len() {
                continue;
            }
            let here = format!("{inner}::{name}");
            if self.items.contains_key(&here) {
                return Some(here);
            }
            let taken = self.uses.get(&inner).and_then(|uses| uses.names.get(name));
            if let Some(taken) = taken {
                let taken = self.rooted(&inner, taken.clone());
                if taken.starts_with("crate::") {
                    return Some(taken);
                }
            }
            if let Some(found) = self.below(&inner, name, hops) {
                return Some(found);
            }
        }
        None
    }

    /// A path as a `use` writes it, from the crate's root when it begins with a module that is
    /// declared beside it: `mod tcp; pub use tcp::Listener;`.
    fn rooted(&self, module: &str, path: String) -> String {
        let first = path.split("::").next().unwrap_or(&path);
        if first == "crate" {
            return path;
        }
        match self.items.get(&format!("{module}::{first}")) {
            Some(Item::Module) => format!("{module}::{path}"),
            _ => path,
        }
    }

    /// A path that begins at the crate's root.
    fn absolute(&self, path: &str, hops: u32, tried: &mut Tried) -> Target {
        if let Some(&item) = self.items.get(path) {
            return (path.to_owned(), Some(item));
        }
        if !tried.is_worth("", path, hops) {
            return (path.to_owned(), None);
        }
        // A part of it may be taken over from elsewhere: `pub use`.
        let mut end = path.len();
        while let Some(at) = path[..end].rfind("::") {
            let (module, rest) = (&path[..at], &path[at + 2..]);
            let first = rest.split("::").next().unwrap_or(rest);
            if self
                .uses
                .get(module)
                .is_some_and(|uses| uses.names.contains_key(first) || !uses.globs.is_empty())
            {
                let found = self.follow(module, rest, hops, tried);
                if found.1.is_some() || !found.0.starts_with("crate") {
                    return match found.1.is_some() || found.0 != rest {
                        true => found,
                        false => (path.to_owned(), None),
                    };
                }
            }
            end = at;
        }
        (path.to_owned(), None)
    }
}

impl Lowering<'_> {
    /// Takes the names of a `use` declaration into the module at hand.
    pub(super) fn use_declaration(&mut self, node: &Node<'_>) {
        if let Some(argument) = self.field(node, self.f.argument) {
            self.use_tree(&argument, "", 0);
        }
    }

    fn use_tree(&mut self, node: &Node<'_>, prefix: &str, depth: u32) {
        if depth > 16 {
            return;
        }
        let under = |text: &str| match (prefix.is_empty(), text) {
            (true, text) => text.to_owned(),
            (false, "self") => prefix.to_owned(),
            (false, text) => format!("{prefix}::{text}"),
        };
        match self.kind(node) {
            Kind::ScopedUseList => {
                let path = self.field(node, self.f.path);
                let path = path.map_or(prefix.to_owned(), |path| under(self.text_of(&path)));
                if let Some(list) = self.field(node, self.f.list) {
                    self.use_tree(&list, &path, depth + 1);
                }
            }
            Kind::UseList => {
                for child in self.children(node) {
                    self.use_tree(&child, prefix, depth + 1);
                }
            }
            Kind::UseAsClause => {
                let (Some(path), Some(alias)) = (
                    self.field(node, self.f.path),
                    self.field(node, self.f.alias),
                ) else {
                    return;
                };
                let path = under(self.text_of(&path));
                self.take_name(self.text_of(&alias).to_owned(), path);
            }
            Kind::UseWildcard => {
                if let Some(path) = self.first_child(node) {
                    let path = self.absolute_use(under(self.text_of(&path)));
                    let module = self.module.clone();
                    self.names.uses_of(&module).globs.push(path);
                }
            }
            _ => {
                let path = under(self.text_of(node));
                let name = path.rsplit("::").next().unwrap_or(&path).to_owned();
                self.take_name(name, path);
            }
        }
    }

    fn take_name(&mut self, name: String, path: String) {
        let path = self.absolute_use(path);
        self.note_import(&path);
        let module = self.module.clone();
        self.names.take(&module, name, path);
    }

    /// `self::x` and `super::x` as seen from the crate's root; modules of the crate by their
    /// first part.
    fn absolute_use(&self, path: String) -> String {
        let (first, rest) = path.split_once("::").unwrap_or((&path, ""));
        let joined = |head: &str| match rest {
            "" => head.to_owned(),
            rest => format!("{head}::{rest}"),
        };
        match first {
            "self" => joined(&self.module),
            "super" => {
                let mut above = self.module.as_str();
                let mut rest = path.as_str();
                while let Some(next) = rest.strip_prefix("super") {
                    above = above.rsplit_once("::").map_or("crate", |(above, _)| above);
                    rest = next.strip_prefix("::").unwrap_or("");
                }
                match rest {
                    "" => above.to_owned(),
                    rest => format!("{above}::{rest}"),
                }
            }
            // The program of a package takes what its library holds by the package's name.
            _ if !rest.is_empty() && self.is_own_package(first) => joined("crate"),
            _ => path,
        }
    }

    /// Whether a name is that of the package at hand, which its directory mostly bears.
    fn is_own_package(&self, name: &str) -> bool {
        let path = &self.builder.program.files[self.file.0 as usize].path;
        let above = path.rfind("/src/").map(|at| &path[..at]);
        above
            .and_then(|above| above.rsplit('/').next())
            .is_some_and(|package| package.replace('-', "_") == name)
    }

    fn note_import(&mut self, path: &str) {
        let facts = &mut self.builder.program.files[self.file.0 as usize];
        facts.imports.push(path.to_owned());
    }

    /// The full path of what a node names, and the item there.
    pub(super) fn resolve(&self, node: &Node<'_>) -> (String, Option<Item>) {
        let text = self.text_of(node);
        let plain: String = match text.contains(['<', ' ', '\n']) {
            true => without_arguments(text),
            false => text.to_owned(),
        };
        self.names.resolve(&self.module, &plain)
    }
}

/// A path without its type arguments and white space: `Vec::<u8>::new` is `Vec::new`.
fn without_arguments(path: &str) -> String {
    let mut depth = 0_u32;
    let mut plain = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            c if c.is_whitespace() => {}
            c if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain.replace("::::", "::").trim_matches(':').to_owned()
}

/// The module that a file is, by its path: `a/src/b/c.rs` is `crate::b::c`.
pub(super) fn module_of(path: &str) -> String {
    let inner = match path.rfind("src/") {
        Some(at) if at == 0 || path.as_bytes()[at - 1] == b'/' => &path[at + 4..],
        _ => return "crate".to_owned(),
    };
    let stem = inner.strip_suffix(".rs").unwrap_or(inner);
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    match stem {
        "lib" | "main" | "mod" => "crate".to_owned(),
        stem => format!("crate::{}", stem.replace('/', "::")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_come_from_paths() {
        assert_eq!(module_of("a/src/lib.rs"), "crate");
        assert_eq!(module_of("src/net/mod.rs"), "crate::net");
        assert_eq!(module_of("x/src/net/tcp.rs"), "crate::net::tcp");
        assert_eq!(module_of("paste.rs"), "crate");
    }

    #[test]
    fn names_are_followed_through_uses() {
        let mut names = Names::default();
        names.insert("crate::a".to_owned(), Item::Module);
        names.insert("crate::a::X".to_owned(), Item::Variable(VariableId(7)));
        let take = |names: &mut Names, module: &str, name: &str, path: &str| {
            names.take(module, name.to_owned(), path.to_owned());
        };
        take(&mut names, "crate::b", "a", "crate::a");
        take(&mut names, "crate::b", "mpsc", "tokio::sync::mpsc");
        names.uses_of("crate::c").globs.push("crate::b".to_owned());
        take(&mut names, "crate", "Y", "crate::a::X");
        let found = |module: &str, path: &str| names.resolve(module, path);
        assert!(found("crate::b", "a::X").1.is_some());
        assert!(found("crate::a", "super::Y").1.is_some());
        assert!(found("crate::d", "crate::Y").1.is_some());
        assert!(found("crate::c", "a::X").1.is_some());
        assert_eq!(
            found("crate::b", "mpsc::Sender").0,
            "tokio::sync::mpsc::Sender"
        );
        assert_eq!(found("crate::a", "mpsc::Sender").0, "mpsc::Sender");
        assert_eq!(without_arguments("Vec::<Vec<u8>>::new"), "Vec::new");
    }

    #[test]
    fn modules_hand_on_what_stands_below_them() {
        let mut names = Names::default();
        for module in ["crate::net", "crate::net::tcp", "crate::net::tcp::listen"] {
            names.insert(module.to_owned(), Item::Module);
        }
        let (port, back) = (VariableId(7), VariableId(8));
        names.insert("crate::net::tcp::Port".to_owned(), Item::Variable(port));
        names.insert(
            "crate::net::tcp::listen::Back".to_owned(),
            Item::Variable(back),
        );
        names.take("crate::net", "Port".to_owned(), "tcp::Port".to_owned());
        names.take("crate::net", "Other".to_owned(), "udp::Other".to_owned());
        for (module, glob) in [("crate::net", "tcp"), ("crate::net::tcp", "listen")] {
            names.uses_of(module).globs.push(glob.to_owned());
        }
        assert!(names.resolve("crate::app", "crate::net::Port").1.is_some());
        assert!(names.resolve("crate::app", "crate::net::Back").1.is_some());
        assert_eq!(names.resolve("crate::net", "Other").0, "udp::Other");
    }

    #[test]
    fn modules_that_take_all_from_each_other_are_searched_once() {
        let mut names = Names::default();
        let modules: Vec<String> = (0..60).map(|at| format!("crate::m{at}")).collect();
        for module in &modules {
            for other in &modules {
                names.uses_of(module).globs.push(other.clone());
            }
        }
        names.insert("crate::m59::X".to_owned(), Item::Variable(VariableId(7)));
        names.insert("crate::n::Y".to_owned(), Item::Variable(VariableId(8)));
        assert!(names.resolve("crate::m0", "X").1.is_some());
        assert!(names.resolve("crate::m0", "Y").1.is_none());
    }
}
