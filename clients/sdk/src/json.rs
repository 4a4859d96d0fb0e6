//! How generated types appear in JSON. Called by them, and of no use to anyone else.

use serde::{Serialize, Serializer};
use std::fmt::Display;

/// A value as its text: addresses in base58.
pub fn text<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// An array of a length that serde has no implementation for.
pub fn list<T: Serialize, S: Serializer, const N: usize>(
    values: &[T; N],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(values)
}
