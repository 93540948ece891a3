// SPDX-License-Identifier: GPL-2.0

//! The functions and variables of the kernel that everything else is found by.

use super::{
    functions::fits,
    kallsyms_lookup_name,
    kallsyms_lookup_size_offset,
    kallsyms_on_each_match_symbol,
    Bootstrap,
    Error,
    Kind,
    Layout,
    Target, //
};
use core::ptr::NonNull;
use kernel::prelude::*;

/// How functions and variables of `vmlinux` are found by name.
pub(super) struct Vmlinux {
    pub(super) lookup_name: kallsyms_lookup_name,
    pub(super) on_each_match_symbol: kallsyms_on_each_match_symbol,
    pub(super) lookup_size_offset: kallsyms_lookup_size_offset,
    pub(super) layout: Layout,
}

impl Vmlinux {
    /// Finds the first function, and asks it for the others. May sleep.
    #[inline(never)] // frame
    pub(super) fn new(bootstrap: Bootstrap) -> Result<Self, Error> {
        let address = bootstrap.find().ok_or(Error::Bootstrap(bootstrap))?;
        // SAFETY: The bootstrap found the entry of `kallsyms_lookup_name()`, which is a function of
        // `vmlinux` that is not freed; the compiler has compared the signature with the header's
        // declaration.
        let lookup_name = unsafe { kallsyms_lookup_name::new(Target::new(address, None)) }?;
        let layout = Layout::new(|name| address_of(&lookup_name, name));
        let named = |name| function(&lookup_name, &layout, name);
        // SAFETY: The symbols have the functions' names, and the compiler has compared the
        // signatures with the header's declarations.
        let (on_each_match_symbol, lookup_size_offset) = unsafe {
            (
                kallsyms_on_each_match_symbol::new(named(kallsyms_on_each_match_symbol::NAME)?)?,
                kallsyms_lookup_size_offset::new(named(kallsyms_lookup_size_offset::NAME)?)?,
            )
        };
        Ok(Self {
            lookup_name,
            on_each_match_symbol,
            lookup_size_offset,
            layout,
        })
    }

    /// The function of this name. Any context.
    pub(super) fn function(&self, name: &CStr) -> Result<Target, Error> {
        function(&self.lookup_name, &self.layout, name)
    }

    /// The variable of this name, if there is one with room for a `T`, and no other. May sleep.
    pub(super) fn variable<T>(&self, name: &'static CStr) -> Result<NonNull<T>, Error> {
        address_of(&self.lookup_name, name)
            .filter(|address| {
                matches!(self.layout.kind(*address), Kind::Data | Kind::Bss)
                    && self.count(name) == 1
                    && self.has_room(*address, size_of::<T>())
            })
            .and_then(|address| NonNull::new(address as *mut T))
            .ok_or(Error::Unknown(name))
    }

    /// Whether a symbol begins at `address`, with room for `size` bytes. Any context.
    fn has_room(&self, address: usize, size: usize) -> bool {
        let (mut room, mut offset) = (0, 0);
        let lookup = &self.lookup_size_offset;
        // SAFETY: `room` and `offset` are valid for writes; the function takes any address.
        let found = unsafe { lookup.call(address, &mut room, &mut offset) };
        found != 0 && offset == 0 && fits(room, size)
    }

    /// How many symbols have this name. May sleep.
    fn count(&self, name: &CStr) -> usize {
        /// # Safety
        ///
        /// Only `kallsyms_on_each_match_symbol()` may call this, with `data` a pointer to a `usize`
        /// that nobody else uses.
        unsafe extern "C" fn count(data: *mut c_void, _: c_ulong) -> c_int {
            // SAFETY: `data` is a valid pointer to a `usize`, by the safety requirements.
            unsafe { *data.cast::<usize>() += 1 };
            0
        }

        let mut found: usize = 0;
        let data = (&raw mut found).cast();
        let each_match = &self.on_each_match_symbol;
        // SAFETY: The name is NUL-terminated, and `count` gets the pointer that it expects. The
        // function may sleep, which callers of this may.
        unsafe { each_match.call(Some(count), name.as_char_ptr(), data) };
        found
    }
}

/// The address of the first symbol of this name. Any context.
fn address_of(lookup_name: &kallsyms_lookup_name, name: &CStr) -> Option<usize> {
    // SAFETY: The name is NUL-terminated; the function can be called from any context.
    match unsafe { lookup_name.call(name.as_char_ptr()) } {
        0 => None,
        address => Some(address),
    }
}

/// The function of `vmlinux` that has this name. Any context.
#[inline(never)] // frame
fn function(
    lookup_name: &kallsyms_lookup_name,
    layout: &Layout,
    name: &CStr,
) -> Result<Target, Error> {
    match address_of(lookup_name, name) {
        Some(address) if layout.kind(address) == Kind::Text => {
            // SAFETY: The address belongs to a function's symbol, in the text of `vmlinux` that is
            // never freed.
            Ok(unsafe { Target::new(address, None) })
        }
        Some(address) => Err(Error::NotText(layout.kind(address))),
        None => Err(Error::NotFound),
    }
}
