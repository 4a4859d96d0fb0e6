//! Settings of which only some are named: the others stay as the chain has them.

/// Options for a part of a struct's fields, each an `Option` with a label and a way to say it: `applied` puts what was
/// named over what is, `changes` says old and new of what differs.
macro_rules! partial {
    ($name:ident of $target:ty { $( $(#[$meta:meta])* $field:ident: $kind:ty, $label:literal, $say:expr; )* }) => {
        #[derive(clap::Args)]
        #[group(required = true, multiple = true)]
        pub struct $name { $( $(#[$meta])* $field: Option<$kind>, )* }

        impl $name {
            /// What is on the chain with what was named put over it.
            pub fn applied(&self, now: &$target) -> $target {
                let mut next = now.clone();
                $( if let Some(named) = self.$field { next.$field = named; } )*
                next
            }

            /// Old and new of what differs.
            pub fn changes(before: &$target, after: &$target) -> $crate::act::Rows {
                let rows = [ $( $crate::commands::words::change(
                    $label, &before.$field, &after.$field, |value| $say((*value).into()),
                ), )* ];
                rows.into_iter().flatten().collect()
            }
        }
    };
}
pub(super) use partial;

use crate::amount::{Amount, DECIMALS, any_amount, exact, units};

/// Nine decimals, or 0.
pub fn units_or_none(text: &str) -> Result<u64, String> {
    if text == "0" { Ok(0) } else { units(text) }
}

/// Nine decimals, or all: no limit.
pub fn units_or_all(text: &str) -> Result<u64, String> {
    match any_amount(text)? {
        Amount::All => Ok(u64::MAX),
        Amount::Exactly(decimal) => decimal.units(DECIMALS).map_err(|error| error.to_string()),
    }
}

pub fn sol(lamports: u64) -> String {
    crate::commands::words::limit(lamports, |lamports| exact(lamports, DECIMALS) + " SOL")
}

pub fn lst(shares: u64) -> String {
    exact(shares, DECIMALS) + " LST"
}

pub fn epochs(count: u64) -> String {
    format!("{count} epochs")
}

pub fn slots(count: u64) -> String {
    format!("{count} slots")
}

pub fn number(number: u64) -> String {
    number.to_string()
}
