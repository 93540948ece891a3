// SPDX-License-Identifier: GPL-2.0

//! Unexported functions whose names are known when the module is built.

use super::{
    Target,
    Variable, //
};
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
    /// prototype. May sleep.
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
            checked => checked
                .map(|()| target)
                .map_err(|error| error.of(&Name::known(function.module, name))),
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

    /// Finds an imported variable, and pins its module. May sleep.
    ///
    /// # Errors
    ///
    /// Those of [`Self::variable`].
    #[doc(hidden)]
    pub fn import_variable(
        &self,
        module: &'static CStr,
        names: &[&'static CStr],
        size: usize,
    ) -> Result<Variable, Error> {
        let (_, variable) = first_of(module, names, |name| self.variable(name, size))?;
        Ok(variable)
    }

    /// The first of the function's names that the kernel has, and what has it.
    fn find_import(&self, function: &Import) -> Result<(&'static CStr, Target), Error> {
        first_of(function.module, function.names, |name| self.target(name, 0))
    }
}

/// What `find` finds by the first of the names that there is in the module, and that name.
fn first_of<T>(
    module: &CStr,
    names: &[&'static CStr],
    mut find: impl FnMut(&Name<'_>) -> Result<T, Error>,
) -> Result<(&'static CStr, T), Error> {
    for symbol in names {
        let name = Name::known(module, symbol);
        match find(&name) {
            Err(Error::NotFound) => {}
            found => {
                return found
                    .map(|found| (*symbol, found))
                    .map_err(|error| error.of(&name))
            }
        }
    }
    Err(match names.first() {
        Some(first) => Error::NotFound.of(&Name::known(module, first)),
        None => Error::NotFound,
    })
}

/// What a header must declare of a variable of this type, for [`Header::declares`].
#[diagnostic::on_unimplemented(
    message = "the header declares a variable of the type `{Declared}`, not `{Self}`",
    label = "not the header's type"
)]
pub trait IsType<Declared> {}

impl<T> IsType<T> for T {}

/// A variable of a header, for the compiler.
#[doc(hidden)]
pub struct Header<Declared>(pub *const Declared);

impl<Declared> Header<Declared> {
    /// That it has the type `T`: if not, rustc's error points to that type in the user's
    /// declaration.
    pub const fn declares<T: IsType<Declared>>(&self) {}
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

/// Declares unexported functions and variables of the kernel, each a type whose value is the right
/// to use it.
///
/// A declaration is written as in an `extern "C"` block, where a module's name and other names,
/// `optional`, and the path of a header's declaration may be added:
///
/// ```text
/// [vis] [optional] fn [module::]name [| other_name]…(argument: Type, …[, ...]) [-> Type] [= path];
/// [vis] [optional] static [module::]name [| other_name]…: Type [= path];
/// ```
///
/// For each function `f` this defines a type `f` with
///
/// - `f::resolve(&kallsyms)`, which finds the function, checks that it may be called, and pins its
///   module if it has one;
/// - `f::call(&self, …)`, a *direct* call, by a static call of its own;
///
/// and for each variable `v` a type `v` with
///
/// - `v::resolve(&kallsyms)`, which finds the variable, checks that it is the only one of its name
///   and has room for its type and little more, and pins its module if it has one;
/// - `v::as_ptr(&self)`, a pointer to it.
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
///     /// After a panic, for how many seconds the kernel waits before it reboots.
///     static panic_timeout: c_int = kernel::bindings::panic_timeout;
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
/// let panic_timeout = panic_timeout::resolve(kallsyms)?;
/// // SAFETY: It is an `int`, which is there for as long as the kernel.
/// let seconds = unsafe { panic_timeout.as_ptr().read_volatile() };
/// # assert!(lock.is_none() && count > 0 && seconds >= -1);
/// # Ok(())
/// # }
/// ```
///
/// # Values
///
/// A value exists from the success of `resolve` until it is dropped, and only then can it be
/// called; while a value lives, its target does too. One value of a function's type can live at a
/// time: share it by reference. Nothing can be taken out of a value. Calling is `unsafe`, because
/// only the caller knows what the function demands; so is following the pointer.
///
/// # Which one
///
/// | declaration | which function or variable |
/// |---|---|
/// | `fn name(…);` | the kernel's own |
/// | `fn module::name(…);` | the one in this module, which must be loaded |
/// | `fn name \| other_name(…);` | the first of these names that the kernel has; the type is `name` |
/// | `optional fn name(…);` | `resolve` returns an `Option`, empty if there is none |
/// | `fn name(format: …, ...);` | one with any number of arguments: `call` takes them as one tuple |
///
/// # The signature
///
/// `resolve` compares it with the kernel's own types (see
/// [`Kallsyms::check`](crate::kallsyms::Kallsyms::check)). If the kernel has no type for the
/// function, `resolve` fails; `resolve_unchecked`, which is `unsafe`, resolves it all the same.
///
/// Pointers to structures are compared by name, too, where `bindgen` made the Rust type: a function
/// that returns a `struct task_struct *` is not one that returns a `*mut bindings::pid`. For other
/// Rust types any pointer will do.
///
/// If the target's headers declare the function, `= path` can name the function of the same name
/// that `bindgen` made of the declaration. Then the compiler compares the two as well, and a
/// prototype that has changed does not build. Where the kernel has no type for the function, such a
/// declaration is enough, if the path is `kernel::bindings::name` or `bindings::name` (the crate's
/// own). The library cannot know whether any other path leads to a declaration. A variable's type
/// is compared with a header's in the same way; the kernel itself has no types of variables. (An
/// array of unknown length in a header, as in `extern int console_printk[];`, has no elements for
/// `bindgen`: declare it with its length, and without a path.)
#[macro_export]
macro_rules! import {
    ($($declaration:tt)*) => { $crate::__kallsyms_import! { $($declaration)* } };
}

/// What [`import!`](crate::import) makes of declarations.
#[doc(hidden)]
#[macro_export]
macro_rules! __kallsyms_import {
    // All are functions.
    ($(
        $(#[$attribute:meta])*
        $vis:vis $(optional $(@$optional:tt)?)? fn $first:ident $(:: $second:ident)? $(| $other:ident)*
            ($($argument:ident: $type:ty),* $(, ... $(@$variadic:tt)?)? $(,)?) $(-> $return:ty)?
            $(= $(::)? $($header:ident)::+)?;
    )*) => { $(
        $crate::__kallsyms_import! { @item
            [$(#[$attribute])*] [$vis] [$(optional $($optional)?)?] [$($($header)+)?]
            fn [$first $($second)?] [$($other)*]
            [$($argument: $type,)*] [$(variadic $($variadic)?)?] [$($return)?]
        }
    )* };

    // The first is a variable, or a function that a variable follows.
    (
        $(#[$attribute:meta])*
        $vis:vis $(optional $(@$optional:tt)?)?
            static $first:ident $(:: $second:ident)? $(| $other:ident)*: $type:ty
            $(= $(::)? $($header:ident)::+)?;
        $($rest:tt)*
    ) => {
        $crate::__kallsyms_import! { @item
            [$(#[$attribute])*] [$vis] [$(optional $($optional)?)?] [$($($header)+)?]
            static [$first $($second)?] [$($other)*] [$type]
        }
        $crate::__kallsyms_import! { $($rest)* }
    };
    (
        $(#[$attribute:meta])*
        $vis:vis $(optional $(@$optional:tt)?)? fn $first:ident $(:: $second:ident)? $(| $other:ident)*
            ($($argument:ident: $type:ty),* $(, ... $(@$variadic:tt)?)? $(,)?) $(-> $return:ty)?
            $(= $(::)? $($header:ident)::+)?;
        $($rest:tt)*
    ) => {
        $crate::__kallsyms_import! { @item
            [$(#[$attribute])*] [$vis] [$(optional $($optional)?)?] [$($($header)+)?]
            fn [$first $($second)?] [$($other)*]
            [$($argument: $type,)*] [$(variadic $($variadic)?)?] [$($return)?]
        }
        $crate::__kallsyms_import! { $($rest)* }
    };

    // What is imported is the kernel's own unless a module is named.
    (@item $attributes:tt $vis:tt $optional:tt $header:tt
        fn [$name:ident] $($rest:tt)*
    ) => {
        $crate::__kallsyms_import! { @item $attributes $vis $optional $header
            fn [vmlinux $name] $($rest)*
        }
    };
    (@item $attributes:tt $vis:tt $optional:tt $header:tt
        fn $name:tt $other:tt $arguments:tt $variadic:tt $return:tt
    ) => {
        $crate::__kallsyms_import! { @function
            $name $other $attributes $vis $optional $arguments $variadic $return $header
        }
    };
    (@item $attributes:tt $vis:tt $optional:tt $header:tt
        static [$name:ident] $($rest:tt)*
    ) => {
        $crate::__kallsyms_import! { @item $attributes $vis $optional $header
            static [vmlinux $name] $($rest)*
        }
    };

    (@item
        [$(#[$attribute:meta])*] [$vis:vis] $optional:tt $header:tt
        static [$module:ident $name:ident] [$($other:ident)*] [$type:ty]
    ) => {
        $crate::__kallsyms_import!(@declared $header static [$name $($other)*] [$type]);

        ::kernel::macros::paste! {
            // The field of the type is private to this module, which has no code of the user's.
            #[doc(hidden)]
            #[allow(non_snake_case, unreachable_pub)]
            mod [<__import_ $name>] {
                $(#[$attribute])*
                #[allow(non_camel_case_types)]
                pub struct $name($crate::kallsyms::Variable);

                impl $name {
                    /// The variable's address.
                    #[allow(dead_code)]
                    pub fn address(&self) -> usize {
                        self.0.address()
                    }

                    /// # Safety
                    ///
                    /// It must be the variable that is declared.
                    pub(super) unsafe fn new(variable: $crate::kallsyms::Variable) -> Self {
                        Self(variable)
                    }
                }
            }
            $vis use [<__import_ $name>]::$name;

            impl $name {
                /// Finds the variable, and checks that it has room for its type. May sleep.
                #[allow(dead_code)]
                $vis fn resolve(
                    kallsyms: &$crate::kallsyms::Kallsyms,
                ) -> $crate::__kallsyms_import!(@outcome $optional) {
                    let found = kallsyms.import_variable(
                        $crate::__kallsyms_import!(@c_str $module),
                        &[
                            $crate::__kallsyms_import!(@c_str $name)
                            $(, $crate::__kallsyms_import!(@c_str $other))*
                        ],
                        ::core::mem::size_of::<$type>(),
                    );
                    $crate::__kallsyms_import!(@found $optional found, |variable| {
                        // SAFETY: `import_variable()` found it by its name.
                        ::core::result::Result::Ok(unsafe { Self::new(variable) })
                    })
                }

                /// A pointer to the variable, which is there for as long as this lives.
                ///
                /// What may be done with it is for the caller to know: whether others write to it
                /// meanwhile, and which lock protects it. One that the kernel does not write to
                /// must not be written to.
                #[allow(dead_code)]
                $vis fn as_ptr(&self) -> *mut $type {
                    self.address() as *mut $type
                }
            }
        }
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
        $crate::__kallsyms_import!(
            @declared $header fn [$name $($other)*] $variadic [$($type),*] [$($return)?]
        );

        ::kernel::macros::paste! {
            // The fields of the type are private to this module, which has no code of the user's.
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
                    /// Makes this the right to call `target`. May sleep.
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
                $vis const NAME: &'static ::kernel::str::CStr = $crate::__kallsyms_import!(@c_str $name);

                /// What is looked for, and how the arguments and the value travel.
                #[allow(dead_code)]
                const IMPORT: $crate::kallsyms::hidden::Import = $crate::kallsyms::hidden::Import::new(
                    $crate::__kallsyms_import!(@c_str $module),
                    &[Self::NAME $(, $crate::__kallsyms_import!(@c_str $other))*],
                    $crate::kallsyms::FunctionShape {
                        parameters: &[$($crate::kallsyms::ValueShape::of::<$type>()),*],
                        variadic: $crate::__kallsyms_import!(@is_variadic $variadic),
                        returns: $crate::__kallsyms_import!(@returns $($return)?),
                    },
                    $crate::__kallsyms_import!(@declaration $header),
                );

                /// Finds the function and checks its signature. May sleep.
                #[allow(dead_code)]
                $vis fn resolve(
                    kallsyms: &$crate::kallsyms::Kallsyms,
                ) -> $crate::__kallsyms_import!(@outcome $optional) {
                    let found = kallsyms.import(&Self::IMPORT);
                    $crate::__kallsyms_import!(@found $optional found, |target| {
                        // SAFETY: `import()` found `target` by the function's name, and has
                        // compared the signature with the kernel's own types. Where there are none,
                        // the compiler has compared it with the declaration of the function in
                        // bindings that the library trusts.
                        unsafe { Self::new(target) }
                    })
                }

                /// Finds the function, which must be found by [`resolve`](Self::resolve) if the
                /// kernel has a prototype for it. May sleep.
                ///
                /// # Safety
                ///
                /// The function must have the signature declared.
                #[allow(dead_code)]
                $vis unsafe fn resolve_unchecked(
                    kallsyms: &$crate::kallsyms::Kallsyms,
                ) -> $crate::__kallsyms_import!(@outcome $optional) {
                    let found = kallsyms.import_unchecked(&Self::IMPORT);
                    $crate::__kallsyms_import!(@found $optional found, |target| {
                        // SAFETY: `import_unchecked()` found `target` by the function's name, and
                        // the caller promises that it has the signature.
                        unsafe { Self::new(target) }
                    })
                }
            }
        }

        $crate::__kallsyms_import! { @call $variadic $name [$vis] [$($argument: $type,)*] [$($return)?] }
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
                    $crate::__kallsyms_import!(@value register $($return)?)
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

    (@returns) => { $crate::kallsyms::ValueShape::of::<()>() };
    (@returns $return:ty) => { $crate::kallsyms::ValueShape::of::<$return>() };

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
            ::core::result::Result::Err(error) if error.is_not_found() => {
                ::core::result::Result::Ok(::core::option::Option::None)
            }
            found => found.and_then($make).map(::core::option::Option::Some),
        }
    };

    // Only of these paths is it known that they lead to declarations.
    (@declaration [crate bindings $item:ident]) => {
        ::core::option::Option::Some($crate::__kallsyms_import!(@c_str $item))
    };
    (@declaration [kernel bindings $item:ident]) => {
        ::core::option::Option::Some($crate::__kallsyms_import!(@c_str $item))
    };
    (@declaration [bindings $item:ident]) => {
        ::core::option::Option::Some($crate::__kallsyms_import!(@c_str $item))
    };
    (@declaration $header:tt) => { ::core::option::Option::None };

    // What the header declares must be what is imported. `paste!` turns the expression into the
    // user's own token, so that rustc's error points to the declaration.
    (@declared [] $($rest:tt)*) => {};
    (@declared [kernel bindings $item:ident] $($rest:tt)*) => {
        $crate::__kallsyms_import!(
            @compared $item [use ::kernel::bindings::$item;] [$item] $($rest)*
        );
    };
    (@declared [crate bindings $item:ident] $($rest:tt)*) => {
        $crate::__kallsyms_import!(
            @compared $item [use $crate::bindings::$item;] [$item] $($rest)*
        );
    };
    (@declared [bindings $item:ident] $($rest:tt)*) => {
        $crate::__kallsyms_import!(
            @compared $item [use $crate::bindings::$item;] [$item] $($rest)*
        );
    };
    (@declared [$($header:ident)+] $($rest:tt)*) => {
        $crate::__kallsyms_import!(@last [$($header)+] [] [$($header)::+] $($rest)*);
    };
    (@last [$item:ident] $($rest:tt)*) => { $crate::__kallsyms_import!(@compared $item $($rest)*); };
    (@last [$first:ident $($header:ident)+] $($rest:tt)*) => {
        $crate::__kallsyms_import!(@last [$($header)+] $($rest)*);
    };
    (@compared $item:ident [$($use:tt)*] [$($path:tt)+]
        fn [$($name:ident)+] [] [$($type:ty),*] [$($return:ty)?]
    ) => {
        ::kernel::macros::paste! {
            const _: unsafe extern "C" fn($($type),*) $(-> $return)? = {
                $($use)*
                $($path)+
            };
        }
        $crate::__kallsyms_import!(@named $item [$($name)+]);
    };
    (@compared $item:ident [$($use:tt)*] [$($path:tt)+]
        fn [$($name:ident)+] [variadic] [$($type:ty),*] [$($return:ty)?]
    ) => {
        ::kernel::macros::paste! {
            const _: unsafe extern "C" fn($($type),*, ...) $(-> $return)? = {
                $($use)*
                $($path)+
            };
        }
        $crate::__kallsyms_import!(@named $item [$($name)+]);
    };
    (@compared $item:ident [$($use:tt)*] [$($path:tt)+] static [$($name:ident)+] [$type:ty]) => {
        const _: fn() = {
            $($use)*
            || $crate::kallsyms::hidden::Header(&raw const $($path)+).declares::<$type>()
        };
        $crate::__kallsyms_import!(@named $item [$($name)+]);
    };
    (@named $item:ident [$name:ident $($other:ident)*]) => {
        const _: () = ::core::assert!(
            $crate::kallsyms::hidden::same(::core::stringify!($item), ::core::stringify!($name))
                $(|| $crate::kallsyms::hidden::same(::core::stringify!($item), ::core::stringify!($other)))*,
            ::core::concat!(
                "the header's `",
                ::core::stringify!($item),
                "` is something else than what is imported: ",
                ::core::stringify!($name),
            ),
        );
    };
}
