// SPDX-License-Identifier: GPL-2.0

//! The static calls of functions that are found at run time: a pool of slots.

use super::static_call::StaticCall;

/// How many functions of known types can be held at once.
pub const SLOTS: usize = 8;

/// How many functions can be held at once whose type is
/// [`Words`](crate::kallsyms::Words).
pub const WORD_SLOTS: usize = 64;

macro_rules! slots {
    ($($number:literal)*) => { ::kernel::macros::paste! {
        $(crate::define_static_call!([<SLOT_ $number>], [<slot_ $number>]);)*

        /// Static calls for [`Function`].
        pub(super) static POOL: [&StaticCall; WORD_SLOTS] = [$(&[<SLOT_ $number>]),*];
    } };
}

slots! {
    0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
    32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60
    61 62 63
}

/// Calls what a slot goes to, with these registers as its arguments.
///
/// A function takes from the registers what it declares and leaves the others alone, and leaves its
/// value in a register; so one type for each number of arguments fits all whose arguments fit in
/// registers.
///
/// The slots are tested one after the other, since those that are taken first are the first; that
/// each has a bit of its own keeps the compiler from making a search of it, which would be slower
/// for these.
#[cfg(CONFIG_HAVE_STATIC_CALL)]
macro_rules! call_slot {
    ($slot:ident -> $value:ty; $($register:ident)*) => {
        if $slot.0 & 1 << 0 != 0 {
            call_slot!(@call 0 $value; $($register)*)
        } else if $slot.0 & 1 << 1 != 0 {
            call_slot!(@call 1 $value; $($register)*)
        } else if $slot.0 & 1 << 2 != 0 {
            call_slot!(@call 2 $value; $($register)*)
        } else if $slot.0 & 1 << 3 != 0 {
            call_slot!(@call 3 $value; $($register)*)
        } else if $slot.0 & 1 << 4 != 0 {
            call_slot!(@call 4 $value; $($register)*)
        } else if $slot.0 & 1 << 5 != 0 {
            call_slot!(@call 5 $value; $($register)*)
        } else if $slot.0 & 1 << 6 != 0 {
            call_slot!(@call 6 $value; $($register)*)
        } else {
            call_slot!(@call 7 $value; $($register)*)
        }
    };
    (@call $number:literal $value:ty; $($register:ident)*) => { ::kernel::macros::paste! { {
        #[allow(clashing_extern_declarations, non_snake_case)]
        extern "C" {
            fn [<__SCT__kallsyms_slot_ $number>]($($register: usize),*) -> $value;
        }
        // SAFETY: The caller holds the claim of this slot, so that its trampoline jumps to a
        // function that is there. The caller promises that these arguments, and the context, are
        // what it demands.
        unsafe { [<__SCT__kallsyms_slot_ $number>]($($register),*) }
    } } };
}

/// Calls what a slot goes to, with these registers as its arguments; without static calls, through
/// a pointer.
#[cfg(not(CONFIG_HAVE_STATIC_CALL))]
macro_rules! call_slot {
    ($slot:ident -> $value:ty; $($register:ident)*) => { {
        let function: unsafe extern "C" fn($($register: usize),*) -> $value =
            // SAFETY: The caller holds the claim of the slot, whose target then is the entry of a
            // function; and a pointer to a function has the size of an address.
            unsafe { core::mem::transmute($slot.target()) };
        // SAFETY: The function is there for as long as the claim is held. The caller promises that
        // these arguments, and the context, are what it demands.
        unsafe { function($($register),*) }
    } };
}

pub(super) use call_slot;

/// A slot of the pool: the bit whose number is the slot's.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Slot(pub(super) u64);

#[cfg(not(CONFIG_HAVE_STATIC_CALL))]
impl Slot {
    /// The address that the slot's static call goes to.
    pub(super) fn target(self) -> usize {
        POOL[self.0.trailing_zeros() as usize].target()
    }
}

/// How many words
/// [`Function::call_words`](crate::kallsyms::Function::call_words) passes.
pub const WORDS: usize = 24;

/// The two registers in which C functions leave their values.
#[repr(C)]
pub(super) struct Pair {
    pub(super) first: usize,
    pub(super) second: usize,
}

/// Calls what a slot goes to, with these words.
///
/// # Safety
///
/// The caller must hold the claim of the slot, and do as the slot's target demands, which must take
/// the words.
#[cfg(not(CONFIG_HAVE_STATIC_CALL))]
#[inline(never)] // frame
pub(super) unsafe fn call_with_words(slot: Slot, words: &[usize; WORDS]) -> Pair {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x] = *words;
    call_slot!(slot -> Pair; a b c d e f g h i j k l m n o p q r s t u v w x)
}

/// Makes a function for each slot, so that the words on the stack have their place in a frame of
/// its own.
#[cfg(CONFIG_HAVE_STATIC_CALL)]
macro_rules! words {
    ($($number:literal)*; $last:literal) => { ::kernel::macros::paste! {
        words! { @each $($number)* $last }

        /// Calls what a slot goes to, with these words.
        ///
        /// # Safety
        ///
        /// The caller must hold the claim of the slot, and do as the slot's target demands, which
        /// must take the words.
        pub(super) unsafe fn call_with_words(slot: Slot, words: &[usize; WORDS]) -> Pair {
            match slot.0.trailing_zeros() {
                $(
                    // SAFETY: The caller holds the claim of the slot with this number, does as its
                    // target demands, and promises that it takes the words.
                    $number => unsafe { [<call_ $number _with_words>](words) },
                )*
                // SAFETY: This is the last slot, since it is none of the others. The caller holds
                // its claim, does as its target demands, and promises that it takes the words.
                _ => unsafe { [<call_ $last _with_words>](words) },
            }
        }
    } };
    (@each $($number:literal)*) => { ::kernel::macros::paste! { $(
        /// Calls what this slot goes to, with these words.
        ///
        /// # Safety
        ///
        /// The caller must hold the claim of the slot, and do as the slot's target demands, which
        /// must take the words.
        #[inline(never)] // frame
        unsafe fn [<call_ $number _with_words>](words: &[usize; WORDS]) -> Pair {
            let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x] = *words;
            call_slot!(@call $number Pair; a b c d e f g h i j k l m n o p q r s t u v w x)
        }
    )* } };
}

#[cfg(CONFIG_HAVE_STATIC_CALL)]
words! {
    0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
    32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60
    61 62; 63
}
