// SPDX-License-Identifier: GPL-2.0

//! The kernel's tables of names and addresses: to begin a walk anywhere, and to find names that
//! begin alike without one.
//!
//! The kernel keeps the names of its symbols compressed, in the order of the symbols' addresses,
//! and beside them the numbers of the symbols in the order of their names. A binary search over
//! these expands some thirty names, where a walk over names expands all of them.
//!
//! The layout of these tables is the kernel's private matter. [`Index::new`] compares what it reads
//! there with what the kernel's own functions say, and gives up if anything differs: the walk then
//! does the work. Each table is a slice that ends where the kernel's next symbol begins, and every
//! access to it is checked, so that a layout which nobody foresaw can make a search fail, but not
//! read elsewhere.
//!
//! C source: [`kernel/kallsyms.c`](srctree/kernel/kallsyms.c)

mod entry;
mod search;
mod walk;

pub(in crate::kallsyms) use self::entry::Entry;

use crate::{
    bindings,
    kallsyms::{
        Kallsyms,
        Kind, //
    }, //
};
use core::ops::ControlFlow;
use kernel::{
    prelude::*,
    transmute::FromBytes, //
};

/// There is a marker for every 256th name.
pub(in crate::kallsyms) const NAMES_PER_MARKER: u32 = 256;

/// How many tokens there are.
const TOKENS: usize = 256;

/// How many names [`Index::agrees`] looks at, beside the first.
const SAMPLES: u32 = 4;

/// Room for one name, and the letter before it that is the symbol's type.
pub(in crate::kallsyms) type Buffer = [u8; bindings::KSYM_NAME_LEN as usize + 1];

/// A buffer without a name.
pub(in crate::kallsyms) const EMPTY: Buffer = [0; bindings::KSYM_NAME_LEN as usize + 1];

/// What a token stands for, in a form that is quick to copy: the string, and in the last byte how
/// many bytes it has. What is longer than [`LONG`] is not in it.
type Token = [u8; LONG + 1];

/// How many bytes of a string are copied at once.
const LONG: usize = 7;

/// The kernel's tables of names.
pub(in crate::kallsyms) struct Index {
    /// How many symbols there are.
    pub(in crate::kallsyms) count: u32,
    /// For each symbol, in the order of addresses: how many tokens its name has, and the tokens.
    names: &'static [u8],
    /// Where in `names` every 256th name begins.
    markers: &'static [u32],
    /// What the tokens stand for: strings.
    tokens: &'static [u8],
    /// Where in `tokens` each token's string begins.
    token_index: &'static [u16; TOKENS],
    /// The numbers of the symbols in the order of their names, three bytes each, the highest first.
    order: &'static [u8],
    /// For each symbol, how far its address lies from its own entry here.
    offsets: &'static [i32],
    /// What `tokens` has, once more: for each token.
    copies: KVec<Token>,
}

impl Index {
    /// Finds the tables; `None` if one is missing, or if they are not what this file takes them
    /// for. May sleep.
    #[inline(never)] // frame
    pub(in crate::kallsyms) fn new(kallsyms: &Kallsyms) -> Option<Self> {
        let mut index = Self {
            copies: KVec::with_capacity(TOKENS, GFP_KERNEL).ok()?,
            count: *table(kallsyms, c"kallsyms_num_syms")?.first()?,
            names: table(kallsyms, c"kallsyms_names")?,
            markers: table(kallsyms, c"kallsyms_markers")?,
            tokens: table(kallsyms, c"kallsyms_token_table")?,
            token_index: table(kallsyms, c"kallsyms_token_index")?.first_chunk()?,
            order: table(kallsyms, c"kallsyms_seqs_of_names")?,
            offsets: table(kallsyms, c"kallsyms_offsets")?,
        };
        for token in 0..=u8::MAX {
            let copy = index.copy(token)?;
            index.copies.push(copy, GFP_KERNEL).ok()?;
        }
        (index.is_whole() && index.agrees(kallsyms)?).then_some(index)
    }

    /// Whether the tables have the sizes that belong to the number of symbols.
    fn is_whole(&self) -> bool {
        let count = self.count as usize;
        count > 0
            && self.offsets.len() >= count
            && self.order.len() >= count * 3
            && self.markers.len() >= count.div_ceil(NAMES_PER_MARKER as usize)
    }

    /// Whether the tables say what the kernel's own functions say: of the first symbol, of the last
    /// one, and of some between them.
    ///
    /// `kallsyms_lookup_name()` returns the address of the first symbol of a name, in the order of
    /// names. A walk begins with the symbol that is the first in the order of addresses.
    #[inline(never)] // frame
    fn agrees(&self, kallsyms: &Kallsyms) -> Option<bool> {
        let mut buffer = EMPTY;
        let last = self.count.checked_sub(1)?;
        for sample in 0..=SAMPLES {
            let symbol = (u64::from(last) * u64::from(sample) / u64::from(SAMPLES)) as u32;
            let address = self.address(symbol)?;
            // The kernel finds no symbol at the few addresses that lie outside of its sections.
            if matches!(kallsyms.extent(address), Some((_, offset)) if offset != 0) {
                return Some(false);
            }
            let name = self.name(symbol, &mut buffer)?;
            let known = kallsyms.lookup_name(name)?;
            let first = self.first_with(|other| other >= name.to_bytes())?;
            if self.address(self.nth(first)?)? != known {
                return Some(false);
            }
        }
        let address = self.address(0)?;
        let name = self.name(0, &mut buffer)?;
        let first = kallsyms.for_each_by_kernel(&mut 0, |symbol| {
            ControlFlow::Break(symbol.name() == name && symbol.address() == address)
        });
        Some(first == ControlFlow::Break(true))
    }

    /// The number of the symbol whose name has the place `place` in the order of names.
    fn nth(&self, place: u32) -> Option<u32> {
        let start = place as usize * 3;
        match *self.order.get(start..start + 3)? {
            [high, middle, low] => Some(u32::from_be_bytes([0, high, middle, low])),
            _ => None,
        }
    }

    /// The address of a symbol.
    #[inline]
    pub(in crate::kallsyms) fn address(&self, symbol: u32) -> Option<usize> {
        self.offsets.get(symbol as usize).map(address)
    }

    /// Splits the name that begins at `offset` from what follows it: its tokens, and where the next
    /// one begins.
    ///
    /// A name of more than 127 tokens has its length in two bytes.
    #[inline]
    pub(in crate::kallsyms) fn split(&self, offset: usize) -> Option<(&'static [u8], usize)> {
        let low = usize::from(*self.names.get(offset)?);
        let (length, start) = if low & 0x80 == 0 {
            (low, offset + 1)
        } else {
            let high = usize::from(*self.names.get(offset + 1)?);
            (low & 0x7f | high << 7, offset + 2)
        };
        let end = start + length;
        Some((self.names.get(start..end)?, end))
    }

    /// Where in `names` the last marker before the name of a symbol points to.
    pub(in crate::kallsyms) fn marker(&self, symbol: u32) -> Option<usize> {
        let marker = self.markers.get((symbol / NAMES_PER_MARKER) as usize)?;
        Some(*marker as usize)
    }

    /// Where in `names` the name of a symbol begins.
    pub(in crate::kallsyms) fn offset(&self, symbol: u32) -> Option<usize> {
        let mut offset = self.marker(symbol)?;
        for _ in 0..symbol % NAMES_PER_MARKER {
            (_, offset) = self.split(offset)?;
        }
        Some(offset)
    }

    /// Writes what `tokens` stand for, and a NUL: the letter of the symbol's type, and its name.
    /// Returns how many bytes precede the NUL; none of them is NUL. What is too long is cut off, as
    /// the kernel does.
    pub(in crate::kallsyms) fn expand(&self, tokens: &[u8], buffer: &mut Buffer) -> usize {
        let last = buffer.len() - 1;
        let mut length = 0usize;
        if let Some(copies) = self.copies.first_chunk::<TOKENS>() {
            for token in tokens {
                let copy = &copies[usize::from(*token)];
                let size = usize::from(copy[LONG]);
                if size <= LONG && length <= buffer.len() - copy.len() {
                    // The bytes after the token's end are written over by the next one.
                    buffer[length..length + copy.len()].copy_from_slice(copy);
                } else {
                    self.append(*token, size, buffer.get_mut(length..).unwrap_or_default());
                }
                // Not more than 255 for each token.
                length = length.wrapping_add(size);
            }
        }
        length = length.min(last);
        buffer[length] = 0;
        length
    }

    /// Writes what a token of `size` bytes stands for, as far as there is room.
    #[inline(never)] // size
    fn append(&self, token: u8, size: usize, room: &mut [u8]) {
        let start = usize::from(self.token_index[usize::from(token)]);
        let text = self.tokens.get(start..).unwrap_or_default();
        for (to, from) in room.iter_mut().zip(text).take(size) {
            *to = *from;
        }
    }

    /// The string that a token stands for, without its NUL.
    #[inline]
    fn text(&self, token: u8) -> &[u8] {
        let start = usize::from(self.token_index[usize::from(token)]);
        let text = self.tokens.get(start..).unwrap_or_default();
        let length = text.iter().take_while(|byte| **byte != 0).count();
        text.get(..length).unwrap_or_default()
    }

    /// What a token stands for, to be copied. `None` if it is too long for a name.
    fn copy(&self, token: u8) -> Option<Token> {
        let text = self.text(token);
        let mut copy = [0; LONG + 1];
        for (to, from) in copy.iter_mut().zip(text) {
            *to = *from;
        }
        copy[LONG] = u8::try_from(text.len()).ok()?;
        Some(copy)
    }

    /// Whether the name that `tokens` stand for begins with `prefix`.
    pub(in crate::kallsyms) fn begins_with(&self, tokens: &[u8], prefix: &[u8]) -> bool {
        let mut rest = prefix.iter();
        let mut skipped = 1;
        for token in tokens {
            let start = usize::from(self.token_index[usize::from(*token)]);
            let text = self.tokens.get(start + skipped..).unwrap_or_default();
            skipped = 0;
            for byte in text.iter().take_while(|byte| **byte != 0) {
                match rest.next() {
                    None => return true,
                    Some(wanted) if wanted != byte => return false,
                    Some(_) => {}
                }
            }
        }
        rest.next().is_none()
    }

    /// The name of a symbol.
    fn name<'b>(&self, symbol: u32, buffer: &'b mut Buffer) -> Option<&'b CStr> {
        let (tokens, _) = self.split(self.offset(symbol)?)?;
        let length = self.expand(tokens, buffer);
        CStr::from_bytes_with_nul(buffer.get(1..=length)?).ok()
    }
}

/// The address of the symbol that has this entry in the table of offsets.
#[inline]
fn address(offset: &i32) -> usize {
    let here = core::ptr::from_ref(offset) as usize;
    here.wrapping_add_signed(*offset as isize)
}

/// A table of `vmlinux` that is never written to: from the symbol of this name to the next one.
fn table<T: FromBytes>(kallsyms: &Kallsyms, name: &CStr) -> Option<&'static [T]> {
    let start = kallsyms.lookup_name(name)?;
    match kallsyms.extent(start)? {
        (size, 0) => constants(kallsyms, start, size),
        _ => None,
    }
}

/// A table of `size` bytes in the data of `vmlinux` that is never written to.
pub(in crate::kallsyms) fn constants<T: FromBytes>(
    kallsyms: &Kallsyms,
    start: usize,
    size: usize,
) -> Option<&'static [T]> {
    let count = size / size_of::<T>();
    let end = start.checked_add(size)?;
    let layout = kallsyms.layout();
    let constant = |address| layout.kind(address) == Kind::Rodata;
    if count == 0 || !constant(start) || !constant(end - 1) {
        return None;
    }
    let first = start as *const T;
    if !first.is_aligned() {
        return None;
    }
    // SAFETY:
    // - `start` and the last of the `size` bytes from there lie in the read-only data of `vmlinux`,
    //   which is one range, mapped for as long as the kernel runs, and not written to after the
    //   boot;
    // - `first` is aligned, and `count` values of `T` have at most `size` bytes;
    // - every sequence of bytes is a valid `T`, as `FromBytes` says.
    Some(unsafe { core::slice::from_raw_parts(first, count) })
}
