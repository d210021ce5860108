CREATE TABLE stepup_records (
    -- "C": compared byte by byte, whatever the language of the database.
    key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL,
    value BYTEA NOT NULL,
    -- Seconds since 1970; NULL: for ever.
    keep_until BIGINT
);

CREATE INDEX stepup_records_keep_until ON stepup_records (keep_until)
WHERE keep_until IS NOT NULL;

CREATE TABLE stepup_epoch (
    only_one INTEGER NOT NULL PRIMARY KEY CHECK (only_one = 1),
    id BIGINT NOT NULL,
    -- Seconds since 1970; NULL: no write was lost.
    writes_lost_at BIGINT
);
