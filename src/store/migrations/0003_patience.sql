-- How long the last wait was that nobody named, in milliseconds.
ALTER TABLE pacing ADD COLUMN patience BIGINT NOT NULL DEFAULT 0;
