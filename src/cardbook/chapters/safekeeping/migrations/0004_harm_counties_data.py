"""Says of earlier reports which county's keeper settles them (Art. 5, 20)."""

from django.db import migrations

_COUNTIES = """
UPDATE safekeeping_harmreport r
SET county_id = coalesce(o.county_id, (
    SELECT min(c.county_id) FROM safekeeping_harmcard l JOIN cards_card c ON c.id = l.card_id
    WHERE l.report_id = r.id AND o.kind IN ('bank', 'branch')
))
FROM orgs_organization o
WHERE o.id = r.organization_id AND r.county_id IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("safekeeping", "0003_harm_places")]

    operations = [migrations.RunSQL(_COUNTIES, migrations.RunSQL.noop)]
