"""Twilio account and number → organisation, before any organisation is known.

As for `number_directory`: a copy of `twilio_accounts` that only the trigger writes and only `org_of_twilio` reads. Two
organisations may use one account, with numbers of their own: then the number tells whose a webhook is. Asked for
`AC… +44…`, the function answers with whose the pair is, else with the only organisation that has the account.
"""

from django.db import migrations

FORWARDS = """
CREATE TABLE twilio_directory (
    id uuid PRIMARY KEY,
    account_sid text NOT NULL,
    phone_number text NOT NULL,
    org_id uuid NOT NULL
);
CREATE INDEX twilio_directory_account_idx ON twilio_directory (account_sid, phone_number);
ALTER TABLE twilio_directory ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON twilio_directory FROM PUBLIC;

CREATE FUNCTION keep_twilio_directory() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM public.twilio_directory;
        RETURN NULL;
    END IF;
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        DELETE FROM public.twilio_directory d WHERE d.id = OLD.id;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        INSERT INTO public.twilio_directory VALUES (NEW.id, NEW.account_sid, NEW.phone_number, NEW.org_id);
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_twilio_directory() FROM PUBLIC;

CREATE TRIGGER twilio_accounts_directory
    AFTER INSERT OR DELETE OR UPDATE OF id, account_sid, phone_number ON twilio_accounts
    FOR EACH ROW EXECUTE FUNCTION keep_twilio_directory();
CREATE TRIGGER twilio_accounts_directory_emptied AFTER TRUNCATE ON twilio_accounts
    FOR EACH STATEMENT EXECUTE FUNCTION keep_twilio_directory();

CREATE FUNCTION org_of_twilio(named text) RETURNS uuid LANGUAGE sql STABLE STRICT
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(
        (SELECT min(d.org_id::text)::uuid FROM public.twilio_directory d
         WHERE d.account_sid = split_part(named, ' ', 1) AND d.phone_number = split_part(named, ' ', 2)
         HAVING count(DISTINCT d.org_id) = 1),
        (SELECT min(d.org_id::text)::uuid FROM public.twilio_directory d
         WHERE d.account_sid = split_part(named, ' ', 1)
         HAVING count(DISTINCT d.org_id) = 1))
$$;
REVOKE ALL ON FUNCTION org_of_twilio(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION org_of_twilio(text) TO voxanne_web, voxanne_worker;
"""

BACKWARDS = """
DROP FUNCTION org_of_twilio(text);
DROP TRIGGER twilio_accounts_directory ON twilio_accounts;
DROP TRIGGER twilio_accounts_directory_emptied ON twilio_accounts;
DROP FUNCTION keep_twilio_directory();
DROP TABLE twilio_directory;
"""


class Migration(migrations.Migration):
    dependencies = [("telephony", "0005_messages")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
