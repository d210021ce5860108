//! Records in Redis.
