//! Any JSON value, kept, with the bounds of [`json`](super::json): for claims whose shape is the
//! provider's own.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::json::{MAX_DEPTH, MAX_ELEMENTS, Names, Text};
use super::numeric_date::NumericDate;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree<'a> {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(Cow<'a, str>),
    Array(Vec<Tree<'a>>),
    Object(Vec<(Cow<'a, str>, Tree<'a>)>),
}

impl<'a> Tree<'a> {
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) const fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn date(&self) -> Option<NumericDate> {
        match self {
            Self::Integer(seconds) => NumericDate::from_secs(u64::try_from(*seconds).ok()?),
            Self::Float(seconds) => NumericDate::from_fraction(*seconds),
            _ => None,
        }
    }

    pub(crate) fn array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// An array of strings and nothing else.
    pub(crate) fn texts(&self) -> Option<Vec<&str>> {
        self.array()?.iter().map(Self::text).collect()
    }

    /// A string that lists words, or an array of strings: both are in use for scopes.
    pub(crate) fn words(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone().into_owned()),
            _ => Some(self.texts()?.join(" ")),
        }
    }

    pub(crate) fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => {
                members.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
            }
            _ => None,
        }
    }
}

/// Reads a [`Tree`] that stands so deep.
#[derive(Clone, Copy)]
pub(crate) struct Grow {
    depth: u8,
}

impl Grow {
    /// A value directly inside the outermost object.
    pub(crate) const MEMBER: Self = Self { depth: MAX_DEPTH - 1 };

    fn inside<E: Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth }),
            None => Err(E::custom("too deep")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Grow {
    type Value = Tree<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Grow {
    type Value = Tree<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Tree<'de>, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree<'de>, E> {
        Ok(Tree::Bool(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "a number beyond i64 is no date and no count")]
    fn visit_u64<E>(self, number: u64) -> Result<Tree<'de>, E> {
        Ok(i64::try_from(number).map_or(Tree::Float(number as f64), Tree::Integer))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Tree<'de>, E> {
        Ok(Tree::Integer(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Tree<'de>, E> {
        Ok(Tree::Float(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Tree<'de>, E> {
        Ok(Tree::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree<'de>, E> {
        Ok(Tree::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Tree<'de>, A::Error> {
        let inside = self.inside()?;
        let mut array = Vec::new();
        while let Some(element) = elements.next_element_seed(inside)? {
            if array.len() == MAX_ELEMENTS {
                return Err(A::Error::custom("too many elements"));
            }
            array.push(element);
        }
        Ok(Tree::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Tree<'de>, A::Error> {
        let inside = self.inside()?;
        let mut names = Names::default();
        let mut object = Vec::new();
        while let Some(Text(name)) = members.next_key()? {
            names.add(name.clone())?;
            object.push((name, members.next_value_seed(inside)?));
        }
        Ok(Tree::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::read_object;
    use super::*;

    fn read(value: &str) -> Option<Tree<'static>> {
        let json: &'static str = format!(r#"{{"value":{value}}}"#).leak();
        let tree = read_object(json.as_bytes(), Grow { depth: MAX_DEPTH }).ok()?;
        tree.member("value").cloned()
    }

    #[test]
    fn a_value_is_what_it_is_and_nothing_else() {
        for (json, text, integer, date) in [
            (r#""a""#, Some("a"), None, None),
            (r#""\u0061""#, Some("a"), None, None),
            ("7", None, Some(7), Some(7)),
            ("7.5", None, None, Some(7)),
            ("-1", None, Some(-1), None),
            (r#""7""#, Some("7"), None, None),
            ("18446744073709551615", None, None, None),
            ("1e308", None, None, None),
            ("null", None, None, None),
            ("true", None, None, None),
            (r#"["a"]"#, None, None, None),
            (r#"{"a":1}"#, None, None, None),
        ] {
            let tree = read(json).unwrap();
            assert_eq!(tree.text(), text, "{json}");
            assert_eq!(tree.integer(), integer, "{json}");
            assert_eq!(tree.date().map(|date| date.floor.as_secs()), date, "{json}");
        }
    }

    #[test]
    fn words_are_one_text_or_an_array_of_texts() {
        for (json, expected) in [
            (r#""read pay""#, Some("read pay")),
            (r#"["read","pay"]"#, Some("read pay")),
            ("[]", Some("")),
            (r#"["read",7]"#, None),
            ("7", None),
            ("null", None),
        ] {
            assert_eq!(read(json).unwrap().words().as_deref(), expected, "{json}");
        }
    }

    #[test]
    fn t7_the_bounds_of_all_json_hold_here_too() {
        assert_eq!(read(r#"{"a":1,"a":1}"#), None);
        assert_eq!(read(r#"[{"a":1,"\u0061":1}]"#), None);
        assert!(read(&format!("{}{}", "[".repeat(31), "]".repeat(31))).is_some());
        assert_eq!(read(&format!("{}{}", "[".repeat(33), "]".repeat(33))), None);
        assert!(read(&format!("[{}]", vec!["1"; 512].join(","))).is_some());
        assert_eq!(read(&format!("[{}]", vec!["1"; 513].join(","))), None);
    }
}
