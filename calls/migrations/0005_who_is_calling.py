"""What decides a call, as one statement that takes the tenant role, like the inbox's front door (0004).

Row-level security holds inside as it does outside. A plan that PostgreSQL keeps and one round trip instead of a dozen
are what an answer while the telephone rings is made of.
"""

from django.db import migrations

_MINUTES = "(extract(hour FROM {0}) * 60 + extract(minute FROM {0}))::int"

READ = f"""
CREATE FUNCTION who_is_calling(for_org uuid, called text, called_id text, calling text, moment timestamptz)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    role_before text := current_setting('role');
    org_before text := coalesce(current_setting('app.org_id', true), '');
    answers_here uuid;
    inbound jsonb;
    asks_hours boolean;
    known jsonb;
    found jsonb;
BEGIN
    IF org_before NOT IN ('', for_org::text) THEN
        RAISE 'a call of one organisation was answered inside work for another';
    END IF;
    PERFORM set_config('role', 'voxanne_tenant', true), set_config('app.org_id', for_org::text, true);

    SELECT n.agent_id INTO answers_here FROM phone_number_mapping n
    WHERE n.org_id = for_org AND (n.phone_number = called OR (n.vapi_phone_number_id = called_id AND called_id > ''))
    ORDER BY (n.phone_number = called) DESC LIMIT 1;

    SELECT jsonb_build_object('id', a.id, 'assistant_id', a.vapi_assistant_id, 'mode', a.mode,
                              'language', a.language, 'first_message', a.first_message,
                              'transfers_to', coalesce(a.transfer_settings->>'default', ''),
                              'closed_behaviour', a.closed_behaviour, 'after_hours_message', a.after_hours_message)
    INTO inbound FROM agents a
    WHERE a.org_id = for_org AND a.call_direction = 'inbound'
    ORDER BY (a.id IS NOT DISTINCT FROM answers_here) DESC, a.is_default DESC, a.created_at, a.id LIMIT 1;

    asks_hours := inbound->>'mode' = 'after_hours' OR inbound->>'closed_behaviour' <> 'answer';

    IF calling > '' THEN
        SELECT jsonb_build_object(
            'name', c.name, 'first_name', c.first_name, 'is_blocked', c.blocked_at IS NOT NULL,
            'is_remembered', c.memory_enabled, 'number_use', c.number_use, 'preferences', c.preferences,
            'patients', (
                SELECT jsonb_agg(DISTINCT v.patient_name) FROM (
                    SELECT patient_name FROM appointments
                    WHERE org_id = for_org AND contact_id = c.id AND patient_name > '' AND status <> 'held'
                    ORDER BY starts_at DESC LIMIT 50) v),
            'next_visit', (
                SELECT jsonb_build_object('starts_at', extract(epoch FROM v.starts_at), 'status', v.status, 'service',
                    coalesce((SELECT s.name FROM services s WHERE s.org_id = for_org AND s.id = v.service_id), ''))
                FROM appointments v
                WHERE v.org_id = for_org AND v.contact_id = c.id AND v.status IN ('pending', 'confirmed')
                  AND v.starts_at > moment
                ORDER BY v.starts_at LIMIT 1))
        INTO known FROM contacts c
        WHERE c.org_id = for_org AND c.phone = calling AND c.phone > '';
    END IF;

    SELECT jsonb_build_object(
        'clinic', o.name, 'zone', o.timezone, 'greets', s.greet_by_name, 'remembers', s.caller_memory_enabled,
        'transfer_number', s.transfer_phone_number, 'transfer_sip_uri', s.transfer_sip_uri,
        'is_recorded', s.recording_enabled, 'recording_notice', s.recording_consent_message,
        'agent', inbound, 'caller', known,
        'own_numbers', (SELECT jsonb_agg(n.phone_number) FROM phone_number_mapping n
                        WHERE n.org_id = for_org AND n.is_wanted),
        'heard_names', (SELECT jsonb_agg(DISTINCT k.caller_name) FROM (
            SELECT caller_name FROM call_logs WHERE org_id = for_org AND phone_number = calling AND calling > ''
            ORDER BY created_at DESC LIMIT 20) k),
        'last_call', (
            SELECT jsonb_build_object('at', extract(epoch FROM coalesce(k.started_at, k.created_at)),
                                      'summary', k.outcome_summary)
            FROM call_logs k
            WHERE k.org_id = for_org AND k.phone_number = calling AND calling > '' AND k.status = 'completed'
            ORDER BY k.created_at DESC LIMIT 1),
        'hours', CASE WHEN asks_hours THEN (
            SELECT jsonb_agg(jsonb_build_array(h.weekday, {_MINUTES.format("h.opens_at")},
                                               {_MINUTES.format("h.closes_at")}))
            FROM business_hours h WHERE h.org_id = for_org AND h.practitioner_id IS NULL) END,
        'closures', CASE WHEN asks_hours THEN (
            SELECT jsonb_agg(jsonb_build_array(h.first_day, h.last_day, {_MINUTES.format("h.starts_at")},
                                               {_MINUTES.format("h.ends_at")}))
            FROM closures h
            WHERE h.org_id = for_org AND h.practitioner_id IS NULL AND h.last_day >= moment::date - 1
              AND h.first_day <= moment::date + 1) END)
    INTO found FROM organizations o JOIN integration_settings s ON s.org_id = o.id WHERE o.id = for_org;

    PERFORM set_config('role', role_before, true), set_config('app.org_id', org_before, true);
    RETURN found;
END
$$;
REVOKE ALL ON FUNCTION who_is_calling FROM PUBLIC;
GRANT EXECUTE ON FUNCTION who_is_calling TO voxanne_web, voxanne_worker, voxanne_admin, voxanne_service, voxanne_tenant;
"""  # noqa: S608 - only the constant above is put in


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0004_versions"),
        ("calls", "0004_store_webhook_event"),
        ("contacts", "0003_number_use"),
        ("orgs", "0007_what_vapi_is_told"),
        ("scheduling", "0001_initial"),
        ("telephony", "0003_number_sync"),
    ]

    operations = [migrations.RunSQL(READ, "DROP FUNCTION who_is_calling")]
