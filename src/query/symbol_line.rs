// SPDX-License-Identifier: GPL-2.0

//! A symbol as a line of text.

use crate::{
    kallsyms::{
        Kallsyms,
        Symbol,
        Transient, //
    },
    print::Text, //
};
use kernel::{
    fmt,
    prelude::fmt, //
};

/// A symbol in a line: `address letter name [module] size`.
///
/// The address is zero for readers who may not see addresses, as in `/proc/kallsyms`.
pub(crate) struct SymbolLine<'a> {
    /// The symbol.
    pub(crate) symbol: &'a Symbol<'a>,
    /// The kernel, which knows the size.
    pub(crate) kallsyms: &'a Kallsyms,
    /// Whether the reader may see the address.
    pub(crate) show: bool,
}

impl SymbolLine<'_> {
    /// Gives the bytes of the line to `write`, piece by piece.
    ///
    /// There are many lines, so no format is interpreted for each.
    pub(crate) fn write(&self, mut write: impl FnMut(&[u8]) -> fmt::Result) -> fmt::Result {
        let symbol = self.symbol;
        let address = if self.show { symbol.address() } else { 0 };
        write(hexadecimal(address).as_flattened())?;
        write(&[b' ', symbol.letter(), b' '])?;
        write(symbol.name().to_bytes())?;
        match symbol.module() {
            None => write(b" [vmlinux] 0x")?,
            Some(module) => {
                write(b" [")?;
                write(module.name().to_bytes())?;
                write(b"] 0x")?;
            }
        }
        let size = symbol.size(self.kallsyms).unwrap_or(0);
        let zeroes = size.leading_zeros() as usize / 4;
        let digits = hexadecimal(size);
        let digits = digits.as_flattened();
        write(
            digits
                .get(zeroes.min(digits.len() - 1)..)
                .unwrap_or_default(),
        )
    }
}

/// The digits of each byte.
const DIGITS: [[u8; 2]; 256] = {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut digits = [[0; 2]; 256];
    let mut byte = 0;
    while byte < digits.len() {
        digits[byte] = [HEX[byte >> 4], HEX[byte & 0xf]];
        byte += 1;
    }
    digits
};

/// A number with leading zeroes.
#[inline(always)]
fn hexadecimal(number: usize) -> [[u8; 2]; size_of::<usize>()] {
    number.to_be_bytes().map(|byte| DIGITS[usize::from(byte)])
}

impl fmt::Display for SymbolLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(|bytes| Text(bytes).fmt(f))
    }
}

/// A symbol that comes and goes without a module, in such a line. Its size is not known.
pub(crate) struct TransientLine<'a> {
    /// The symbol.
    pub(crate) symbol: &'a Transient<'a>,
    /// Whether the reader may see the address.
    pub(crate) show: bool,
}

impl fmt::Display for TransientLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Transient {
            name,
            module,
            address,
            letter,
        } = self.symbol;
        let address = if self.show { *address } else { 0 };
        let (name, module) = (Text(name.to_bytes()), Text(module.to_bytes()));
        let letter = char::from(*letter);
        f.write_fmt(fmt!("{address:016x} {letter} {name} [{module}] 0x0"))
    }
}
