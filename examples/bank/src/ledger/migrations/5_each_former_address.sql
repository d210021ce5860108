-- From here on one for each time that it was left: how often that may be has a limit.
ALTER TABLE former_addresses RENAME TO left_once;
CREATE TABLE former_addresses (
    username TEXT NOT NULL REFERENCES customers (username),
    email TEXT NOT NULL,
    left_at BIGINT NOT NULL
);
INSERT INTO former_addresses SELECT username, email, left_at FROM left_once;
DROP TABLE left_once;
CREATE INDEX former_addresses_username ON former_addresses (username);
