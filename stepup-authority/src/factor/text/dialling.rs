//! Which country or region a telephone number belongs to.

/// Country codes of two digits (ITU-T E.164, list of assigned codes). +1 and +7 have one digit, and
/// all others three.
const OF_TWO_DIGITS: [&str; 44] = [
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47",
    "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65",
    "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
];

/// Whether it is a number in the form of E.164, exactly: a plus and seven to fifteen digits, the
/// first of them no zero.
pub(crate) fn is_number(text: &str) -> bool {
    // Seven digits and the plus.
    is_prefix(text) && text.len() >= 8
}

/// Whether numbers can begin with it.
pub(crate) fn is_prefix(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (1..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// What the numbers of its country begin with: the country code, and within +1 the area code too,
/// since there it tells the Caribbean, which frauds prefer, from the rest.
pub(crate) fn prefix(number: &str) -> &str {
    let digits = number.strip_prefix('+').unwrap_or(number);
    let length = match digits.get(..1) {
        Some("1") => 4,
        Some("7") => 1,
        _ => match digits.get(..2) {
            Some(two) if OF_TWO_DIGITS.contains(&two) => 2,
            _ => 3,
        },
    };
    number.get(..=length).unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_e_164_exactly() {
        for number in ["+4915112345678", "+2901234", "+123456789012345", "+12025550123"] {
            assert!(is_number(number), "{number}");
        }
        for text in [
            "",
            "+",
            "4915112345678",
            "004915112345678",
            "+491511",
            "+1234567890123456",
            "+04915112345678",
            "+49 151 12345678",
            "+49-151-12345678",
            "+49(151)12345678",
            "++4915112345678",
            "+4915112345678\n",
            " +4915112345678",
            "+4915112345678,+4366412345",
            "+49151１2345678",
            "＋4915112345678",
            "tel:+4915112345678",
            "+4915112345678;ext=1",
            "+49151123456x8",
            "whatsapp:+4915112345678",
        ] {
            assert!(!is_number(text), "{text:?}");
        }
    }

    /// O17: each of the ITU's nine zones, with its codes of each length.
    #[test]
    fn o17_the_prefix_is_the_country_code_of_each_itu_zone() {
        for (number, expected) in [
            // Zone 1: one code, told apart by area.
            ("+12025550123", "+1202"),
            ("+18765550123", "+1876"),
            ("+18095550123", "+1809"),
            ("+12685550123", "+1268"),
            // Zone 2: Africa, and Greenland, the Faroes and Aruba.
            ("+201001234567", "+20"),
            ("+211912345678", "+211"),
            ("+212612345678", "+212"),
            ("+2348012345678", "+234"),
            ("+27821234567", "+27"),
            ("+2901234", "+290"),
            ("+299221234", "+299"),
            // Zones 3 and 4: Europe.
            ("+306912345678", "+30"),
            ("+33612345678", "+33"),
            ("+351912345678", "+351"),
            ("+3581234567", "+358"),
            ("+37060012345", "+370"),
            ("+38349123456", "+383"),
            ("+393123456789", "+39"),
            ("+41781234567", "+41"),
            ("+420601123456", "+420"),
            ("+423661234567", "+423"),
            ("+436641234567", "+43"),
            ("+447400123456", "+44"),
            ("+4915112345678", "+49"),
            // Zone 5: Latin America.
            ("+50022222", "+500"),
            ("+50370123456", "+503"),
            ("+5511961234567", "+55"),
            ("+59899123456", "+598"),
            // Zone 6: the Pacific.
            ("+61412345678", "+61"),
            ("+6281234567890", "+62"),
            ("+66812345678", "+66"),
            ("+67077212345", "+670"),
            ("+6921234567", "+692"),
            // Zone 7: Russia and Kazakhstan.
            ("+79123456789", "+7"),
            ("+77710009998", "+7"),
            // Zone 8: East Asia, and services without a country.
            ("+80012345678", "+800"),
            ("+819012345678", "+81"),
            ("+821020000000", "+82"),
            ("+84912345678", "+84"),
            ("+85251234567", "+852"),
            ("+8613123456789", "+86"),
            ("+8801812345678", "+880"),
            ("+881612345678", "+881"),
            ("+886912345678", "+886"),
            // Zone 9: the west and south of Asia.
            ("+905012345678", "+90"),
            ("+919876543210", "+91"),
            ("+923012345678", "+92"),
            ("+9607712345", "+960"),
            ("+971501234567", "+971"),
            ("+989123456789", "+98"),
            ("+99362123456", "+993"),
            ("+998912345678", "+998"),
        ] {
            assert!(is_number(number), "{number}");
            assert_eq!(prefix(number), expected, "{number}");
        }
    }

    #[test]
    fn o17_no_number_is_without_a_prefix() {
        // Of each pair of digits that a number may begin with.
        for first in 10..100 {
            let number = format!("+{first}00000");
            let prefix = prefix(&number);
            assert!((2..=5).contains(&prefix.len()) && number.starts_with(prefix), "{number}");
        }
        assert_eq!((prefix("+1"), prefix("+"), prefix("")), ("+1", "+", ""));
    }
}
