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
        let mut head = [b' '; 19];
        let (digits, letter) = head.split_at_mut(16);
        hexadecimal(address, digits);
        if let Some(letter) = letter.get_mut(1) {
            *letter = symbol.letter();
        }
        write(&head)?;
        write(symbol.name().to_bytes())?;
        match symbol.module() {
            None => write(b" [vmlinux] 0x")?,
            Some(module) => {
                write(b" [")?;
                write(module.name().to_bytes())?;
                write(b"] 0x")?;
            }
        }
        let mut size = [0; 16];
        let significant = hexadecimal(symbol.size(self.kallsyms).unwrap_or(0), &mut size);
        write(size.get(size.len() - significant..).unwrap_or_default())
    }
}

/// Writes a number with leading zeroes, for which 16 bytes are enough; returns how many digits it
/// has without them.
fn hexadecimal(mut number: usize, digits: &mut [u8]) -> usize {
    let mut significant = 1;
    for (place, digit) in digits.iter_mut().rev().enumerate() {
        let value = (number & 0xf) as u8;
        *digit = value + if value < 10 { b'0' } else { b'a' - 10 };
        if value != 0 {
            significant = place + 1;
        }
        number >>= 4;
    }
    significant
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
