//! What the process is told.

use std::time::Duration;

use stepup_tests::Framework;
use stepup_tests::authority::Place;

use crate::providers::Providers;

pub struct Arguments {
    pub place: Place,
    pub framework: Framework,
    pub open_ceremonies: u32,
    /// With the store; what is usual unless it is said.
    pub patience: Option<Duration>,
    /// None, and only the authority's own codes are asked for.
    pub providers: Providers,
}

impl Arguments {
    pub fn read(mut arguments: impl Iterator<Item = String>) -> Self {
        let (mut url, mut namespace, mut framework) = (None, "stepup".to_owned(), None);
        let (mut open_ceremonies, mut patience) = (20, None);
        let mut providers = Providers::new();
        let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("{text} is no number"));
        while let Some(name) = arguments.next() {
            let value = arguments.next().unwrap_or_else(|| panic!("{name} has no value"));
            match (&*name, &*value) {
                ("--store", _) => url = Some(value),
                ("--namespace", _) => namespace = value,
                ("--framework", "axum") => framework = Some(Framework::Axum),
                ("--framework", "poem") => framework = Some(Framework::Poem),
                ("--open-ceremonies", most) => open_ceremonies = number(most),
                ("--patience", seconds) => {
                    patience = Some(Duration::from_secs(number(seconds).into()));
                }
                ("--provider", provider) => {
                    let provider = provider.split_once('=').map(|(name, at)| (name, at.to_owned()));
                    let (name, at) = provider.unwrap_or_else(|| panic!("{value} is nowhere"));
                    providers.insert(name.to_owned(), at);
                }
                _ => panic!("{name} {value} is not known"),
            }
        }
        Self {
            place: Place { url: url.expect("--store URL"), namespace },
            framework: framework.expect("--framework axum or poem"),
            open_ceremonies,
            patience,
            providers,
        }
    }
}
