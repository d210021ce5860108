//! An issuer behind TLS, with a certificate that it signed itself.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;

use crate::scene::{KEYS, key};

/// A self-signed certificate (RFC 5280 §4.1) with a name of its own, and its key.
pub(super) struct Certificate {
    der: Vec<u8>,
    key: Vec<u8>,
}

impl Certificate {
    /// For this address, until the end of this year.
    pub(super) fn new(address: Ipv4Addr, until: u16) -> Self {
        const ECDSA_WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
        const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
        const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("a public key");
        let unique = STANDARD.encode(pair.public_key());
        let algorithm = sequence(&[&der(0x06, &[ECDSA_WITH_SHA256])]);
        let common_name = sequence(&[&der(0x06, &[COMMON_NAME]), &der(0x0c, &[unique.as_bytes()])]);
        let name = sequence(&[&der(0x31, &[&common_name])]);
        let date = |year: u16| der(0x18, &[format!("{year}1231235959Z").as_bytes()]);
        let names = sequence(&[&der(0x87, &[&address.octets()])]);
        let extension = sequence(&[&der(0x06, &[SUBJECT_ALT_NAME]), &der(0x04, &[&names])]);
        let unsigned = sequence(&[
            &der(0xa0, &[&der(0x02, &[&[2]])]),
            &der(0x02, &[&[1]]),
            &algorithm,
            &name,
            &sequence(&[&date(2000), &date(until)]),
            &name,
            public.as_ref(),
            &der(0xa3, &[&sequence(&[&extension])]),
        ]);
        let signature = pair.sign(&SystemRandom::new(), &unsigned).expect("signs");
        let signature = der(0x03, &[&[0], signature.as_ref()]);
        let key = pair.to_pkcs8v1().expect("a private key");
        Self { der: sequence(&[&unsigned, &algorithm, &signature]), key: key.as_ref().to_vec() }
    }

    pub(super) fn pem(&self) -> String {
        let text = STANDARD.encode(&self.der);
        format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
    }
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    der(0x30, parts)
}

/// Tag, length, contents (X.690 §8.1).
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let contents = parts.concat();
    let length = u16::try_from(contents.len()).expect("it is short").to_be_bytes();
    let length = match length {
        [0, short @ 0..=127] => vec![short],
        [0, middle] => vec![0x81, middle],
        [high, low] => vec![0x82, high, low],
    };
    [&[tag], length.as_slice(), &contents].concat()
}

/// Answers for as long as the test runs.
pub(super) struct HttpsIssuer(String);

impl HttpsIssuer {
    pub(super) fn start(certificate: &Certificate) -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("they fit the provider")
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from(certificate.der.clone())],
                PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(certificate.key.clone())),
            );
        let config = Arc::new(config.expect("a certificate and its key"));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let url = format!("https://{}", listener.local_addr().expect("it is bound"));
        let metadata = json!({"issuer": url, "jwks_uri": format!("{url}{KEYS}")}).to_string();
        let keys = key("key-1").jwks();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Who does not trust the certificate hangs up.
                let _ = answer(stream, &config, &metadata, &keys);
            }
        });
        Self(url)
    }

    pub(super) fn url(&self) -> &str {
        &self.0
    }
}

fn answer(
    stream: TcpStream,
    config: &Arc<ServerConfig>,
    metadata: &str,
    keys: &str,
) -> std::io::Result<()> {
    let connection = ServerConnection::new(config.clone()).map_err(std::io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        request.push(byte[0]);
    }
    let keys_asked = request.starts_with(format!("GET {KEYS} ").as_bytes());
    let body = if keys_asked { keys } else { metadata };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )?;
    stream.conn.send_close_notify();
    stream.flush()
}
