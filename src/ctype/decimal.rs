// SPDX-License-Identifier: GPL-2.0

//! Integers of up to 128 bits as decimal numbers. The kernel's Rust has no division of 128 bits.

use kernel::{
    fmt,
    prelude::fmt, //
};

/// A large number is printed in parts of nine digits: each is less than this.
const PART: u64 = 1_000_000_000;

/// An integer, which prints with its sign.
pub(crate) struct Decimal {
    negative: bool,
    magnitude: u128,
}

impl Decimal {
    /// The integer of these 128 bits.
    pub(crate) fn new(bits: u128, signed: bool) -> Self {
        let negative = signed && (bits as i128) < 0;
        Self {
            negative,
            magnitude: if negative { bits.wrapping_neg() } else { bits },
        }
    }

    /// The integer of these 64 bits.
    pub(crate) fn of_u64(bits: u64, signed: bool) -> Self {
        let negative = signed && (bits as i64) < 0;
        let magnitude = if negative { bits.wrapping_neg() } else { bits };
        Self {
            negative,
            magnitude: magnitude.into(),
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.negative { "-" } else { "" })?;
        if let Ok(magnitude) = u64::try_from(self.magnitude) {
            return f.write_fmt(fmt!("{magnitude}"));
        }
        let mut words = [96, 64, 32, 0].map(|shift| (self.magnitude >> shift) as u32);
        // The last part first: 128 bits have at most 39 digits.
        let parts = [(); 5].map(|()| {
            let mut rest = 0;
            for word in &mut words {
                let value = rest << 32 | u64::from(*word);
                *word = (value / PART) as u32;
                rest = value % PART;
            }
            rest
        });
        let mut parts = parts.iter().rev().skip_while(|part| **part == 0);
        if let Some(first) = parts.next() {
            f.write_fmt(fmt!("{first}"))?;
        }
        for part in parts {
            f.write_fmt(fmt!("{part:09}"))?;
        }
        Ok(())
    }
}
