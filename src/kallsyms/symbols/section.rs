// SPDX-License-Identifier: GPL-2.0

//! The section that a symbol lies in.

use super::{
    Kind,
    Symbol, //
};
use crate::kallsyms::{
    Kallsyms,
    Module,
    TypeKind, //
};
use core::ops::Range;
use kernel::{
    alloc::AllocError,
    prelude::*,
    str::CString, //
};

/// Parts of `vmlinux` that are sections of their own in its object files: the symbols that the
/// linker script puts around them. An architecture may lack some.
#[rustfmt::skip]
const PARTS: [(&CStr, &CStr, &CStr); 9] = [
    (c"__sched_text_start",       c"__sched_text_end",       c".sched.text"),
    (c"__cpuidle_text_start",     c"__cpuidle_text_end",     c".cpuidle.text"),
    (c"__lock_text_start",        c"__lock_text_end",        c".spinlock.text"),
    (c"__kprobes_text_start",     c"__kprobes_text_end",     c".kprobes.text"),
    (c"__irqentry_text_start",    c"__irqentry_text_end",    c".irqentry.text"),
    (c"__softirqentry_text_start", c"__softirqentry_text_end", c".softirqentry.text"),
    (c"__static_call_text_start", c"__static_call_text_end", c".static_call.text"),
    (c"__start_ro_after_init",    c"__end_ro_after_init",    c".data..ro_after_init"),
    (c"__start___ksymtab",        c"__stop___ksymtab",       c"__ksymtab"),
];

/// Where the [`PARTS`] lie.
pub(in crate::kallsyms) struct Parts([Range<usize>; PARTS.len()]);

impl Kallsyms {
    /// Where the parts of `vmlinux` lie. Looks their borders up when it is asked for the first
    /// time.
    fn parts(&self) -> &Parts {
        loop {
            if let Some(parts) = self.parts.as_ref() {
                return parts;
            }
            self.parts.populate(Parts(PARTS.map(|(start, end, _)| {
                let range = self.lookup_name(start).zip(self.lookup_name(end));
                range.map_or(0..0, |(start, end)| start..end)
            })));
        }
    }
}

impl Symbol<'_> {
    /// The name of its section: of `vmlinux`, that which symbols of its linker script tell; of a
    /// module, the one in `/sys/module/NAME/sections/`, while the module is live. May sleep.
    #[inline(never)] // frame
    pub fn section(&self, kallsyms: &Kallsyms) -> Result<Option<CString>, AllocError> {
        if let Some(module) = self.module() {
            return module.section(kallsyms, self.address());
        }
        let parts = kallsyms.parts();
        let inside = |(range, _): &(&Range<usize>, _)| range.contains(&self.address());
        let part = parts.0.iter().zip(&PARTS).find(inside);
        let name = match (part.map(|(_, part)| part), self.kind()) {
            (Some((.., name)), _) => *name,
            (None, Kind::Text) => c".text",
            (None, Kind::EntryText) => c".entry.text",
            (None, Kind::NoinstrText) => c".noinstr.text",
            (None, Kind::InitText) => c".init.text",
            (None, Kind::Rodata) => c".rodata",
            (None, Kind::Data) => c".data",
            (None, Kind::Bss) => c".bss",
            (None, Kind::InitData) => c".init.data",
            (None, Kind::Percpu) => c".data..percpu",
            (None, Kind::Other) => return Ok(None),
        };
        CString::try_from(name).map(Some)
    }
}

/// Where the kernel keeps the sections of a module, by its BTF. It does not change, so it is asked
/// for once.
///
/// # Invariants
///
/// `attributes` is where `struct module_sect_attrs` has a pointer to an array of pointers to
/// `struct bin_attribute`, that ends with null. `name` and `private` are where that has a pointer
/// to a string, and one that is the section's address.
#[derive(Clone, Copy)]
pub(in crate::kallsyms) struct Attributes {
    attributes: usize,
    name: usize,
    private: usize,
}

impl Attributes {
    #[inline(never)] // frame
    fn new(kallsyms: &Kallsyms) -> Option<Self> {
        let btf = kallsyms.btf_of_vmlinux()?;
        let offset = |ty: &CStr, path: &[&[u8]]| {
            let mut ty = btf.named(ty, TypeKind::Struct)?;
            let mut offset = 0;
            for name in path {
                let member = ty.member(name)?;
                offset += member.offset();
                ty = member.ty;
            }
            ty.is_pointer().then_some(offset)
        };
        // INVARIANT: The members of these names, which are pointers, have these offsets.
        Some(Self {
            attributes: offset(c"module_sect_attrs", &[b"grp", b"bin_attrs"])?,
            name: offset(c"bin_attribute", &[b"attr", b"name"])?,
            private: offset(c"bin_attribute", &[b"private"])?,
        })
    }
}

impl Module {
    /// The name of the section that has an address of the module, while the module is live.
    fn section(&self, kallsyms: &Kallsyms, address: usize) -> Result<Option<CString>, AllocError> {
        let known = kallsyms.attributes.as_ref().copied();
        let Some(layout) = known.or_else(|| Attributes::new(kallsyms)) else {
            return Ok(None);
        };
        kallsyms.attributes.populate(layout);
        // A module that is being removed loses them.
        let Ok(_pin) = self.pin() else {
            return Ok(None);
        };
        let kind = self.kind(address);
        // SAFETY: `self` is a module on the kernel's list, which is locked, and it is live and
        // pinned: so the field has been set, and what it points to is neither changed nor freed
        // before the pin is gone.
        let sections = unsafe { (*self.as_ptr()).sect_attrs } as usize;
        if sections == 0 {
            return Ok(None);
        }
        // SAFETY: All three read a pointer that is there by the invariants of `Attributes`, in
        // memory that the pin keeps.
        let pointer = |address: usize| unsafe { *(address as *const usize) };
        let mut next = pointer(sections + layout.attributes);
        let mut found: Option<(usize, usize)> = None;
        loop {
            let attribute = pointer(next);
            if attribute == 0 {
                break;
            }
            next += size_of::<usize>();
            let start = pointer(attribute + layout.private);
            let behind = found.is_none_or(|(best, _)| best < start);
            if start <= address && behind && self.kind(start) == kind {
                found = Some((start, pointer(attribute + layout.name)));
            }
        }
        let Some((_, name)) = found else {
            return Ok(None);
        };
        // SAFETY: By the invariants of `Attributes` it is a pointer to a string, which the pin
        // keeps.
        let name = unsafe { CStr::from_char_ptr(name as *const c_char) };
        CString::try_from(name).map(Some)
    }
}
