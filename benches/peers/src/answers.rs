//! What each says to a request that does not go in.

use std::time::Duration;

use http::header::WWW_AUTHENTICATE;
use stepup_benches::{Sent, credential};
use stepup_core::Algorithm;
use tokio::runtime::Runtime;

use crate::Failure;
use crate::app::App;
use crate::issuer::LoopbackIssuer;
use crate::peers;
use crate::subject::Peer;
use crate::tokens::tokens;

const ALGORITHM: Algorithm = Algorithm::Rs256;

pub(crate) fn print(runtime: &Runtime, chosen: &[Peer]) -> Result<(), Failure> {
    let issuer = runtime.block_on(LoopbackIssuer::start(Duration::ZERO))?;
    let tokens = tokens(&issuer, ALGORITHM)?;
    println!(
        "# Answers: the status, and `WWW-Authenticate`\n\n\
         | | no token | bad signature | does not suffice |\n|---|---|---|---|"
    );
    for &peer in chosen.iter().filter(|peer| !peer.is_bare()) {
        let app = runtime.block_on(peers::open(peer, &issuer, Sent::Nothing, &tokens))?;
        print!("| {peer} |");
        for sent in [Sent::Nothing, Sent::BadSignature(ALGORITHM), Sent::LowLevel(ALGORITHM)] {
            let token = tokens.of(sent).first().map(String::as_str);
            print!(" {} |", runtime.block_on(answer(app.clone(), token))?);
        }
        println!();
    }
    println!();
    Ok(())
}

async fn answer(mut app: App, token: Option<&str>) -> Result<String, Failure> {
    let request = app.request(token.map(credential).transpose()?)?;
    let (status, headers) = app.send(request).await.ok_or("no answer")?;
    let challenge = headers.get(WWW_AUTHENTICATE).map(|value| value.to_str()).transpose()?;
    Ok(match challenge {
        Some(challenge) => format!("{}, `{challenge}`", status.as_str()),
        None => format!("{}, none", status.as_str()),
    })
}
