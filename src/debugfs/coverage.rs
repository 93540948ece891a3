// SPDX-License-Identifier: GPL-2.0

//! `coverage`: how many of the kernel's functions can be given arguments.

use super::{
    answer::{
        Answer,
        Sink, //
    },
    file::LiveFile, //
};
use crate::{
    call::Coverage,
    context::Context,
    failure::Failure, //
};
use kernel::prelude::{
    fmt,
    *, //
};

/// The file.
pub(super) struct CoverageFile;

impl LiveFile for CoverageFile {
    const NAME: &'static CStr = c"coverage";
    const MODE: u16 = 0o400;

    fn opened(context: &Context) -> Result<Answer, Failure> {
        let Some(btf) = context.kallsyms().btf_of_vmlinux() else {
            // Kernels before 7.3 have no constant for it.
            let errno = Error::from_errno(-(kernel::bindings::ENODATA as i32));
            return Err(Failure::new(errno, fmt!("the kernel has no BTF")));
        };
        Ok(Answer::Coverage(Coverage::new(context.kallsyms(), &btf)?))
    }
}

/// How many functions take what, a line each, and how many that are in all.
pub(super) fn lines(coverage: &Coverage, line: Sink<'_>) {
    let (all, callable) = coverage.totals();
    for (name, count) in coverage.lines() {
        // A few lines are never too many for the window.
        let _ = line(fmt!("{count} {name}"));
    }
    let _ = line(fmt!("{callable} of {all} functions can be given arguments"));
}
