//! placeholder
use super::args::Practice;
use crate::report::Look;
pub fn run(_: &Practice, _: Look) -> anyhow::Result<()> {
    Ok(())
}
