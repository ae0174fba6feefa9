"""No case is closed with an FIR of which number, station and date are not written down."""

from importlib import import_module

from django.db import migrations

from rabta import schema

BEFORE = import_module("rabta.cases.migrations.0011_life").LIFE.split("\nREVOKE ")[0].strip()
CHECK = """
  IF NEW.state = 'closed' AND NEW.outcome = 'fir_registered' AND NEW.fir_number = '' THEN
    RAISE EXCEPTION 'the FIR is not written down' USING ERRCODE = 'check_violation', CONSTRAINT = 'outcome_fir';
  END IF;
  RETURN NEW;
END $$;"""


def life(sql: str) -> str:
    return sql.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_said")]
    operations = [schema.sql(life(BEFORE.replace("\n  RETURN NEW;\nEND $$;", CHECK)), life(BEFORE))]
