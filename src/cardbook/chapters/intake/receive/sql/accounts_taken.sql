-- Whether an account that was just entered is on a living card of somebody else in any county: asked
-- under the lock of accounts, so that of two files that come in at once the second sees the first.
SELECT EXISTS (SELECT FROM ({account_taken}) taken WHERE NOT same_person)
