-- The page of a pull request is asked for by names, in whichever case.
CREATE INDEX reviewed_named ON reviewed (number, LOWER(owner), LOWER(name));
