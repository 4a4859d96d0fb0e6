//! The rate as Token-2022 wants its scaled UI amount: the bits of an IEEE 754 double, made of integers.

/// The bits of the largest `f64` not above `numerator / denominator`. `None` for a ratio of zero or without a denominator.
///
/// Source: IEEE 754-2019, 3.4: sign 1 bit, exponent 11 bits biased by 1,023, fraction 52 bits of a significand in [1, 2).
pub fn multiplier_bits(numerator: u64, denominator: u64) -> Option<u64> {
    if numerator == 0 || denominator == 0 {
        return None;
    }
    // Both below 2^64: shifted by 52 more than the quotient's size needs, the quotient has 53 or 54 bits.
    let (n, d) = (u128::from(numerator), u128::from(denominator));
    let size = i32::try_from(d.leading_zeros()).ok()?.checked_sub(i32::try_from(n.leading_zeros()).ok()?)?;
    let shift = 53i32.checked_sub(size)?;
    let quotient = match u32::try_from(shift) {
        Ok(left) => n.checked_shl(left)?.checked_div(d)?,
        Err(_) => n.checked_div(d.checked_shl(shift.unsigned_abs())?)?,
    };
    let bits = i32::try_from(128u32.checked_sub(quotient.leading_zeros())?).ok()?;
    let drop = bits.checked_sub(53)?;
    let significand = quotient.checked_shr(u32::try_from(drop).ok()?)?;
    let exponent = drop.checked_sub(shift)?.checked_add(52)?.checked_add(1_023)?;
    let fraction = u64::try_from(significand).ok()? & ((1u64 << 52) - 1);
    u64::try_from(exponent).ok()?.checked_shl(52).map(|exponent| exponent | fraction)
}
