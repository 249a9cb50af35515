"""Subaccount → organisation, in the directory that tells whose a Twilio webhook is (see 0006).

A subaccount belongs to one organisation, so its entry has no number: `org_of_twilio` then answers by the account alone.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION keep_subaccount_directory() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM public.twilio_directory d WHERE d.phone_number = '';
        RETURN NULL;
    END IF;
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        DELETE FROM public.twilio_directory d WHERE d.id = OLD.id;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND NEW.account_sid <> '' THEN
        INSERT INTO public.twilio_directory VALUES (NEW.id, NEW.account_sid, '', NEW.org_id);
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_subaccount_directory() FROM PUBLIC;

CREATE TRIGGER twilio_subaccounts_directory
    AFTER INSERT OR DELETE OR UPDATE OF id, account_sid ON twilio_subaccounts
    FOR EACH ROW EXECUTE FUNCTION keep_subaccount_directory();
CREATE TRIGGER twilio_subaccounts_directory_emptied AFTER TRUNCATE ON twilio_subaccounts
    FOR EACH STATEMENT EXECUTE FUNCTION keep_subaccount_directory();
"""

BACKWARDS = """
DROP TRIGGER twilio_subaccounts_directory ON twilio_subaccounts;
DROP TRIGGER twilio_subaccounts_directory_emptied ON twilio_subaccounts;
DROP FUNCTION keep_subaccount_directory();
"""


class Migration(migrations.Migration):
    dependencies = [("telephony", "0011_managed_numbers")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
