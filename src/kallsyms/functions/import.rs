// SPDX-License-Identifier: GPL-2.0

//! Unexported functions whose names are known when the module is built.

use super::Target;
use crate::kallsyms::{
    Error,
    FunctionShape,
    Kallsyms,
    Name,
    VMLINUX, //
};
use kernel::prelude::*;

/// A function as [`import!`](crate::import) declares it.
#[doc(hidden)]
pub struct Import {
    module: &'static CStr,
    names: &'static [&'static CStr],
    shape: FunctionShape,
    declared: Option<&'static CStr>,
}

impl Import {
    /// A function of `module` that has one of the names, with this shape. The compiler has compared
    /// it with the declaration of `declared`, which is enough if the kernel has no prototype of
    /// that function.
    pub const fn new(
        module: &'static CStr,
        names: &'static [&'static CStr],
        shape: FunctionShape,
        declared: Option<&'static CStr>,
    ) -> Self {
        Self {
            module,
            names,
            shape,
            declared,
        }
    }
}

impl Kallsyms {
    /// Finds an imported function, pins its module, and compares its signature with the kernel's
    /// prototype. Sleeps.
    ///
    /// # Errors
    ///
    /// Those of [`Self::target`] and [`Self::check`].
    #[doc(hidden)]
    pub fn import(&self, function: &Import) -> Result<Target, Error> {
        let (name, target) = self.find_import(function)?;
        // The kernel's headers declare the kernel's own functions: one of a module is as its own
        // types say.
        let declared = function.module == VMLINUX && function.declared == Some(name);
        match self.check(&target, name, &function.shape) {
            Err(Error::NoPrototype) if declared => Ok(target),
            checked => checked.map(|()| target),
        }
    }

    /// As [`Self::import`], but the signature is not compared.
    ///
    /// # Errors
    ///
    /// Those of [`Self::target`].
    #[doc(hidden)]
    pub fn import_unchecked(&self, function: &Import) -> Result<Target, Error> {
        self.find_import(function).map(|(_, target)| target)
    }

    /// The first of the function's names that the kernel has, and what has it.
    fn find_import(&self, function: &Import) -> Result<(&'static CStr, Target), Error> {
        for symbol in function.names {
            let name = Name::of_parts(Some(function.module.to_bytes()), symbol)?;
            match self.target(&name, 0) {
                Err(Error::NotFound) => {}
                found => return found.map(|target| (*symbol, target)),
            }
        }
        Err(Error::NotFound)
    }
}

/// Whether the two texts are equal, for the compiler.
#[doc(hidden)]
pub const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut index = 0;
    while index < a.len() && index < b.len() && a[index] == b[index] {
        index += 1;
    }
    index == a.len() && index == b.len()
}

/// Declares unexported kernel functions, each a type whose value is the right to call it.
///
/// For each function `f` this defines a type `f` with
///
/// - `f::resolve(&kallsyms)`, which finds the function, checks that it may be called, and pins its
///   module if it has one;
/// - `f::call(&self, …)`, a *direct* call, by a static call of its own.
///
/// There is no value before `resolve` has succeeded and none after it was dropped, so neither is
/// there a call; while a value lives, its target does too. One value of each type can live at a
/// time: share it by reference. Nothing can be taken out of a value. Calling is `unsafe`, because
/// only the caller knows what the function demands.
///
/// # Which function
///
/// | declaration | which function |
/// |---|---|
/// | `fn name(…);` | of the kernel itself |
/// | `fn module::name(…);` | of this module, which must be loaded |
/// | `fn name \| other_name(…);` | the first of these names that the kernel has; the type is called `name` |
/// | `optional fn name(…);` | perhaps: `resolve` returns an [`Option`], which is [`None`] if there is no such function |
/// | `fn name(format: …, ...);` | with any number of arguments: `call` takes all of them as one tuple |
///
/// # The signature
///
/// `resolve` compares it with the kernel's own types (see
/// [`Kallsyms::check`](crate::kallsyms::Kallsyms::check)); where the kernel has none for the
/// function, that is an error, and `unsafe` `resolve_unchecked` the way to insist.
///
/// A function which the target's headers declare can be followed by `= path`, where the path leads
/// to the function of the same name that `bindgen` made of the declaration. Then the compiler
/// compares them as well, and a prototype that has changed does not build. Where the kernel has no
/// type for the function, such a declaration is enough, if the path is `kernel::bindings::name` or
/// `bindings::name` (which is the crate's own). Of any other path the library cannot know whether
/// it leads to a declaration.
///
/// # Examples
///
/// ```
/// # use crate::{import, kallsyms::{Error, Kallsyms}};
/// import! {
///     /// The number of processes, all CPUs taken together.
///     fn nr_processes() -> c_int;
///     /// Before Linux 5.15 it was called `printk`.
///     fn _printk | printk(format: *const c_char, ...) -> c_int;
///     /// Kernels without the file system do not have it.
///     optional fn xfs::xfs_buf_lock(buffer: *mut c_void);
/// }
///
/// # fn example(kallsyms: &Kallsyms) -> Result<(), Error> {
/// let nr_processes = nr_processes::resolve(kallsyms)?;
/// let printk = _printk::resolve(kallsyms)?;
/// // SAFETY: It takes no lock and has no requirements.
/// let count = unsafe { nr_processes.call() };
/// // SAFETY: The format is NUL-terminated, and wants an `int`.
/// unsafe { printk.call((c"there are %d processes\n".as_char_ptr(), count)) };
/// let lock: Option<xfs_buf_lock> = xfs_buf_lock::resolve(kallsyms)?;
/// # assert!(lock.is_none() && count > 0);
/// # Ok(())
/// # }
/// ```
#[macro_export]
macro_rules! import {
    ($(
        $(#[$attribute:meta])*
        $vis:vis $(optional $(@$optional:tt)?)? fn $first:ident $(:: $second:ident)? $(| $other:ident)*
            ($($argument:ident: $type:ty),* $(, ... $(@$variadic:tt)?)? $(,)?) $(-> $return:ty)?
            $(= $(::)? $($header:ident)::+)?;
    )*) => { $(
        $crate::import! { @function
            [$first $($second)?]
            [$($other)*]
            [$(#[$attribute])*]
            [$vis]
            [$(optional $($optional)?)?]
            [$($argument: $type,)*]
            [$(variadic $($variadic)?)?]
            [$($return)?]
            [$($($header)+)?]
        }
    )* };

    // A function is of `vmlinux` unless a module is named.
    (@function [$name:ident] $($rest:tt)*) => {
        $crate::import! { @function [vmlinux $name] $($rest)* }
    };

    (@function
        [$module:ident $name:ident]
        [$($other:ident)*]
        [$(#[$attribute:meta])*]
        [$vis:vis]
        $optional:tt
        [$($argument:ident: $type:ty,)*]
        $variadic:tt
        [$($return:ty)?]
        $header:tt
    ) => {
        $crate::import!(@declared $header [$name $($other)*] $variadic [$($type),*] [$($return)?]);

        ::kernel::macros::paste! {
            // The fields of the type are private to this module, in which there is no code of the
            // user's.
            #[doc(hidden)]
            #[allow(non_snake_case, unreachable_pub)]
            mod [<__import_ $name>] {
                $crate::define_static_call!(CALL, [<import_ $name>]);

                $(#[$attribute])*
                #[allow(non_camel_case_types)]
                pub struct $name {
                    // In this order: the claim goes before the target it calls.
                    #[allow(dead_code)]
                    claim: $crate::kallsyms::static_call::Claim,
                    #[allow(dead_code)]
                    target: $crate::kallsyms::Target,
                }

                impl $name {
                    /// Makes this the right to call `target`. Sleeps.
                    ///
                    /// # Errors
                    ///
                    /// [`Error::InUse`](crate::kallsyms::Error::InUse): there is a value of this
                    /// type already.
                    ///
                    /// # Safety
                    ///
                    /// `target` must be the function, and have the signature declared.
                    pub(super) unsafe fn new(
                        target: $crate::kallsyms::Target,
                    ) -> ::core::result::Result<Self, $crate::kallsyms::Error> {
                        // SAFETY: A `Target` is the entry of a function that stays where it is for
                        // as long as the `Target` lives. Fields are dropped in the order of their
                        // declaration: `claim` before `target`.
                        let claim = unsafe { CALL.claim(target.address()) }
                            .ok_or($crate::kallsyms::Error::InUse)?;
                        ::core::result::Result::Ok(Self { claim, target })
                    }

                    /// The function's address.
                    #[allow(dead_code)]
                    pub fn address(&self) -> usize {
                        self.target.address()
                    }
                }
            }
            $vis use [<__import_ $name>]::$name;

            impl $name {
                /// The name the kernel knows it by; of several, the first.
                #[allow(dead_code)]
                $vis const NAME: &'static ::kernel::str::CStr = $crate::import!(@c_str $name);

                /// What is looked for, and how the arguments and the value travel.
                #[allow(dead_code)]
                const IMPORT: $crate::kallsyms::Import = $crate::kallsyms::Import::new(
                    $crate::import!(@c_str $module),
                    &[Self::NAME $(, $crate::import!(@c_str $other))*],
                    $crate::kallsyms::FunctionShape {
                        parameters: &[$(<$type as $crate::kallsyms::Shaped>::SHAPE),*],
                        variadic: $crate::import!(@is_variadic $variadic),
                        returns: $crate::import!(@returns $($return)?),
                    },
                    $crate::import!(@declaration $header),
                );

                /// Finds the function and checks its signature. Sleeps.
                #[allow(dead_code)]
                $vis fn resolve(
                    kallsyms: &$crate::kallsyms::Kallsyms,
                ) -> $crate::import!(@outcome $optional) {
                    let found = kallsyms.import(&Self::IMPORT);
                    $crate::import!(@found $optional found, |target| {
                        // SAFETY: `import()` found `target` by the function's name, and has
                        // compared the signature with the kernel's own types. Where there are none,
                        // the compiler has compared it with the declaration of the function in
                        // bindings that the library trusts.
                        unsafe { Self::new(target) }
                    })
                }

                /// Finds the function, which must be found by [`resolve`](Self::resolve) if the
                /// kernel has a prototype for it. Sleeps.
                ///
                /// # Safety
                ///
                /// The function must have the signature declared.
                #[allow(dead_code)]
                $vis unsafe fn resolve_unchecked(
                    kallsyms: &$crate::kallsyms::Kallsyms,
                ) -> $crate::import!(@outcome $optional) {
                    let found = kallsyms.import_unchecked(&Self::IMPORT);
                    $crate::import!(@found $optional found, |target| {
                        // SAFETY: `import_unchecked()` found `target` by the function's name, and
                        // the caller promises that it has the signature.
                        unsafe { Self::new(target) }
                    })
                }
            }
        }

        $crate::import! { @call $variadic $name [$vis] [$($argument: $type,)*] [$($return)?] }
    };

    (@call [] $name:ident [$vis:vis] [$($argument:ident: $type:ty,)*] [$($return:ty)?]) => {
        ::kernel::macros::paste! {
            impl $name {
                /// Calls the function.
                ///
                /// # Safety
                ///
                /// The caller must do as the C function demands: of its arguments, of the locks
                /// held, of the context.
                #[inline(always)]
                // The only metavariables in `unsafe` blocks are the names of the arguments.
                #[allow(dead_code, clippy::macro_metavars_in_unsafe)]
                $vis unsafe fn call(&self, $($argument: $type),*) $(-> $return)? {
                    #[cfg(CONFIG_HAVE_STATIC_CALL)]
                    {
                        // The types are the kernel's, or the check of the signature will tell.
                        #[allow(clashing_extern_declarations, improper_ctypes)]
                        extern "C" {
                            fn [<__SCT__kallsyms_import_ $name>]($($argument: $type),*) $(-> $return)?;
                        }

                        // SAFETY: `self` holds the claim of this static call, which so goes to the
                        // function that `new()` was given, and whoever called `new()` promised that
                        // it has this signature. It cannot go while `self` pins it. The caller
                        // promises what else it demands.
                        unsafe { [<__SCT__kallsyms_import_ $name>]($($argument),*) }
                    }
                    #[cfg(not(CONFIG_HAVE_STATIC_CALL))]
                    {
                        let function: unsafe extern "C" fn($($type),*) $(-> $return)? =
                            // SAFETY: The address is the entry of the function that `new()` was
                            // given, and whoever called `new()` promised that it has this
                            // signature; a pointer to a function has the size of an address.
                            unsafe { ::core::mem::transmute(self.address()) };
                        // SAFETY: The function is there for as long as `self` pins it. The caller
                        // promises what else it demands.
                        unsafe { function($($argument),*) }
                    }
                }
            }
        }
    };

    (@call [variadic] $name:ident [$vis:vis] [$($argument:ident: $type:ty,)*] [$($return:ty)?]) => {
        ::kernel::macros::paste! {
            impl $name {
                /// Calls the function with a tuple of arguments.
                ///
                /// # Safety
                ///
                /// The caller must do as the C function demands: of its arguments, of the locks
                /// held, of the context.
                #[inline(always)]
                #[allow(dead_code)]
                $vis unsafe fn call<A: $crate::kallsyms::Arguments>(&self, arguments: A) $(-> $return)?
                where
                    unsafe extern "C" fn($($type),*, ...) $(-> $return)?: $crate::kallsyms::Takes<A>,
                {
                    #[cfg(CONFIG_HAVE_STATIC_CALL)]
                    #[allow(clashing_extern_declarations)]
                    extern "C" {
                        fn [<__SCT__kallsyms_import_ $name>](
                            a: usize, b: usize, c: usize, d: usize, e: usize, f: usize,
                        ) -> usize;
                    }
                    #[cfg(CONFIG_HAVE_STATIC_CALL)]
                    use [<__SCT__kallsyms_import_ $name>] as function;
                    #[cfg(not(CONFIG_HAVE_STATIC_CALL))]
                    let function: unsafe extern "C" fn(usize, usize, usize, usize, usize, usize) -> usize =
                        // SAFETY: The address is the entry of the function that `new()` was given,
                        // and a pointer to a function has the size of an address.
                        unsafe { ::core::mem::transmute(self.address()) };

                    let [a, b, c, d, e, f] = arguments.into_registers();
                    // SAFETY: `self` holds the claim of this static call, which so goes to the
                    // function that `new()` was given, and whoever called `new()` promised that it
                    // has this signature, which takes `A`. It cannot go while `self` pins it.
                    // Arguments of a function that takes any number of them travel in registers
                    // like any other; it leaves alone those that it does not expect. The caller
                    // promises what else it demands.
                    let register = unsafe { function(a, b, c, d, e, f) };
                    $crate::import!(@value register $($return)?)
                }
            }
        }
    };

    (@c_str $name:ident) => {
        // SAFETY: The one NUL is at the end: no identifier holds one.
        unsafe {
            ::kernel::str::CStr::from_bytes_with_nul_unchecked(
                ::core::concat!(::core::stringify!($name), "\0").as_bytes()
            )
        }
    };

    (@is_variadic []) => { false };
    (@is_variadic [variadic]) => { true };

    (@returns) => { $crate::kallsyms::Shape::Void };
    (@returns $return:ty) => { <$return as $crate::kallsyms::Shaped>::SHAPE };

    (@value $register:ident) => { { let _ = $register; } };
    (@value $register:ident $return:ty) => {
        <$return as $crate::kallsyms::Register>::from_register($register)
    };

    (@outcome []) => { ::core::result::Result<Self, $crate::kallsyms::Error> };
    (@outcome [optional]) => {
        ::core::result::Result<::core::option::Option<Self>, $crate::kallsyms::Error>
    };

    (@found [] $found:ident, $make:expr) => { $found.and_then($make) };
    (@found [optional] $found:ident, $make:expr) => {
        match $found {
            ::core::result::Result::Err($crate::kallsyms::Error::NotFound) => {
                ::core::result::Result::Ok(::core::option::Option::None)
            }
            found => found.and_then($make).map(::core::option::Option::Some),
        }
    };

    // Only of these paths is it known that they lead to declarations.
    (@declaration [crate bindings $item:ident]) => {
        ::core::option::Option::Some($crate::import!(@c_str $item))
    };
    (@declaration [kernel bindings $item:ident]) => {
        ::core::option::Option::Some($crate::import!(@c_str $item))
    };
    (@declaration [bindings $item:ident]) => {
        ::core::option::Option::Some($crate::import!(@c_str $item))
    };
    (@declaration $header:tt) => { ::core::option::Option::None };

    // What the header declares must be what is imported.
    (@declared [] $($rest:tt)*) => {};
    (@declared [kernel bindings $item:ident] $($rest:tt)*) => {
        $crate::import!(@compared $item [::kernel::bindings::$item] $($rest)*);
    };
    (@declared [crate bindings $item:ident] $($rest:tt)*) => {
        $crate::import!(@compared $item [$crate::bindings::$item] $($rest)*);
    };
    (@declared [bindings $item:ident] $($rest:tt)*) => {
        $crate::import!(@compared $item [$crate::bindings::$item] $($rest)*);
    };
    (@declared [$($header:ident)+] $($rest:tt)*) => {
        $crate::import!(@last [$($header)+] [$($header)::+] $($rest)*);
    };
    (@last [$item:ident] $($rest:tt)*) => { $crate::import!(@compared $item $($rest)*); };
    (@last [$first:ident $($header:ident)+] $($rest:tt)*) => {
        $crate::import!(@last [$($header)+] $($rest)*);
    };
    (@compared $item:ident [$($path:tt)+] [$($name:ident)+] [] [$($type:ty),*] [$($return:ty)?]) => {
        const _: unsafe extern "C" fn($($type),*) $(-> $return)? = $($path)+;
        $crate::import!(@named $item [$($name)+]);
    };
    (@compared $item:ident [$($path:tt)+] [$($name:ident)+] [variadic] [$($type:ty),*] [$($return:ty)?]) => {
        const _: unsafe extern "C" fn($($type),*, ...) $(-> $return)? = $($path)+;
        $crate::import!(@named $item [$($name)+]);
    };
    (@named $item:ident [$($name:ident)+]) => {
        const _: () = ::core::assert!(
            $($crate::kallsyms::same(::core::stringify!($item), ::core::stringify!($name)))||+,
            ::core::concat!(
                "the header's `",
                ::core::stringify!($item),
                "` is another function than the imported one",
            ),
        );
    };
}
