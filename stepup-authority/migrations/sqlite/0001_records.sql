CREATE TABLE stepup_records (
    key TEXT NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL,
    value BLOB NOT NULL,
    -- Seconds since 1970; NULL: for ever.
    keep_until INTEGER
) STRICT;

CREATE INDEX stepup_records_keep_until ON stepup_records (keep_until)
WHERE keep_until IS NOT NULL;

CREATE TABLE stepup_epoch (
    only_one INTEGER NOT NULL PRIMARY KEY CHECK (only_one = 1),
    id INTEGER NOT NULL,
    -- Seconds since 1970; NULL: no write was lost.
    writes_lost_at INTEGER
) STRICT;
