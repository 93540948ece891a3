// SPDX-License-Identifier: GPL-2.0

//! What is exported to modules, and to which.
//!
//! The kernel's own search is asked. What it takes and gives is declared in no header for modules,
//! so the layout is taken from BTF.

use super::Symbol;
use crate::kallsyms::{
    Kallsyms,
    Type,
    TypeKind, //
};
use kernel::{
    prelude::*,
    sync::rcu, //
};

crate::import! {
    fn find_symbol(argument: *mut c_void) -> bool;
}

/// Room for what the search takes and gives.
const ROOM: usize = 16;

/// The kernel's search for exported symbols.
///
/// # Invariants
///
/// The offsets belong to the members of the kernel's `struct find_symbol_arg`, which has at most
/// [`ROOM`] words, and of its `struct kernel_symbol`, whose members are as wide as [`Self::new`]
/// says.
pub(in crate::kallsyms) struct Exports {
    find: find_symbol,
    name: usize,
    gpl_too: usize,
    owner: usize,
    symbol: usize,
    license: usize,
    value: usize,
    namespace: usize,
}

/// How a symbol is exported.
pub struct Export<'a> {
    /// Whether only to modules under the GPL.
    pub gpl_only: bool,
    /// The namespace that modules have to import for it.
    pub namespace: Option<&'a CStr>,
}

impl Exports {
    /// Finds it; `None` if this kernel's is not as this library knows it.
    #[inline(never)] // frame
    pub(in crate::kallsyms) fn new(kallsyms: &Kallsyms) -> Option<Self> {
        let btf = kallsyms.btf_of_vmlinux()?;
        let argument = btf.named(c"find_symbol_arg", TypeKind::Struct)?;
        let symbol = btf.named(c"kernel_symbol", TypeKind::Struct)?;
        if argument.size() > ROOM * size_of::<usize>() {
            return None;
        }
        // INVARIANT: The offsets are those that BTF has, in which the structures have these names.
        Some(Self {
            name: offset(argument, c"name", size_of::<usize>())?,
            gpl_too: offset(argument, c"gplok", 1)?,
            owner: offset(argument, c"owner", size_of::<usize>())?,
            symbol: offset(argument, c"sym", size_of::<usize>())?,
            license: offset(argument, c"license", 4)?,
            value: offset(symbol, c"value_offset", 4)?,
            namespace: offset(symbol, c"namespace_offset", 4)?,
            find: find_symbol::resolve(kallsyms).ok()?,
        })
    }
}

/// Where in a structure a member of this size is.
fn offset(ty: Type<'_>, name: &CStr, size: usize) -> Option<usize> {
    let member = ty.member(name.to_bytes())?;
    (member.ty.size() == size).then_some(member.offset())
}

/// What the search takes and gives.
#[repr(align(8))]
struct Argument([u8; ROOM * size_of::<usize>()]);

impl Argument {
    /// Writes a member.
    fn put<const N: usize>(&mut self, offset: usize, bytes: [u8; N]) {
        if let Some(room) = self.0.get_mut(offset..offset + N) {
            room.copy_from_slice(&bytes);
        }
    }

    /// Reads a member.
    fn get<const N: usize>(&self, offset: usize) -> [u8; N] {
        let bytes = self.0.get(offset..offset + N);
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .unwrap_or([0; N])
    }
}

impl<'a> Symbol<'a> {
    /// How it is exported to modules; `None` if it is not, or if that is not known. Any context.
    ///
    /// Wraps `find_symbol()`.
    #[inline(never)] // frame
    pub fn export(&self, kallsyms: &Kallsyms) -> Option<Export<'a>> {
        let exports = kallsyms.exports.as_ref()?;
        let mut argument = Argument([0; ROOM * size_of::<usize>()]);
        let name = self.name().as_char_ptr() as usize;
        argument.put(exports.name, name.to_ne_bytes());
        argument.put(exports.gpl_too, [1]);
        let guard = rcu::read_lock();
        // SAFETY: By the invariants of `Exports` the argument has the members of
        // `struct find_symbol_arg` where the function looks for them, and is as large; it is zero
        // but for the name, which is NUL-terminated and lives as long as `self`, and the flag. The
        // function wants RCU read-locked, which `guard` does.
        let found = unsafe { exports.find.call((&raw mut argument).cast()) };
        drop(guard);
        let owner = self.module().map_or(0, |module| module.as_ptr() as usize);
        let symbol = usize::from_ne_bytes(argument.get(exports.symbol));
        if !found || usize::from_ne_bytes(argument.get(exports.owner)) != owner {
            return None;
        }
        // Such a member is the distance from itself to what it leads to.
        let target = |member: usize| {
            let place = symbol + member;
            // SAFETY: `find_symbol()` found a `struct kernel_symbol` at `symbol`, of the kernel
            // itself or of the module of `self`, which neither changes nor is freed for `'a`; by
            // the invariants of `Exports` it has an `int` there.
            let distance = unsafe { *(place as *const i32) };
            (distance != 0).then(|| place.wrapping_add_signed(distance as isize))
        };
        if target(exports.value)? != self.address() {
            return None;
        }
        let namespace = target(exports.namespace).map(|address| {
            // SAFETY: The namespace is a NUL-terminated string of the same module as the symbol, or
            // of the kernel itself, which neither changes nor is freed for `'a`.
            unsafe { CStr::from_char_ptr(address as *const c_char) }
        });
        Some(Export {
            gpl_only: i32::from_ne_bytes(argument.get(exports.license)) != 0,
            namespace: namespace.filter(|namespace| !namespace.is_empty()),
        })
    }
}
