"""How often a number was called for its code lately, whichever organisation asked.

A number's calls are counted across organisations, so no tenant table can hold them: only these two functions reach the
table, and they speak for the organisation of the open transaction. It is the one that claims a call: a claim which is
rolled back was never counted, and two at once for one number wait for each other. What is older than the window goes
with the next call of any number.

The first answers 0 when the call is counted, the seconds to wait when there were too many, and -1 while another
organisation's code is open for this number with the same account at Twilio.
"""

from django.db import migrations

FORWARDS = """
CREATE TABLE verification_calls (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    phone_number text NOT NULL,
    account_sid text NOT NULL,
    asked_at timestamptz NOT NULL,
    org_id uuid NOT NULL
);
CREATE INDEX verification_calls_number_idx ON verification_calls (phone_number, asked_at);
CREATE INDEX verification_calls_asked_idx ON verification_calls (asked_at);
ALTER TABLE verification_calls ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON verification_calls FROM PUBLIC;

CREATE FUNCTION count_verification_call(
    called text, account text, moment timestamptz, span interval, lasts interval, most integer
) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    asking uuid := current_setting('app.org_id')::uuid;
    oldest timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('verification calls of ' || called, 0));
    DELETE FROM public.verification_calls WHERE id IN (
        SELECT v.id FROM public.verification_calls v WHERE v.asked_at <= moment - span FOR UPDATE SKIP LOCKED);
    IF EXISTS (SELECT 1 FROM public.verification_calls v WHERE v.phone_number = called AND v.account_sid = account
               AND v.org_id <> asking AND v.asked_at > moment - lasts) THEN
        RETURN -1;
    END IF;
    SELECT v.asked_at INTO oldest FROM public.verification_calls v
    WHERE v.phone_number = called AND v.asked_at > moment - span ORDER BY v.asked_at DESC OFFSET most - 1 LIMIT 1;
    IF oldest IS NOT NULL THEN
        RETURN greatest(1, ceil(extract(epoch FROM oldest + span - moment)))::integer;
    END IF;
    INSERT INTO public.verification_calls (phone_number, account_sid, asked_at, org_id)
    VALUES (called, account, moment, asking);
    RETURN 0;
END $$;
REVOKE ALL ON FUNCTION count_verification_call FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_verification_call TO voxanne_tenant;

CREATE FUNCTION forget_verification_call(called text, moment timestamptz) RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM public.verification_calls v
    WHERE v.phone_number = called AND v.asked_at = moment AND v.org_id = current_setting('app.org_id')::uuid
$$;
REVOKE ALL ON FUNCTION forget_verification_call FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_verification_call TO voxanne_tenant;
"""

BACKWARDS = """
DROP FUNCTION forget_verification_call;
DROP FUNCTION count_verification_call;
DROP TABLE verification_calls;
"""


class Migration(migrations.Migration):
    dependencies = [("telephony", "0013_forwarding")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
