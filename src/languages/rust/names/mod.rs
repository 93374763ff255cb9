//! Paths: modules, `use` declarations, and the items of the crate that they lead to.

mod places;
mod search;
mod uses;

use super::lenders::Lender;
use crate::model::{FunctionId, NamedId, Symbol, TypeId, VariableId};
use crate::source::FileId;
pub(super) use places::Place;
use places::{Places, Written};
use rustc_hash::{FxHashMap, FxHashSet};
use search::{Reached, Search};
use std::rc::Rc;

/// What a path of the crate leads to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item {
    Type(NamedId, TypeId),
    Function(FunctionId),
    Variable(VariableId),
    Module,
}

/// Where a path leads: itself in full, and the item there, if it is one of the crate.
type Target = (Rc<str>, Option<Item>);

/// What a search found, and how long that holds.
struct Found {
    target: Target,
    /// How much had been told by then.
    told: u32,
    /// The marks of the parts that were looked for in vain.
    missed: u64,
}

/// The names of the files that are read together.
#[derive(Default)]
pub(super) struct Names {
    places: Places,
    found: FxHashMap<(Place, Written), Found>,
    /// How much was told so far, and when last something of each mark: most of what was found
    /// outlives what bodies tell, as what they only mention and nothing declares.
    told: u32,
    told_of: Told,
    /// Functions by where they stand, so that their bodies find them.
    pub functions: FxHashMap<(FileId, u32), FunctionId>,
    /// The first method of each name that a type has.
    pub methods: FxHashMap<(NamedId, Symbol), FunctionId>,
    /// For each trait the type that implements it; nothing where there are several.
    implementors: FxHashMap<NamedId, Option<(NamedId, TypeId)>>,
    /// The names of asynchronous functions, which do nothing before somebody waits for them.
    pub asynchronous: FxHashSet<Symbol>,
    /// What the closures are given for which a parameter of a bounded type stands.
    pub callables: FxHashMap<VariableId, TypeId>,
    /// Functions that lend a guard.
    pub lenders: FxHashMap<FunctionId, Lender>,
    /// Tuples that have fields of their own.
    pub tuples: FxHashSet<NamedId>,
    /// Types by where they stand.
    pub types: FxHashMap<(FileId, u32), NamedId>,
}

/// When something of each mark was told last.
struct Told([u32; 64]);

impl Default for Told {
    fn default() -> Told {
        Told([0; 64])
    }
}

impl Told {
    /// Whether nothing of these marks was told after a point.
    fn is_silent(&self, mut marks: u64, after: u32) -> bool {
        while marks != 0 {
            if self.0[marks.trailing_zeros() as usize] > after {
                return false;
            }
            marks &= marks - 1;
        }
        true
    }
}

impl Names {
    /// The place of the module that a file is, by its path.
    pub fn module_of(&mut self, path: &str) -> Place {
        self.places.of(&module_of(path))
    }

    /// The place of a path in a module.
    pub fn under(&mut self, module: Place, path: &str) -> Place {
        self.places.under(module, path)
    }

    /// Tells that a type implements a trait.
    pub fn implements(&mut self, of: NamedId, named: NamedId, ty: TypeId) {
        let known = self.implementors.entry(of).or_insert(Some((named, ty)));
        if known.is_some_and(|(other, _)| other != named) {
            *known = None;
        }
    }

    /// Tells that types out of view implement a trait.
    pub fn implemented_by_many(&mut self, of: NamedId) {
        self.implementors.insert(of, None);
    }

    /// The type that implements a trait, where there is only one.
    pub fn only_implementor(&self, of: NamedId) -> Option<TypeId> {
        let known = self.implementors.get(&of).copied().flatten();
        known.map(|(_, ty)| ty)
    }

    /// A module, and those that it stands in, up to the root of the crate, which is left out.
    pub fn around(&self, module: Place) -> impl Iterator<Item = Place> {
        std::iter::successors(Some(module), |&place| Some(self.places.above(place)))
            .take_while(|&place| place != Place::CRATE)
    }

    /// The full path of a place.
    pub fn path(&self, place: Place) -> String {
        self.places.path(place)
    }

    /// The item at a place, if the crate has one there.
    pub fn item(&self, place: Place) -> Option<Item> {
        self.places.item(place)
    }

    /// Tells what a place stands for.
    pub fn insert(&mut self, place: Place, item: Item) {
        let part = self.places.last(place);
        let is_new = self.places.item(place).is_none();
        if is_new {
            self.places.set_item(place, item);
        }
        if self.places.mark_simple(part) || is_new {
            self.tell(part.mark());
        }
    }

    /// Tells by what name a module takes what a full path stands for.
    fn take(&mut self, module: Place, name: &str, path: &str) {
        let (part, target) = (self.places.part(name), self.places.of(path));
        let names = &mut self.places.uses_mut(module).names;
        let is_new = !names.contains_key(&part);
        if is_new {
            names.insert(part, target);
        }
        if self.places.mark_simple(part) || is_new {
            self.tell(part.mark());
        }
    }

    /// Tells that a module takes everything from another.
    fn take_all(&mut self, module: Place, path: &str) {
        let from = self.places.of(path);
        let uses = self.places.uses_mut(module);
        let had_globs = std::mem::replace(&mut uses.has_globs, true);
        let from_where = match path.starts_with("crate") {
            true => &mut uses.globs,
            false => &mut uses.inner,
        };
        let is_new = !from_where.contains(&from);
        if is_new {
            from_where.push(from);
        }
        if is_new || !had_globs {
            self.tell(u64::MAX);
        }
    }

    fn tell(&mut self, mut marks: u64) {
        self.told += 1;
        while marks != 0 {
            self.told_of.0[marks.trailing_zeros() as usize] = self.told;
            marks &= marks - 1;
        }
    }

    /// The full path of a path as it is written in a module, and the item there, if it is one of
    /// the crate.
    pub fn resolve(&mut self, module: Place, path: &str) -> Target {
        let written = self.places.write(path);
        if let Some(found) = self.found.get_mut(&(module, written))
            && (found.told == self.told || self.told_of.is_silent(found.missed, found.told))
        {
            found.told = self.told;
            return found.target.clone();
        }
        let mut search = Search::new(&self.places);
        let reached = search.resolve(module, self.places.parts_of_written(written));
        let target: Target = match reached {
            Reached::Item(place, item) => (self.places.path(place).into(), Some(item)),
            Reached::Same => (path.into(), None),
            Reached::Other(parts) => (self.places.text(&parts).into(), None),
        };
        let found = Found {
            target: target.clone(),
            told: self.told,
            missed: search.missed,
        };
        self.found.insert((module, written), found);
        target
    }
}

/// The module that a file is, by its path: `a/src/b/c.rs` is `crate::b::c`.
fn module_of(path: &str) -> String {
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
        insert(&mut names, "crate::a", Item::Module);
        insert(&mut names, "crate::a::X", Item::Variable(VariableId(7)));
        take(&mut names, "crate::b", "a", "crate::a");
        take(&mut names, "crate::b", "mpsc", "tokio::sync::mpsc");
        take_all(&mut names, "crate::c", "crate::b");
        take(&mut names, "crate", "Y", "crate::a::X");
        let mut found = |module: &str, path: &str| find(&mut names, module, path);
        assert!(found("crate::b", "a::X").1.is_some());
        assert!(found("crate::a", "super::Y").1.is_some());
        assert!(found("crate::d", "crate::Y").1.is_some());
        assert!(found("crate::c", "a::X").1.is_some());
        assert_eq!(
            &*found("crate::b", "mpsc::Sender").0,
            "tokio::sync::mpsc::Sender"
        );
        assert_eq!(&*found("crate::a", "mpsc::Sender").0, "mpsc::Sender");
        assert_eq!(&*found("crate::a", "crate::n::Z").0, "crate::n::Z");
        assert_eq!(&*found("crate::a", "super::Z").0, "Z");
        assert_eq!(uses::without_arguments("Vec::<Vec<u8>>::new"), "Vec::new");
    }

    #[test]
    fn uses_begin_with_what_other_uses_brought() {
        let mut names = Names::default();
        for module in ["crate::net", "crate::net::tcp"] {
            insert(&mut names, module, Item::Module);
        }
        insert(
            &mut names,
            "crate::net::tcp::Port",
            Item::Variable(VariableId(7)),
        );
        take_all(&mut names, "crate::app", "crate");
        take(&mut names, "crate::app", "Port", "net::tcp::Port");
        take(&mut names, "crate::app", "Socket", "socket2::Socket");
        take(&mut names, "crate::web", "tcp", "crate::net::tcp");
        take(&mut names, "crate::web", "Port", "tcp::Port");
        let mut found = |module: &str, path: &str| find(&mut names, module, path);
        assert!(found("crate::app", "Port").1.is_some());
        assert!(found("crate::web", "Port").1.is_some());
        assert_eq!(&*found("crate::app", "Socket").0, "socket2::Socket");
    }

    #[test]
    fn modules_hand_on_what_stands_below_them() {
        let mut names = Names::default();
        for module in ["crate::net", "crate::net::tcp", "crate::net::tcp::listen"] {
            insert(&mut names, module, Item::Module);
        }
        let (port, back) = ("crate::net::tcp::Port", "crate::net::tcp::listen::Back");
        insert(&mut names, port, Item::Variable(VariableId(7)));
        insert(&mut names, back, Item::Variable(VariableId(8)));
        take(&mut names, "crate::net", "Port", "tcp::Port");
        take(&mut names, "crate::net", "Other", "udp::Other");
        take_all(&mut names, "crate::net", "tcp");
        take_all(&mut names, "crate::net::tcp", "listen");
        let mut found = |module: &str, path: &str| find(&mut names, module, path);
        assert!(found("crate::app", "crate::net::Port").1.is_some());
        assert!(found("crate::app", "crate::net::Back").1.is_some());
        assert_eq!(&*found("crate::net", "Other").0, "udp::Other");
    }

    #[test]
    fn modules_that_take_all_from_each_other_are_searched_once() {
        let mut names = Names::default();
        let modules: Vec<String> = (0..60).map(|at| format!("crate::m{at}")).collect();
        for module in &modules {
            for other in &modules {
                take_all(&mut names, module, other);
            }
        }
        insert(&mut names, "crate::m59::X", Item::Variable(VariableId(7)));
        insert(&mut names, "crate::n::Y", Item::Variable(VariableId(8)));
        assert!(find(&mut names, "crate::m0", "X").1.is_some());
        assert!(find(&mut names, "crate::m0", "Y").1.is_none());
    }

    #[test]
    fn what_was_found_is_found_anew_once_more_is_told() {
        let mut names = Names::default();
        take_all(&mut names, "crate::a", "crate::b");
        take(&mut names, "crate::c", "T", "crate::b::S");
        assert!(find(&mut names, "crate::a", "X").1.is_none());
        assert!(find(&mut names, "crate::c", "T").1.is_none());
        insert(&mut names, "crate::b::X", Item::Variable(VariableId(7)));
        assert!(find(&mut names, "crate::a", "X").1.is_some());
        insert(&mut names, "crate::b::S", Item::Variable(VariableId(8)));
        assert!(find(&mut names, "crate::c", "T").1.is_some());
        assert_eq!(&*find(&mut names, "crate::a", "io::Y").0, "io::Y");
        take(&mut names, "crate::b", "io", "crate::b");
        take(&mut names, "crate::b", "Y", "crate::b::X");
        assert!(find(&mut names, "crate::a", "io::Y").1.is_some());
        assert!(find(&mut names, "crate::d", "S").1.is_none());
        take_all(&mut names, "crate::d", "crate::b");
        assert!(find(&mut names, "crate::d", "S").1.is_some());
    }

    fn insert(names: &mut Names, path: &str, item: Item) {
        let place = names.places.of(path);
        names.insert(place, item);
    }

    fn take(names: &mut Names, module: &str, name: &str, path: &str) {
        let module = names.places.of(module);
        names.take(module, name, path);
    }

    fn take_all(names: &mut Names, module: &str, from: &str) {
        let module = names.places.of(module);
        names.take_all(module, from);
    }

    fn find(names: &mut Names, module: &str, path: &str) -> Target {
        let module = names.places.of(module);
        names.resolve(module, path)
    }
}
