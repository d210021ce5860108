//! Which pages there are.

use http::Request;
use stepup_authority::factor::Push;
use stepup_tests::authority::Setup;
use stepup_tests::{Framework, Payload};

use crate::description::Description;
use crate::scenes::concrete;

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// What is described is there; what is not, is not, and `Allow` says the same.
#[tokio::test]
async fn the_service_has_the_paths_and_methods_that_are_described_and_no_others() {
    let description = Description::read();
    let operations = description.operations();
    for framework in Framework::ALL {
        let setup = Setup::new(framework);
        let setup = setup.with_issuer(|builder, issuer| builder.factor(Push::new(issuer)));
        let service = setup.start().await;
        for (_, path) in &operations {
            let described: Vec<_> =
                operations.iter().filter(|(_, other)| other == path).map(|(it, _)| it).collect();
            for method in METHODS {
                let request = Request::builder().method(method).uri(concrete(path));
                let answer = service.api.call(request.body(Payload::NONE).unwrap()).await;
                let is_described = described.iter().any(|known| *known == method);
                let what = format!("{framework:?} {method} {path}: {}", answer.status);
                let no_page = answer.json()["title"] == "No such page";
                // What a factor's own page does not take is no page of the factor's.
                let is_factors = path.contains("/methods/");
                assert!(!no_page || is_factors, "{what}");
                assert_eq!(answer.status != 405 && !no_page, is_described, "{what}");
                if answer.status == 405 && method != "HEAD" {
                    let checked = description.check_shared("MethodNotAllowed", &answer);
                    checked.unwrap_or_else(|error| panic!("{what}: {error}"));
                    if is_factors {
                        continue;
                    }
                    let allow = answer.headers["allow"].to_str().unwrap();
                    let mut allowed: Vec<_> = allow.split(", ").collect();
                    let mut expected = described.clone();
                    allowed.sort_unstable();
                    expected.sort_unstable();
                    assert_eq!(allowed, expected, "{what}");
                }
            }
        }
        for path in [
            "/step-up/nothing",
            "/step-up/ceremonies/c_1/factors",
            "/step-up/ceremonies/c_1/proof/again",
            "/step-up/factors/f_1/2",
            "/step-up/token/1",
            "/step-up/methods/push/devices",
            "/step-up/methods/pager/devices/1",
        ] {
            assert_eq!(description.path_of(path), None, "{path}");
            let request = Request::post(path).body(Payload::NONE).unwrap();
            let answer = service.api.call(request).await;
            let checked = description.check_shared("NoSuchPage", &answer);
            checked.unwrap_or_else(|error| panic!("{path}: {error}"));
        }
    }
}
