"""Number → organisation, before any organisation is known, and one organisation a number across the platform.

Tenant tables are closed to their owner too (FORCE), so a SECURITY DEFINER function could not read the mapping. The
directory is a copy of its active rows that only the trigger writes and only `org_of_phone_number` reads: row security
is enabled without a policy, nobody but the owner has a right on it. Its primary key refuses a number that another
organisation has.
"""

from django.db import migrations

FORWARDS = """
CREATE TABLE number_directory (
    phone_number text PRIMARY KEY,
    vapi_phone_number_id text CONSTRAINT number_directory_vapi_key UNIQUE,
    org_id uuid NOT NULL
);
ALTER TABLE number_directory ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON number_directory FROM PUBLIC;

CREATE FUNCTION keep_number_directory() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM public.number_directory;
        RETURN NULL;
    END IF;
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        DELETE FROM public.number_directory d WHERE d.phone_number = OLD.phone_number AND d.org_id = OLD.org_id;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND NEW.is_active THEN
        INSERT INTO public.number_directory VALUES (NEW.phone_number, nullif(NEW.vapi_phone_number_id, ''), NEW.org_id);
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_number_directory() FROM PUBLIC;

CREATE TRIGGER phone_number_mapping_directory
    AFTER INSERT OR DELETE OR UPDATE OF phone_number, vapi_phone_number_id, is_active ON phone_number_mapping
    FOR EACH ROW EXECUTE FUNCTION keep_number_directory();
CREATE TRIGGER phone_number_mapping_directory_emptied AFTER TRUNCATE ON phone_number_mapping
    FOR EACH STATEMENT EXECUTE FUNCTION keep_number_directory();

CREATE FUNCTION org_of_phone_number(called text) RETURNS uuid LANGUAGE sql STABLE STRICT
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT d.org_id FROM public.number_directory d WHERE d.phone_number = called OR d.vapi_phone_number_id = called
$$;
REVOKE ALL ON FUNCTION org_of_phone_number(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION org_of_phone_number(text) TO voxanne_web, voxanne_worker;
"""

BACKWARDS = """
DROP FUNCTION org_of_phone_number(text);
DROP TRIGGER phone_number_mapping_directory ON phone_number_mapping;
DROP TRIGGER phone_number_mapping_directory_emptied ON phone_number_mapping;
DROP FUNCTION keep_number_directory();
DROP TABLE number_directory;
"""


class Migration(migrations.Migration):
    dependencies = [("telephony", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
