//! How long a store is waited for.

use std::time::Duration;

use super::StoreError;

/// An answer comes within half a second, and may need the store twice.
pub(super) const DEFAULT: Duration = Duration::from_millis(200);

/// Less, and a busy network looks like one that is down; more, and whoever asked is gone.
const LEAST: Duration = Duration::from_millis(50);
const MOST: Duration = Duration::from_secs(10);

pub(super) fn check(patience: Duration) -> Result<(), StoreError> {
    if (LEAST..=MOST).contains(&patience) {
        return Ok(());
    }
    Err(StoreError::Refused(format!(
        "its patience is {patience:?}, and may be {LEAST:?} to {MOST:?}: set another with \
         `.patience(…)`, or leave it at {DEFAULT:?}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f1_patience_has_bounds() {
        for millis in [50, 51, 200, 9_999, 10_000] {
            assert_eq!(check(Duration::from_millis(millis)), Ok(()), "{millis} ms");
        }
        let nearly = Duration::from_millis(50) - Duration::from_nanos(1);
        let over = Duration::from_secs(10) + Duration::from_nanos(1);
        for odd in [Duration::ZERO, nearly, over, Duration::MAX] {
            let Err(StoreError::Refused(_)) = check(odd) else { panic!("{odd:?} is taken") };
        }
        let refused = check(Duration::from_millis(20)).unwrap_err().to_string();
        let expected = "the store is refused: its patience is 20ms, and may be 50ms to 10s: set \
            another with `.patience(…)`, or leave it at 200ms";
        assert_eq!(refused, expected);
    }
}
