DROP TABLE login_attempts;

-- Logins whose password was wrong, or is being looked at, under each name that they count by.
CREATE TABLE login_attempts (
    id TEXT NOT NULL,
    counter TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (counter, id)
);
CREATE INDEX login_attempts_id ON login_attempts (id);
CREATE INDEX login_attempts_at ON login_attempts (at);

-- Where customers logged in, and when last.
CREATE TABLE known_addresses (
    username TEXT NOT NULL,
    address TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (username, address)
);

-- Sessions whose customers signed out.
CREATE TABLE logouts (
    session TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
CREATE INDEX logouts_at ON logouts (at);

CREATE INDEX transfers_recipient ON transfers (recipient);
