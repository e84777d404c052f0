from django.db import migrations

# What was lifted on a mandate before anybody counted it stands in the ledger.
_LIFTED = """
INSERT INTO usage_proxyerrand (agent_id, mandate_id, "on")
SELECT (facts::jsonb ->> 'agent')::bigint, (facts::jsonb ->> 'mandate')::bigint,
       (happened_at AT TIME ZONE 'Asia/Shanghai')::date
FROM ledger_event
WHERE act = 'loss.lift' AND facts::jsonb ->> 'mandate' IS NOT NULL
"""
_NOT_COUNTED = """
DELETE FROM usage_proxyerrand e USING people_mandate m WHERE m.id = e.mandate_id AND m.matter = 'lift'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_initial"),
        ("usage", "0005_proxy_errands"),
    ]

    operations = [migrations.RunSQL(_LIFTED, _NOT_COUNTED)]
