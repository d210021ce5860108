//! A stepper that shows progress, and can be interrupted.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use stepup_client::{Asked, BoxFuture, StepUpError, SteppedUp, Stepper};
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::terminal::{FRAME, Terminal};

/// Whoever presses Ctrl-C does not wait longer than this.
const GRACE: Duration = Duration::from_secs(5);

pub(crate) struct Patient {
    stepper: Box<dyn Stepper>,
    terminal: Arc<Terminal>,
    resumes: bool,
}

impl Patient {
    /// Of a stepper that begins anew each time.
    pub(crate) fn new(stepper: impl Stepper, terminal: Arc<Terminal>) -> Self {
        Self { stepper: Box::new(stepper), terminal, resumes: false }
    }

    /// Of one that goes on with what it was interrupted in, and whose prompter gives up when the
    /// terminal is interrupted.
    pub(crate) fn resuming(stepper: impl Stepper, terminal: Arc<Terminal>) -> Self {
        Self { resumes: true, ..Self::new(stepper, terminal) }
    }

    async fn watched(&self, asked: &Asked) -> Result<SteppedUp, StepUpError> {
        let mut step_up = pin!(self.stepper.step_up(asked));
        let mut ticks = interval(FRAME);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                biased;
                () = self.terminal.interrupted() => return Err(StepUpError::Cancelled),
                done = &mut step_up => return done,
                _ = ticks.tick() => self.terminal.tick(),
            }
        }
    }

    async fn step_up(&self, asked: &Asked) -> Result<SteppedUp, StepUpError> {
        self.terminal.say(&format!("{} asks for {}.", asked.origin(), asked.challenge()));
        if let Some(reason) = asked.reason() {
            self.terminal.say(&format!("It says: {reason}"));
        }
        self.terminal.set_stepping_up(true);
        let done = self.watched(asked).await;
        self.terminal.done_waiting();
        if self.terminal.is_interrupted() && self.resumes {
            // What was left is gone on with, only to be given up: the authority hears of it.
            let _ = timeout(GRACE, self.stepper.step_up(asked)).await;
        }
        self.terminal.set_stepping_up(false);
        done
    }
}

impl Stepper for Patient {
    fn step_up<'a>(&'a self, asked: &'a Asked) -> BoxFuture<'a, Result<SteppedUp, StepUpError>> {
        Box::pin(self.step_up(asked))
    }
}
