// SPDX-License-Identifier: GPL-2.0

//! The module's parameters, all of them strings.
//!
//! The `module!` macro knows integers only, and gives them no file in sysfs. These are entries of
//! the kernel's own parameter table, as `module_param_cb()` makes them: `modinfo` shows them, the
//! loader sets them, and `/sys/module/…/parameters/` has them.
//!
//! C header: [`include/linux/moduleparam.h`](srctree/include/linux/moduleparam.h)

mod quotes;
pub(crate) mod request;

use core::cell::UnsafeCell;
use kernel::{
    bindings,
    error::from_result,
    prelude::*,
    sync::Arc, //
};

/// The longest value. What sysfs shows of it has to fit in a page.
const MAX_LEN: usize = 2047;

/// All parameters, locked. Its owner can read and change them.
///
/// # Invariants
///
/// `module` is this module, whose parameter lock is held for as long as this can be borrowed. No
/// second one can be borrowed at the same time, since there is one lock.
pub(crate) struct Params {
    module: *mut bindings::module,
}

impl Params {
    /// Calls `f` with the parameters of `module`, which is this one, locked.
    ///
    /// Takes the module's parameter lock, a mutex. Sleeps; deadlocks if `f` calls this, too.
    pub(crate) fn lock<R>(module: &'static ThisModule, f: impl FnOnce(&mut Self) -> R) -> R {
        let module = module.as_ptr();
        // SAFETY: `module` is this module, which is there while its code runs.
        unsafe { bindings::kernel_param_lock(module) };
        // SAFETY: This thread has just taken the lock, and releases it after `f` has returned.
        let result = unsafe { Self::held(module, f) };
        // SAFETY: This thread took the lock above. `f` can only release it by `unlocked`, which
        // takes it again.
        unsafe { bindings::kernel_param_unlock(module) };
        result
    }

    /// Calls `f` with the parameters, whose lock the caller holds.
    ///
    /// # Safety
    ///
    /// - `module` must be this module.
    /// - This thread must hold its parameter lock, and keep it until this returns.
    /// - The caller must not have another [`Params`] that can be borrowed meanwhile.
    unsafe fn held<R>(module: *mut bindings::module, f: impl FnOnce(&mut Self) -> R) -> R {
        // INVARIANT: The caller promises that `module` is this one, that its lock is held until
        // this returns, and that there is no other; `f` gets a borrow that ends before this
        // returns.
        f(&mut Self { module })
    }

    /// Calls `f` with the lock released and the module held: until `f` has returned, removing the
    /// module fails. Then takes the lock again, for which it may sleep.
    ///
    /// If the module is being removed, fails with `EBUSY` and logs that.
    pub(crate) fn unlocked<R>(&mut self, f: impl FnOnce() -> R) -> Result<R> {
        // SAFETY: A `Params` is of this module (its invariant), which is there while its code runs.
        if !unsafe { bindings::try_module_get(self.module) } {
            return Err(busy());
        }
        // SAFETY: A thread that can borrow a `Params` holds the lock (its invariant). Nobody
        // borrows a value meanwhile: `self` is borrowed exclusively until the lock is taken again,
        // and `f` cannot reach it.
        unsafe { bindings::kernel_param_unlock(self.module) };
        let result = f();
        // SAFETY: The reference taken above keeps the module.
        unsafe { bindings::kernel_param_lock(self.module) };
        // SAFETY: The reference was taken above. Our code stays after this until the lock is
        // released: the module's exit function takes the lock, too.
        unsafe { bindings::module_put(self.module) };
        Ok(result)
    }

    /// Whether the parameters have their files. The loader makes them after it has set the
    /// parameters, and before it calls the module's init function.
    fn have_files(&self) -> bool {
        // SAFETY: By the type's invariant `module` is this module, which is there while its code
        // runs. `mp` is set by the loader's thread before the files appear, and unset after they
        // are gone. This is called either by that thread, which sets the parameters, or because a
        // file has been written, which stays until that is done.
        !unsafe { (*self.module).mkobj.mp }.is_null()
    }

    /// Ends the loader's stage: the module's init function is about to use the parameters, and from
    /// now on writes to their files set them. Until [`Serving`] is there, writes that ask for
    /// something fail.
    pub(crate) fn start(&mut self) {
        *STAGE.get_mut(self) = Stage::Unserved;
    }
}

/// Logs that nobody can serve a request now. Returns the error.
fn busy() -> Error {
    pr_err!("the module is being loaded or removed and takes no requests; try again when it is loaded\n");
    EBUSY
}

/// A value that the module's parameter lock protects.
///
/// # Invariants
///
/// The value is accessed only while the parameter lock is held, or when the kernel has no other use
/// for the parameters any more.
struct Locked<T>(UnsafeCell<T>);

// SAFETY: The value is only accessed with the parameter lock held, which serialises all accesses.
// One thread may take what another has stored, which `Send` allows.
unsafe impl<T: Send> Sync for Locked<T> {}

impl<T> Locked<T> {
    const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// The value.
    fn get<'a>(&'a self, _: &'a Params) -> &'a T {
        // SAFETY: A thread that can borrow a `Params` holds the lock (its invariant). It is
        // borrowed for as long as the reference lives, so `get_mut` cannot be called meanwhile.
        unsafe { &*self.0.get() }
    }

    /// The value, to be changed.
    // The borrow of `Params` is exclusive.
    #[allow(clippy::mut_from_ref)]
    fn get_mut<'a>(&'a self, _: &'a mut Params) -> &'a mut T {
        // SAFETY: A thread that can borrow a `Params` holds the lock (its invariant). It is
        // borrowed exclusively for as long as the reference lives, so there is no other reference
        // meanwhile.
        unsafe { &mut *self.0.get() }
    }
}

/// Serves writes to parameters of [`Syntax::Function`].
pub(crate) trait Serve: Send + Sync {
    /// The parameter has been written. All parameters are locked; use [`Params::unlocked`] for
    /// anything that takes long.
    fn written(&self, params: &mut Params) -> Result;
}

/// The state of the module, as its parameters see it.
enum Stage {
    /// The loader sets the parameters.
    Loading,
    /// The module is starting, or failed to start, or is being removed.
    Unserved,
    /// The module has been loaded.
    Served(Arc<dyn Serve>),
}

static STAGE: Locked<Stage> = Locked::new(Stage::Loading);

/// Has writes served until this is dropped.
pub(crate) struct Serving(&'static ThisModule);

impl Serving {
    /// Lets `server` serve writes from now on. Takes the parameter lock.
    pub(crate) fn new(module: &'static ThisModule, server: Arc<dyn Serve>) -> Self {
        Params::lock(module, |params| {
            *STAGE.get_mut(params) = Stage::Served(server);
        });
        Self(module)
    }
}

impl Drop for Serving {
    /// Takes the parameter lock.
    fn drop(&mut self) {
        Params::lock(self.0, Params::start);
    }
}

/// A string that the user can set; [`None`] until then.
pub(crate) struct StringParam {
    value: Locked<Option<KVec<u8>>>,
    syntax: Syntax,
}

/// The syntax of a parameter's text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Syntax {
    /// Words, without quotes.
    Words,
    /// The arguments of a call; the first and the last one can be strings.
    Arguments,
    /// The name of a function. A write to it while the module is loaded makes the call.
    Function,
}

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
            value: Locked::new(None),
            syntax,
        }
    }

    /// Sets the value. Fails with `EINVAL` if it is too long, with `ENOMEM`, with `EBUSY`, or as
    /// serving it fails.
    ///
    /// # Safety
    ///
    /// Only the kernel may call this: with the parameter lock held, with a `text` that ends with a
    /// NUL, and with a `param` of this module's table whose `arg` is a [`StringParam`].
    unsafe extern "C" fn set(text: *const c_char, param: *const bindings::kernel_param) -> c_int {
        // SAFETY: The kernel gives an entry of our table, which is a static, and whose name is a
        // static string.
        let (name, module) = unsafe { (CStr::from_char_ptr((*param).name), (*param).mod_) };
        // SAFETY: The `arg` of our table's entries is a static `StringParam`.
        let this = unsafe { &*(*param).__bindgen_anon_1.arg.cast::<Self>() };
        // SAFETY: The flags lack `KERNEL_PARAM_OPS_FL_NOARG`, so there is a text; it ends with a
        // NUL and stays until this returns.
        let text = unsafe { CStr::from_char_ptr(text) };
        // SAFETY: The entries of our table are this module's. `parse_one()` and
        // `param_attr_store()` take the lock before they call this, and release it afterwards;
        // neither has a `Params`.
        let stored = unsafe { Params::held(module, |params| this.store(params, name, text)) };
        from_result(|| stored.map(|()| 0))
    }

    /// Sets the value, or unsets it if nothing is written. If it is a function's name, serves the
    /// request.
    fn store(&self, params: &mut Params, name: &CStr, text: &CStr) -> Result {
        // The file's mode lets root write, even without capabilities, and the next call would use
        // what is written.
        // SAFETY: Has no requirements.
        if !unsafe { bindings::capable(crate::bindings::CAP_SYS_MODULE as c_int) } {
            pr_err!("{name}: only processes with the capability CAP_SYS_MODULE can write it\n");
            return Err(EPERM);
        }
        // What is written to sysfs ends with a newline.
        let text = text.to_bytes();
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        if text.len() > MAX_LEN {
            pr_err!(
                "{name}: {} bytes are too long; at most {MAX_LEN}\n",
                text.len()
            );
            return Err(EINVAL);
        }
        let loading = matches!(STAGE.get(params), Stage::Loading) && !params.have_files();
        let server = match (self.syntax, STAGE.get(params)) {
            (Syntax::Function, Stage::Served(server)) => Some(server.clone()),
            // The module's init function would mistake this value for one that the loader has set.
            (Syntax::Function, _) if !loading => return Err(busy()),
            _ => None,
        };
        let value = if text.is_empty() && self.syntax != Syntax::Function && !loading {
            None
        } else if self.syntax == Syntax::Arguments && loading {
            Some(quotes::restore(text)?)
        } else {
            let mut value = KVec::new();
            value.extend_from_slice(text, GFP_KERNEL)?;
            Some(value)
        };
        *self.value.get_mut(params) = value;
        match server {
            Some(server) => server.written(params),
            None => Ok(()),
        }
    }

    /// Shows the value, with a newline; an empty line if there is none.
    ///
    /// # Safety
    ///
    /// Only the kernel may call this: with the parameter lock held, with a `buffer` of a page, and
    /// with a `param` of this module's table whose `arg` is a [`StringParam`].
    unsafe extern "C" fn get(buffer: *mut c_char, param: *const bindings::kernel_param) -> c_int {
        // SAFETY: The kernel gives an entry of our table, a static, whose `arg` is a static
        // `StringParam`.
        let (this, module) = unsafe {
            (
                &*(*param).__bindgen_anon_1.arg.cast::<Self>(),
                (*param).mod_,
            )
        };
        let show = |params: &mut Params| {
            let value = this.value.get(params).as_deref().unwrap_or_default();
            // SAFETY: The buffer is a page. A value has at most `MAX_LEN` bytes and two quotes, so
            // it fits with its newline.
            unsafe {
                buffer.copy_from_nonoverlapping(value.as_ptr().cast(), value.len());
                buffer.add(value.len()).write(b'\n');
            }
            // No value is too long for an `int`.
            value.len() as c_int + 1
        };
        // SAFETY: The entries of our table are this module's. `param_attr_show()` takes the lock
        // before it calls this, and releases it afterwards; it has no `Params`.
        unsafe { Params::held(module, show) }
    }

    /// Frees the value, when the module goes.
    ///
    /// # Safety
    ///
    /// Only the kernel may call this, with the `arg` of an entry of our table, when its file is
    /// gone and the module's exit function has returned.
    unsafe extern "C" fn free(arg: *mut c_void) {
        // SAFETY: `arg` is a static `StringParam`. Nobody else can reach it: its file is gone, and
        // no function of the module runs any more.
        unsafe { *(*arg.cast::<Self>()).value.0.get() = None };
    }
}

/// Declares the parameters: for each an entry in the kernel's table, its two lines for `modinfo`,
/// and a method of [`Params`] that reads it.
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

            impl Params {
                #[doc = $description]
                pub(crate) fn $name(&self) -> Option<&[u8]> {
                    VALUE.value.get(self).as_deref()
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
    // The mode of the file in sysfs; 0 for none.
    sym_name: Function, 0o644, "function to call: its name in /proc/kallsyms, or module:name";
    args: Arguments, 0o600, "its arguments, separated by commas, as in C";
    sympos: Words, 0o644, "which of the functions with that name; 1 is the first";
    sig: Words, 0o644, "its prototype, as C; with unsafe_call=1 where the kernel has none";
    unsafe_call: Words, 0o644, "call although not everything can be checked: 1 or 0";
    timeout: Words, 0o644, "longest wait for the calls, in seconds; 0 (the default): no limit";
    module: Words, 0o644, "modules whose symbols to list, vmlinux for the kernel itself: names or globs";
    filter: Words, 0o644, "names of the symbols to list: globs";
    kind: Words, 0o644, "kinds of the symbols to list: text, data, rodata, bss, percpu, ...";
    limit: Words, 0o644, "how many symbols to list at most, 0 for all (default: 100 in the log)";
    // It has no file, since it can be an address, which not every reader may see.
    bootstrap: Words, 0o000, "how to find kallsyms_lookup_name: auto, kprobe, scan or an address";
}
