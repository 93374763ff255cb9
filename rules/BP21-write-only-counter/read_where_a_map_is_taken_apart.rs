// A closure that is handed the entries of a map reads a number of each: it is no counter without a
// reader, whatever is known of the types.
use std::collections::HashMap;

pub struct Visits {
    pages: HashMap<String, Page>,
}

struct Page {
    seen: u64,
    errors: u64,
}

impl Visits {
    pub fn note(&mut self, path: &str, went_well: bool) {
        let page = self.page(path);
        page.seen += 1;
        if !went_well {
            page.errors += 1; //~ BP21 high
        }
    }

    fn page(&mut self, path: &str) -> &mut Page {
        self.pages
            .entry(path.to_owned())
            .or_insert_with(|| Page { seen: 0, errors: 0 })
    }

    pub fn into_seen(self) -> Vec<(String, u64)> {
        self.pages
            .into_iter()
            .map(|(path, page)| (path, page.seen))
            .collect()
    }
}
