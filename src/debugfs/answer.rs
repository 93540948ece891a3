// SPDX-License-Identifier: GPL-2.0

//! What is read from an open file: the answer to the request that was written to it.

use super::{
    call,
    functions,
    modules,
    symbols,
    window::{
        Cursor,
        Writer, //
    }, //
};
use crate::{
    call::{
        History,
        Outcome, //
    },
    context::Context,
    failure::Failure,
    params::request::{
        Lookup,
        Request, //
    },
    query::{
        function_search::Search,
        listing::Listing, //
    }, //
};
use core::ops::ControlFlow;
use kernel::{
    fmt,
    prelude::*,
    sync::Mutex, //
};

/// What the lines of an open file are about. All but a call's outcome is found out when it is read.
pub(super) enum Answer {
    /// Nothing was asked, or what was asked failed.
    Nothing,
    /// How many symbols each module has.
    Counts,
    /// Symbols of a choice.
    Listing(Listing),
    /// Symbols of a name, or at an address; or a type.
    Lookup(Lookup),
    /// Functions of a choice.
    Search(Search),
    /// What a call gave.
    Outcome(KBox<Outcome>),
}

impl Answer {
    /// Serves `request`, of somebody who may see addresses or not. Calls are made here, and sleep if their
    /// functions do. The values of expressions are added to the history, which is not locked meanwhile.
    pub(super) fn new(
        context: &Context,
        request: Request,
        show: bool,
        history: &Mutex<History>,
    ) -> Result<Self, Failure> {
        Ok(match request {
            Request::Summary => Self::Counts,
            Request::Listing(listing) => {
                listing.check(context.kallsyms())?;
                Self::Listing(listing)
            }
            Request::Lookup(lookup) => {
                lookup.check(context, show)?;
                Self::Lookup(lookup)
            }
            Request::Search(search) => {
                search.check(context)?;
                Self::Search(search)
            }
            Request::Call(call) => Self::Outcome(context.caller.call(&call, show)?.0),
            Request::Evaluation(evaluation) => {
                let copy = history.lock().copy()?;
                let (outcome, value) = context.caller.evaluate(&evaluation, &copy, show)?;
                history.lock().add(value)?;
                Self::Outcome(outcome)
            }
        })
    }

    /// A request failed: a choice stays what it was, so that it can be read; nothing else does.
    pub(super) fn fail(&mut self) {
        if !matches!(self, Self::Listing(_) | Self::Search(_)) {
            *self = Self::Nothing;
        }
    }

    /// Gives the lines of the text to `writer`, from `place` on, until it has enough; `place` is then before the first
    /// line that it has not taken. Addresses are in them only if `show`.
    pub(super) fn lines(
        &self,
        context: &Context,
        show: bool,
        place: &mut Cursor,
        writer: &mut Writer<'_>,
    ) -> Result<(), Failure> {
        if let Self::Listing(listing) = self {
            return symbols::lines(context, listing, show, &mut place.symbol, writer);
        }
        if let Self::Search(search) = self {
            return functions::lines(context, search, place, writer);
        }
        let mut number = 0;
        let mut sink = |line: fmt::Arguments<'_>| {
            number += 1;
            if number > place.line {
                writer.line(line)?;
                place.line = number;
            }
            ControlFlow::Continue(())
        };
        match self {
            Self::Nothing | Self::Listing(_) | Self::Search(_) => {}
            Self::Counts => modules::lines(context, &mut sink),
            Self::Lookup(lookup) => lookup.for_each_line(context, show, sink)?,
            Self::Outcome(outcome) => call::lines(outcome, show, &mut sink),
        }
        Ok(())
    }
}

/// Takes a line; says when there is enough.
pub(super) type Sink<'a> = &'a mut dyn FnMut(fmt::Arguments<'_>) -> ControlFlow<()>;
