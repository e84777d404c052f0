-- What was written stays written: UPDATE, DELETE and TRUNCATE fail for everyone, the owner included.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '台账只能追加：% 不允许 %', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', HINT = '登记有误时，请用更正业务指向原记录。';
END $$;

CREATE TRIGGER event_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER seal_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_seal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoint_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER movement_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON custody_movement
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER posting_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON custody_posting
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER paper_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON papers_paper
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER document_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON registers_issueddocument
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER request_refuses_delete BEFORE DELETE OR TRUNCATE ON ledger_request
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER card_refuses_delete BEFORE DELETE OR TRUNCATE ON cards_card
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER application_refuses_delete BEFORE DELETE OR TRUNCATE ON cards_application
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER temporary_refuses_delete BEFORE DELETE OR TRUNCATE ON cards_temporarycard
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER position_refuses_delete BEFORE DELETE OR TRUNCATE ON custody_position
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER correction_refuses_delete BEFORE DELETE OR TRUNCATE ON cards_correction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER mandate_refuses_delete BEFORE DELETE OR TRUNCATE ON people_mandate
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_refuses_delete BEFORE DELETE OR TRUNCATE ON custody_account
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_keeps_its_id BEFORE UPDATE OF id ON custody_account
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
