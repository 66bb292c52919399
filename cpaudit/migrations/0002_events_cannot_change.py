"""PostgreSQL itself refuses to change or remove an event. SQLite has only the model's refusal."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION cpaudit_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Events are never changed or removed.';
END $$;
CREATE TRIGGER cpaudit_event_append_only BEFORE UPDATE OR DELETE ON cpaudit_event
FOR EACH ROW EXECUTE FUNCTION cpaudit_event_is_append_only();
"""
BACKWARD = """
DROP TRIGGER cpaudit_event_append_only ON cpaudit_event;
DROP FUNCTION cpaudit_event_is_append_only();
"""


def _on_postgresql(sql):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return run


class Migration(migrations.Migration):
    dependencies = [("cpaudit", "0001_initial")]

    operations = [migrations.RunPython(_on_postgresql(FORWARD), _on_postgresql(BACKWARD))]
