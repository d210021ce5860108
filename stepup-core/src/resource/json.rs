//! JSON without the two liberties that make readers disagree: a member that stands twice, and
//! depth or width without bound (R-JWT-07, R-JWT-11).

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

pub(crate) const MAX_DEPTH: u8 = 32;
const MAX_MEMBERS: usize = 128;
pub(crate) const MAX_ELEMENTS: usize = 512;

/// The longest key set that is read.
pub(crate) const MAX_KEYS_BYTES: usize = 256 * 1024;

/// Any value, looked through and dropped.
#[derive(Clone, Copy)]
pub(crate) struct Anything {
    depth: u8,
}

impl Anything {
    /// A value directly inside the outermost object.
    pub(crate) const MEMBER: Self = Self { depth: MAX_DEPTH - 1 };

    fn inside<E: Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth }),
            None => Err(E::custom("too deep")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Anything {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Anything {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let inside = self.inside()?;
        let mut count = 0;
        while elements.next_element_seed(inside)?.is_some() {
            count += 1;
            if count > MAX_ELEMENTS {
                return Err(A::Error::custom("too many elements"));
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let inside = self.inside()?;
        let mut names = Names::default();
        while names.next(&mut members)?.is_some() {
            members.next_value_seed(inside)?;
        }
        Ok(())
    }
}

/// The member names of one object, each of which may stand once.
#[derive(Default)]
pub(crate) struct Names<'de>(Vec<Cow<'de, str>>);

impl<'de> Names<'de> {
    /// The next member's name, once it is known to be new.
    pub(crate) fn next<A: MapAccess<'de>>(
        &mut self,
        members: &mut A,
    ) -> Result<Option<&Cow<'de, str>>, A::Error> {
        let Some(Text(name)) = members.next_key::<Text<'de>>()? else { return Ok(None) };
        self.add(name)?;
        Ok(self.0.last())
    }

    /// Takes up a name that is new.
    pub(crate) fn add<E: Error>(&mut self, name: Cow<'de, str>) -> Result<(), E> {
        if self.0.len() == MAX_MEMBERS {
            return Err(E::custom("too many members"));
        }
        if self.0.contains(&name) {
            return Err(E::custom("a member stands twice"));
        }
        self.0.push(name);
        Ok(())
    }
}

/// A string, borrowed where the text has no escape. Anything else is an error, `null` included.
#[derive(Debug)]
pub(crate) struct Text<'de>(pub(crate) Cow<'de, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrow;

        impl<'de> Visitor<'de> for Borrow {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(Borrow)
    }
}

/// One string or an array of strings.
#[derive(Debug)]
pub(crate) struct Texts<'de>(pub(crate) Vec<Cow<'de, str>>);

impl<'de> Deserialize<'de> for Texts<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;

        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Texts<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or an array of strings")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Texts<'de>, E> {
                Ok(Texts(vec![Cow::Borrowed(text)]))
            }

            fn visit_str<E>(self, text: &str) -> Result<Texts<'de>, E> {
                Ok(Texts(vec![Cow::Owned(text.to_owned())]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<Texts<'de>, A::Error> {
                texts(elements)
            }
        }

        deserializer.deserialize_any(OneOrMany)
    }
}

/// An array of strings and nothing else.
#[derive(Debug)]
pub(crate) struct TextArray<'de>(pub(crate) Vec<Cow<'de, str>>);

impl<'de> Deserialize<'de> for TextArray<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Many;

        impl<'de> Visitor<'de> for Many {
            type Value = TextArray<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of strings")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<TextArray<'de>, A::Error> {
                texts(elements).map(|Texts(texts)| TextArray(texts))
            }
        }

        deserializer.deserialize_seq(Many)
    }
}

fn texts<'de, A: SeqAccess<'de>>(mut elements: A) -> Result<Texts<'de>, A::Error> {
    let mut texts = Vec::new();
    while let Some(Text(text)) = elements.next_element()? {
        if texts.len() == MAX_ELEMENTS {
            return Err(A::Error::custom("too many elements"));
        }
        texts.push(text);
    }
    Ok(Texts(texts))
}

/// Reads a whole document whose outermost value is an object, into what `visitor` makes of it.
pub(crate) fn read_object<'de, V: Visitor<'de>>(
    json: &'de [u8],
    visitor: V,
) -> Result<V::Value, serde_json::Error> {
    // Checked as a whole, text by text it need not be (R-JWT-13).
    let json = std::str::from_utf8(json).map_err(Error::custom)?;
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let value = (&mut deserializer).deserialize_map(visitor)?;
    deserializer.end()?;
    Ok(value)
}

/// Whether no object in this document names a member twice.
pub(crate) fn check_members(json: &[u8]) -> Result<(), serde_json::Error> {
    read_object(json, Anything { depth: MAX_DEPTH })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t7_a_member_stands_once_at_any_depth() {
        for (json, ok) in [
            (r#"{"a":1,"b":{"a":1}}"#, true),
            (r#"{"a":1,"a":1}"#, false),
            (r#"{"a":1,"\u0061":1}"#, false),
            (r#"{"a":{"b":1,"b":2}}"#, false),
            (r#"{"a":[{"b":1,"b":2}]}"#, false),
            (r#"{"a":1}x"#, false),
            (r#"[{"a":1}]"#, false),
            (r#""a""#, false),
            ("", false),
        ] {
            assert_eq!(check_members(json.as_bytes()).is_ok(), ok, "{json}");
        }
    }

    #[test]
    fn r_jwt_11_depth_and_width_end() {
        let nested = |depth: usize| format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
        assert!(check_members(nested(32).as_bytes()).is_ok());
        assert!(check_members(nested(34).as_bytes()).is_err());
        let wide = |count: usize| {
            let members: Vec<_> = (0..count).map(|i| format!("\"{i}\":1")).collect();
            format!("{{{}}}", members.join(","))
        };
        assert!(check_members(wide(128).as_bytes()).is_ok());
        assert!(check_members(wide(129).as_bytes()).is_err());
        let long = |count: usize| format!(r#"{{"a":[{}]}}"#, vec!["1"; count].join(","));
        assert!(check_members(long(512).as_bytes()).is_ok());
        assert!(check_members(long(513).as_bytes()).is_err());
    }
}
