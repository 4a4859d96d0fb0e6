//! Zero-copy views over the accounts of Solana's stake and vote programs.
//!
//! Owns byte offsets and the warm-up arithmetic of the stake program. Reads in place, copies nothing, trusts
//! nothing: arbitrary bytes give an error or a number, never a panic. Never decides what a number is worth.
#![no_std]

pub mod stake;
pub mod vote;
