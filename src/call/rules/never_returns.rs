// SPDX-License-Identifier: GPL-2.0

//! Whether a function's code has a way back to its caller.
//!
//! The kernel marks functions that never return only in its source, and objtool lists only those
//! that other files call. So this looks at the code: a function cannot return if it has neither an
//! instruction that returns nor a jump that leaves it. A function that has one may still never
//! reach it; the code does not tell.

use crate::kallsyms::{
    nofault,
    Kallsyms, //
};
#[cfg(CONFIG_X86_64)]
use crate::module_bindings;
use core::ops::Range;
#[cfg(CONFIG_X86_64)]
use kernel::prelude::*;

#[cfg(CONFIG_X86_64)]
crate::import! {
    fn insn_decode(
        insn: *mut module_bindings::insn,
        code: *const c_void,
        length: c_int,
        mode: module_bindings::insn_mode,
    ) -> c_int = module_bindings::insn_decode;
}

/// How many bytes the longest instruction has.
#[cfg(CONFIG_X86_64)]
const MAX_INSTRUCTION: usize = 15;
/// How many bytes every instruction has.
#[cfg(not(CONFIG_X86_64))]
const MAX_INSTRUCTION: usize = 4;

/// What an instruction can do next.
enum Next {
    /// Continues with the instruction this many bytes later, or elsewhere in the function.
    Stays(usize),
    /// May leave the function by a return, or by a jump to another function that returns for it.
    MayReturn,
}

/// How many of the `size` bytes at `address` belong to the next function: in front of its code
/// there is the address of its `struct ftrace_ops`, whose halves can look like any instruction.
#[cfg(CONFIG_DYNAMIC_FTRACE_WITH_CALL_OPS)]
fn front_of_next(address: usize, size: usize) -> usize {
    let mut last = [0; size_of::<usize>()];
    let read = match size.checked_sub(last.len()) {
        Some(offset) => nofault::read(address.wrapping_add(offset), &mut last),
        None => return 0,
    };
    // All addresses of the kernel begin with these bits, and no instruction does.
    if read.is_ok() && usize::from_le_bytes(last) >> 52 == 0xfff {
        last.len()
    } else {
        0
    }
}

/// None: in front of a function there is nothing, or code.
#[cfg(not(CONFIG_DYNAMIC_FTRACE_WITH_CALL_OPS))]
fn front_of_next(_address: usize, _size: usize) -> usize {
    0
}

/// How much code is read at once.
const WINDOW: usize = 128;

/// A piece of a function's code.
struct Window {
    code: [u8; WINDOW],
    /// Where it is, as far as it has been read.
    place: Range<usize>,
}

impl Window {
    /// The bytes of the function from `at` on, as many as an instruction can have; [`None`] if they
    /// cannot be read.
    fn at(&mut self, at: usize, function: &Range<usize>) -> Option<&[u8]> {
        let end = function.end.min(at.saturating_add(MAX_INSTRUCTION));
        if !self.place.contains(&at) || end > self.place.end {
            let length = WINDOW.min(function.end - at);
            nofault::read(at, self.code.get_mut(..length)?).ok()?;
            self.place = at..at + length;
        }
        self.code.get(at - self.place.start..end - self.place.start)
    }
}

/// Reads functions' code.
pub(crate) struct Decoder {
    #[cfg(CONFIG_X86_64)]
    decode: Option<insn_decode>,
}

impl Decoder {
    /// Sleeps.
    pub(crate) fn new(_kallsyms: &Kallsyms) -> Self {
        Self {
            #[cfg(CONFIG_X86_64)]
            decode: insn_decode::resolve(_kallsyms).ok(),
        }
    }

    /// Whether it is certain that the function at these addresses, whose module is held, never
    /// returns. Any context.
    pub(crate) fn never_returns(&self, function: Range<usize>) -> bool {
        let front = front_of_next(function.start, function.len());
        let function = function.start..function.end - front;
        let mut window = Window {
            code: [0; WINDOW],
            place: 0..0,
        };
        let mut at = function.start;
        while function.contains(&at) {
            let code = window.at(at, &function);
            match code.and_then(|code| self.decoded(code, at, &function)) {
                Some(Next::Stays(length)) => at = at.wrapping_add(length),
                Some(Next::MayReturn) | None => return false,
            }
        }
        !function.is_empty()
    }

    /// What the instruction at `at` in a function can do next, given its bytes; [`None`] if that is
    /// not known.
    #[cfg(CONFIG_X86_64)]
    #[inline(never)]
    fn decoded(&self, code: &[u8], at: usize, function: &Range<usize>) -> Option<Next> {
        let mut insn = module_bindings::insn::default();
        // SAFETY: `insn` is valid for writes, and `code` for reads of its length, which is at most
        // 15. The function reads no more than that, takes no lock, and can be called from any
        // context.
        let error = unsafe {
            self.decode.as_ref()?.call(
                &raw mut insn,
                code.as_ptr().cast(),
                code.len() as c_int,
                module_bindings::insn_mode_INSN_MODE_KERN,
            )
        };
        if error != 0 || insn.length == 0 {
            return None;
        }
        // SAFETY: All variants of these unions are made of plain bytes, which have been
        // initialised.
        let (opcode, modrm, offset) = unsafe {
            (
                insn.opcode.__bindgen_anon_1.bytes,
                insn.modrm.__bindgen_anon_1.bytes[0],
                insn.__bindgen_anon_2.immediate.__bindgen_anon_1.value,
            )
        };
        let length = usize::from(insn.length);
        let jump = || {
            let to = at.wrapping_add(length).wrapping_add_signed(offset as isize);
            if function.contains(&to) {
                Next::Stays(length)
            } else {
                Next::MayReturn
            }
        };
        Some(match opcode {
            // Returns, from interrupts too.
            [0xc2 | 0xc3 | 0xca | 0xcb | 0xcf, ..] => Next::MayReturn,
            // Padding at the end. Elsewhere it is a breakpoint, which hides the instruction.
            [0xcc, ..] if function.end - at > MAX_INSTRUCTION => return None,
            // Returns to user space.
            [0x0f, 0x07 | 0x35, ..] => Next::MayReturn,
            // Indirect jumps: of tables, or tail calls.
            [0xff, ..] if matches!(modrm >> 3 & 7, 4 | 5) => Next::MayReturn,
            // Jumps, with a condition or without.
            [0xe0..=0xe3 | 0xe9 | 0xeb | 0x70..=0x7f, ..] | [0x0f, 0x80..=0x8f, ..] => jump(),
            _ => Next::Stays(length),
        })
    }

    /// The same for arm64.
    #[cfg(CONFIG_ARM64)]
    fn decoded(&self, code: &[u8], at: usize, function: &Range<usize>) -> Option<Next> {
        let insn = u32::from_le_bytes(code.try_into().ok()?);
        // A jump by an offset, in instructions, that has `bits` bits and begins at the bit `low`.
        let jump = |low: u32, bits: u32| {
            let offset = ((insn << (32 - low - bits)) as i32) >> (32 - bits);
            let to = at.wrapping_add_signed(offset as isize * 4);
            if function.contains(&to) {
                Next::Stays(4)
            } else {
                Next::MayReturn
            }
        };
        Some(match insn {
            // B, B.cond and BC.cond, CBZ and CBNZ, TBZ and TBNZ.
            insn if insn & 0xfc00_0000 == 0x1400_0000 => jump(0, 26),
            insn if insn & 0xff00_0000 == 0x5400_0000 => jump(5, 19),
            insn if insn & 0x7e00_0000 == 0x3400_0000 => jump(5, 19),
            insn if insn & 0x7e00_0000 == 0x3600_0000 => jump(5, 14),
            // BLR and BLRAA, which call. Then the rest of the class: BR, RET and ERET, with or
            // without authentication.
            insn if insn & 0xfeff_f000 == 0xd63f_0000 => Next::Stays(4),
            insn if insn & 0xfe00_0000 == 0xd600_0000 => Next::MayReturn,
            _ => Next::Stays(4),
        })
    }

    /// Nothing is known of other architectures' code.
    #[cfg(not(any(CONFIG_X86_64, CONFIG_ARM64)))]
    fn decoded(&self, _code: &[u8], _at: usize, _function: &Range<usize>) -> Option<Next> {
        None
    }
}
