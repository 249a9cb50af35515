"""The beginning of every answer to the assistant, as one statement inside the tenant's transaction.

Whose call it is, the call under its lock (made when no report has come yet) and the question (stored, or as it was
answered before): six round trips as one. It has its caller's rights, so row-level security holds inside.
"""

from django.db import migrations

OPEN = """
CREATE FUNCTION open_tool_call(
    for_org uuid, new_call uuid, named_call text, sid text, type_ text, from_ text, to_ text, party text, caller text,
    known jsonb, new_question uuid, named_question text, tool text, asked jsonb, moment timestamptz
) RETURNS TABLE (for_clinic organizations, in_call call_logs, question tool_invocations) LANGUAGE plpgsql AS $$
BEGIN
    SELECT o.* INTO for_clinic FROM organizations o WHERE o.id = for_org;
    IF named_call > '' THEN
        INSERT INTO call_logs (id, org_id, vapi_call_id, call_sid, call_type, status, outcome, from_number,
            to_number, phone_number, caller_name, ended_reason, outcome_summary, sentiment, sentiment_label,
            sentiment_summary, sentiment_urgency, sentiment_source, recording_url, recording_status, transfer_to,
            transfer_reason, booking_confirmed, matched_services, metadata, facts, created_at, updated_at)
        VALUES (new_call, for_org, named_call, sid, type_, 'in-progress', '', from_, to_, party, caller, '', '', '', '',
            '', '', '', '', '', '', '', false, '[]', '{}', known, moment, moment)
        ON CONFLICT (org_id, vapi_call_id) DO NOTHING;
        SELECT c.* INTO in_call FROM call_logs c WHERE c.org_id = for_org AND c.vapi_call_id = named_call FOR UPDATE;
    END IF;
    INSERT INTO tool_invocations (id, org_id, call_id, vapi_call_id, tool_call_id, tool_name, arguments, succeeded,
                                  created_at, updated_at)
    VALUES (new_question, for_org, in_call.id, named_call, named_question, tool, asked, false, moment, moment)
    ON CONFLICT (org_id, vapi_call_id, tool_call_id) DO NOTHING;
    SELECT q.* INTO question FROM tool_invocations q
    WHERE q.org_id = for_org AND q.vapi_call_id = named_call AND q.tool_call_id = named_question;
    RETURN NEXT;
END
$$;
REVOKE ALL ON FUNCTION open_tool_call FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_tool_call TO voxanne_tenant;
"""


class Migration(migrations.Migration):
    dependencies = [("calls", "0008_nobody_reached"), ("orgs", "0007_what_vapi_is_told")]

    operations = [migrations.RunSQL(OPEN, "DROP FUNCTION open_tool_call")]
