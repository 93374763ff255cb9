//! How a path is followed: from module to module by what they take from each other.

use super::Item;
use super::places::{Part, Place, Places, Uses};
use crate::languages::rust::{functions, libraries};
use rustc_hash::FxHashMap;

/// How often a name is followed from one module to another.
const MAX_HOPS: u32 = 8;

/// Where a path leads.
pub(super) enum Reached {
    Item(Place, Item),
    /// Nowhere that is known: it stays as it was asked for.
    Same,
    /// To something that is not of the crate.
    Other(Vec<Part>),
}

/// Whether a full path is that of a type or a function which the engine knows.
fn is_listed(path: &str) -> bool {
    libraries::is_listed(path) || functions::is_listed(path)
}

/// One search, with what it has asked and tried so far.
pub(super) struct Search<'n> {
    places: &'n Places,
    /// The modules whose globs were gone through already, with the hops that were left there.
    /// Modules that take everything from each other would else be searched over and over.
    tried: FxHashMap<Place, FxHashMap<Box<[Part]>, u32>>,
    /// The marks of the parts that were looked for in vain. Once one of them is told of, the
    /// search may end elsewhere.
    pub missed: u64,
}

impl<'n> Search<'n> {
    pub fn new(places: &'n Places) -> Search<'n> {
        Search {
            places,
            tried: FxHashMap::default(),
            missed: 0,
        }
    }

    /// Where a path leads that is written in a module.
    pub fn resolve(&mut self, module: Place, path: &[Part]) -> Reached {
        match self.follow(module, path, MAX_HOPS) {
            Reached::Same => self.of_a_library(module, path),
            reached => reached,
        }
    }

    /// `use tokio::sync::oneshot::*`: a name that nothing in the crate bears may be what a known
    /// library has under it.
    fn of_a_library(&self, module: Place, path: &[Part]) -> Reached {
        let globs = self.places.uses(module).map(|uses| &uses.inner);
        let mut full = globs
            .into_iter()
            .flatten()
            .map(|&glob| self.joined(glob, path));
        match full.find(|parts| is_listed(&self.places.text(parts))) {
            Some(parts) => Reached::Other(parts),
            None => Reached::Same,
        }
    }

    fn follow(&mut self, module: Place, path: &[Part], hops: u32) -> Reached {
        let (Some(hops), Some((&first, rest))) = (hops.checked_sub(1), path.split_first()) else {
            return Reached::Same;
        };
        match first {
            Part::CRATE | Part::MACRO_CRATE if !rest.is_empty() => {
                return self.whole(Place::CRATE, rest, hops);
            }
            Part::SELF if !rest.is_empty() => return self.whole(module, rest, hops),
            Part::SUPER if !rest.is_empty() => {
                let above = self.places.above(module);
                return match self.follow(above, rest, hops) {
                    Reached::Same => Reached::Other(rest.to_vec()),
                    reached => reached,
                };
            }
            _ => {}
        }
        let uses = self.places.uses(module);
        if let Some(&target) = uses.and_then(|uses| uses.names.get(&first)) {
            if self.is_of_crate(target, rest) {
                return self.whole(target, rest, hops);
            }
            let path = self.joined(target, rest);
            if self.is_beside(module, &path) {
                return self.whole(module, &path, hops);
            }
            return match self.through_others(module, first, &path, hops) {
                Some((place, item)) => Reached::Item(place, item),
                None => Reached::Other(path),
            };
        }
        self.missed |= first.mark();
        if let Some(here) = self.places.below(module, first)
            && self.places.item(here).is_some()
        {
            return self.whole(here, rest, hops);
        }
        match self.through_globs(module, path, hops) {
            Some((place, item)) => Reached::Item(place, item),
            None => Reached::Same,
        }
    }

    /// Whether a path begins with `crate::`.
    fn is_of_crate(&self, target: Place, rest: &[Part]) -> bool {
        match target {
            Place::CRATE => !rest.is_empty(),
            target => self.places.is_of_crate(target),
        }
    }

    /// Whether a path as a `use` writes it begins with a module that is declared beside it:
    /// `mod tcp; pub use tcp::Listener;`.
    fn is_beside(&mut self, module: Place, path: &[Part]) -> bool {
        let Some(&first) = path.first() else {
            return false;
        };
        self.missed |= first.mark();
        let inner = self.places.below(module, first);
        matches!(
            inner.and_then(|inner| self.places.item(inner)),
            Some(Item::Module)
        )
    }

    /// A path as a `use` writes it may begin with a name that the module took itself from
    /// elsewhere: `use crate::*; use net::Port;`.
    fn through_others(
        &mut self,
        module: Place,
        asked: Part,
        path: &[Part],
        hops: u32,
    ) -> Option<(Place, Item)> {
        let &first = path.first().filter(|&&first| first != asked)?;
        let is_named = |uses: &Uses| uses.names.contains_key(&first);
        if self.places.uses(module).is_some_and(is_named) {
            return match self.follow(module, path, hops) {
                Reached::Item(place, item) => Some((place, item)),
                _ => None,
            };
        }
        self.through_globs(module, path, hops)
    }

    fn joined(&self, head: Place, rest: &[Part]) -> Vec<Part> {
        let mut parts = Vec::with_capacity(8 + rest.len());
        self.places.append_parts(head, &mut parts);
        parts.extend_from_slice(rest);
        parts
    }

    fn through_globs(&mut self, module: Place, path: &[Part], hops: u32) -> Option<(Place, Item)> {
        let places = self.places;
        let uses = places.uses(module)?;
        if !uses.has_globs || !places.is_simple(path[0]) || !self.is_worth(module, path, hops) {
            return None;
        }
        for &inner in &uses.inner {
            let path = self.joined(inner, path);
            if self.is_beside(module, &path)
                && let Some(Reached::Item(place, item)) = self.absolute(module, &path, hops)
            {
                return Some((place, item));
            }
        }
        let globs = uses.globs.iter().filter(|&&glob| glob != module);
        for &glob in globs {
            if let Some(Reached::Item(place, item)) = self.absolute(glob, path, hops) {
                return Some((place, item));
            }
        }
        None
    }

    /// Whether the globs of a module were not yet searched for a path with as many hops left.
    fn is_worth(&mut self, module: Place, path: &[Part], hops: u32) -> bool {
        let paths = self.tried.entry(module).or_default();
        match paths.get_mut(path) {
            Some(before) if *before >= hops => false,
            Some(before) => {
                *before = hops;
                true
            }
            None => {
                paths.insert(path.into(), hops);
                true
            }
        }
    }

    /// A path that begins at the crate's root, in full where it leads nowhere.
    fn whole(&mut self, head: Place, rest: &[Part], hops: u32) -> Reached {
        self.absolute(head, rest, hops)
            .unwrap_or_else(|| Reached::Other(self.joined(head, rest)))
    }

    /// A path that begins at the crate's root; `None` where it leads nowhere.
    fn absolute(&mut self, head: Place, rest: &[Part], hops: u32) -> Option<Reached> {
        let places = self.places;
        let place = rest
            .iter()
            .try_fold(head, |place, &part| places.below(place, part));
        if let Some(place) = place
            && let Some(item) = places.item(place)
        {
            return Some(Reached::Item(place, item));
        }
        // A part of it may be taken over from elsewhere: `pub use`.
        let parts = self.joined(head, rest);
        if !self.is_worth(Place::ROOT, &parts, hops) {
            return None;
        }
        let along = self.places_along(&parts);
        for (at, &module) in along.iter().enumerate().rev() {
            let Some(uses) = places.uses(module) else {
                continue;
            };
            let rest = &parts[at + 1..];
            if !uses.has_globs && !uses.names.contains_key(&rest[0]) {
                continue;
            }
            match self.follow(module, rest, hops) {
                Reached::Item(place, item) => return Some(Reached::Item(place, item)),
                Reached::Same if self.begins_with_crate(rest) => {}
                Reached::Same => return None,
                Reached::Other(parts) if self.begins_with_crate(&parts) => {}
                Reached::Other(parts) => return (parts != rest).then_some(Reached::Other(parts)),
            }
        }
        None
    }

    /// The places that a path leads through, as far as anything was told of them, all but where it
    /// ends.
    fn places_along(&mut self, parts: &[Part]) -> Vec<Place> {
        let mut along = Vec::with_capacity(parts.len());
        let mut place = Some(Place::ROOT);
        for (at, &part) in parts.iter().enumerate() {
            // What was told of a part would be found instead.
            if at > 0 {
                self.missed |= part.mark();
            }
            place = place.and_then(|place| self.places.below(place, part));
            if at + 1 < parts.len()
                && let Some(place) = place
            {
                along.push(place);
            }
        }
        along
    }

    /// Whether the text of a path begins with the word, be it in another crate's name.
    fn begins_with_crate(&self, path: &[Part]) -> bool {
        let first = path.first().map(|&first| self.places.text_of_part(first));
        first.is_some_and(|first| first.starts_with("crate"))
    }
}
