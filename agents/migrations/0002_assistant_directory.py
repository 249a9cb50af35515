"""Assistant → organisation, before any organisation is known, and one organisation an assistant across the platform.

Made as `telephony/migrations/0002_number_directory.py` is, for the same reasons.
"""

from django.db import migrations

FORWARDS = """
CREATE TABLE assistant_directory (
    vapi_assistant_id text PRIMARY KEY,
    org_id uuid NOT NULL
);
ALTER TABLE assistant_directory ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON assistant_directory FROM PUBLIC;

CREATE FUNCTION keep_assistant_directory() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM public.assistant_directory;
        RETURN NULL;
    END IF;
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        DELETE FROM public.assistant_directory d
        WHERE d.vapi_assistant_id = OLD.vapi_assistant_id AND d.org_id = OLD.org_id;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        INSERT INTO public.assistant_directory VALUES (NEW.vapi_assistant_id, NEW.org_id);
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_assistant_directory() FROM PUBLIC;

CREATE TRIGGER assistant_org_mapping_directory
    AFTER INSERT OR DELETE OR UPDATE OF vapi_assistant_id ON assistant_org_mapping
    FOR EACH ROW EXECUTE FUNCTION keep_assistant_directory();
CREATE TRIGGER assistant_org_mapping_directory_emptied AFTER TRUNCATE ON assistant_org_mapping
    FOR EACH STATEMENT EXECUTE FUNCTION keep_assistant_directory();

CREATE FUNCTION org_of_assistant(assistant text) RETURNS uuid LANGUAGE sql STABLE STRICT
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT d.org_id FROM public.assistant_directory d WHERE d.vapi_assistant_id = assistant
$$;
REVOKE ALL ON FUNCTION org_of_assistant(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION org_of_assistant(text) TO voxanne_web, voxanne_worker;
"""

BACKWARDS = """
DROP FUNCTION org_of_assistant(text);
DROP TRIGGER assistant_org_mapping_directory ON assistant_org_mapping;
DROP TRIGGER assistant_org_mapping_directory_emptied ON assistant_org_mapping;
DROP FUNCTION keep_assistant_directory();
DROP TABLE assistant_directory;
"""


class Migration(migrations.Migration):
    dependencies = [("agents", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
