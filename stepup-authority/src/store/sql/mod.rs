//! Records in SQLite and PostgreSQL.
