//! What walks came upon.

use std::collections::BTreeMap;
use std::fmt;

/// How often each kind of step had each outcome.
#[derive(Clone, Default)]
pub struct Coverage(BTreeMap<(&'static str, String), usize>);

impl Coverage {
    pub fn hit(&mut self, step: &'static str, outcome: &str) {
        *self.0.entry((step, outcome.to_owned())).or_default() += 1;
    }

    pub fn add(&mut self, other: &Self) {
        for ((step, outcome), count) in &other.0 {
            *self.0.entry((step, outcome.clone())).or_default() += count;
        }
    }

    pub fn count(&self, step: &str, outcome: &str) -> usize {
        let hit = |(known, how): &&(&'static str, String)| *known == step && how == outcome;
        self.0.iter().filter(|(key, _)| hit(key)).map(|(_, count)| count).sum()
    }

    pub fn steps(&self) -> usize {
        self.0.iter().filter(|((step, _), _)| !step.starts_with('(')).map(|(_, count)| count).sum()
    }

    /// What was never come upon.
    pub fn missing(&self, interesting: &[(&'static str, &str)]) -> Vec<String> {
        let never = interesting.iter().filter(|(step, outcome)| self.count(step, outcome) == 0);
        never.map(|(step, outcome)| format!("{step}: {outcome}")).collect()
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((step, outcome), count) in &self.0 {
            writeln!(f, "{count:>8}  {step}: {outcome}")?;
        }
        Ok(())
    }
}
