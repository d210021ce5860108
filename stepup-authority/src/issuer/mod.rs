//! stub
mod claims;
use crate::sealing::SealingKeys;
use crate::store::{Store, StoreError};
pub(crate) use claims::{Claims, Confirmation};
use std::sync::Arc;
use stepup_core::{Clock, GateBuilder};
/// stub
#[derive(Clone, Debug)]
pub struct Issuer(Arc<dyn Store>, Arc<SealingKeys>, Arc<dyn Clock>);
impl Issuer {
    pub fn issuer(&self) -> &str {
        ""
    }
    pub fn audience(&self) -> &str {
        ""
    }
    pub fn gate(&self) -> GateBuilder {
        todo!()
    }
    pub(crate) fn path(&self) -> &str {
        ""
    }
    pub(crate) fn origin(&self) -> &str {
        ""
    }
    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.0
    }
    pub(crate) fn sealing(&self) -> &SealingKeys {
        &self.1
    }
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        self.2.clone()
    }
    pub(crate) async fn jwks(&self) -> Result<Vec<u8>, StoreError> {
        todo!()
    }
    pub(crate) async fn sign(&self, _: &Claims<'_>) -> Result<String, StoreError> {
        todo!()
    }
}
