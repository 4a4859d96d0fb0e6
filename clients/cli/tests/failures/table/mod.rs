//! The table, in parts by who runs the commands.

mod admin;
mod holders;
mod machinery;
mod restaking;

use crate::leaf::{Case, Leaf};

/// Every command.
pub fn leaves() -> Vec<&'static Leaf> {
    let parts: [&'static [Leaf]; 5] =
        [admin::LEAVES, holders::LEAVES, machinery::LEAVES, restaking::VAULTS, restaking::PARTIES];
    parts.into_iter().flatten().collect()
}

/// The commands that a case can come up for, each with what it says then.
pub fn that_say(case: impl Fn(&Leaf) -> Case) -> Vec<(&'static Leaf, &'static str)> {
    let told = leaves().into_iter().map(|leaf| (leaf, case(leaf)));
    told.filter_map(|(leaf, case)| if let Case::Says(text) = case { Some((leaf, text)) } else { None })
        .collect()
}
