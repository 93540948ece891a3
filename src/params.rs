// SPDX-License-Identifier: GPL-2.0

//! The module's parameters, all of them strings.
//!
//! The `module!` macro knows integers only, and gives them no file in sysfs. These are entries of the
//! kernel's own parameter table, as `module_param_cb()` makes them: `modinfo` shows them, the loader
//! sets them, and `/sys/module/…/parameters/` has them.
//!
//! C header: [`include/linux/moduleparam.h`](srctree/include/linux/moduleparam.h)

use crate::text;
use core::{
    cell::UnsafeCell,
    marker::PhantomData,
    mem::ManuallyDrop, //
};
use kernel::{
    bindings,
    error::from_result,
    prelude::*, //
};

/// The longest value. What sysfs shows of it has to fit in a page.
const MAX_LEN: usize = 2047;

/// A string that the user can set; [`None`] until then.
///
/// # Invariants
///
/// `value` is accessed only under the module's parameter lock.
pub(crate) struct StringParam {
    value: UnsafeCell<Option<KVec<u8>>>,
    syntax: Syntax,
}

/// What a parameter's text is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Syntax {
    /// Words, in which no quotes have a place.
    Words,
    /// The arguments of a call, which can begin or end with a string.
    Arguments,
    /// The name of a function: when it is written while the module is loaded, the call is made.
    Function,
}

/// Who serves writes to a parameter of [`Syntax::Function`].
pub(crate) trait Serve {
    /// The parameter has been written; all are locked.
    fn written(&self, params: &Params<'_>) -> Result;
}

/// Who serves writes, when the module has been loaded.
///
/// # Invariants
///
/// Accessed only under the module's parameter lock; the pointer is valid.
struct Server(UnsafeCell<Option<*const dyn Serve>>);

// SAFETY: By the type invariants, the parameter lock serialises all accesses.
unsafe impl Sync for Server {}

static SERVER: Server = Server(UnsafeCell::new(None));

/// Serves writes, until this is dropped.
pub(crate) struct Serving(&'static ThisModule);

impl Serving {
    /// From now on `server` is told of writes. The parameters of `module` are locked, as `_params` shows.
    ///
    /// # Safety
    ///
    /// The server must stay where it is until this is dropped.
    pub(crate) unsafe fn new<S: Serve + 'static>(
        module: &'static ThisModule,
        _params: &Params<'_>,
        server: &S,
    ) -> Self {
        // SAFETY: The parameters are locked.
        // INVARIANT: By the safety requirement the pointer is valid, until it is taken away.
        unsafe { *SERVER.0.get() = Some(core::ptr::from_ref(server) as *const dyn Serve) };
        Self(module)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _params = Params::lock(self.0);
        // SAFETY: The parameters are locked.
        unsafe { *SERVER.0.get() = None };
    }
}

// SAFETY: By the type invariants, the parameter lock serialises all accesses.
unsafe impl Sync for StringParam {}

impl StringParam {
    /// How the kernel sets, shows and frees a parameter of this type.
    const OPS: bindings::kernel_param_ops = bindings::kernel_param_ops {
        flags: 0,
        set: Some(Self::set),
        get: Some(Self::get),
        free: Some(Self::free),
    };

    const fn new(syntax: Syntax) -> Self {
        Self {
            value: UnsafeCell::new(None),
            syntax,
        }
    }

    /// Sets the value: `EINVAL` if it is too long, `ENOMEM`. When nothing is written, unsets it.
    ///
    /// # Safety
    ///
    /// Only the kernel may call this, with the parameter lock held, `text` a string, and `param` an
    /// entry of the table whose `arg` is a [`StringParam`].
    unsafe extern "C" fn set(text: *const c_char, param: *const bindings::kernel_param) -> c_int {
        // SAFETY: By the safety requirement; a name is a static string, and without
        // `KERNEL_PARAM_OPS_FL_NOARG` there is a text.
        let (name, text) = unsafe {
            (
                CStr::from_char_ptr((*param).name),
                CStr::from_char_ptr(text),
            )
        };
        // SAFETY: By the safety requirement.
        let this = unsafe { &*(*param).__bindgen_anon_1.arg.cast::<Self>() };
        // SAFETY: By the safety requirement.
        let module = unsafe { (*param).mod_ };
        from_result(|| {
            // What is written to sysfs ends with a newline.
            let text = text.to_bytes();
            let text = text.strip_suffix(b"\n").unwrap_or(text);
            if text.len() > MAX_LEN {
                pr_err!(
                    "{}: {} bytes are too long; at most {MAX_LEN}\n",
                    name,
                    text.len()
                );
                return Err(EINVAL);
            }
            // SAFETY: By the safety requirement.
            if text.is_empty() && this.syntax != Syntax::Function && unsafe { is_live(module) } {
                // SAFETY: By the safety requirement; with the lock held, nobody else accesses it.
                unsafe { *this.value.get() = None };
                return Ok(0);
            }
            let mut value = KVec::new();
            // SAFETY: By the safety requirement.
            if this.syntax == Syntax::Arguments && unsafe { lost_quotes(text, module) } {
                value.push(b'"', GFP_KERNEL)?;
                value.extend_from_slice(text, GFP_KERNEL)?;
                if text::arguments(&value).any(|argument| argument.is_err()) {
                    value.push(b'"', GFP_KERNEL)?;
                }
            } else {
                value.extend_from_slice(text, GFP_KERNEL)?;
            }
            // SAFETY: By the safety requirement; with the lock held, nobody else accesses it.
            unsafe { *this.value.get() = Some(value) };
            // SAFETY: The lock is held.
            let server = unsafe { *SERVER.0.get() };
            if let (Syntax::Function, Some(server)) = (this.syntax, server) {
                // SAFETY: By the type invariants of `Server`.
                let server = unsafe { &*server };
                // The caller holds the lock, and goes on doing so.
                let params = ManuallyDrop::new(Params::locked(module));
                server.written(&params)?;
            }
            Ok(0)
        })
    }

    /// Shows the value, with a newline; an empty line if there is none.
    ///
    /// # Safety
    ///
    /// As [`Self::set`]; and `buffer` must be a page.
    unsafe extern "C" fn get(buffer: *mut c_char, param: *const bindings::kernel_param) -> c_int {
        // SAFETY: By the safety requirement.
        let this = unsafe { &*(*param).__bindgen_anon_1.arg.cast::<Self>() };
        // SAFETY: By the safety requirement; the lock is held.
        let value = unsafe { &*this.value.get() };
        let value = value.as_deref().unwrap_or_default();
        // SAFETY: A value and its newline are shorter than a page.
        unsafe {
            buffer.copy_from_nonoverlapping(value.as_ptr().cast(), value.len());
            buffer.add(value.len()).write(b'\n');
        }
        // No value is too long for an `int`.
        value.len() as c_int + 1
    }

    /// Frees the value, when the module goes.
    ///
    /// # Safety
    ///
    /// Only the kernel may call this, with `arg` of a [`StringParam`] that is not used any more.
    unsafe extern "C" fn free(arg: *mut c_void) {
        // SAFETY: By the safety requirement.
        unsafe { *(*arg.cast::<Self>()).value.get() = None };
    }
}

/// Whether the module has been loaded: what sets a parameter then is a write to its file.
///
/// # Safety
///
/// `module` must be ours.
unsafe fn is_live(module: *const bindings::module) -> bool {
    // SAFETY: By the safety requirement it is there; its state is a word that is read as a whole.
    let state = unsafe { (&raw const (*module).state).read_volatile() };
    state != bindings::module_state_MODULE_STATE_COMING
}

/// Whether `text` began with a quote when the module was loaded, and the user wrote it.
///
/// The kernel takes a leading quote off a parameter's value, and the last byte, if that is one too. It
/// stands before the value still. But insmod(8) puts quotes around a value that has a space and does not
/// begin with one; so of such a value they are taken to be the user's only if it makes no sense without.
///
/// # Safety
///
/// `text` must be what the kernel gave to set a parameter of `module`.
unsafe fn lost_quotes(text: &[u8], module: *const bindings::module) -> bool {
    // SAFETY: By the safety requirement.
    if unsafe { is_live(module) } {
        return false;
    }
    let mut before = 0u8;
    // SAFETY: `before` is valid for writes of one byte; the function takes any address to read from.
    let failed = unsafe {
        bindings::copy_from_kernel_nofault(
            (&raw mut before).cast(),
            text.as_ptr().wrapping_sub(1).cast(),
            1,
        )
    };
    failed == 0
        && before == b'"'
        && (!text.contains(&b' ') || text::arguments(text).any(|argument| !is_plain(&argument)))
}

/// Whether an argument makes sense without quotes; a word could be the constant of an enumeration, but with
/// a space beside it is more likely one of a sentence.
fn is_plain(argument: &Result<text::Argument<'_>, text::ParseError>) -> bool {
    matches!(argument, Ok(argument) if !matches!(argument.value, text::Value::Name(_)))
}

/// All parameters, locked against changes from sysfs.
pub(crate) struct Params<'a> {
    owner: *mut bindings::module,
    lifetime: PhantomData<&'a ThisModule>,
}

impl<'a> Params<'a> {
    /// Locks the parameters of `module`, which is this one. May sleep.
    pub(crate) fn lock(module: &'a ThisModule) -> Self {
        // SAFETY: The module is ours, so it is there.
        unsafe { bindings::kernel_param_lock(module.as_ptr()) };
        Self {
            owner: module.as_ptr(),
            lifetime: PhantomData,
        }
    }

    /// The parameters, whose lock somebody else holds, and will release: this must not be dropped.
    fn locked(module: *mut bindings::module) -> Self {
        Self {
            owner: module,
            lifetime: PhantomData,
        }
    }

    /// The value of a parameter, if the user has set it.
    fn get(&self, param: &StringParam) -> Option<&[u8]> {
        // SAFETY: The lock is held for as long as the reference can live.
        unsafe { &*param.value.get() }.as_deref()
    }
}

impl Drop for Params<'_> {
    fn drop(&mut self) {
        // SAFETY: `lock` has locked it.
        unsafe { bindings::kernel_param_unlock(self.owner) };
    }
}

/// Declares the parameters: for each an entry in the kernel's table, its two lines for `modinfo`, and a
/// method of [`Params`] that reads it.
macro_rules! string_params {
    ($($name:ident: $syntax:ident, $mode:literal, $description:literal;)*) => {
        $(const _: () = {
            static VALUE: StringParam = StringParam::new(Syntax::$syntax);
            static OPS: bindings::kernel_param_ops = StringParam::OPS;

            #[link_section = "__param"]
            #[used(compiler)]
            static PARAM: kernel::module_param::KernelParam =
                kernel::module_param::KernelParam::new(bindings::kernel_param {
                    name: concat!(stringify!($name), "\0").as_ptr().cast(),
                    mod_: (&raw const bindings::__this_module).cast_mut(),
                    ops: &raw const OPS,
                    perm: $mode,
                    level: -1,
                    flags: 0,
                    __bindgen_anon_1: bindings::kernel_param__bindgen_ty_1 {
                        arg: (&raw const VALUE).cast_mut().cast(),
                    },
                });

            modinfo!("parmtype=", stringify!($name), ":charp");
            modinfo!("parm=", stringify!($name), ":", $description);

            impl Params<'_> {
                #[doc = $description]
                pub(crate) fn $name(&self) -> Option<&[u8]> {
                    self.get(&VALUE)
                }
            }
        };)*
    };
}

/// A string for `modinfo`.
macro_rules! modinfo {
    ($($part:expr),*) => {
        const _: () = {
            const TEXT: &str = concat!($($part,)* "\0");

            #[link_section = ".modinfo"]
            #[used(compiler)]
            static INFO: [u8; TEXT.len()] = {
                // SAFETY: The array is as long as the text it is read from.
                unsafe { *TEXT.as_ptr().cast() }
            };
        };
    };
}

string_params! {
    sym_name: Function, 0o644, "function to call: its name in /proc/kallsyms, or module:name";
    args: Arguments, 0o644, "its arguments, separated by commas, as in C";
    sympos: Words, 0o644, "which one of several functions of that name, from 1 on";
    sig: Words, 0o644, "its prototype, as C; with unsafe_call=1 where the kernel has none";
    unsafe_call: Words, 0o644, "vouch for what cannot be checked: 1 or 0";
    module: Words, 0o644, "modules whose symbols to list, vmlinux for the kernel itself: names or globs";
    filter: Words, 0o644, "names of the symbols to list: globs";
    kind: Words, 0o644, "kinds of the symbols to list: text, data, rodata, bss, percpu, ...";
    limit: Words, 0o644, "how many symbols to list at most, 0 for all (default: 100 in the log)";
    bootstrap: Words, 0o444, "how to find kallsyms_lookup_name: auto, kprobe, scan or an address";
}
