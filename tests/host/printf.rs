// SPDX-License-Identifier: GPL-2.0

//! Formats for `printk()` and the like: what their conversions take, and which ones are refused.

use crate::text::{
    conversions,
    Wants, //
};

fn wants(format: &str) -> Result<Vec<Wants>, &'static str> {
    let mut all = Vec::new();
    conversions(format.bytes(), |wants| {
        all.push(wants);
        Ok::<(), &'static str>(())
    })?;
    Ok(all)
}

#[test]
fn formats() {
    use Wants::*;

    for (format, expected) in [
        ("", &[][..]),
        ("plain 100%%", &[]),
        ("%d %i %u %x %X %o %c", &[Integer; 7]),
        ("%hd %hhd %ld %lld %Ld %zu %td", &[Integer; 7]),
        ("%-+ #05d", &[Integer]),
        ("%8388607d %.32767s", &[Integer, String]),
        ("%*d", &[Width, Integer]),
        ("%.*s", &[Precision, String]),
        ("%*.*x", &[Width, Precision, Integer]),
        ("%s %p %p.", &[String, Pointer, Pointer]),
        (
            "%pI4:%d %pi4 %pI4n",
            &[Address(4), Integer, Address(4), Address(4)],
        ),
        ("%pM %pMR-%pm", &[Address(6); 3]),
        ("%pI6c, %pI6", &[Address(16); 2]),
    ] {
        assert_eq!(wants(format).as_deref(), Ok(expected), "{format:?}");
    }
}

#[test]
fn bad_formats() {
    let unknown = "the format has a conversion that is not supported";
    let large = "the format has a width or a precision that is too large";
    let end = "the format ends within a conversion";
    for (format, expected) in [
        ("%jd", unknown),
        ("%hld", unknown),
        ("%hhhd", unknown),
        ("%llld", unknown),
        ("%zzd", unknown),
        ("%tts", unknown),
        ("%n", unknown),
        ("%f", unknown),
        ("%1$d", unknown),
        ("%8388608d", large),
        ("%99999999999999999999999d", large),
        ("%.32768d", large),
        ("%", end),
        ("%5", end),
        ("%-.3l", end),
        (
            "%pS",
            "of the format's pointers, only %p, %pI4, %pI6 and %pM are supported",
        ),
        (
            "%px",
            "of the format's pointers, only %p, %pI4, %pI6 and %pM are supported",
        ),
    ] {
        assert_eq!(wants(format), Err(expected), "{format:?}");
    }
}
