//! Paths as places in a tree, so that a search compares numbers and builds no text.

use super::Item;
use rustc_hash::FxHashMap;

/// A part of a path: what stands between two `::`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Part(u32);

impl Part {
    pub const CRATE: Part = Part(0);
    pub const MACRO_CRATE: Part = Part(1);
    pub const SELF: Part = Part(2);
    pub const SUPER: Part = Part(3);

    /// One of 64 marks that stand for all parts.
    pub fn mark(self) -> u64 {
        1 << (self.0 % 64)
    }
}

/// Where a full path leads: a module, an item, or what another crate has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::languages::rust) struct Place(u32);

impl Place {
    /// Where full paths begin.
    pub(super) const ROOT: Place = Place(0);
    /// The root of the crate.
    pub const CRATE: Place = Place(1);
}

/// A path as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Written(u32);

/// What a module takes from elsewhere.
#[derive(Default)]
pub(super) struct Uses {
    pub names: FxHashMap<Part, Place>,
    /// Whether it takes everything from anywhere, be it from another crate.
    pub has_globs: bool,
    /// The modules that it takes everything from.
    pub globs: Vec<Place>,
    /// Paths that do not begin at the crate's root and that it takes everything from: other
    /// crates, and modules declared beside the `use`.
    pub inner: Vec<Place>,
}

struct Known {
    above: Place,
    part: Part,
    item: Option<Item>,
    uses: Option<Box<Uses>>,
}

/// The text of a part, and what is known of it wherever it stands.
struct PartFacts {
    text: Box<str>,
    is_simple: bool,
}

/// All parts, places and written paths that were seen.
pub(super) struct Places {
    parts: FxHashMap<Box<str>, Part>,
    facts: Vec<PartFacts>,
    below: FxHashMap<(Place, Part), Place>,
    places: Vec<Known>,
    written: FxHashMap<Box<str>, Written>,
    texts: Vec<Box<[Part]>>,
}

impl Default for Places {
    fn default() -> Places {
        let root = Known {
            above: Place::ROOT,
            part: Part(0),
            item: None,
            uses: None,
        };
        let mut places = Places {
            parts: FxHashMap::default(),
            facts: Vec::new(),
            below: FxHashMap::default(),
            places: vec![root],
            written: FxHashMap::default(),
            texts: Vec::new(),
        };
        for text in ["crate", "$crate", "self", "super"] {
            places.part(text);
        }
        places.make(Place::ROOT, Part::CRATE);
        places
    }
}

impl Places {
    /// The part of a text.
    pub fn part(&mut self, text: &str) -> Part {
        if let Some(&part) = self.parts.get(text) {
            return part;
        }
        let part = Part(self.facts.len() as u32);
        self.parts.insert(text.into(), part);
        self.facts.push(PartFacts {
            text: text.into(),
            is_simple: false,
        });
        part
    }

    fn make(&mut self, above: Place, part: Part) -> Place {
        if let Some(&place) = self.below.get(&(above, part)) {
            return place;
        }
        let place = Place(self.places.len() as u32);
        self.below.insert((above, part), place);
        self.places.push(Known {
            above,
            part,
            item: None,
            uses: None,
        });
        place
    }

    /// The place of a path that begins somewhere.
    pub fn under(&mut self, above: Place, path: &str) -> Place {
        path.split("::").fold(above, |place, text| {
            let part = self.part(text);
            self.make(place, part)
        })
    }

    /// The place of a full path.
    pub fn of(&mut self, path: &str) -> Place {
        self.under(Place::ROOT, path)
    }

    /// A path as it is written.
    pub fn write(&mut self, path: &str) -> Written {
        if let Some(&written) = self.written.get(path) {
            return written;
        }
        let parts = path.split("::").map(|text| self.part(text)).collect();
        let written = Written(self.texts.len() as u32);
        self.written.insert(path.into(), written);
        self.texts.push(parts);
        written
    }

    pub fn parts_of_written(&self, written: Written) -> &[Part] {
        &self.texts[written.0 as usize]
    }

    /// The place that a part leads to, if anything was told of it.
    pub fn below(&self, above: Place, part: Part) -> Option<Place> {
        self.below.get(&(above, part)).copied()
    }

    /// The module that a place stands in.
    pub fn above(&self, place: Place) -> Place {
        match self.known(place).above {
            Place::ROOT => Place::CRATE,
            above => above,
        }
    }

    /// Whether a path leads into the crate.
    pub fn is_of_crate(&self, place: Place) -> bool {
        let mut at = place;
        while at != Place::ROOT && at != Place::CRATE {
            at = self.known(at).above;
        }
        at == Place::CRATE
    }

    fn known(&self, place: Place) -> &Known {
        &self.places[place.0 as usize]
    }

    pub fn last(&self, place: Place) -> Part {
        self.known(place).part
    }

    pub fn item(&self, place: Place) -> Option<Item> {
        self.known(place).item
    }

    pub fn set_item(&mut self, place: Place, item: Item) {
        self.places[place.0 as usize].item = Some(item);
    }

    pub fn uses(&self, place: Place) -> Option<&Uses> {
        self.known(place).uses.as_deref()
    }

    pub fn uses_mut(&mut self, place: Place) -> &mut Uses {
        self.places[place.0 as usize].uses.get_or_insert_default()
    }

    /// Whether a part ends the path of any item, or is what a module calls something.
    pub fn is_simple(&self, part: Part) -> bool {
        self.facts[part.0 as usize].is_simple
    }

    /// Marks a part as one that may be found through a glob; whether that is new.
    pub fn mark_simple(&mut self, part: Part) -> bool {
        !std::mem::replace(&mut self.facts[part.0 as usize].is_simple, true)
    }

    pub fn text_of_part(&self, part: Part) -> &str {
        &self.facts[part.0 as usize].text
    }

    /// Puts the parts of a place's path behind others.
    pub fn append_parts(&self, place: Place, parts: &mut Vec<Part>) {
        let start = parts.len();
        let mut at = place;
        while at != Place::ROOT {
            parts.push(self.last(at));
            at = self.known(at).above;
        }
        parts[start..].reverse();
    }

    /// The text of a path.
    pub fn text(&self, parts: &[Part]) -> String {
        let mut text = String::new();
        for (at, &part) in parts.iter().enumerate() {
            if at > 0 {
                text.push_str("::");
            }
            text.push_str(self.text_of_part(part));
        }
        text
    }

    /// The text of a place's path.
    pub fn path(&self, place: Place) -> String {
        let mut parts = Vec::new();
        self.append_parts(place, &mut parts);
        self.text(&parts)
    }
}
