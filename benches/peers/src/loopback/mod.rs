//! Part two: what a server spends on a request that comes over the loopback interface.
//!
//! Each app has its own server, on a thread of its own with the framework's own accept loop; one
//! thread sends, over eight connections that stay open, the next request when the last one is
//! answered. The thread's CPU time is read by the server itself, between batches.

mod load;
mod server;

use std::time::Duration;

use stepup_benches::Sent;
use stepup_core::Algorithm;
use tokio::runtime::Runtime;

use crate::Failure;
use crate::figures::Figures;
use crate::issuer::LoopbackIssuer;
use crate::peers;
use crate::subject::Peer;
use crate::tokens::tokens;
use load::Load;
use server::Server;

pub(crate) const ALGORITHMS: [Algorithm; 2] = [Algorithm::Rs256, Algorithm::Es256];
/// Before the first reading, and between the readings.
const WARM: usize = 64;
const COUNTED: usize = 512;

/// CPU nanoseconds of the server for a request, in each round.
pub(crate) fn measure(
    runtime: &Runtime,
    chosen: &[Peer],
    rounds: usize,
) -> Result<Figures<(Peer, Algorithm)>, Failure> {
    let mut all = Vec::new();
    for algorithm in ALGORITHMS {
        let issuer = runtime.block_on(LoopbackIssuer::start(Duration::ZERO))?;
        let tokens = tokens(&issuer, algorithm)?;
        for &peer in chosen.iter().filter(|peer| peer.knows(algorithm)) {
            let app =
                runtime.block_on(peers::open(peer, &issuer, Sent::Known(algorithm), &tokens))?;
            let server = Server::start(app)?;
            // A route without a guard gets the token too: its parser reads as much.
            let load = Load::new(server.address, &tokens.good)?;
            all.push(((peer, algorithm), server, load));
        }
    }
    let mut figures = Figures::new();
    let mut random = fastrand::Rng::with_seed(9470);
    for _ in 0..rounds {
        random.shuffle(&mut all);
        for (subject, server, load) in &mut all {
            load.send(WARM)?;
            let before = server.cpu()?;
            load.send(COUNTED)?;
            let spent = u32::try_from(server.cpu()? - before)?;
            figures.add(*subject, f64::from(spent) / COUNTED as f64);
        }
    }
    Ok(figures)
}
