-- Results that somebody asked to keep. Times are seconds since 1970.
CREATE TABLE kept (
    id    TEXT PRIMARY KEY,
    -- What was pasted and how it was to be looked at, as JSON.
    body  TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    -- A hash of the secret that the maker alone has.
    maker TEXT NOT NULL,
    made  BIGINT NOT NULL,
    ends  BIGINT NOT NULL
);
CREATE INDEX kept_ends ON kept (ends);
