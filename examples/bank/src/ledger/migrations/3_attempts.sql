-- From here on under digests, and those whose password was wrong apart from those that are being
-- looked at.
DELETE FROM login_attempts;
ALTER TABLE login_attempts ADD COLUMN failed_at BIGINT;
