-- The births of one stage, in the order of the file.
INSERT INTO birth (number, person_id, county_id, batch_id, bank_org_id, bank_account_sealed,
                   bank_last4, "group", unit_code, unit_name, town_id, village, hold_until,
                   bank_source, bank_as_of, {regions}, claimed_at, claimed_facts, target_id, slot)
SELECT card_number, person_id, %(county)s, batch_id, bank_org_id, bank_account_sealed, bank_last4,
       "group", unit_code, unit_name, town_id, village, hold_until, bank_source, bank_as_of,
       {claimed}, claimed_at, facts, target_id, slot
FROM opening_birth WHERE now_stage = %(stage)s ORDER BY row
