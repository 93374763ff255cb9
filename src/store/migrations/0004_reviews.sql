-- Pull requests that were reviewed, as they were when they were looked at last.
-- Times are milliseconds since 1970.
CREATE TABLE reviewed (
    repository BIGINT NOT NULL,
    number BIGINT NOT NULL,
    installation BIGINT NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    state TEXT NOT NULL,
    head TEXT NOT NULL,
    made BIGINT NOT NULL,
    introduced BIGINT NOT NULL,
    PRIMARY KEY (repository, number)
);
CREATE INDEX reviewed_made ON reviewed (made, repository, number);
CREATE INDEX reviewed_name ON reviewed (owner, name);

-- What each push was found to hold, without code.
CREATE TABLE reviews (
    repository BIGINT NOT NULL,
    number BIGINT NOT NULL,
    head TEXT NOT NULL,
    merge_base TEXT NOT NULL,
    installation BIGINT NOT NULL,
    body TEXT NOT NULL,
    -- Numbers of findings by class and state, as JSON.
    classes TEXT NOT NULL,
    made BIGINT NOT NULL,
    PRIMARY KEY (repository, number, head)
);
CREATE INDEX reviews_made ON reviews (repository, made);

-- What a reviewer says of an item of the checklist, and at which push.
CREATE TABLE marks (
    repository BIGINT NOT NULL,
    number BIGINT NOT NULL,
    item TEXT NOT NULL,
    viewer TEXT NOT NULL,
    installation BIGINT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    head TEXT NOT NULL,
    -- A digest of what the item was about then.
    digest TEXT NOT NULL,
    made BIGINT NOT NULL,
    PRIMARY KEY (repository, number, item, viewer)
);

-- At which push somebody looked last, and before that at which other.
CREATE TABLE looks (
    repository BIGINT NOT NULL,
    number BIGINT NOT NULL,
    viewer TEXT NOT NULL,
    installation BIGINT NOT NULL,
    head TEXT NOT NULL,
    earlier TEXT NOT NULL,
    made BIGINT NOT NULL,
    PRIMARY KEY (repository, number, viewer)
);

-- What is to be said on a pull request for a reviewer.
CREATE TABLE posts (
    id TEXT PRIMARY KEY NOT NULL,
    repository BIGINT NOT NULL,
    number BIGINT NOT NULL,
    viewer TEXT NOT NULL,
    installation BIGINT NOT NULL,
    body TEXT NOT NULL,
    made BIGINT NOT NULL,
    posted BIGINT
);
CREATE INDEX posts_pull ON posts (repository, number);

-- Reviews of whole repositories.
CREATE TABLE audits (
    id TEXT PRIMARY KEY NOT NULL,
    repository BIGINT NOT NULL,
    installation BIGINT NOT NULL,
    who TEXT NOT NULL,
    state TEXT NOT NULL,
    head TEXT NOT NULL,
    done BIGINT NOT NULL,
    files BIGINT NOT NULL,
    body TEXT,
    made BIGINT NOT NULL
);
CREATE INDEX audits_repository ON audits (repository, made);
