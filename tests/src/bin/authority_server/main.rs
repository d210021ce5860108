//! One of several processes of a service, on a store that they share: the API of the tests with an
//! authority, and beside it, on another port, what only tests may do.
//!
//! ```text
//! authority_server --store URL [--namespace NAME] --framework axum|poem
//!     [--open-ceremonies NUMBER] [--patience SECONDS] [--provider NAME=WHERE]…
//! ```
//!
//! It prints both addresses, and ends when its standard input does.

mod arguments;
mod control;
mod mortal_store;
mod providers;

use std::io::Read as _;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use stepup_authority::factor::{EmailCode, RecoveryCodes, TextCode, Totp};
use stepup_authority::store::{RedisStore, SqlStore, Store};
use stepup_authority::{Authority, FirstEnrolment, Issuer, Limits, SealingKeys};
use stepup_core::SystemClock;
use stepup_tests::Api;
use stepup_tests::authority::{AUTHORITY, BANK_API, Outbox, serve};
use tokio::net::TcpListener;

use crate::arguments::Arguments;
use crate::control::Control;
use crate::mortal_store::{Death, MortalStore};
use crate::providers::MfaTokens;

/// 32 bytes that every instance has.
const SEALING_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

#[tokio::main(worker_threads = 2)]
async fn main() {
    let arguments = Arguments::read(std::env::args().skip(1));
    end_with_the_test();
    let death = Death::default();
    let store = MortalStore::new(open(&arguments).await, death.clone());
    let sealing = SealingKeys::from_base64(SEALING_KEY).expect("32 bytes");
    let issuer = Issuer::builder(AUTHORITY, BANK_API);
    let issuer = issuer.open(Arc::new(store), Arc::new(sealing)).await.expect("the issuer opens");
    let gate = issuer.gate().build().expect("the gate is built");
    let outbox = Outbox::default();
    let builder = Authority::builder(issuer.clone(), gate.clone())
        .factor(Totp::new("Bank"))
        .factor(EmailCode::new(outbox.clone()).accepted_as_second_factor())
        .factor(TextCode::new(outbox.clone()))
        .factor(RecoveryCodes::new())
        .first_enrolment(FirstEnrolment::AfterLogin { within: Duration::from_secs(300) })
        .limits(Limits::default().open_ceremonies(arguments.open_ceremonies));
    let mfa_tokens = MfaTokens::default();
    let builder = match &arguments.providers {
        none if none.is_empty() => builder,
        all => providers::with_all(builder, &issuer, all, &mfa_tokens, SystemClock),
    };
    let authority = match arguments.patience {
        Some(patience) => builder.store_patience(patience),
        None => builder,
    };
    let authority = authority.build().expect("the authority is built");
    let api = Api::with_authority(arguments.framework, &gate, &authority);
    let control = control::router(Control { issuer, authority, outbox, death, mfa_tokens });
    let (for_api, for_control) = (listener().await, listener().await);
    let address = |listener: &TcpListener| listener.local_addr().expect("it is bound");
    println!("{} {}", address(&for_api), address(&for_control));
    let served =
        tokio::try_join!(serve(api, for_api), async { axum::serve(for_control, control).await });
    served.expect("it serves until the process ends");
}

/// With its own patience where it is given one.
async fn open(Arguments { place, patience, .. }: &Arguments) -> Arc<dyn Store> {
    let Some(patience) = *patience else { return place.open().await };
    if place.url.starts_with("redis:") {
        let store = RedisStore::builder(&place.url).namespace(&place.namespace);
        Arc::new(store.patience(patience).open().await.expect("Redis opens"))
    } else {
        let store = SqlStore::builder(&place.url).patience(patience);
        Arc::new(store.open().await.expect("the database opens"))
    }
}

async fn listener() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free")
}

/// Whatever ends the test closes its end of the pipe.
fn end_with_the_test() {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
}
