import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import orgs.tenancy.fields
import voxanne.ids
from orgs.tenancy import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0007_dead_events"),
        ("contacts", "0004_date_of_birth"),
        ("orgs", "0007_what_vapi_is_told"),
        ("scheduling", "0002_changes"),
        ("telephony", "0004_confirmed_route"),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.UUIDField(default=voxanne.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "direction",
                    models.CharField(
                        choices=[("inbound", "Received"), ("outbound", "Sent")], default="outbound", max_length=8
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[("sms", "SMS"), ("whatsapp", "WhatsApp"), ("email", "Email"), ("export", "Export")],
                        max_length=8,
                    ),
                ),
                ("purpose", models.SlugField(blank=True, db_index=False, max_length=40)),
                ("agent_id", models.UUIDField(blank=True, null=True)),
                ("recipient", models.CharField(blank=True, max_length=254)),
                ("sender", models.CharField(blank=True, max_length=254)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("content", models.TextField(blank=True)),
                ("attachments_sealed", models.TextField(blank=True)),
                ("media_count", models.PositiveSmallIntegerField(default=0)),
                ("segments", models.PositiveSmallIntegerField(default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("failed", "Not sent"),
                            ("undelivered", "Not delivered"),
                            ("unknown", "Being checked"),
                            ("received", "Received"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=300)),
                ("error_code", models.CharField(blank=True, max_length=60)),
                (
                    "service_provider",
                    models.CharField(blank=True, choices=[("twilio", "Twilio"), ("resend", "Resend")], max_length=10),
                ),
                ("service_account", models.CharField(blank=True, max_length=64)),
                ("external_message_id", models.CharField(blank=True, max_length=64)),
                ("idempotency_key", models.CharField(max_length=200)),
                ("counts_to_limit", models.BooleanField(default=False)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                ("attempted_at", models.DateTimeField(blank=True, null=True)),
                ("claim", models.UUIDField(blank=True, null=True)),
                ("claimed_until", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                (
                    "appointment",
                    orgs.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages",
                        to="scheduling.appointment",
                    ),
                ),
                (
                    "call",
                    orgs.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages",
                        to="calls.call",
                    ),
                ),
                (
                    "contact",
                    orgs.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages",
                        to="contacts.contact",
                    ),
                ),
                (
                    "in_reply_to",
                    orgs.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="replies",
                        to="telephony.message",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "db_table": "messages",
                "indexes": [
                    models.Index(fields=["org", "-created_at", "-id"], name="messages_org_created_idx"),
                    models.Index(fields=["org", "method", "status", "sent_at"], name="messages_org_method_idx"),
                    models.Index(fields=["org", "recipient", "-created_at"], name="messages_org_recipient_idx"),
                    models.Index(
                        condition=models.Q(("external_message_id__gt", "")),
                        fields=["org", "external_message_id"],
                        name="messages_org_external_idx",
                    ),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["org", "due_at"],
                        name="messages_org_due_idx",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("org", "idempotency_key"), name="messages_org_idempotency_key"),
                    models.CheckConstraint(
                        condition=models.Q(("idempotency_key", ""), _negated=True), name="messages_key_given"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("direction__in", ["inbound", "outbound"])), name="messages_direction_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("method__in", ["sms", "whatsapp", "email", "export"])),
                        name="messages_method_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "queued",
                                    "sending",
                                    "sent",
                                    "delivered",
                                    "failed",
                                    "undelivered",
                                    "unknown",
                                    "received",
                                ],
                            )
                        ),
                        name="messages_status_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OptOut",
            fields=[
                ("id", models.UUIDField(default=voxanne.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "phone_number",
                    models.CharField(
                        max_length=16,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\+[1-9]\\d{6,14}$", "Enter the number in E.164: + country code and number."
                            )
                        ],
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("keyword", "They texted STOP"),
                            ("carrier", "Twilio refused a message"),
                            ("staff", "Your team noted it"),
                        ],
                        max_length=8,
                    ),
                ),
                ("opted_out_at", models.DateTimeField()),
                (
                    "org",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "db_table": "message_opt_outs",
                "constraints": [
                    models.UniqueConstraint(fields=("org", "phone_number"), name="message_opt_outs_org_number_key"),
                    models.CheckConstraint(
                        condition=models.Q(("phone_number__regex", "^\\+[1-9]\\d{6,14}$")), name="message_opt_outs_e164"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["keyword", "carrier", "staff"])),
                        name="message_opt_outs_source_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TwilioAccount",
            fields=[
                ("id", models.UUIDField(default=voxanne.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("account_sid", models.CharField(max_length=34)),
                (
                    "phone_number",
                    models.CharField(
                        max_length=16,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\+[1-9]\\d{6,14}$", "Enter the number in E.164: + country code and number."
                            )
                        ],
                    ),
                ),
                ("agent_id", models.UUIDField(blank=True, null=True)),
                (
                    "org",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="orgs.organization",
                    ),
                ),
            ],
            options={
                "db_table": "twilio_accounts",
                "indexes": [models.Index(fields=["org", "account_sid"], name="twilio_accounts_org_sid_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org", "agent_id", "phone_number"),
                        name="twilio_accounts_org_number_key",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("account_sid__regex", "^AC[0-9a-f]{32}$")), name="twilio_accounts_sid"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("phone_number__regex", "^\\+[1-9]\\d{6,14}$")), name="twilio_accounts_e164"
                    ),
                ],
            },
        ),
        IsolateTenant("Message"),
        IsolateTenant("OptOut"),
        IsolateTenant("TwilioAccount"),
    ]
