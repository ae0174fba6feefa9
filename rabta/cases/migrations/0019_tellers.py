"""How many people told of a matter: asked once for all lines of a list, not policy by policy for each part of a flood.

A thousand parts, each with its conversation and its handle under their own policies, took the desk's list half a second.
The function looks past the policies, at the parts (and heads) that the reader of the request sees, and gives numbers only.
"""

from django.db import migrations

from rabta import schema

# Who wrote to several accounts counts once, and whoever wrote the head not again. Of `most` parts nobody is looked up.
TELLERS = f"""
CREATE FUNCTION rabta_tellers(heads bigint[], most int) RETURNS TABLE (head bigint, parts int, others int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
  RETURN QUERY
  SELECT whole.id, cardinality(told.by), (
    SELECT count(DISTINCT h.person_id)::int FROM unnest(told.by) AS t(id)
    JOIN cases_conversation v ON v.id = t.id JOIN people_handle h ON h.id = v.handle_id
    WHERE (most IS NULL OR cardinality(told.by) < most) AND h.person_id <> (
      SELECT p.person_id FROM cases_conversation o JOIN people_handle p ON p.id = o.handle_id WHERE o.id = whole.told_by)
  )
  FROM (SELECT id, conversation_id AS told_by FROM cases_case WHERE id = ANY (heads) AND {schema.SEEN_ASKED_ONCE}) whole
  CROSS JOIN LATERAL (SELECT ARRAY(
    SELECT conversation_id FROM cases_case WHERE part_of_id = whole.id AND {schema.SEEN_ASKED_ONCE} LIMIT most) AS by
  ) told WHERE told.by <> '{{}}';
END $$;
REVOKE ALL ON FUNCTION rabta_tellers(bigint[], int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_tellers(bigint[], int) TO rabta_web;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0018_links_by_nobody")]
    operations = [schema.sql(TELLERS, "DROP FUNCTION rabta_tellers(bigint[], int)")]
