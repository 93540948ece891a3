// SPDX-License-Identifier: GPL-2.0

//! Unexported functions whose names are known when the module is built.

/// Declares unexported kernel functions, each a type whose value is the right to call it.
///
/// For each function `f` this defines a type `f` with
///
/// - `f::resolve(&kallsyms)`, which finds the function, checks that it may be called, and pins its
///   module if it has one;
/// - `f::call(&self, …)`, a *direct* call, by a static call of its own.
///
/// There is no value before `resolve` has succeeded and none after it was dropped, so neither is there
/// a call; while a value lives, its target does too. One value of each type can live at a time: share
/// it by reference. Calling is `unsafe`, because only the caller knows what the function demands.
///
/// The signature is checked. `resolve` compares it with the kernel's own types (see
/// [`Kallsyms::check`](crate::kallsyms::Kallsyms::check)); where the kernel has none for the function,
/// that is an error, and `unsafe` `resolve_unchecked` the way to insist. But a function which the target's
/// headers declare can be followed by `= path`, the function `bindgen` made of the declaration: then the
/// compiler compares them, and a prototype that has changed does not build.
///
/// # Examples
///
/// ```
/// # use crate::{import, kallsyms::{Error, Kallsyms}};
/// import! {
///     /// The number of processes, all CPUs taken together.
///     fn nr_processes() -> c_int;
/// }
///
/// # fn example(kallsyms: &Kallsyms) -> Result<(), Error> {
/// let nr_processes = nr_processes::resolve(kallsyms)?;
/// // SAFETY: It takes no lock and has no requirements.
/// pr_info!("{} processes\n", unsafe { nr_processes.call() });
/// # Ok(())
/// # }
/// ```
#[macro_export]
macro_rules! import {
    ($(
        $(#[$attribute:meta])*
        $vis:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $return:ty)?
            $(= $header:path)?;
    )*) => { $(
        $(#[$attribute])*
        #[allow(non_camel_case_types)]
        $vis struct $name {
            // In this order: the claim goes before the target it calls.
            #[allow(dead_code)]
            claim: $crate::kallsyms::static_call::Claim,
            #[allow(dead_code)]
            target: $crate::kallsyms::Target,
        }

        $crate::import!(@declared [$($header)?] unsafe extern "C" fn($($type),*) $(-> $return)?);

        ::kernel::macros::paste! {
            #[doc(hidden)]
            mod [<__import_ $name>] {
                $crate::define_static_call!(pub(super) CALL, $name);
            }

            impl $name {
                /// The name the kernel knows it by.
                $vis const NAME: &'static ::kernel::str::CStr =
                    // SAFETY: The one NUL is at the end: no identifier holds one.
                    unsafe {
                        ::core::ffi::CStr::from_bytes_with_nul_unchecked(
                            concat!(stringify!($name), "\0").as_bytes()
                        )
                    };

                /// Whether the compiler has checked the signature.
                const DECLARED: bool = $crate::import!(@is_declared [$($header)?]);

                /// How the arguments and the value travel.
                const SHAPE: $crate::kallsyms::FunctionShape = $crate::kallsyms::FunctionShape {
                    parameters: &[$(<$type as $crate::kallsyms::Shaped>::SHAPE),*],
                    variadic: false,
                    returns: $crate::import!(@returns $($return)?),
                };

                /// Finds the function and checks its signature. Sleeps.
                #[allow(dead_code)]
                $vis fn resolve(
                    kallsyms: &$crate::kallsyms::Kallsyms,
                ) -> ::core::result::Result<Self, $crate::kallsyms::Error> {
                    let target = kallsyms.target(&$crate::kallsyms::Name::new(Self::NAME)?, 0)?;
                    if !Self::DECLARED {
                        kallsyms.check(&target, Self::NAME, &Self::SHAPE)?;
                    }
                    // SAFETY: The symbol has the function's name. Either the compiler has compared the
                    // signature with the header's declaration, or `check()` with the kernel's own types.
                    unsafe { Self::new(target) }
                }

                /// Finds the function, which must be found by [`resolve`](Self::resolve) if the kernel
                /// has a prototype for it. Sleeps.
                ///
                /// # Safety
                ///
                /// The function must have the signature declared.
                #[allow(dead_code)]
                $vis unsafe fn resolve_unchecked(
                    kallsyms: &$crate::kallsyms::Kallsyms,
                ) -> ::core::result::Result<Self, $crate::kallsyms::Error> {
                    let target = kallsyms.target(&$crate::kallsyms::Name::new(Self::NAME)?, 0)?;
                    // SAFETY: The symbol has the function's name, and the caller promises the signature.
                    unsafe { Self::new(target) }
                }

                /// Makes this the right to call `target`.
                ///
                /// # Safety
                ///
                /// `target` must be the function, and have the signature declared.
                unsafe fn new(
                    target: $crate::kallsyms::Target,
                ) -> ::core::result::Result<Self, $crate::kallsyms::Error> {
                    // SAFETY: A `Target` is the entry of a function that stays where it is for as long as
                    // the `Target` lives. Fields are dropped in the order of their declaration: `claim`
                    // before `target`.
                    let claim = unsafe { [<__import_ $name>]::CALL.claim(target.address()) }
                        .ok_or($crate::kallsyms::Error::InUse)?;
                    Ok(Self { claim, target })
                }

                /// Calls the function.
                ///
                /// # Safety
                ///
                /// The caller must do as the C function demands: of its arguments, of the locks held,
                /// of the context.
                #[inline(always)]
                // The only metavariables in `unsafe` blocks are the names of the arguments.
                #[allow(dead_code, clippy::macro_metavars_in_unsafe)]
                $vis unsafe fn call(&self, $($argument: $type),*) $(-> $return)? {
                    #[cfg(CONFIG_HAVE_STATIC_CALL)]
                    {
                        // The types are the kernel's, or the check of the signature will tell.
                        #[allow(clashing_extern_declarations, improper_ctypes)]
                        extern "C" {
                            fn [<__SCT__ $name>]($($argument: $type),*) $(-> $return)?;
                        }

                        // SAFETY: `self` holds the claim, so that the static call goes to the target, whose
                        // signature this is: who made `self` promised it to `new()`. The caller promises
                        // what else the function demands.
                        unsafe { [<__SCT__ $name>]($($argument),*) }
                    }
                    #[cfg(not(CONFIG_HAVE_STATIC_CALL))]
                    {
                        // SAFETY: `self` holds the claim, whose target is the entry of a function with this
                        // signature; and a pointer to a function has the size of an address.
                        let function: unsafe extern "C" fn($($type),*) $(-> $return)? =
                            unsafe { ::core::mem::transmute(self.claim.target()) };
                        // SAFETY: The function is there for as long as `self` lives. The caller promises
                        // what else it demands.
                        unsafe { function($($argument),*) }
                    }
                }
            }
        }
    )* };

    (@is_declared []) => { false };
    (@is_declared [$header:path]) => { true };

    (@returns) => { $crate::kallsyms::Shape::Void };
    (@returns $return:ty) => { <$return as $crate::kallsyms::Shaped>::SHAPE };

    // What the header declares must be what is imported.
    (@declared [] $signature:ty) => {};
    (@declared [$header:path] $signature:ty) => {
        const _: $signature = $header;
    };
}
