// SPDX-License-Identifier: GPL-2.0

//! Executes a prepared call in a worker thread, and contains what goes wrong. Knows no C types.

pub(crate) mod abandoned;
pub(crate) mod job;
pub(crate) mod kthread;
pub(crate) mod leftovers;
pub(crate) mod registers;
pub(crate) mod spare_workers;
pub(crate) mod worker;
