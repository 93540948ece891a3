// SPDX-License-Identifier: GPL-2.0

//! A piece of the text of an open file.
//!
//! The text consists of lines. Only a window of it is kept: reads of any size see the same bytes,
//! and memory stays bounded however long the text is. A read after the window moves the window on
//! from its end; a read before it makes the text again from its beginning.
//!
//! The memory is charged to the memory cgroup of the process that
//! reads.

use crate::{
    failure::Failure,
    kallsyms::{
        Position,
        TransientPosition, //
    }, //
};
use core::{
    ops::ControlFlow,
    ops::Range, //
};
use kernel::{
    fmt,
    prelude::*, //
};

/// How many bytes a window gets at least and at most, up to a line more.
const SIZES: Range<usize> = 4096..1 << 16;

/// The line with which the text after a window begins.
#[derive(Clone, Copy)]
pub(crate) struct Cursor {
    /// The number of the line.
    pub(crate) line: usize,
    /// In a listing, the symbol.
    pub(crate) symbol: Position,
    /// In a listing, the transient symbol.
    pub(crate) transient: TransientPosition,
}

/// A piece of the text.
pub(crate) struct Window {
    text: KVVec<u8>,
    /// The offset in the text at which it begins.
    offset: usize,
    /// Where it ends.
    place: Cursor,
    /// Whether the text ends where the window does.
    end: bool,
}

impl Window {
    /// An empty window at the beginning of the text.
    pub(crate) fn new() -> Self {
        Self {
            text: KVVec::new(),
            offset: 0,
            place: Cursor {
                line: 0,
                symbol: Position::new(),
                transient: TransientPosition::default(),
            },
            end: false,
        }
    }

    /// Replaces the window by the text after it, which `lines` writes. `length` bytes are wanted.
    #[inline(never)]
    fn advance(
        &mut self,
        length: usize,
        lines: impl FnOnce(&mut Cursor, &mut Writer<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.offset += self.text.len();
        self.text.clear();
        let mut writer = Writer {
            text: &mut self.text,
            limit: length.clamp(SIZES.start, SIZES.end),
            left: Left::Nothing,
        };
        lines(&mut self.place, &mut writer)?;
        let left = writer.left;
        match left {
            // The lines that were written can be read; the next read tries again.
            Left::NoMemory if self.text.is_empty() => Err(Failure::from(ENOMEM)),
            _ => {
                self.end = left == Left::Nothing;
                Ok(())
            }
        }
    }

    /// The text at `position`, as much as the window has; empty at the end of the text. `lines`
    /// writes what the window lacks.
    pub(crate) fn at(
        &mut self,
        position: usize,
        length: usize,
        lines: impl Fn(&mut Cursor, &mut Writer<'_>) -> Result<(), Failure>,
    ) -> Result<&[u8], Failure> {
        if position < self.offset {
            *self = Self::new();
        }
        while position >= self.offset + self.text.len() && !self.end {
            if kernel::current!().signal_pending() {
                return Err(Failure::from(ERESTARTSYS));
            }
            self.advance(length, &lines)?;
        }
        if self.end && position >= self.offset + self.text.len() {
            // All text has been read, so the memory is freed; otherwise it would stay until the
            // file is closed.
            self.offset += self.text.len();
            self.text = KVVec::new();
        }
        Ok(self.text.get(position - self.offset..).unwrap_or_default())
    }
}

/// Why a writer takes no more lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    Nothing,
    /// It has enough text.
    Others,
    /// There was no memory for a line.
    NoMemory,
}

/// Takes lines, each of them whole or not at all.
pub(crate) struct Writer<'a> {
    text: &'a mut KVVec<u8>,
    limit: usize,
    left: Left,
}

impl<'a> Writer<'a> {
    /// Takes a line, which `write` appends without its newline. Breaks if there was no room; the
    /// next window then begins with this line.
    pub(crate) fn line_by(
        &mut self,
        write: impl FnOnce(&mut Text<'_>) -> fmt::Result,
    ) -> ControlFlow<()> {
        let length = self.text.len();
        if length >= self.limit {
            self.left = Left::Others;
            return ControlFlow::Break(());
        }
        let mut text = Text(self.text);
        if write(&mut text).is_ok() && text.push(b"\n").is_ok() {
            return ControlFlow::Continue(());
        }
        self.text.truncate(length);
        self.left = Left::NoMemory;
        ControlFlow::Break(())
    }

    /// Makes the window as large as possible, for an answer that is made again for each window.
    pub(crate) fn widen(&mut self) {
        self.limit = SIZES.end;
    }

    /// Takes the lines of an answer that is made again for each window, and skips those before
    /// `cursor`.
    pub(crate) fn counted<'w>(
        &'w mut self,
        cursor: &'w mut Cursor,
    ) -> impl FnMut(fmt::Arguments<'_>) -> ControlFlow<()> + use<'w, 'a> {
        self.widen();
        let mut number = 0;
        move |line| {
            number += 1;
            if number > cursor.line {
                self.line(line)?;
                cursor.line = number;
            }
            ControlFlow::Continue(())
        }
    }

    /// As [`Self::line_by`], for a listing that has at most `limit` lines, after `number` of them.
    /// Also breaks when there were `limit` lines.
    pub(crate) fn line_within(
        &mut self,
        number: &mut usize,
        limit: usize,
        write: impl FnOnce(&mut Text<'_>) -> fmt::Result,
    ) -> ControlFlow<()> {
        if *number >= limit {
            return ControlFlow::Break(());
        }
        self.line_by(write)?;
        *number += 1;
        ControlFlow::Continue(())
    }

    /// As [`Self::line_by`], for a line to be formatted.
    pub(crate) fn line(&mut self, line: fmt::Arguments<'_>) -> ControlFlow<()> {
        self.line_by(|text| fmt::Write::write_fmt(text, line))
    }
}

/// Text that grows, as long as there is memory.
pub(crate) struct Text<'a>(&'a mut KVVec<u8>);

impl Text<'_> {
    /// Appends bytes.
    #[inline(always)]
    pub(crate) fn push(&mut self, bytes: &[u8]) -> fmt::Result {
        let Some(room) = self.0.spare_capacity_mut().get_mut(..bytes.len()) else {
            return self.grow(bytes);
        };
        // As `copy_from_slice()`, which takes initialized memory only.
        for (to, from) in room.iter_mut().zip(bytes) {
            to.write(*from);
        }
        // SAFETY: There was room for as many bytes, and they have been initialized.
        unsafe { self.0.inc_len(bytes.len()) };
        Ok(())
    }

    /// Makes room for bytes, and appends them.
    #[inline(never)]
    fn grow(&mut self, bytes: &[u8]) -> fmt::Result {
        self.0
            .extend_from_slice(bytes, GFP_KERNEL_ACCOUNT)
            .map_err(|_| fmt::Error)
    }
}

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, string: &str) -> fmt::Result {
        self.push(string.as_bytes())
    }
}
