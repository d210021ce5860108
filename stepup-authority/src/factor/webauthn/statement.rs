//! Attestation objects (WebAuthn Level 3 §6.5.4), as far as they are to be read where nobody's word
//! is taken.

/// The kinds of CBOR (RFC 8949 §3.1) that something follows.
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;

/// The same key with nobody's word for it, in the format `none`. `None`: it is no attestation
/// object, or not written as CTAP 2 has it, with all lengths given.
pub(super) fn without(object: &[u8]) -> Option<Vec<u8>> {
    let data = authenticator_data(object)?;
    let mut none = b"\xa3cfmtdnonegattStmt\xa0hauthData\x5a".to_vec();
    none.extend(u32::try_from(data.len()).ok()?.to_be_bytes());
    none.extend(data);
    Some(none)
}

fn authenticator_data(object: &[u8]) -> Option<&[u8]> {
    let mut rest = Reader(object);
    let (MAP, members) = rest.head()? else { return None };
    let (mut format, mut data) = (None, None);
    for _ in 0..members {
        let is_second = match rest.string(TEXT)? {
            b"fmt" => format.replace(rest.string(TEXT)?).is_some(),
            b"authData" => data.replace(rest.string(BYTES)?).is_some(),
            _ => rest.skip().map(|()| false)?,
        };
        if is_second {
            return None;
        }
    }
    data.filter(|_| format.is_some() && rest.0.is_empty())
}

/// What is still to be read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The kind of what comes, and its number or length.
    fn head(&mut self) -> Option<(u8, u64)> {
        let first = *self.take(1)?.first()?;
        let more = match first & 0x1f {
            few @ 0..=23 => return Some((first >> 5, few.into())),
            more @ 24..=27 => 1 << (more - 24),
            _ => return None,
        };
        let number = self.take(more)?.iter();
        let number = number.fold(0, |number, byte| number << 8 | u64::from(*byte));
        Some((first >> 5, number))
    }

    fn string(&mut self, kind: u8) -> Option<&'a [u8]> {
        self.head().filter(|head| head.0 == kind).and_then(|(_, len)| self.take(len))
    }

    /// Passes over a value, however deep: it takes no stack.
    fn skip(&mut self) -> Option<()> {
        let mut left = 1_u64;
        while left > 0 {
            let (kind, number) = self.head()?;
            let within = match kind {
                BYTES | TEXT => self.take(number).map(|_| 0)?,
                ARRAY => number,
                MAP => number.checked_mul(2)?,
                TAG => 1,
                _ => 0,
            };
            left = (left - 1).checked_add(within)?;
        }
        Some(())
    }

    fn take(&mut self, len: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(len).ok()?)?;
        self.0 = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: &[u8] = b"\xa3cfmtdnonegattStmt\xa0hauthData\x5a\0\0\0\x03abc";

    /// An object with this statement.
    fn object(statement: &[u8]) -> Vec<u8> {
        [b"\xa3cfmtfpackedgattStmt", statement, b"hauthData\x43abc"].concat()
    }

    #[test]
    fn whatever_the_statement_is_it_is_left_out() {
        for statement in [
            &b"\xa0"[..],
            b"\xa3calg\x26csig\x58\x02xxcx5c\x82\x41x\x59\0\x01x",
            // Numbers of every length, a tag, a float, and what only looks like another member.
            b"\x88\x17\x18\xff\x19\xff\xff\x1a\xff\xff\xff\xff\x1b\xff\xff\xff\xff\xff\xff\xff\xff\xc1\x39\xff\xff\xfb\0\0\0\0\0\0\0\0\x4dhauthData\x43xyz",
        ] {
            assert_eq!(without(&object(statement)).as_deref(), Some(NONE), "{statement:?}");
        }
        let deep = [vec![0x81; 30_000], vec![0]].concat();
        assert_eq!(without(&object(&deep)).as_deref(), Some(NONE));
        let in_another_order = b"\xa4hauthData\x43abcepAtt\xf5cfmtdnonegattStmt\xa0";
        assert_eq!(without(in_another_order), None, "`epAtt` has five letters");
        let in_another_order = b"\xa4hauthData\x43abceepAtt\xf5cfmtdnonegattStmt\xa0";
        assert_eq!(without(in_another_order).as_deref(), Some(NONE));
    }

    #[test]
    fn o19_what_is_no_attestation_object_is_none() {
        let whole = object(b"\xa1calg\x26");
        for at in 0..whole.len() {
            assert_eq!(without(&whole[..at]), None, "up to {at}");
        }
        for bad in [
            &b"\xa0"[..],
            b"\x80",
            b"\x43abc",
            b"\xa1cfmtdnone",
            b"\xa1hauthData\x43abc",
            b"\xa2cfmtdnonehauthDatacabc",
            b"\xa2cfmt\x44nonehauthData\x43abc",
            b"\xa3cfmtdnonehauthData\x43abchauthData\x43abc",
            b"\xa3cfmtdnonecfmtdnonehauthData\x43abc",
            b"\xa2cfmtdnonehauthData\x43abc\0",
            b"\xa2cfmtdnonehauthData\x5f\x43abc\xff",
            b"\xbfcfmtdnonehauthData\x43abc\xff",
            b"\xa3cfmtdnone\x01\x01hauthData\x43abc",
            b"\xbb\xff\xff\xff\xff\xff\xff\xff\xffcfmtdnonehauthData\x43abc",
            b"\xa2cfmtdnonehauthData\x5b\xff\xff\xff\xff\xff\xff\xff\xffabc",
        ] {
            assert_eq!(without(bad), None, "{bad:?}");
        }
        for endless in [
            &b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff"[..],
            b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
        ] {
            assert_eq!(without(&object(endless)), None);
        }
    }
}
