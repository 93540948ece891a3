// SPDX-License-Identifier: GPL-2.0

//! What is exported to modules, and to which.
//!
//! The kernel and each module have a table of what they export, in the order of the names. No
//! header for modules declares its entries, so BTF has to agree with what this file takes them for.

use super::{
    tables::constants,
    Symbol, //
};
use crate::{
    bindings,
    kallsyms::{
        Kallsyms,
        Module,
        TypeKind, //
    }, //
};
use core::slice::from_raw_parts;
use kernel::prelude::*;

/// A `struct kernel_symbol`: how far what it leads to lies from each of its [`MEMBERS`].
type Entry = [i32; 3];

/// The members, in order.
const MEMBERS: [&[u8]; 3] = [b"value_offset", b"name_offset", b"namespace_offset"];
const VALUE: usize = 0;
const NAME: usize = 1;
const NAMESPACE: usize = 2;

/// What somebody exports.
///
/// # Invariants
///
/// `entries` is such a table of the kernel or of a module, in the order of the names, and `flags`
/// has the `KSYM_FLAG_*` of each entry. What the entries lead to is valid for `'a`; names and
/// namespaces are NUL-terminated strings.
#[derive(Clone, Copy)]
struct Table<'a> {
    entries: &'a [Entry],
    flags: &'a [u8],
}

/// What the kernel itself exports. That there is a value says that an [`Entry`] is a
/// `struct kernel_symbol`.
pub(in crate::kallsyms) struct Exports(Table<'static>);

/// How a symbol is exported.
pub struct Export<'a> {
    /// Whether only to modules under the GPL.
    pub gpl_only: bool,
    /// The namespace that modules have to import for it.
    pub namespace: Option<&'a CStr>,
}

impl Exports {
    /// Finds it; `None` if this kernel's table is not as this library knows it.
    #[inline(never)] // frame
    pub(in crate::kallsyms) fn new(kallsyms: &Kallsyms) -> Option<Self> {
        let btf = kallsyms.btf_of_vmlinux()?;
        let symbol = btf.named(c"kernel_symbol", TypeKind::Struct)?;
        let is_member = |(place, name): (usize, &&[u8])| {
            let member = symbol.member(name);
            member.is_some_and(|member| (member.offset(), member.ty.size()) == (place * 4, 4))
        };
        if symbol.size() != size_of::<Entry>() || !MEMBERS.iter().enumerate().all(is_member) {
            return None;
        }
        let start = kallsyms.lookup_name(c"__start___ksymtab")?;
        let size = kallsyms
            .lookup_name(c"__stop___ksymtab")?
            .checked_sub(start)?;
        let flags = kallsyms.lookup_name(c"__start___kflagstab")?;
        // INVARIANT: The linker script puts these symbols around the kernel's own table, and before
        // its flags. An `Entry` has the size of a `struct kernel_symbol`, and the members are where
        // that has them.
        Some(Self(Table {
            entries: constants(kallsyms, start, size)?,
            flags: constants(kallsyms, flags, size / size_of::<Entry>())?,
        }))
    }

    /// What a module exports.
    fn of<'a>(&self, module: &'a Module) -> Option<Table<'a>> {
        // SAFETY: `module` is valid, by the invariants of `Module`; these fields are set before the
        // module is formed, and do not change.
        let (entries, flags, count) = unsafe {
            let module = module.as_ptr();
            (
                (*module).syms,
                (*module).flagstab,
                (*module).num_syms as usize,
            )
        };
        if count == 0 {
            return None;
        }
        // INVARIANT: The kernel has found both in the module's file when it loaded the module, and
        // looks for names in them by a binary search. SAFETY: They have `count` elements, which
        // are neither changed nor freed for as long as the module is borrowed. An `Entry` is a
        // `struct kernel_symbol`, since there is a `self`.
        Some(unsafe {
            Table {
                entries: from_raw_parts(entries.cast(), count),
                flags: from_raw_parts(flags, count),
            }
        })
    }
}

impl<'a> Table<'a> {
    /// The export of this name, and its address.
    fn find(&self, name: &CStr) -> Option<(usize, Export<'a>)> {
        let named = |entry| self.string(entry, NAME).unwrap_or_default();
        let place = self
            .entries
            .binary_search_by(|entry| named(entry).cmp(name));
        let place = place.ok()?;
        let entry = self.entries.get(place)?;
        let flags = u32::from(*self.flags.get(place)?);
        let export = Export {
            gpl_only: flags & bindings::ksym_flags_KSYM_FLAG_GPL_ONLY != 0,
            namespace: self
                .string(entry, NAMESPACE)
                .filter(|namespace| !namespace.is_empty()),
        };
        Some((target(entry, VALUE)?, export))
    }

    /// The string that a member of one of its entries leads to.
    fn string(&self, entry: &Entry, member: usize) -> Option<&'a CStr> {
        // SAFETY: By the invariants of `Table` it is a NUL-terminated string, which is valid for
        // `'a`.
        target(entry, member).map(|string| unsafe { CStr::from_char_ptr(string as *const c_char) })
    }
}

/// What a member of an entry leads to, if to anything.
fn target(entry: &Entry, member: usize) -> Option<usize> {
    let distance = &entry[member];
    let here = core::ptr::from_ref(distance) as usize;
    (*distance != 0).then(|| here.wrapping_add_signed(*distance as isize))
}

impl<'a> Symbol<'a> {
    /// How it is exported to modules; `None` if it is not, or if that is not known. Any context.
    #[inline(never)] // frame
    pub fn export(&self, kallsyms: &Kallsyms) -> Option<Export<'a>> {
        let exports = kallsyms.exports.as_ref()?;
        let table = match self.module() {
            Some(module) => exports.of(module)?,
            None => exports.0,
        };
        let (address, export) = table.find(self.name())?;
        (address == self.address()).then_some(export)
    }
}
