-- What browsers see: factors, passkeys and tokens are good there alone.
CREATE TABLE origins (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    origin TEXT NOT NULL
);

-- Where customers were written to before.
CREATE TABLE former_addresses (
    username TEXT NOT NULL REFERENCES customers (username),
    email TEXT NOT NULL,
    left_at BIGINT NOT NULL,
    PRIMARY KEY (username, email)
);
