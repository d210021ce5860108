//! Part one: whole requests inside the process. No socket, no HTTP parser, no executor.

use std::rc::Rc;
use std::time::Duration;

use http::StatusCode;
use stepup_benches::{
    Batch, Bench, Read, Rotation, Sent, Series, Tokens, at_once, credential, raw_check, rounds,
};
use stepup_core::Algorithm;
use tokio::runtime::Runtime;

use crate::Failure;
use crate::app::{App, Message};
use crate::issuer::LoopbackIssuer;
use crate::peers;
use crate::subject::{ALGORITHMS, Peer};
use crate::tokens::tokens;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Subject {
    Request(Peer, Sent),
    /// The signature check alone, with a parsed key.
    RawCheck(Algorithm),
}

/// What is sent to this peer beside nothing. Only ours remembers tokens; to the others all are
/// unknown. The bare route gets a token too: to make the request costs nothing here, to drop it does.
pub(crate) fn kinds(peer: Peer, algorithm: Algorithm) -> Vec<Sent> {
    let (good, low) = (Sent::Unknown(algorithm), Sent::LowLevel(algorithm));
    if !peer.knows(algorithm) {
        vec![]
    } else if peer.is_bare() {
        vec![good]
    } else if peer.is_ours() {
        vec![Sent::Known(algorithm), good, Sent::Unkept(algorithm), low]
    } else {
        vec![good, low]
    }
}

/// Measures these peers by this counter, all in each round.
pub(crate) fn measure(
    runtime: &Runtime,
    chosen: &[Peer],
    round_count: usize,
    read: Read,
) -> Result<Vec<Series<Subject>>, Failure> {
    let mut benches = Vec::new();
    for algorithm in ALGORITHMS {
        let issuer = runtime.block_on(LoopbackIssuer::start(Duration::ZERO))?;
        let tokens = Rc::new(tokens(&issuer, algorithm)?);
        let mut one = |peer, sent| -> Result<(), Failure> {
            let app = runtime.block_on(peers::open(peer, &issuer, sent, &tokens))?;
            benches.push(bench(peer, sent, app, &tokens)?);
            Ok(())
        };
        for &peer in chosen {
            if algorithm == Algorithm::Rs256 {
                one(peer, Sent::Nothing)?;
            }
            for sent in kinds(peer, algorithm) {
                one(peer, sent)?;
            }
        }
        benches.push(Bench {
            subject: Subject::RawCheck(algorithm),
            batch: Batch::SIGNATURES,
            run: raw_check(&tokens)?,
        });
    }
    rounds(&mut benches, round_count, read)
}

fn bench(
    peer: Peer,
    sent: Sent,
    mut app: App,
    tokens: &Rc<Tokens>,
) -> Result<Bench<Subject>, Failure> {
    let known = peer.is_ours() && matches!(sent, Sent::Known(_));
    let small = sent == Sent::Nothing || peer.is_bare() || known;
    let batch = if small { Batch::SMALL_WORK } else { Batch::SIGNATURES };
    let mut sequence = Rotation::new(match sent {
        Sent::Nothing => vec![None; batch.all()],
        _ => tokens.of(sent).iter().cloned().map(Some).collect(),
    });
    let refused = match sent {
        Sent::Nothing => !peer.is_bare(),
        other => matches!(other, Sent::LowLevel(_)),
    };
    let tokens = tokens.clone();
    if peer.is_ours() {
        app = used(app, sent, &tokens)?;
    }
    let run = move |read: Read| {
        let next = sequence.next(batch);
        if next.again && peer.is_ours() && sent != Sent::Nothing && !known {
            // Every token has been seen: to a new gate none is known.
            app = used(peers::ours(peer, tokens.gate(sent)?), sent, &tokens)?;
        }
        let messages = |tokens: &[Option<String>]| {
            tokens
                .iter()
                .map(|token| message(&app, token.as_deref()))
                .collect::<Result<Vec<_>, _>>()
        };
        let (warm, counted) = (messages(next.warm)?, messages(next.counted)?);
        let mut as_expected = true;
        for message in warm {
            as_expected &= answer(&mut app, message).is_some_and(|status| fits(status, refused));
        }
        let before = read();
        for message in counted {
            as_expected &= answer(&mut app, message).is_some_and(|status| fits(status, refused));
        }
        let spent = read() - before;
        if as_expected { Ok(spent) } else { Err(format!("{peer}: {sent} goes wrong").into()) }
    };
    Ok(Bench { subject: Subject::Request(peer, sent), batch, run: Box::new(run) })
}

fn message(app: &App, token: Option<&str>) -> Result<Message, Failure> {
    app.request(token.map(credential).transpose()?)
}

fn answer(app: &mut App, message: Message) -> Option<StatusCode> {
    at_once(app.send(message))?.map(|(status, _)| status)
}

fn fits(status: StatusCode, refused: bool) -> bool {
    if refused { status.is_client_error() } else { status == StatusCode::OK }
}

/// An app that has met what it meets in a service that runs.
fn used(mut app: App, sent: Sent, tokens: &Tokens) -> Result<App, Failure> {
    for token in tokens.before(sent) {
        let message = message(&app, Some(token))?;
        if answer(&mut app, message) != Some(StatusCode::OK) {
            return Err(format!("{sent}: a good token is refused").into());
        }
    }
    Ok(app)
}
