//! The request, as the command line has it.

use std::io::Read as _;
use std::{fs, io};

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use url::Url;

use crate::exit::Failure;
use crate::token::refuse_in_header;

pub(crate) fn method(text: &str) -> Result<Method, Failure> {
    let method = Method::from_bytes(text.to_ascii_uppercase().as_bytes());
    method.map_err(|_| Failure::usage(format!("`{text}` is no method; write GET, POST, …")))
}

pub(crate) fn url(text: &str) -> Result<Url, Failure> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http"));
    let url = url.ok_or_else(|| {
        Failure::usage(format!(
            "`{text}` is no address; one begins with https:// (or http:// on this machine)"
        ))
    })?;
    if url.password().is_some() || !url.username().is_empty() {
        return Err(Failure::usage("leave user and password out of the address"));
    }
    Ok(url)
}

/// An error names no value: it may be a secret.
pub(crate) fn headers(lines: &[String]) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    for (place, line) in lines.iter().enumerate() {
        let refused = |why| Failure::usage(format!("header number {}: {why}", place + 1));
        let (name, value) = line.split_once(':').ok_or_else(|| refused("write 'NAME: VALUE'"))?;
        refuse_in_header(name.trim())?;
        let name: HeaderName = name.trim().parse().map_err(|_| refused("its name is none"))?;
        let value = HeaderValue::from_str(value.trim());
        headers.append(name, value.map_err(|_| refused("its value has control characters"))?);
    }
    Ok(headers)
}

/// Where a body comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Data<'a> {
    Here(&'a str),
    File(&'a str),
    StandardInput,
}

impl<'a> Data<'a> {
    pub(crate) fn of(argument: &'a str) -> Self {
        match argument.strip_prefix('@') {
            None => Self::Here(argument),
            Some("-") => Self::StandardInput,
            Some(file) => Self::File(file),
        }
    }

    /// All of it: a request whose body is a stream could not be sent again.
    pub(crate) fn read(self) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        match self {
            Self::Here(text) => return Ok(text.as_bytes().to_vec()),
            Self::File(file) => fs::read(file).map(|read| bytes = read),
            Self::StandardInput => io::stdin().lock().read_to_end(&mut bytes).map(drop),
        }
        .map_err(|error| {
            let from = if let Self::File(file) = self { file } else { "the standard input" };
            Failure::usage(format!("--data: {from} cannot be read: {error}"))
        })?;
        Ok(bytes)
    }
}

/// Unless a header says otherwise, a body is JSON.
pub(crate) fn with_type_of_body(mut headers: HeaderMap) -> HeaderMap {
    headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_header_carries_a_token_and_no_error_a_value() {
        for (line, expected) in [
            ("Authorization: Bearer s3cret", "never an argument"),
            ("AUTHORIZATION:s3cret", "never an argument"),
            ("proxy-authorization: s3cret", "never an argument"),
            ("s3cret", "header number 1: write"),
            ("a b: s3cret", "its name is none"),
            ("x: s3\u{1b}cret", "control characters"),
        ] {
            let error = headers(&[line.to_owned()]).unwrap_err().why;
            assert!(error.contains(expected) && !error.contains("s3"), "{line}: {error}");
        }
        let read = headers(&["A: 1".to_owned(), "a:2".to_owned()]).unwrap();
        assert_eq!(read.get_all("a").iter().collect::<Vec<_>>(), ["1", "2"]);
    }

    #[test]
    fn a_body_stands_here_or_elsewhere() {
        assert_eq!(Data::of("{}"), Data::Here("{}"));
        assert_eq!(Data::of("@-"), Data::StandardInput);
        assert_eq!(Data::of("@a/b"), Data::File("a/b"));
        assert!(Data::of("@/no/such/file").read().unwrap_err().why.contains("--data"));
    }

    #[test]
    fn an_address_is_one_and_holds_no_password() {
        assert!(url("https://api.example/x").is_ok());
        for bad in
            ["api.example", "file:///etc/passwd", "https://a:s3cret@b", "https://:s3cret@b", ""]
        {
            let error = url(bad).unwrap_err().why;
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn a_body_is_json_unless_a_header_says_otherwise() {
        let typed =
            |lines: &[String]| with_type_of_body(headers(lines).unwrap())["content-type"].clone();
        assert_eq!(typed(&[]), "application/json");
        assert_eq!(typed(&["content-type: text/plain".to_owned()]), "text/plain");
    }
}
