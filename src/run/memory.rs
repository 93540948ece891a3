// SPDX-License-Identifier: GPL-2.0

//! The memory that functions are lent: strings, temporaries, and what braces point to.
//!
//! Each piece ends at the end of its pages, and an unmapped page follows: a function that goes
//! beyond the end crashes there, and nothing else is harmed. `vmalloc()` promises such a page after
//! an area, but not before it. So before each piece there is a *canary*: bytes that the function
//! must not change, which are checked when it has returned.
//!
//! `vfree()` accepts an address at which any page of an area begins. So no piece begins with a
//! page: one that would do so has a canary after it, too.

use core::cell::Cell;
use kernel::{
    bindings,
    page::PAGE_SIZE,
    prelude::*, //
};

/// How many bytes a piece of memory can have, and the areas of all pieces of one evaluation
/// together.
pub(crate) const MAX_PIECE: usize = 1 << 20;
pub(crate) const MAX_MEMORY: usize = 4 << 20;

/// How many bytes a canary has. It leaves the piece aligned for any type that is not aligned to
/// pages.
const CANARY: usize = 64;

/// The value of each byte of a canary.
const CANARY_BYTE: u8 = 0xc5;

/// The memory of one evaluation. It is freed when this is dropped.
#[derive(Default)]
pub(crate) struct Memory {
    pieces: KVec<Piece>,
    /// How many bytes all areas have.
    size: usize,
    /// The place in the text that is being evaluated, whose pieces are used again.
    place: Option<usize>,
    /// How many of these it has got.
    taken: usize,
}

/// A piece, in an area of its own.
///
/// # Invariants
///
/// - `area` has whole pages.
/// - `before + size` is within the area.
struct Piece {
    area: VVec<u8>,
    /// How many bytes of the area are before the piece.
    before: usize,
    size: usize,
    /// The place in the text that it belongs to.
    place: Option<usize>,
    /// The `struct page` of the first page. It changes if somebody frees the area.
    page: usize,
    /// Whether only typed values have been written to it, so that its pointers are what their types
    /// say.
    is_known: Cell<bool>,
    /// Whether objects of several types were in it: a pointer to it may find any of them.
    is_mixed: bool,
}

impl Memory {
    /// A new piece of `size` bytes, which are zero. It is aligned for an object of this size.
    ///
    /// # Errors
    ///
    /// `E2BIG` if that is too much; `ENOMEM`.
    pub(crate) fn add(&mut self, size: usize) -> Result<&mut [u8], Error> {
        if size > MAX_PIECE {
            return Err(E2BIG);
        }
        // The place's next piece, if it has one.
        let place = self.place;
        let of_place = |piece: &Piece| place.is_some() && piece.place == place;
        let known = self.pieces.iter().enumerate();
        let index = known.filter(|(_, piece)| of_place(piece)).nth(self.taken);
        self.taken += 1;
        let (index, old_room) = match index {
            Some((index, piece)) => (index, piece.area.len()),
            None => (self.pieces.len(), 0),
        };
        if Piece::room(size) > old_room {
            // Where a piece grows, its area grows to twice the size. The old one stays, since there
            // may be pointers to it.
            let twice = (2 * old_room).min(Piece::room(MAX_PIECE));
            let room = Piece::room(size).max(twice);
            if self.size + room > MAX_MEMORY {
                return Err(E2BIG);
            }
            self.pieces.push(Piece::new(room, place)?, GFP_KERNEL)?;
            self.size += room;
            let last = self.pieces.len() - 1;
            if index != last {
                self.pieces[index].place = None;
                self.pieces.swap(index, last);
            }
        }
        self.pieces[index].begin(size).ok_or(ENOMEM)
    }

    /// Begins the evaluation of a place in the text, which gets the pieces that it got before, or
    /// ends it.
    pub(crate) fn begin(&mut self, place: Option<usize>) {
        (self.place, self.taken) = (place, 0);
    }

    /// Writes `bytes` at an address in one of the pieces, and zeros after them up to `size`.
    ///
    /// # Errors
    ///
    /// `EFAULT` if no piece has all of these bytes.
    pub(crate) fn write(&mut self, address: usize, size: usize, bytes: &[u8]) -> Result<(), Error> {
        let mut pieces = self.pieces.iter_mut();
        let piece = pieces.find(|piece| address.wrapping_sub(piece.address()) < piece.size);
        let piece = piece.ok_or(EFAULT)?;
        let first = address - piece.address();
        let place = piece
            .area
            .get_mut(piece.before + first..piece.before + piece.size)
            .and_then(|rest| rest.get_mut(..size))
            .ok_or(EFAULT)?;
        if place.len() == piece.size {
            piece.is_known.set(true);
        }
        let (start, rest) = place.split_at_mut_checked(bytes.len()).ok_or(EFAULT)?;
        start.copy_from_slice(bytes);
        rest.fill(0);
        Ok(())
    }

    /// Adds a string of `length` bytes, and a NUL. Returns its address.
    ///
    /// # Errors
    ///
    /// See [`Self::add`].
    pub(crate) fn add_string(
        &mut self,
        length: usize,
        bytes: impl Iterator<Item = u8>,
    ) -> Result<usize, Error> {
        let memory = self.add(length + 1)?;
        for (to, from) in memory.iter_mut().zip(bytes) {
            *to = from;
        }
        Ok(memory.as_ptr() as usize)
    }

    /// The piece in whose area an address is.
    fn piece(&self, address: usize) -> Option<&Piece> {
        let mut pieces = self.pieces.iter();
        pieces.find(|piece| address.wrapping_sub(piece.area.as_ptr() as usize) < piece.area.len())
    }

    /// Whether an address is in the area of one of the pieces.
    pub(crate) fn has(&self, address: usize) -> bool {
        self.piece(address).is_some()
    }

    /// Notes that the piece at this address, if there is one, may hold any bytes until the whole of
    /// it is written.
    pub(crate) fn forget(&self, address: usize) {
        if let Some(piece) = self.piece(address) {
            piece.is_known.set(false);
        }
    }

    /// Notes that the piece at this address, if there is one, has objects of several types.
    pub(crate) fn mix(&mut self, address: usize) {
        let mut pieces = self.pieces.iter_mut();
        if let Some(piece) = pieces.find(|piece| piece.address() == address) {
            piece.is_mixed = true;
        }
    }

    /// Whether the pointers at this address are what their types say; true for an address outside
    /// of all areas.
    pub(crate) fn is_known(&self, address: usize) -> bool {
        let piece = self.piece(address);
        piece.is_none_or(|piece| {
            address >= piece.address() && piece.is_known.get() && !piece.is_mixed
        })
    }

    /// How a function that has returned misused a piece of memory.
    pub(super) fn misuse(&self) -> Option<Misuse> {
        self.pieces.iter().find_map(Piece::misuse)
    }

    /// The address of the piece that a function has gone beyond, if the unmapped `address` lies
    /// beside one.
    pub(super) fn beside(&self, address: usize) -> Option<usize> {
        let is_beside = |piece: &&Piece| {
            let begin = piece.area.as_ptr() as usize;
            let outside = begin - PAGE_SIZE..begin + piece.area.len() + PAGE_SIZE;
            outside.contains(&address)
        };
        self.pieces.iter().find(is_beside).map(Piece::address)
    }
}

/// How a function misused a piece of memory, which begins at this address.
#[derive(Clone, Copy)]
pub(crate) enum Misuse {
    /// It read beyond its end, or before its beginning.
    Read(usize),
    /// It wrote there.
    Written(usize),
    /// It freed the piece.
    Freed(usize),
}

impl Piece {
    /// How many bytes are after a piece: without a canary after it, one of whole pages would begin
    /// with a page.
    const fn after(size: usize) -> usize {
        if size % PAGE_SIZE == 0 {
            CANARY
        } else {
            0
        }
    }

    /// How many bytes the smallest area for a piece of this size has.
    const fn room(size: usize) -> usize {
        (CANARY + size + Self::after(size)).next_multiple_of(PAGE_SIZE)
    }

    /// A piece of no bytes yet, in an area of `room` bytes, which are whole pages.
    fn new(room: usize, place: Option<usize>) -> Result<Self, Error> {
        // The user chooses the size, and is told of a failure: the kernel need not warn.
        let flags = GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN;
        let mut area = VVec::with_capacity(room, flags)?;
        // SAFETY: `room` bytes have been allocated, and `__GFP_ZERO` has made them zero.
        unsafe { area.inc_len(room) };
        let page = first_page(&area);
        // INVARIANT: The room is a multiple of a page's size, and the piece has no bytes yet.
        Ok(Self {
            area,
            before: room,
            size: 0,
            place,
            page,
            is_known: Cell::new(true),
            is_mixed: false,
        })
    }

    /// Makes this a piece of `size` bytes, which are zero, if its area has room for them.
    fn begin(&mut self, size: usize) -> Option<&mut [u8]> {
        if size != self.size {
            self.area[self.before - CANARY..].fill(0);
            let before = self.area.len().checked_sub(Self::after(size) + size)?;
            self.area[before.checked_sub(CANARY)?..before].fill(CANARY_BYTE);
            self.area[before + size..].fill(CANARY_BYTE);
            // INVARIANT: `before + size + after` is what the area has.
            (self.before, self.size) = (before, size);
        }
        self.is_known.set(true);
        let bytes = &mut self.area[self.before..self.before + self.size];
        bytes.fill(0);
        Some(bytes)
    }

    fn address(&self) -> usize {
        self.area.as_ptr() as usize + self.before
    }

    /// Whether the area is still ours: nobody has freed it.
    fn is_ours(&self) -> bool {
        first_page(&self.area) == self.page
    }

    /// See [`Memory::misuse`].
    fn misuse(&self) -> Option<Misuse> {
        if !self.is_ours() {
            return Some(Misuse::Freed(self.address()));
        }
        let before = &self.area[self.before - CANARY..self.before];
        let after = &self.area[self.before + self.size..];
        let is_canary = |byte: &u8| *byte == CANARY_BYTE;
        let is_intact = before.iter().all(is_canary) && after.iter().all(is_canary);
        (!is_intact).then(|| Misuse::Written(self.address()))
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        if !self.is_ours() {
            // A function has freed the area, and somebody else may use it now.
            core::mem::forget(core::mem::take(&mut self.area));
        }
    }
}

/// The `struct page` of the first page of an area, or 0 if there is none.
fn first_page(area: &VVec<u8>) -> usize {
    // SAFETY: `vmalloc()` returned this address. The function only walks the kernel's page tables,
    // and returns NULL if no page is mapped there.
    unsafe { bindings::vmalloc_to_page(area.as_ptr().cast()) as usize }
}
