// SPDX-License-Identifier: GPL-2.0

//! Lists of globs, for names of symbols and of modules.

use crate::{
    failure::Failure,
    kallsyms::{
        glob_match,
        Kallsyms,
        VMLINUX, //
    },
    print::to_c_string,
    text, //
};
use core::ops::ControlFlow;
use kernel::{
    alloc::AllocError,
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// Patterns, any of which may match. Without any, all names match.
#[derive(Default)]
pub(crate) struct Patterns(KVec<CString>);

impl Patterns {
    /// The patterns in a list, which was written for `key`.
    pub(crate) fn new(key: &'static str, list: Option<&[u8]>) -> Result<Self, Failure> {
        let mut patterns = KVec::new();
        for item in text::list(list.unwrap_or_default()) {
            let fail = |error| Failure::parse(key, error);
            let item = item.map_err(fail)?;
            text::glob(item.text, item.column).map_err(fail)?;
            patterns.push(to_c_string(fmt!("{}", item.text))?, GFP_KERNEL)?;
        }
        Ok(Self(patterns))
    }

    /// Whether `name` matches.
    pub(crate) fn matches(&self, name: &CStr) -> bool {
        self.0.is_empty() || self.0.iter().any(|pattern| glob_match(pattern, name))
    }

    /// References to the patterns, as the library takes them.
    pub(crate) fn references(&self) -> Result<KVec<&CStr>, AllocError> {
        let mut references: KVec<&CStr> = KVec::with_capacity(self.0.len(), GFP_KERNEL)?;
        for pattern in &self.0 {
            references.push(pattern, GFP_KERNEL)?;
        }
        Ok(references)
    }

    /// Fails if one of the patterns matches no module.
    #[inline(never)] // frame
    pub(crate) fn check_modules(&self, kallsyms: &Kallsyms) -> Result<(), Failure> {
        let not_loaded = kallsyms.modules(|modules| {
            self.0.iter().find(|pattern| {
                let found = modules.for_each(|module| {
                    if glob_match(pattern, module.name()) {
                        ControlFlow::Break(())
                    } else {
                        ControlFlow::Continue(())
                    }
                });
                !glob_match(pattern, VMLINUX) && found.is_continue()
            })
        });
        match not_loaded {
            Ok(None) => Ok(()),
            Ok(Some(pattern)) => Err(Failure::new(
                ENOENT,
                fmt!(
                    "module: {} is not loaded; /proc/modules has those which are",
                    &**pattern
                ),
            )),
            Err(error) => Err(Failure::new(error.to_errno(), fmt!("module: {error}"))),
        }
    }
}
