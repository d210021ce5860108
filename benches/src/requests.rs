//! Whole requests, inside the process: no socket, no HTTP parser.

use std::rc::Rc;

use http::{HeaderValue, StatusCode};

use crate::Failure;
use crate::measure::{Batch, Bench, Read, Rotation};
use crate::subject::{Framework, Sent, Subject, Way};
use crate::tokens::{Tokens, credential};

/// One route of a framework, guarded in one of the ways.
pub(crate) trait App: Sized + 'static {
    const FRAMEWORK: Framework;
    type Request;

    fn new(way: Way, sent: Sent, tokens: &Tokens) -> Result<Self, Failure>;
    fn request(credential: Option<HeaderValue>) -> Result<Self::Request, Failure>;
    /// The status of the answer, the rest of which is dropped.
    fn send(&mut self, request: Self::Request) -> Option<StatusCode>;
}

pub(crate) fn bench<A: App>(
    way: Way,
    sent: Sent,
    tokens: &Rc<Tokens>,
) -> Result<Bench<Subject>, Failure> {
    let batch = match (way, sent) {
        (_, Sent::Nothing) | (Way::StepUp, Sent::Known(_)) => Batch::SMALL_WORK,
        _ => Batch::SIGNATURES,
    };
    let sequence = match sent {
        Sent::Nothing => vec![None; batch.all()],
        _ => tokens.of(sent).iter().cloned().map(Some).collect(),
    };
    let expected = match (way, sent) {
        (Way::Bare, _) | (_, Sent::Known(_) | Sent::Unknown(_) | Sent::Unkept(_)) => StatusCode::OK,
        _ => StatusCode::UNAUTHORIZED,
    };
    let mut app: A = new_app(way, sent, tokens)?;
    let mut sequence = Rotation::new(sequence);
    let tokens = tokens.clone();
    let run = move |read: Read| {
        let next = sequence.next(batch);
        if next.again && !matches!(sent, Sent::Nothing | Sent::Known(_)) {
            // Every token has been seen: to a new app none is known.
            app = new_app(way, sent, &tokens)?;
        }
        let requests = |tokens: &[Option<String>]| {
            tokens.iter().map(|token| request::<A>(token.as_deref())).collect::<Result<Vec<_>, _>>()
        };
        let (warm, counted) = (requests(next.warm)?, requests(next.counted)?);
        let mut as_expected = true;
        for request in warm {
            as_expected &= app.send(request) == Some(expected);
        }
        let before = read();
        for request in counted {
            as_expected &= app.send(request) == Some(expected);
        }
        let spent = read() - before;
        if as_expected {
            Ok(spent)
        } else {
            Err(format!("{:?}, {way:?}: {sent} is answered wrongly", A::FRAMEWORK).into())
        }
    };
    Ok(Bench { subject: Subject::Request(A::FRAMEWORK, way, sent), batch, run: Box::new(run) })
}

fn request<A: App>(token: Option<&str>) -> Result<A::Request, Failure> {
    A::request(token.map(credential).transpose()?)
}

/// An app that has served requests before.
fn new_app<A: App>(way: Way, sent: Sent, tokens: &Tokens) -> Result<A, Failure> {
    let mut app = A::new(way, sent, tokens)?;
    for token in tokens.before(sent) {
        if app.send(request::<A>(Some(token))?) != Some(StatusCode::OK) {
            return Err(format!("{:?}, {way:?} refuses a good token", A::FRAMEWORK).into());
        }
    }
    Ok(app)
}
