//! Our APIs between a certified provider (`oidc-provider`) and certified clients (`oauth4webapi`,
//! `openid-client`), which are the programs of `node/`.

mod clients;
mod factor;
mod keys;
mod logins;
mod opaque;
mod partner;
mod scene;
mod served;
