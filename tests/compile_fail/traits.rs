// SPDX-License-Identifier: GPL-2.0

//! Safe code could say that 32 bytes are a pointer, or that a function takes what it does not take.

// error[E0200]: the trait `
// error[E0200]: the trait `
// error[E0200]: the trait `
// error[E0200]: the trait `
// error[E0200]: the trait `

use crate::kallsyms::{
    Arguments,
    FunctionShape,
    Register,
    Shape,
    Shaped,
    Signature,
    Takes,
    ValueShape, //
};

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Large([u64; 4]);

impl Shaped for Large {
    const SHAPE: Shape = Shape::Pointer;
}

impl Register for Large {
    fn into_register(self) -> usize {
        0
    }
    fn from_register(_: usize) -> Self {
        Self([0; 4])
    }
}

impl Arguments for Large {
    fn into_registers(self) -> [usize; 6] {
        [0; 6]
    }
    unsafe fn call_slot(self, _: crate::kallsyms::hidden::Slot) -> usize {
        0
    }
}

impl Signature for Large {
    type Return = *mut u8;
    const SHAPE: FunctionShape = FunctionShape {
        parameters: &[],
        variadic: false,
        returns: ValueShape::of::<*mut u8>(),
    };
}

impl Takes<(u8, u8)> for unsafe extern "C" fn() {}
