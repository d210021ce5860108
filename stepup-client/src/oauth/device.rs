//! The device authorization grant (RFC 8628), for programs without a browser.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use tokio::time::{Instant, sleep};

use super::OAuthClient;
use super::tokens::failure;
use crate::origin::trusted;
use crate::remote::Reply;
use crate::source::BoxFuture;
use crate::stepper::{Asked, StepUpError, Stepper};
use crate::token::SteppedUp;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// Unless the server says otherwise, and what is added each time that it is too often (§3.5).
const INTERVAL: Duration = Duration::from_secs(5);
/// Whatever the server says.
const SHORTEST: Duration = Duration::from_secs(1);
/// A server that is silent about it means no more than this.
const LIFETIME: Duration = Duration::from_secs(600);

/// Has the user log in on another device, as strongly and recently as is asked, where they type a
/// code in.
///
/// ```
/// use stepup_client::{DeviceStepper, OAuthClient};
///
/// fn stepper(client: OAuthClient) -> DeviceStepper {
///     DeviceStepper::new(client, |shown| {
///         println!("Type {} at {}", shown.user_code(), shown.verification_uri());
///     })
/// }
/// ```
pub struct DeviceStepper {
    client: OAuthClient,
    show: Box<dyn Fn(&UserCode) + Send + Sync>,
}

/// What the user is shown: where to go, and what to type there.
///
/// ```
/// fn line(shown: &stepup_client::UserCode) -> String {
///     format!("Type {} at {}", shown.user_code(), shown.verification_uri())
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct UserCode {
    user_code: String,
    verification_uri: String,
    complete: Option<String>,
}

impl UserCode {
    /// The code.
    ///
    /// ```
    /// fn line(shown: &stepup_client::UserCode) -> String {
    ///     format!("Your code: {}", shown.user_code())
    /// }
    /// ```
    #[must_use]
    pub fn user_code(&self) -> &str {
        &self.user_code
    }

    /// The address to type it in at.
    ///
    /// ```
    /// fn line(shown: &stepup_client::UserCode) -> String {
    ///     format!("Go to {}", shown.verification_uri())
    /// }
    /// ```
    #[must_use]
    pub fn verification_uri(&self) -> &str {
        &self.verification_uri
    }

    /// An address that has the code in it, for a QR code, if the server gave one.
    ///
    /// ```
    /// fn in_qr(shown: &stepup_client::UserCode) -> &str {
    ///     shown.verification_uri_complete().unwrap_or(shown.verification_uri())
    /// }
    /// ```
    #[must_use]
    pub fn verification_uri_complete(&self) -> Option<&str> {
        self.complete.as_deref()
    }
}

impl fmt::Debug for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserCode")
            .field("verification_uri", &self.verification_uri)
            .finish_non_exhaustive()
    }
}

impl DeviceStepper {
    /// One that shows the user their code by this function.
    ///
    /// ```
    /// use stepup_client::{DeviceStepper, OAuthClient};
    ///
    /// fn stepper(client: OAuthClient) -> DeviceStepper {
    ///     DeviceStepper::new(client, |shown| println!("{}", shown.user_code()))
    /// }
    /// ```
    #[must_use]
    pub fn new(client: OAuthClient, show: impl Fn(&UserCode) + Send + Sync + 'static) -> Self {
        Self { client, show: Box::new(show) }
    }

    async fn log_in(&self, asked: &Asked) -> Result<SteppedUp, StepUpError> {
        let metadata = self.client.metadata().await?;
        let endpoint = metadata.device.as_ref();
        let endpoint = endpoint.ok_or(StepUpError::Unusable("the issuer has no device grant"))?;
        let wanted = self.client.wanted(asked);
        let form: Vec<_> = wanted.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let begun = self.client.post(endpoint, &form).await?;
        if begun.status != StatusCode::OK {
            return Err(failure(begun.text("error"), &begun));
        }
        let device_code = begun.text("device_code");
        let device_code = device_code.ok_or(StepUpError::Unusable("there is no device code"))?;
        (self.show)(&user_code(&begun)?);
        let lifetime = begun.seconds("expires_in").unwrap_or(LIFETIME).min(LIFETIME * 6);
        let over = Instant::now() + lifetime;
        let interval = begun.seconds("interval").unwrap_or(INTERVAL);
        let mut interval = interval.max(SHORTEST).min(lifetime);
        let mut form = vec![
            ("grant_type", GRANT),
            ("client_id", &self.client.client_id),
            ("device_code", device_code),
        ];
        form.extend(self.client.resource.as_deref().map(|resource| ("resource", resource)));
        while Instant::now() + interval < over {
            sleep(interval).await;
            let polled = self.client.post(&metadata.token, &form).await;
            match &polled {
                Ok(reply) if reply.text("error") == Some("authorization_pending") => {}
                Ok(reply) if reply.text("error") == Some("slow_down") => interval += INTERVAL,
                polled if may_be_well_again(polled) => interval *= 2,
                _ => return self.client.token(&polled?, None),
            }
        }
        Err(StepUpError::TimedOut)
    }
}

/// The network, or the server, while the user is still at it.
fn may_be_well_again(polled: &Result<Reply, StepUpError>) -> bool {
    match polled {
        Ok(Reply { status, .. }) => {
            status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS
        }
        Err(error) => matches!(error, StepUpError::Offline(_)),
    }
}

fn user_code(begun: &Reply) -> Result<UserCode, StepUpError> {
    // The user goes there: to no less secure a place than the program itself.
    let address = |name| begun.text(name).filter(|address| trusted(address).is_ok());
    let shown = begun.text("user_code").zip(address("verification_uri"));
    let (user_code, verification_uri) =
        shown.ok_or(StepUpError::Unusable("there is no code to show, or no safe address"))?;
    Ok(UserCode {
        user_code: user_code.to_owned(),
        verification_uri: verification_uri.to_owned(),
        complete: address("verification_uri_complete").map(str::to_owned),
    })
}

impl Stepper for DeviceStepper {
    fn step_up<'a>(&'a self, asked: &'a Asked) -> BoxFuture<'a, Result<SteppedUp, StepUpError>> {
        Box::pin(self.log_in(asked))
    }
}

impl fmt::Debug for DeviceStepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceStepper").field("client", &self.client).finish_non_exhaustive()
    }
}
