// SPDX-License-Identifier: GPL-2.0

//! Bits of numbers: signs, and bit-fields.

use crate::kallsyms::Shape;

/// Whether values of this shape can be negative.
pub(crate) fn is_signed(shape: Shape) -> bool {
    matches!(
        shape,
        Shape::Integer { signed: true, .. } | Shape::Enum { signed: true, .. }
    )
}

/// The lowest `bits` bits of a value, with their sign if they are `signed`.
pub(crate) fn extend(value: u64, bits: u32, signed: bool) -> u64 {
    let spare = 64u32.saturating_sub(bits);
    let value = value.wrapping_shl(spare);
    if signed {
        (value as i64).wrapping_shr(spare) as u64
    } else {
        value.wrapping_shr(spare)
    }
}

/// The number in the bytes, lowest byte first. Only the first 16 bytes count.
pub(crate) fn number(bytes: &[u8]) -> u128 {
    let bytes = bytes.iter().take(16).rev();
    bytes.fold(0, |value, byte| value << 8 | u128::from(*byte))
}

/// The place of a bit-field in its structure.
#[derive(Clone, Copy)]
pub(crate) struct BitField {
    /// The first byte that has some of its bits.
    pub(crate) offset: usize,
    /// How many bytes have some of its bits.
    pub(crate) size: usize,
    /// How many bits of the first byte precede it.
    shift: u32,
    /// How many bits it has; at most 64 in C.
    bits: u32,
}

impl BitField {
    /// The bit-field of this many bits that begins this many bits from the start of its structure.
    pub(crate) fn new(bit_offset: usize, bits: u32) -> Self {
        let shift = (bit_offset % 8) as u32;
        Self {
            offset: bit_offset / 8,
            size: (shift + bits).div_ceil(8) as usize,
            shift,
            bits,
        }
    }

    /// Reads the value from the bytes that it is in.
    pub(crate) fn read(&self, bytes: &[u8], signed: bool) -> u64 {
        extend((number(bytes) >> self.shift) as u64, self.bits, signed)
    }

    /// Whether this value fits; it is sign-extended if the bit-field is `signed`.
    pub(crate) fn fits(&self, value: u64, signed: bool) -> bool {
        extend(value, self.bits, signed) == value
    }

    /// Writes a value to the bytes that it is in.
    pub(crate) fn write(&self, bytes: &mut [u8], value: u64) {
        let mask = u128::from(extend(u64::MAX, self.bits, false)) << self.shift;
        let new = number(bytes) & !mask | u128::from(value) << self.shift & mask;
        for (to, from) in bytes.iter_mut().zip(new.to_le_bytes()) {
            *to = from;
        }
    }
}
