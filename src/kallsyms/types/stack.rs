// SPDX-License-Identifier: GPL-2.0

//! How many bytes of a function's arguments travel on the stack.

use super::{
    Prototype,
    Shape,
    Type, //
};

/// How many registers there are for arguments.
#[cfg(CONFIG_X86_64)]
const REGISTERS: usize = 6;
/// How many registers there are for arguments.
#[cfg(not(CONFIG_X86_64))]
const REGISTERS: usize = 8;

/// How many bytes fit in a register.
const WORD: usize = 8;

/// What larger structures are passed otherwise than in registers: x86 copies them onto the stack, arm64 passes a pointer.
const SMALL: usize = 2 * WORD;

/// What has been placed.
#[derive(Default)]
struct Placed {
    registers: usize,
    stack: usize,
}

impl Placed {
    /// Places an argument.
    fn add(&mut self, ty: Type<'_>) {
        let aggregate = ty.shape() == Shape::Aggregate;
        let size = ty.size();
        if aggregate && size > SMALL {
            match cfg!(CONFIG_X86_64) {
                true => self.put(size, WORD),
                false => self.words(1, WORD),
            }
        } else {
            // Only a very long integer is known to be aligned by its size.
            let alignment = if aggregate { WORD } else { size.max(WORD) };
            self.words(size.div_ceil(WORD), alignment);
        }
    }

    /// Places as many words in registers; if there are not enough, on the stack.
    fn words(&mut self, count: usize, alignment: usize) {
        if !cfg!(CONFIG_X86_64) && alignment > WORD {
            self.registers = self.registers.next_multiple_of(2);
        }
        if self.registers + count <= REGISTERS {
            self.registers += count;
            return;
        }
        // On x86 what follows can still use a register.
        if !cfg!(CONFIG_X86_64) {
            self.registers = REGISTERS;
        }
        self.put(count * WORD, alignment);
    }

    /// Places bytes on the stack.
    fn put(&mut self, size: usize, alignment: usize) {
        self.stack = self.stack.next_multiple_of(alignment) + size.next_multiple_of(WORD);
    }
}

impl Prototype<'_> {
    /// How many bytes of its arguments its caller puts on the stack, those without a name aside. Packed structures are
    /// taken for others.
    pub fn stack_size(&self) -> usize {
        let mut placed = Placed::default();
        let returns = self.returns();
        // On x86 the first register says where such a value is to go.
        if cfg!(CONFIG_X86_64) && returns.shape() == Shape::Aggregate && returns.size() > SMALL {
            placed.registers = 1;
        }
        for parameter in self.parameter_ids() {
            placed.add(returns.btf().ty(parameter));
        }
        placed.stack
    }
}
