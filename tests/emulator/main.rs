//! An authority whose users sign in at the Firebase Auth emulator, the program of `node/`. Its
//! tokens are signed by nobody: the gate that takes them is one of `danger`.

#![cfg(feature = "danger")]

mod account;
mod emulator;
mod firebase;
