//! Figures of several subjects, one of each round.

use stepup_benches::quantile;

pub(crate) struct Figures<S>(Vec<(S, Vec<f64>)>);

impl<S: PartialEq> Figures<S> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn add(&mut self, subject: S, figure: f64) {
        match self.0.iter_mut().find(|(other, _)| *other == subject) {
            Some((_, rounds)) => rounds.push(figure),
            None => self.0.push((subject, vec![figure])),
        }
    }

    pub(crate) fn of(&self, subject: &S) -> Option<&[f64]> {
        self.0.iter().find(|(other, _)| other == subject).map(|(_, rounds)| rounds.as_slice())
    }
}

/// The median of the quotients, each of one round.
pub(crate) fn ratio(these: &[f64], others: &[f64]) -> f64 {
    let quotients: Vec<_> = these.iter().zip(others).map(|(this, other)| this / other).collect();
    quantile(&quotients, 50)
}

/// The ninth decile by the first: 1 on a machine that does nothing else.
pub(crate) fn noise(figures: &[f64]) -> f64 {
    quantile(figures, 90) / quantile(figures, 10)
}

/// Of nanoseconds.
pub(crate) fn micros(nanoseconds: f64) -> String {
    let micros = nanoseconds / 1000.0;
    if micros < 10.0 { format!("{micros:.2}") } else { format!("{micros:.1}") }
}
