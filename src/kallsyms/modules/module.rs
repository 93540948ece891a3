// SPDX-License-Identifier: GPL-2.0

//! One module: its name, its state and its memory.
//!
//! C header: [`include/linux/module.h`](srctree/include/linux/module.h)

use super::ModuleRef;
use crate::kallsyms::{
    symbols::RawName,
    Error,
    Kind, //
};
use core::ops::Range;
use kernel::{
    bindings,
    prelude::*,
    types::Opaque, //
};

/// A loaded module, for as long as the list of modules is locked.
///
/// # Invariants
///
/// A reference to this is a reference to a module on the kernel's list that is formed, while
/// `module_mutex` is held: the module is neither taken off the list nor freed.
#[repr(transparent)]
pub struct Module(pub(super) Opaque<bindings::module>);

impl Module {
    /// The name.
    pub fn name(&self) -> &CStr {
        self.raw_name().get()
    }

    /// The kernel's own.
    pub(in crate::kallsyms) fn as_ptr(&self) -> *mut bindings::module {
        self.0.get()
    }

    /// Whether it has been loaded and is not being removed.
    pub fn is_live(&self) -> bool {
        self.state() == bindings::module_state_MODULE_STATE_LIVE
    }

    /// Its state: one of `MODULE_STATE_*`.
    pub(super) fn state(&self) -> bindings::module_state {
        // SAFETY: `self` is a module on the kernel's list, and `module_mutex` is held, without
        // which it is not freed. Its state is a word, which the kernel writes and this reads as a
        // whole.
        unsafe { (&raw const (*self.0.get()).state).read_volatile() }
    }

    /// What an address of the module is; [`Kind::Other`] if it has no such address.
    pub fn kind(&self, address: usize) -> Kind {
        kind_in(&self.areas(), address)
    }

    /// The areas of its memory.
    #[inline]
    pub(super) fn areas(&self) -> Areas {
        use bindings::*;

        let module = self.0.get();
        // SAFETY: `self` is a module on the kernel's list, and `module_mutex` is held, without
        // which it is not freed. These fields are set before the module is given its symbols, and
        // do not change after.
        let (noinstr, percpu) = unsafe {
            (
                range((*module).noinstr_text_start, (*module).noinstr_text_size),
                range((*module).percpu.cast(), (*module).percpu_size),
            )
        };
        [
            (noinstr, Kind::NoinstrText),
            (percpu, Kind::Percpu),
            (self.memory(mod_mem_type_MOD_TEXT), Kind::Text),
            (self.memory(mod_mem_type_MOD_DATA), Kind::Data),
            (self.memory(mod_mem_type_MOD_RODATA), Kind::Rodata),
            (self.memory(mod_mem_type_MOD_RO_AFTER_INIT), Kind::Rodata),
            (self.memory(mod_mem_type_MOD_INIT_TEXT), Kind::InitText),
            (self.memory(mod_mem_type_MOD_INIT_DATA), Kind::InitData),
            (self.memory(mod_mem_type_MOD_INIT_RODATA), Kind::InitData),
        ]
    }

    /// How many bytes its functions take.
    pub fn text_size(&self) -> usize {
        self.memory(bindings::mod_mem_type_MOD_TEXT).len()
    }

    /// How many bytes its data takes, written to or not.
    pub fn data_size(&self) -> usize {
        use bindings::*;

        let data = [
            mod_mem_type_MOD_DATA,
            mod_mem_type_MOD_RODATA,
            mod_mem_type_MOD_RO_AFTER_INIT,
        ];
        data.into_iter()
            .map(|memory| self.memory(memory).len())
            .sum()
    }

    /// One of its areas of memory.
    fn memory(&self, memory: bindings::mod_mem_type) -> Range<usize> {
        // SAFETY: `self` is a module on the kernel's list, and `module_mutex` is held, without
        // which it is not freed. `memory` is an index of the array: bindgen made both from one
        // enumeration. When a module has been loaded the kernel frees the areas for that, and sets
        // their sizes to 0: the load of the size, a word, reads it from before or after. The areas
        // themselves are not read.
        unsafe {
            let memory = &raw const (*self.0.get()).mem[memory as usize];
            range((*memory).base, (&raw const (*memory).size).read_volatile())
        }
    }

    /// Takes a reference, if the module is live.
    pub(in crate::kallsyms) fn pin(&self) -> Result<ModuleRef, Error> {
        if !self.is_live() {
            return Err(Error::ModuleNotLive);
        }
        // SAFETY: `self` is a module on the kernel's list, and `module_mutex` is held, without
        // which it is not freed.
        unsafe { ModuleRef::take(self.0.get()) }.ok_or(Error::ModuleNotLive)
    }

    /// Whether it has this name.
    pub fn is_named(&self, name: &CStr) -> bool {
        self.raw_name().is(name)
    }

    /// The name, without its length.
    pub(super) fn raw_name(&self) -> RawName<'_> {
        // SAFETY: By the invariants of `Module` it is valid. Its name is an array that ends with a
        // NUL, and does not change.
        unsafe { RawName::new((&raw const (*self.0.get()).name).cast()) }
    }
}

/// Areas of a module's memory: of each the addresses, and what they are. The first that has an
/// address counts.
pub(super) type Areas = [(Range<usize>, Kind); 9];

/// What an address is, by the areas of a module.
pub(super) fn kind_in(areas: &Areas, address: usize) -> Kind {
    let area = areas.iter().find(|(range, _)| range.contains(&address));
    area.map_or(Kind::Other, |(_, kind)| *kind)
}

/// The range of addresses from `start` on.
fn range(start: *mut c_void, size: c_uint) -> Range<usize> {
    let start = start as usize;
    start..start.saturating_add(size as usize)
}
