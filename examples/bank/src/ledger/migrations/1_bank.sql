CREATE TABLE customers (
    username TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    closed_at BIGINT,
    -- Of demo users alone, whose authenticator app is on the page. No bank keeps this.
    demo_totp_secret TEXT
);

-- Money is in cents.
CREATE TABLE accounts (
    number TEXT PRIMARY KEY,
    owner TEXT NOT NULL REFERENCES customers (username),
    kind TEXT NOT NULL,
    balance BIGINT NOT NULL CHECK (balance >= 0),
    UNIQUE (owner, kind)
);

CREATE TABLE transfers (
    id TEXT PRIMARY KEY,
    sender TEXT NOT NULL REFERENCES customers (username),
    idempotency_key TEXT NOT NULL,
    recipient TEXT NOT NULL REFERENCES customers (username),
    amount BIGINT NOT NULL CHECK (amount > 0),
    at BIGINT NOT NULL,
    UNIQUE (sender, idempotency_key)
);

-- Logins whose password was wrong, or is being looked at.
CREATE TABLE login_attempts (
    id TEXT PRIMARY KEY,
    username TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- Mail that a bank without a mail server would have sent.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL
);
