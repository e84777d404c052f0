from django.db import migrations

_SEALED = """
SELECT id, bank_account_sealed FROM cards_card WHERE bank_account_sealed IS NOT NULL
"""
_AT_ONCE = 5_000


def keep_keys(apps, editor):
    # Only the vault opens what is sealed; no statement of the database can say the key.
    from cardbook.chapters.intake.account_keys import account_key
    from cardbook.people import vault

    connection = editor.connection.connection
    with connection.cursor("sealed_accounts") as found, connection.cursor() as cursor:
        found.execute(_SEALED)
        while some := found.fetchmany(_AT_ONCE):
            rows = [
                (
                    account_key(
                        vault.open_text(sealed, context=vault.BANK), index=vault.number_index
                    ),
                    id_,
                )
                for id_, sealed in some
            ]
            with cursor.copy("COPY intake_cardaccount (account_key, card_id) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_card_accounts")]

    operations = [migrations.RunPython(keep_keys, migrations.RunPython.noop)]
