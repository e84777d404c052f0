-- Where Django's database cache keeps its entries: counts of failed logins, the same for every process.
CREATE TABLE cardbook_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX cardbook_cache_expires ON cardbook_cache (expires);
