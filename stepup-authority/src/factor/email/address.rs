//! What is taken for one e-mail address.

/// The longest that can stand in a mail's envelope (RFC 5321 §4.5.3.1.3, without the brackets).
const LONGEST: usize = 254;

/// The address in the spelling that limits go by, its domain in lower case; `None` for whatever is
/// not exactly one plain address.
///
/// Of what RFC 5321 allows it takes what people have: no quoted names, no comments, no address
/// literals, no routes (`%`, `!`), no bare host names, and nothing beyond ASCII, where one mailbox
/// would have many spellings.
pub(crate) fn normalised(text: &str) -> Option<String> {
    let (local, domain) = text.split_once('@')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"#$&'*+-/=?^_{}~".contains(&byte);
    let fits = text.len() <= LONGEST
        && local.len() <= 64
        && local.split('.').all(|part| !part.is_empty() && part.bytes().all(is_name))
        && is_domain(domain);
    fits.then(|| format!("{local}@{}", domain.to_ascii_lowercase()))
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // The last label of an IP address is a number; that of a domain never is.
    let has_top_level = domain
        .rsplit_once('.')
        .is_some_and(|(_, last)| last.bytes().any(|byte| byte.is_ascii_alphabetic()));
    domain.split('.').all(is_label) && has_top_level
}

/// What shows its owner which address it is: `a…@example.com`.
pub(crate) fn hint(address: &str) -> String {
    let (local, domain) = address.split_once('@').unwrap_or_default();
    let first: String = local.chars().take(1).collect();
    format!("{first}…@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_plain_address_in_one_spelling() {
        for (text, address) in [
            ("alice@example.com", "alice@example.com"),
            ("Alice.B+bank@Mail.EXAMPLE.com", "Alice.B+bank@mail.example.com"),
            ("o'brien_1@xn--bcher-kva.example", "o'brien_1@xn--bcher-kva.example"),
            ("a@b.co", "a@b.co"),
            ("1@1.2.3.4.example", "1@1.2.3.4.example"),
        ] {
            assert_eq!(normalised(text).as_deref(), Some(address));
        }
        let (local, label) = ("l".repeat(64), "d".repeat(61));
        let longest = format!("{local}@{label}.{label}.{label}.com");
        assert_eq!(longest.len(), 254);
        assert_eq!(normalised(&longest).as_deref(), Some(&*longest));
    }

    /// O18, and the injection of headers.
    #[test]
    fn o18_nothing_but_one_address() {
        let long = format!("{0}@{1}.{1}.{1}.comm", "l".repeat(64), "d".repeat(61));
        let local = format!("{}@example.com", "l".repeat(65));
        let label = format!("a@{}.com", "d".repeat(64));
        for text in [
            "",
            "@",
            "a@",
            "@example.com",
            "a",
            "a@localhost",
            "a@example",
            "a@example.",
            "a@.example",
            "a@example..com",
            ".a@example.com",
            "a.@example.com",
            "a..b@example.com",
            "a@-example.com",
            "a@example-.com",
            "a@exa_mple.com",
            "a@127.0.0.1",
            "a@[127.0.0.1]",
            "a@[IPv6:::1]",
            "a@@example.com",
            "a@b@example.com",
            "a@example.com@evil.example",
            "a@example.com,b@evil.example",
            "a@example.com, b@evil.example",
            "a@example.com;b@evil.example",
            "a@example.com b@evil.example",
            " a@example.com",
            "a@example.com ",
            "a @example.com",
            "a@ example.com",
            "a@example.com\r\nBcc: b@evil.example",
            "a@example.com\n",
            "a\r\nb@example.com",
            "a@example.com\0",
            "a\t@example.com",
            "Alice <a@example.com>",
            "<a@example.com>",
            "a@example.com (Alice)",
            "a(b)@example.com",
            "\"a b\"@example.com",
            "\"a\"@example.com",
            "a\\@example.com",
            "a%evil.example@example.com",
            "evil.example!a@example.com",
            "a:b@example.com",
            "[a@example.com]",
            "a|b@example.com",
            "`a`@example.com",
            "mailto:a@example.com",
            "ä@example.com",
            "a@bücher.example",
            "а@example.com",
            "a＠example.com",
            "a@example。com",
            "a@ex\u{200b}ample.com",
            "a@example.com\u{202e}",
            &long,
            &local,
            &label,
        ] {
            assert_eq!(normalised(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_hint_has_the_first_character_alone() {
        assert_eq!(hint("alice@example.com"), "a…@example.com");
        assert_eq!(hint("a@example.com"), "a…@example.com");
    }
}
