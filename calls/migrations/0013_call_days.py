"""Days of calls, counted once. A trigger on the calls deletes a day's row when what was counted is not so any more.

It acts within the change's own transaction and with its rights, so row-level security holds. The lock makes whoever
counts wait for changes under way, and the other way round (`calls.keeping_days`). Calls of the last five minutes are
left alone: their day cannot have been counted, and a call's first messages should not pay for it.
"""

import django.db.models.deletion
from django.db import migrations, models

import voxanne.ids
from orgs.tenancy import IsolateTenant

COUNTED = (
    "created_at",
    "call_type",
    "status",
    "booking_confirmed",
    "duration_seconds",
    "sentiment_label",
    "financial_value",
)
RECENT = "now() - interval '5 minutes'"
OLD, NEW = (", ".join(f"{row}.{column}" for column in COUNTED) for row in ("OLD", "NEW"))
FORWARDS = f"""
CREATE FUNCTION forget_call_day(for_org uuid, moment timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('days of calls ' || for_org, 0));
    -- The dates bound the search of the index; in no zone are they further off than a day.
    DELETE FROM call_days d WHERE d.org_id = for_org
        AND d.day BETWEEN (moment AT TIME ZONE 'UTC')::date - 1 AND (moment AT TIME ZONE 'UTC')::date + 1
        AND d.starts_at <= moment AND d.ends_at > moment;
END $$;
CREATE FUNCTION call_changed_its_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM forget_call_day(OLD.org_id, OLD.created_at);
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.created_at <> OLD.created_at THEN
        PERFORM forget_call_day(NEW.org_id, NEW.created_at);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER call_logs_added_to_day AFTER INSERT ON call_logs FOR EACH ROW
    WHEN (NEW.created_at < {RECENT}) EXECUTE FUNCTION call_changed_its_day();
CREATE TRIGGER call_logs_taken_from_day AFTER DELETE ON call_logs FOR EACH ROW
    WHEN (OLD.created_at < {RECENT}) EXECUTE FUNCTION call_changed_its_day();
CREATE TRIGGER call_logs_changed_in_day AFTER UPDATE OF {", ".join(COUNTED)} ON call_logs FOR EACH ROW
    WHEN (least(OLD.created_at, NEW.created_at) < {RECENT} AND ({OLD}) IS DISTINCT FROM ({NEW}))
    EXECUTE FUNCTION call_changed_its_day();
REVOKE ALL ON FUNCTION forget_call_day, call_changed_its_day FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_call_day TO voxanne_tenant, voxanne_service;
"""  # noqa: S608 - only the constants above are put in
BACKWARDS = """
DROP TRIGGER call_logs_added_to_day ON call_logs;
DROP TRIGGER call_logs_taken_from_day ON call_logs;
DROP TRIGGER call_logs_changed_in_day ON call_logs;
DROP FUNCTION call_changed_its_day();
DROP FUNCTION forget_call_day(uuid, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("calls", "0012_known_by_former_numbers"), ("orgs", "0008_reminders_of_their_own")]

    operations = [
        migrations.CreateModel(
            name="CallDay",
            fields=[
                ("id", models.UUIDField(default=voxanne.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("day", models.DateField()),
                ("zone", models.CharField(max_length=64)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("calls", models.PositiveIntegerField()),
                ("inbound", models.PositiveIntegerField()),
                ("booked", models.PositiveIntegerField()),
                ("failed", models.PositiveIntegerField()),
                ("seconds", models.PositiveBigIntegerField()),
                ("timed", models.PositiveIntegerField()),
                ("positive", models.PositiveIntegerField()),
                ("negative", models.PositiveIntegerField()),
                ("rated", models.PositiveIntegerField()),
                ("value_minor", models.PositiveBigIntegerField()),
            ],
            options={
                "db_table": "call_days",
            },
        ),
        migrations.RemoveIndex(
            model_name="call",
            name="call_logs_org_chart_idx",
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                fields=["org", "created_at"],
                include=(
                    "call_type",
                    "status",
                    "booking_confirmed",
                    "duration_seconds",
                    "sentiment_label",
                    "financial_value",
                ),
                name="call_logs_org_days_idx",
            ),
        ),
        migrations.AddField(
            model_name="callday",
            name="org",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="orgs.organization",
            ),
        ),
        migrations.AddConstraint(
            model_name="callday",
            constraint=models.UniqueConstraint(fields=("org", "day"), name="call_days_org_day_key"),
        ),
        migrations.AddConstraint(
            model_name="callday",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="call_days_order"
            ),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
        IsolateTenant("CallDay"),
    ]
