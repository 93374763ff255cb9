CREATE TABLE deliveries (
    guid TEXT PRIMARY KEY NOT NULL,
    event TEXT NOT NULL,
    installation BIGINT NOT NULL,
    job TEXT,
    received BIGINT NOT NULL
);
CREATE INDEX deliveries_received ON deliveries (received);

CREATE TABLE jobs (
    key TEXT PRIMARY KEY NOT NULL,
    lane TEXT NOT NULL,
    installation BIGINT NOT NULL,
    body TEXT NOT NULL,
    asked BIGINT NOT NULL,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    due BIGINT NOT NULL,
    holder TEXT,
    lease BIGINT NOT NULL,
    failure TEXT,
    made BIGINT NOT NULL
);
CREATE UNIQUE INDEX jobs_one_of_a_lane ON jobs (lane) WHERE state = 'running';
CREATE INDEX jobs_due ON jobs (state, due);

CREATE TABLE pacing (
    installation BIGINT PRIMARY KEY NOT NULL,
    holder TEXT,
    lease BIGINT NOT NULL,
    free BIGINT NOT NULL,
    paused BIGINT NOT NULL
);

CREATE TABLE pulls (
    repository BIGINT NOT NULL,
    number BIGINT NOT NULL,
    installation BIGINT NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    head TEXT NOT NULL,
    seen BIGINT NOT NULL,
    PRIMARY KEY (repository, number)
);
CREATE INDEX pulls_head ON pulls (head);

CREATE TABLE dismissals (
    repository BIGINT NOT NULL,
    fingerprint TEXT NOT NULL,
    installation BIGINT NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    path TEXT NOT NULL,
    reason TEXT NOT NULL,
    who TEXT NOT NULL,
    pull BIGINT NOT NULL,
    made BIGINT NOT NULL,
    ends BIGINT,
    PRIMARY KEY (repository, fingerprint)
);

CREATE TABLE repositories (
    repository BIGINT PRIMARY KEY NOT NULL,
    installation BIGINT NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    seen BIGINT NOT NULL
);
