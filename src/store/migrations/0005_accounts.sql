-- Sessions of people in browsers. The id is a hash of what the browser has; the body is encrypted.
-- Times are milliseconds since 1970.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY NOT NULL,
    -- The number of the account on GitHub; 0 while somebody is signing in.
    person BIGINT NOT NULL,
    body TEXT NOT NULL,
    ends BIGINT NOT NULL
);
CREATE INDEX sessions_person ON sessions (person);
CREATE INDEX sessions_ends ON sessions (ends);

-- Whether a repository was private when it was looked at last. What is not known is private.
ALTER TABLE repositories ADD COLUMN private BIGINT NOT NULL DEFAULT 1;
