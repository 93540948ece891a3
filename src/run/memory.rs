// SPDX-License-Identifier: GPL-2.0

//! The memory that functions are lent: strings, temporaries, and what braces point to.

use kernel::{
    page::PAGE_SIZE,
    prelude::*, //
};

/// How many bytes a piece of memory can have, and all of one evaluation.
pub(crate) const MAX_PIECE: usize = 1 << 20;
pub(crate) const MAX_MEMORY: usize = 4 << 20;

/// The memory that values point to: strings and temporaries. Each has a page or more of its own, so that a
/// function which writes a little more than it was given has room.
#[derive(Default)]
pub(crate) struct Memory {
    pieces: KVec<KVVec<u8>>,
    size: usize,
}

impl Memory {
    /// A new piece of at least `size` bytes, which are zero. It is aligned for any type.
    ///
    /// # Errors
    ///
    /// `E2BIG` if that is too much; `ENOMEM`.
    pub(crate) fn add(&mut self, size: usize) -> Result<&mut [u8], Error> {
        let room = size
            .checked_add(1)
            .ok_or(E2BIG)?
            .next_multiple_of(PAGE_SIZE);
        self.size = self.size.saturating_add(room);
        if size > MAX_PIECE || self.size > MAX_MEMORY {
            return Err(E2BIG);
        }
        self.pieces
            .push(KVVec::from_elem(0, room, GFP_KERNEL)?, GFP_KERNEL)?;
        Ok(self.pieces.last_mut().ok_or(ENOMEM)?)
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
        let memory = self.add(length)?;
        for (to, from) in memory.iter_mut().zip(bytes) {
            *to = from;
        }
        Ok(memory.as_ptr() as usize)
    }

    /// Whether an address is in one of the pieces.
    pub(crate) fn has(&self, address: usize) -> bool {
        let pieces = self.pieces.iter();
        pieces
            .map(|piece| piece.as_ptr_range())
            .any(|piece| (piece.start as usize..piece.end as usize).contains(&address))
    }

    /// How many pieces there are.
    pub(crate) fn count(&self) -> usize {
        self.pieces.len()
    }

    /// How many bytes the smallest of the pieces from `first` on has; if there is none, no limit.
    pub(crate) fn smallest(&self, first: usize) -> usize {
        let new = self.pieces.get(first..).unwrap_or_default();
        new.iter()
            .map(|piece| piece.len())
            .fold(usize::MAX, usize::min)
    }
}
