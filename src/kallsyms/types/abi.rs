// SPDX-License-Identifier: GPL-2.0

//! Where the C ABI has arguments: in registers or on the stack.
//!
//! The kernel uses no floating point, so that what travels in registers does so in those for
//! integers. A structure of at most 16 bytes takes one register or two, unless not enough of them
//! are left: then all of it is on the stack, where each argument begins a word. On amd64 (System V
//! ABI, 3.2.3) the registers that are left go to the arguments that follow, and a larger structure
//! is on the stack; on arm64 (AAPCS64, 6.8.2) they stay empty, and of a larger structure a pointer
//! is passed. What is aligned to 16 bytes begins an even word of the stack, and on arm64 an even
//! register.
//!
//! The kernel's types do not say how a type is aligned, so that is computed of the members. Where
//! these do not explain the size, an attribute is at work, and the type is refused. (One that
//! leaves the size as it is would go unnoticed. The kernel aligns to 16 bytes what it exchanges as
//! a number of 128 bits, which then is a member.)

use super::{
    Prototype,
    Shape,
    Type, //
};

/// How many words are in registers.
const REGISTERS: usize = if cfg!(CONFIG_X86_64) { 6 } else { 8 };

/// How many bytes a word has.
const WORD: usize = 8;

/// How many bytes a structure has at most that travels in registers.
const SMALL: usize = 2 * WORD;

/// How many structures and arrays can be within each other.
const MAX_DEPTH: usize = 8;

/// How a value travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Travel {
    /// In how many words.
    words: usize,
    /// Whether it is aligned to two of them.
    aligned: bool,
}

impl Travel {
    /// As an integer or a pointer does.
    pub const WORD: Self = Self {
        words: 1,
        aligned: false,
    };

    /// How a structure, a union or a number of 128 bits does that travels in registers, or why it
    /// does not.
    pub fn of(ty: Type<'_>) -> Result<Self, &'static str> {
        if !cfg!(any(CONFIG_X86_64, CONFIG_ARM64)) {
            return Err("is not passed by value on this architecture");
        }
        let is_long = matches!(ty.shape(), Shape::Integer { size: 16, .. });
        if !ty.is_struct_or_union() && !is_long {
            return Err("is no integer or pointer");
        }
        match ty.size() {
            0 => Err("has no bytes"),
            size if size > SMALL => Err("has more than 16 bytes"),
            size => Ok(Self {
                words: size.div_ceil(WORD),
                aligned: alignment(ty, MAX_DEPTH)? == SMALL,
            }),
        }
    }

    /// How any value does, or the pointer to it that is passed for it. Packed structures are taken
    /// for others.
    fn of_any(ty: Type<'_>) -> Self {
        if is_large(ty) && !cfg!(CONFIG_X86_64) {
            return Self::WORD;
        }
        Self {
            words: ty.size().div_ceil(WORD),
            aligned: alignment(ty, MAX_DEPTH) == Ok(SMALL),
        }
    }

    /// In how many words it travels.
    pub fn words(self) -> usize {
        self.words
    }
}

/// Whether it is a structure or a union that does not travel in registers.
fn is_large(ty: Type<'_>) -> bool {
    ty.shape() == Shape::Aggregate && ty.size() > SMALL
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
        let bytes = member.bit_offset.saturating_add(bits).div_ceil(8) as usize;
        end = end.max(bytes.saturating_add(size));
    }
    if end.checked_next_multiple_of(most) == Some(ty.size()) {
        Ok(most)
    } else {
        Err("is aligned in a way that the kernel's types do not say")
    }
}

/// Which words are taken by the arguments so far.
#[derive(Clone, Copy)]
pub struct Taken {
    /// How many registers.
    registers: usize,
    /// How many words of the stack.
    stack: usize,
}

impl Taken {
    /// Nothing is taken.
    pub const NOTHING: Self = Self {
        registers: 0,
        stack: 0,
    };

    /// Takes what the next argument needs. Returns the number of its first word; the stack's words
    /// follow the registers.
    pub fn add(&mut self, travel: Travel) -> usize {
        let first = even(self.registers, travel.aligned && cfg!(CONFIG_ARM64));
        let end = first.saturating_add(travel.words);
        if end <= REGISTERS {
            self.registers = end;
            return first;
        }
        if cfg!(CONFIG_ARM64) {
            self.registers = REGISTERS;
        }
        self.add_to_stack(travel).saturating_add(REGISTERS)
    }

    /// Takes words of the stack. Returns the first.
    fn add_to_stack(&mut self, travel: Travel) -> usize {
        let first = even(self.stack, travel.aligned);
        self.stack = first.saturating_add(travel.words);
        first
    }
}

/// The word, or the next if it must be even.
fn even(word: usize, must: bool) -> usize {
    word.saturating_add(usize::from(must && word % 2 != 0))
}

impl Prototype<'_> {
    /// How many bytes of its arguments its caller puts on the stack, those without a name aside.
    /// Packed structures are taken for others.
    pub fn stack_size(&self) -> usize {
        let mut taken = Taken::NOTHING;
        let returns = self.returns();
        // On x86 the first register says where such a value is to go.
        if cfg!(CONFIG_X86_64) && is_large(returns) {
            taken.add(Travel::WORD);
        }
        for parameter in self.parameter_ids() {
            let ty = returns.btf().ty(parameter);
            let travel = Travel::of_any(ty);
            if is_large(ty) && cfg!(CONFIG_X86_64) {
                taken.add_to_stack(travel)
            } else {
                taken.add(travel)
            };
        }
        taken.stack.saturating_mul(WORD)
    }
}
