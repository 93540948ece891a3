// SPDX-License-Identifier: GPL-2.0

//! Sorting by the kernel's own function: objtool does not understand the panics in `core`'s.
//!
//! C source: [`lib/sort.c`](srctree/lib/sort.c)

use crate::bindings;
use kernel::prelude::*;

/// Sorts items, the lowest first. Any context.
///
/// Wraps the kernel's `sort()`, a heap sort.
pub(crate) fn sort<T: Ord + Copy>(items: &mut [T]) {
    /// # Safety
    ///
    /// `a` and `b` must be valid pointers to `T`.
    unsafe extern "C" fn compare<T: Ord>(a: *const c_void, b: *const c_void) -> c_int {
        // SAFETY: The caller passes valid pointers, and nobody writes to the items meanwhile.
        let (a, b) = unsafe { (&*a.cast::<T>(), &*b.cast::<T>()) };
        a.cmp(b) as c_int
    }

    // SAFETY: `items` is borrowed for us alone; its pointer, its length and the size of its
    // elements are what `sort()` is told, and `compare` takes pointers to such elements. They are
    // `Copy`, so that swapping them as bytes moves them.
    unsafe {
        bindings::sort(
            items.as_mut_ptr().cast(),
            items.len(),
            size_of::<T>(),
            Some(compare::<T>),
            None,
        )
    };
}
