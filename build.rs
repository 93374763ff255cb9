//! Lists the corner files under `rules/`, so that a new one is embedded without being named
//! anywhere.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let rules = Path::new(&root).join("rules");
    println!("cargo::rerun-if-changed={}", rules.display());
    let mut files = Vec::new();
    for directory in fs::read_dir(&rules)? {
        let directory = directory?.path();
        if directory.is_dir() {
            for file in fs::read_dir(&directory)? {
                files.push(file?.path());
            }
        }
    }
    files.retain(|file| {
        file.extension()
            .is_some_and(|ending| ending == "go" || ending == "rs")
    });
    files.sort();
    let mut list = String::from("&[\n");
    for file in &files {
        let name = file.strip_prefix(&rules).unwrap_or(file);
        let name = name.display().to_string().replace('\\', "/");
        let path = file.display().to_string();
        // Writing to a string cannot fail.
        let _ = writeln!(list, "    ({name:?}, include_str!({path:?})),");
    }
    list.push_str("]\n");
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("corner_files.rs"), list)
}
