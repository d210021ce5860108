//! The alphabets of RFC 6750 §3 and RFC 9110, in one place.

/// `%x21 / %x23-5B / %x5D-7E`: what a scope, an `acr` or an `amr` value may consist of inside a
/// space-separated, quoted list (RFC 6750 §3).
pub(crate) const fn is_value_byte(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E)
}

/// The same with space: `error_description` (RFC 6750 §3). No `"` and no `\`, so that nothing
/// ever needs escaping.
pub(crate) const fn is_text_byte(byte: u8) -> bool {
    byte == b' ' || is_value_byte(byte)
}

/// Whether `acr_values` can list this value (R-9470-19).
#[expect(clippy::indexing_slicing, reason = "the index runs below the length")]
pub(crate) const fn is_acr(value: &str) -> bool {
    let bytes = value.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if !is_value_byte(bytes[i]) {
            return false;
        }
        i += 1;
    }
    !bytes.is_empty()
}

/// `token68` without its padding: the alphabet of a bearer token (RFC 6750 §2.1).
pub(crate) const fn is_b64token_byte(byte: u8) -> bool {
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    // `-`, `.`, `/`, then the digits.
    let digit = byte.wrapping_sub(b'-') < 13;
    letter | digit | (byte == b'_') | (byte == b'~') | (byte == b'+')
}

/// `tchar` (RFC 9110 §5.6.2).
pub(crate) const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_6750_05_the_alphabet_of_a_bearer_token() {
        let alphabet = "-._~+/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        for byte in 0..=u8::MAX {
            assert_eq!(is_b64token_byte(byte), alphabet.as_bytes().contains(&byte), "{byte:#x}");
        }
    }
}
