// SPDX-License-Identifier: GPL-2.0

//! `symbols`: the listing.

use super::file::{
    LiveFile,
    Sink, //
};
use crate::{
    context::Context,
    failure::Failure,
    list::{
        Line,
        Listing,
        Request, //
    },
    params::Params,
    request, //
};
use core::ops::ControlFlow;
use kernel::prelude::{
    fmt,
    *, //
};

/// A listing, and whether its reader may see addresses.
pub(super) struct Symbols {
    listing: Listing,
    show: bool,
}

impl LiveFile for Symbols {
    const NAME: &'static CStr = c"symbols";
    const MODE: u16 = 0o600;

    fn open(context: &Context, show: bool) -> Result<Self, Failure> {
        let params = Params::lock(context.module);
        Ok(Self {
            listing: Listing::new(&request::listing(&params), None)?,
            show,
        })
    }

    /// What is not written is not chosen by; the parameters do not count any more.
    fn write(&mut self, context: &Context, text: &[u8]) -> Result<(), Failure> {
        let listing = Listing::new(&Request::default().with(text)?, None)?;
        listing.check(context.kallsyms())?;
        self.listing = listing;
        Ok(())
    }

    fn lines(&self, context: &Context, skip: usize, sink: Sink<'_>) -> Result<(), Failure> {
        let kallsyms = context.kallsyms();
        let mut index = 0;
        let walked = self.listing.query(|query| {
            kallsyms.query(query, |symbol| {
                index += 1;
                if index <= skip {
                    return ControlFlow::Continue(());
                }
                sink(fmt!(
                    "{}",
                    Line {
                        symbol,
                        kallsyms,
                        show: self.show,
                    }
                ))
            })
        })?;
        match walked {
            Ok(_) => Ok(()),
            Err(error) => Err(Failure::from(error.to_errno())),
        }
    }
}
