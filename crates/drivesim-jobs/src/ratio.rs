//! Multiplies and divides times, rates and sums: exact in 128 bits, never overflowing.

/// Divisors stay below this, so that three times a remainder still fits 128 bits.
const MAX_DIVISOR: u128 = 1 << 126;

/// Returns `a * b / d` rounded down; `u128::MAX` if that is too large or `d` is 0.
pub(crate) fn mul_div_floor(a: u128, b: u128, d: u128) -> u128 {
    mul_div(a, b, d).0
}

/// Returns `a * b / d` rounded up; `u128::MAX` if that is too large or `d` is 0.
pub(crate) fn mul_div_ceil(a: u128, b: u128, d: u128) -> u128 {
    let (quotient, remainder) = mul_div(a, b, d);
    quotient.saturating_add(u128::from(remainder > 0))
}

/// Returns quotient and remainder of `a * b / d`. If `d` is 0 the quotient is the maximum: never done.
fn mul_div(a: u128, b: u128, d: u128) -> (u128, u128) {
    if d == 0 {
        return (u128::MAX, 0);
    }
    a.checked_mul(b).map_or_else(|| mul_div_wide(a, b, d), |product| (product / d, product % d))
}

/// Multiplies bit by bit and divides meanwhile, because the product of a long time and a high rate has more than 128
/// bits while the result has fewer.
fn mul_div_wide(a: u128, b: u128, d: u128) -> (u128, u128) {
    debug_assert!(d > 0 && d < MAX_DIVISOR, "a divisor is a rate, a count or a time in nanoseconds");
    let (whole, rest) = (b / d, b % d);
    let (mut quotient, mut remainder) = (0u128, 0u128);
    for bit in (0..u128::BITS - a.leading_zeros()).rev() {
        let is_set = a >> bit & 1 == 1;
        let (add_whole, add_rest) = if is_set { (whole, rest) } else { (0, 0) };
        let sum = 2 * remainder + add_rest;
        quotient = quotient.saturating_mul(2).saturating_add(add_whole).saturating_add(sum / d);
        remainder = sum % d;
    }
    (quotient, remainder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_wide_algorithm_agrees_with_the_plain_one(a in any::<u64>(), b in any::<u64>(), d in 1..=u64::MAX) {
            let (a, b, d) = (u128::from(a), u128::from(b), u128::from(d));
            prop_assert_eq!(mul_div_wide(a, b, d), (a * b / d, a * b % d));
        }

        #[test]
        fn quotient_and_remainder_recover_the_product(
            n in any::<u64>(),
            b in 0..1u128 << 94,
            d in 1..1u128 << 94,
        ) {
            // The quotient has at most 158 bits here; where it fits, both sides agree modulo 2^128.
            let a = u128::from(n);
            let (quotient, remainder) = mul_div(a, b, d);
            prop_assert!(remainder < d);
            if quotient < u128::MAX {
                prop_assert_eq!(quotient.wrapping_mul(d).wrapping_add(remainder), a.wrapping_mul(b));
            }
            let near = a as f64 * b as f64 / d as f64;
            prop_assert!((quotient as f64 - near).abs() <= 1.0 + near / 1e12 || near > 3e38);
        }

        #[test]
        fn exact_divisions_have_no_remainder(part in any::<u64>(), q in 0..1u128 << 60, d in 1..1u128 << 60) {
            prop_assert_eq!(mul_div(u128::from(part), q * d, d), (u128::from(part) * q, 0));
        }
    }

    #[test]
    fn results_that_are_too_large_saturate() {
        assert_eq!(mul_div_floor(u128::MAX, u128::MAX, 1), u128::MAX);
        assert_eq!(mul_div_ceil(u128::MAX, 1_000_000_000, 1), u128::MAX);
        assert_eq!(mul_div_floor(u128::MAX, 1_000_000_000, 1_000_000_000), u128::MAX);
        assert_eq!(mul_div_floor(1, 1, 0), u128::MAX);
    }

    #[test]
    fn rounds_down_and_up() {
        assert_eq!((mul_div_floor(7, 3, 2), mul_div_ceil(7, 3, 2)), (10, 11));
        assert_eq!((mul_div_floor(8, 3, 2), mul_div_ceil(8, 3, 2)), (12, 12));
    }
}
