//! How a recovery code is written and read.

use zeroize::Zeroizing;

/// Bytes of a code: 80 bits, which nobody guesses.
pub(crate) const LEN: usize = 10;

/// Characters of a code, five bits each: nothing is left over, so that each code is written one
/// way.
const CHARACTERS: usize = 16;

/// Longer than a code with a hyphen after each character.
const LONGEST: usize = 2 * CHARACTERS;

/// Crockford's base32: digits and letters without I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// `XXXX-XXXX-XXXX-XXXX`.
pub(crate) fn written(code: &[u8; LEN]) -> Zeroizing<String> {
    let bits = code.iter().fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
    let mut text = Zeroizing::new(String::with_capacity(CHARACTERS + 3));
    for place in 0..CHARACTERS {
        if place > 0 && place % 4 == 0 {
            text.push('-');
        }
        let value = (bits >> (5 * (CHARACTERS - 1 - place))) & 31;
        let character = usize::try_from(value).ok().and_then(|value| ALPHABET.get(value));
        text.extend(character.map(|character| char::from(*character)));
    }
    text
}

/// The code that somebody typed, if it is of the form of one: sixteen characters in either case,
/// O for 0 and I or L for 1, with hyphens anywhere or nowhere.
pub(crate) fn read(text: &str) -> Option<Zeroizing<[u8; LEN]>> {
    if text.len() > LONGEST {
        return None;
    }
    let mut bits = 0u128;
    let mut characters = 0;
    for byte in text.bytes().filter(|byte| *byte != b'-') {
        let character = match byte.to_ascii_uppercase() {
            b'O' => b'0',
            b'I' | b'L' => b'1',
            other => other,
        };
        let value = ALPHABET.iter().position(|known| *known == character)?;
        bits = bits << 5 | u128::try_from(value).ok()?;
        characters += 1;
    }
    (characters == CHARACTERS).then(|| {
        let [.., a, b, c, d, e, f, g, h, i, j] = bits.to_be_bytes();
        Zeroizing::new([a, b, c, d, e, f, g, h, i, j])
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_written_in_groups() {
        for (code, text) in [
            ([0; LEN], "0000-0000-0000-0000"),
            ([0xff; LEN], "ZZZZ-ZZZZ-ZZZZ-ZZZZ"),
            ([0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf], "0123-4567-89AB-CDEF"),
            ([0x84, 0x65, 0x3a, 0x56, 0xd7, 0xc6, 0x75, 0xbe, 0x77, 0xdf], "GHJK-MNPQ-RSTV-WXYZ"),
        ] {
            assert_eq!(*written(&code), text);
            assert_eq!(*read(text).unwrap(), code);
        }
    }

    #[test]
    fn what_is_read_is_exact() {
        let code = *read("0123-4567-89AB-CDEF").unwrap();
        for text in [
            "0123456789ABCDEF",
            "0123-4567-89ab-cdef",
            "o123-4567-89AB-CDEF",
            "OI23-4567-89AB-CDEF",
            "Ol23-4567-89aB-cDEF",
            "oi23456789abcdef",
            "0-1-2-3-4-5-6-7-8-9-A-B-C-D-E-F-",
            "--0123456789ABCDEF--",
        ] {
            assert_eq!(*read(text).unwrap(), code, "{text}");
        }
        for text in [
            "",
            "-",
            "0123-4567-89AB-CDE",
            "0123-4567-89AB-CDEF0",
            " 0123-4567-89AB-CDEF",
            "0123-4567-89AB-CDEF ",
            "0123 4567 89AB CDEF",
            "0123-4567-89AB-CDEF\n",
            "0123_4567_89AB_CDEF",
            "0123–4567–89AB–CDEF",
            "U123-4567-89AB-CDEF",
            "0123-4567-89AB-CDE*",
            "０123-4567-89AB-CDEF",
            "0123-4567-89AB-CDEF\0",
            "0123456789ABCDEF0123456789ABCDEF",
            "0123-4567-89AB-CDEF-----------------------------",
        ] {
            assert!(read(text).is_none(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn each_code_is_read_as_it_was_written(code: [u8; LEN]) {
            prop_assert_eq!(*read(&written(&code)).unwrap(), code);
        }

        #[test]
        fn whatever_is_typed_is_read_or_not(text in ".{0,40}") {
            if let Some(code) = read(&text) {
                prop_assert_eq!(&*read(&written(&code)).unwrap(), &*code);
            }
        }
    }
}
