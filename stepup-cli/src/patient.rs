//! A stepper that says what it is for, and shows that it goes on.

use std::pin::pin;
use std::sync::Arc;

use stepup_client::{Asked, BoxFuture, StepUpError, SteppedUp, Stepper};
use tokio::time::{MissedTickBehavior, interval};

use crate::terminal::{FRAME, Terminal};

pub(crate) struct Patient {
    stepper: Box<dyn Stepper>,
    terminal: Arc<Terminal>,
}

impl Patient {
    pub(crate) fn new(stepper: impl Stepper, terminal: Arc<Terminal>) -> Self {
        Self { stepper: Box::new(stepper), terminal }
    }

    async fn watched(&self, asked: &Asked) -> Result<SteppedUp, StepUpError> {
        self.terminal.say(&format!("{} asks for {}.", asked.origin(), asked.challenge()));
        if let Some(reason) = asked.reason() {
            self.terminal.say(&format!("It says: {reason}"));
        }
        let mut step_up = pin!(self.stepper.step_up(asked));
        let mut ticks = interval(FRAME);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                biased;
                done = &mut step_up => {
                    self.terminal.done_waiting();
                    return done;
                }
                _ = ticks.tick() => self.terminal.tick(),
            }
        }
    }
}

impl Stepper for Patient {
    fn step_up<'a>(&'a self, asked: &'a Asked) -> BoxFuture<'a, Result<SteppedUp, StepUpError>> {
        Box::pin(self.watched(asked))
    }

    fn cancel(&self) -> BoxFuture<'_, ()> {
        self.stepper.cancel()
    }

    fn forget(&self) {
        self.stepper.forget();
    }
}
