// SPDX-License-Identifier: GPL-2.0

//! Where the C ABI has arguments: in registers or on the stack.
//!
//! The kernel uses no floating point, so that what travels in registers does so in those for integers. A structure of
//! at most 16 bytes takes one register or two, unless not enough of them are left: then all of it is on the stack, where
//! each argument begins a word. On amd64 (System V ABI, 3.2.3) the registers that are left go to the arguments that
//! follow; on arm64 (AAPCS64, 6.8.2) they stay empty. What is aligned to 16 bytes begins an even word of the stack, and
//! on arm64 an even register.
//!
//! The kernel's types do not say how a type is aligned, so that is computed of the members. Where these do not
//! explain the size, an attribute is at work, and the type is refused. (One that leaves the size as it is would go
//! unnoticed. The kernel aligns to 16 bytes what it exchanges as a number of 128 bits, which then is a member.)

use crate::kallsyms::{
    Shape,
    Type,
    WORDS, //
};

/// How many words are in registers.
const REGISTERS: usize = if cfg!(CONFIG_X86_64) { 6 } else { 8 };

/// How many structures and arrays can be within each other.
const MAX_DEPTH: usize = 8;

/// How a value travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Travel {
    /// In how many words: one or two.
    pub(super) words: usize,
    /// Whether it is aligned to two of them.
    aligned: bool,
}

impl Travel {
    /// As an integer or a pointer does.
    pub(super) const WORD: Self = Self {
        words: 1,
        aligned: false,
    };

    /// How a structure or a union does, or why it is not passed by value.
    pub(super) fn of(ty: Type<'_>) -> Result<Self, &'static str> {
        if !cfg!(any(CONFIG_X86_64, CONFIG_ARM64)) {
            return Err("is not passed by value on this architecture");
        }
        if !ty.is_struct_or_union() {
            return Err("is no integer or pointer");
        }
        match ty.size() {
            0 => Err("has no bytes"),
            17.. => Err("has more than 16 bytes"),
            size => Ok(Self {
                words: size.div_ceil(8),
                aligned: alignment(ty, MAX_DEPTH)? == 16,
            }),
        }
    }
}

/// To how many bytes values of the type are aligned, or why they do not travel in registers.
fn alignment(ty: Type<'_>, depth: usize) -> Result<usize, &'static str> {
    let depth = depth.checked_sub(1).ok_or("is nested too deeply")?;
    if let Some((element, _)) = ty.array() {
        return alignment(element, depth);
    }
    if !ty.is_struct_or_union() {
        return match (ty.shape(), ty.size()) {
            (Shape::Float, _) => Err("has floating-point numbers"),
            (_, size @ (1 | 2 | 4 | 8 | 16)) => Ok(size),
            _ => Err("has members of unknown size"),
        };
    }
    let (mut most, mut end) = (1, 0);
    for member in ty.members() {
        let align = alignment(member.ty, depth)?;
        let (bits, size) = match member.bitfield_size {
            0 if member.bit_offset as usize % (align * 8) != 0 => {
                return Err("has members that are not aligned")
            }
            0 => (0, member.ty.size()),
            bits => (bits, 0),
        };
        most = most.max(align);
        end = end.max((member.bit_offset + bits).div_ceil(8) as usize + size);
    }
    match end.next_multiple_of(most) == ty.size() {
        true => Ok(most),
        false => Err("is aligned in a way that the kernel's types do not say"),
    }
}

/// The arguments of a call, where the function looks for them.
pub(super) struct Passed {
    /// The registers, and then the stack.
    words: [usize; WORDS],
    /// How many of the registers are taken.
    registers: usize,
    /// How many words of the stack are.
    stack: usize,
}

impl Passed {
    /// None.
    pub(super) const NOTHING: Self = Self {
        words: [0; WORDS],
        registers: 0,
        stack: 0,
    };

    /// All of them.
    pub(super) fn words(&self) -> &[usize; WORDS] {
        &self.words
    }

    /// Adds the next argument. [`None`]: there is no room for it.
    pub(super) fn add(&mut self, value: [usize; 2], travel: Travel) -> Option<()> {
        let even = |word: usize, aligned: bool| word + usize::from(aligned && word % 2 != 0);
        let first = even(self.registers, travel.aligned && cfg!(CONFIG_ARM64));
        let at = if first + travel.words <= REGISTERS {
            self.registers = first + travel.words;
            first
        } else {
            if cfg!(CONFIG_ARM64) {
                self.registers = REGISTERS;
            }
            let first = even(self.stack, travel.aligned);
            self.stack = first + travel.words;
            REGISTERS + first
        };
        let place = self.words.get_mut(at..at + travel.words)?;
        for (to, from) in place.iter_mut().zip(value) {
            *to = from;
        }
        Some(())
    }
}
