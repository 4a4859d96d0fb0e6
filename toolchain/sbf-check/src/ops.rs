//! The operations a compiler for SBPF has to get right by more than plain instructions: 128-bit and floating-point
//! arithmetic (library calls), moves of memory (library calls and syscalls), more than five arguments (the stack),
//! tables of functions (relocations), atomics (there are none).

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// The codes [`run`] knows; any other is one of [`fail`].
pub const OPS: std::ops::Range<u8> = 0..24;

pub fn run(op: u8, a: u128, b: u128) -> Option<u128> {
    let (lo, hi) = (a as u64, (a >> 64) as u64);
    let (sa, sb) = (a as i128, b as i128);
    let shift = b as u32;
    match op {
        0 => a.checked_add(b),
        1 => a.checked_sub(b),
        2 => a.checked_mul(b),
        3 => Some(a.wrapping_mul(b)),
        4 => a.checked_div(b),
        5 => a.checked_rem(b),
        6 => a.checked_shl(shift % 192),
        7 => a.checked_shr(shift % 192),
        8 => Some(u128::from(a.leading_zeros() << 16 | a.trailing_zeros() << 8 | a.count_ones())),
        9 => sa.checked_mul(sb).map(|v| v as u128),
        10 => sa.checked_div(sb).map(|v| v as u128),
        11 => sa.checked_rem(sb).map(|v| v as u128),
        12 => sa.checked_shr(shift % 192).map(|v| v as u128),
        // The protocol's own pattern: a 64-bit product over a 64-bit divisor.
        13 => (u128::from(lo) * u128::from(hi)).checked_div(u128::from(b as u64)),
        14 => Some(u128::from(a < b) | u128::from(sa < sb) << 1 | u128::from(a == b) << 2),
        15 => Some(spread(lo, hi, b as u64, !lo, !hi, lo ^ hi, Wide([hi, lo, 1, 2, 3, 4, 5, 6]))),
        16 => Some(u128::from(moves(lo, hi, b as u64))),
        17 => Some(u128::from(compare(lo, b as u64))),
        18 => Some(u128::from(bytewise(a))),
        19 => Some(u128::from(dispatch(lo, hi))),
        20 => Some(u128::from(collections(lo, b as u64))),
        21 => Some(u128::from(shared(lo, hi))),
        22 => Some(u128::from(floats(lo, hi))),
        23 => Some(u128::from(stable_sort(lo, b as u64))),
        _ => None,
    }
}

/// One each for the ways a program can fail.
pub fn fail(op: u8, a: u64) -> u64 {
    match op {
        200 => panic!("asked to panic with {a}"),
        201 => [1, 2, 3, 4][usize::try_from(a).unwrap_or(usize::MAX)],
        202 => a + 1,
        203 => vec![1_u8; usize::try_from(a).unwrap_or(usize::MAX)].iter().map(|&v| u64::from(v)).sum(),
        _ => std::process::abort(),
    }
}

struct Wide([u64; 8]);

/// Seven arguments, one of them wide: order and width both show in the result.
#[inline(never)]
fn spread(a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, wide: Wide) -> u128 {
    let mut h: u128 = 0;
    for v in [a, b, c, d, e, f].into_iter().chain(wide.0) {
        h = h.wrapping_mul(0x1_0000_01b3).wrapping_add(u128::from(v)).rotate_left(9);
    }
    h
}

/// Fills, copies and overlapping moves in both directions, of every length from nothing to 127 bytes.
#[inline(never)]
fn moves(seed: u64, at: u64, len: u64) -> u64 {
    let mut buffer = [0_u8; 256];
    let mut x = seed | 1;
    for byte in &mut buffer {
        x = x.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        *byte = (x >> 56) as u8;
    }
    let (at, len) = ((at % 64) as usize, (len % 128) as usize);
    let to = (seed % 128) as usize;
    buffer.copy_within(at..at + len, to);
    let copy = buffer;
    buffer[to..to + len / 2].fill(seed as u8);
    buffer[128..128 + len].copy_from_slice(&copy[at..at + len]);
    buffer.iter().fold(0, |h: u64, &v| h.wrapping_mul(257).wrapping_add(u64::from(v)))
}

/// Three-way comparison of byte strings that differ in one byte or none.
#[inline(never)]
fn compare(at: u64, len: u64) -> u8 {
    let len = (len % 200) as usize;
    let left = [7_u8; 200];
    let mut right = left;
    right[(at % 200) as usize] = (at >> 8) as u8;
    match left[..len].cmp(&right[..len]) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => u8::from(left[..len] == right[..len]),
        std::cmp::Ordering::Greater => 2,
    }
}

/// Narrow and sign-extending reads, byte swaps.
#[inline(never)]
fn bytewise(a: u128) -> u64 {
    let bytes = a.to_be_bytes();
    let mut sum = 0_i64;
    for (i, &byte) in bytes.iter().enumerate() {
        sum += i64::from(byte as i8) << (i % 8);
    }
    let half = i16::from_le_bytes([bytes[0], bytes[1]]);
    let word = i32::from_be_bytes([bytes[2], bytes[3], bytes[4], bytes[5]]);
    (sum + i64::from(half) + i64::from(word)) as u64
        ^ (a as u64).swap_bytes()
        ^ u64::from((a as u32).swap_bytes())
}

trait Step {
    fn step(&self, v: u64) -> u64;
}

impl Step for u64 {
    fn step(&self, v: u64) -> u64 {
        v.wrapping_mul(*self)
    }
}

impl Step for [u64; 2] {
    fn step(&self, v: u64) -> u64 {
        (v ^ self[0]).rotate_left(self[1] as u32 % 64)
    }
}

static TABLE: [fn(u64) -> u64; 4] = [u64::swap_bytes, u64::reverse_bits, |v| v / 10, |v| !v];
static NAMES: [&str; 4] = ["swap", "reverse", "tenth", "not"];

/// Virtual calls, a table of functions, a table of strings, a dense match.
#[inline(never)]
fn dispatch(a: u64, b: u64) -> u64 {
    let steps: [Box<dyn Step>; 2] = [Box::new(a | 1), Box::new([b, a])];
    let mut v = steps[(b % 2) as usize].step(b);
    v = TABLE[(a % 4) as usize](v);
    v = v.wrapping_add(NAMES[(v % 4) as usize].bytes().map(u64::from).sum());
    match v % 8 {
        0 => v / 3,
        1 => v.wrapping_mul(7),
        2 => v ^ a,
        3 => v.wrapping_sub(b),
        4 => u64::from(v.count_ones()),
        5 => v >> 9,
        6 => steps.iter().fold(v, |v, step| step.step(v)),
        _ => v | 0xff,
    }
}

/// The heap, sorting, formatting, and a hash map, which elsewhere asks the system for random keys.
#[inline(never)]
fn collections(seed: u64, n: u64) -> u64 {
    let mut values: Vec<u64> = (0..n % 8).map(|i| seed.rotate_left(i as u32 * 7) % 100).collect();
    let distinct = values.iter().collect::<HashSet<_>>().len();
    let mut counts = BTreeMap::new();
    for &v in &values {
        *counts.entry(v).or_insert(0_u32) += 1;
    }
    values.sort_unstable();
    let text =
        format!("{values:?} {distinct} {:?} {:>8} {:#x}", counts.first_key_value(), seed as i32, seed as u16);
    text.bytes().fold(0, |h: u64, v| h.wrapping_mul(131).wrapping_add(u64::from(v)))
}

/// A stable sort of so many values that scratch space is needed; the low bits tell equal ones apart.
#[inline(never)]
fn stable_sort(seed: u64, n: u64) -> u64 {
    let mut values = [0_u64; 28];
    let mut x = seed | 1;
    for (i, value) in values.iter_mut().enumerate() {
        x = x.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        *value = (x >> 60) << 8 | i as u64;
    }
    let values = &mut values[..21 + (n % 8) as usize];
    values.sort_by_key(|value| value >> 8);
    values.iter().fold(0, |h: u64, v| h.wrapping_mul(131).wrapping_add(*v))
}

/// Reference counts and atomics of every width in use.
#[inline(never)]
fn shared(a: u64, b: u64) -> u64 {
    let wide = Arc::new(AtomicU64::new(a));
    let other = Arc::clone(&wide);
    let narrow = AtomicU8::new(b as u8);
    other.fetch_add(b, Ordering::SeqCst);
    let swapped = wide.compare_exchange(a.wrapping_add(b), 5, Ordering::SeqCst, Ordering::SeqCst);
    wide.fetch_xor(a, Ordering::Relaxed);
    narrow.fetch_max(a as u8, Ordering::AcqRel);
    let count = Arc::strong_count(&wide) as u64;
    wide.load(Ordering::Acquire)
        ^ swapped.unwrap_or(1)
        ^ u64::from(narrow.swap(0, Ordering::SeqCst)) << 8
        ^ count << 40
}

/// Programs have no business with floats; a dependency might.
#[inline(never)]
fn floats(a: u64, b: u64) -> u64 {
    let (x, y) = (a as f64, b as f64 + 1.0);
    let z = (x * y - x / y) * if x >= y { 0.5 } else { -1.25 };
    z.to_bits() ^ (z as u64) ^ (-z as i64 as u64) ^ u64::from((x as f32 * 3.0 - b as f32).to_bits())
}
