"""What is derived from casualty estimates: their contradictions and their timeline. The one place that knows that table by name."""

from collections.abc import Mapping

import pyarrow as pa

from pipelines.derive.arrow import arrow_schema
from pipelines.schema import Schema
from pipelines.spill import connect, run

ESTIMATES = "casualty_estimates"

# Two claims contradict each other where their intervals do not overlap. An end that the words leave open is null, so
# nothing lies beyond it and no comparison with it is true; 'about 600' is taken at its word, as a point.
DISCREPANCIES = """
WITH estimates AS (
  SELECT *, coalesce(count_low, count_best) AS least, coalesce(count_high, count_best) AS most
  FROM casualty_estimates
  WHERE stance = 'asserted' AND victims_id IS NOT NULL AND conflict_id IS NOT NULL AND count_stated IS NOT NULL
)
SELECT smaller.fact_id AS smaller_fact_id, larger.fact_id AS larger_fact_id, smaller.outcome, smaller.victims_id, smaller.conflict_id,
  smaller.count_stated AS smaller_stated, larger.count_stated AS larger_stated,
  larger.count_stated - smaller.count_stated AS difference,
  CAST(round(larger.count_stated / smaller.count_stated, 2) AS DECIMAL(18,4)) AS ratio,
  smaller.completeness AS smaller_completeness, larger.completeness AS larger_completeness
FROM estimates AS smaller JOIN estimates AS larger
  ON smaller.outcome = larger.outcome AND smaller.victims_id = larger.victims_id AND smaller.conflict_id = larger.conflict_id
WHERE smaller.most < larger.least
  AND (smaller.scope = larger.scope OR 'unknown' IN (smaller.scope, larger.scope))
  AND coalesce(smaller.period_earliest <= larger.period_latest, true) AND coalesce(larger.period_earliest <= smaller.period_latest, true)
  AND CASE WHEN smaller.claimant_id IS NOT NULL AND larger.claimant_id IS NOT NULL THEN smaller.claimant_id <> larger.claimant_id
      ELSE smaller.claimant_text IS DISTINCT FROM larger.claimant_text END
  AND smaller.part_of_fact_id IS DISTINCT FROM larger.fact_id AND larger.part_of_fact_id IS DISTINCT FROM smaller.fact_id
ORDER BY smaller_fact_id, larger_fact_id
"""

TIMELINE = """
SELECT coalesce(f.reported_on, a.published_on) AS dated_on,
  CASE WHEN f.reported_on IS NOT NULL THEN 'reported_on' WHEN a.published_on IS NOT NULL THEN 'published_on' END AS dated_by,
  f.outcome, f.qualifier, f.count_low, f.count_best, f.count_high, f.count_stated, f.victims_text, f.victims_id,
  f.claimant_text, f.claimant_id, f.scope, f.completeness, f.conflict_id, f.article_id, f.fact_id
FROM casualty_estimates AS f LEFT JOIN articles AS a ON a.article_id = f.article_id
WHERE f.stance = 'asserted'
ORDER BY dated_on NULLS LAST, f.fact_id
"""

# Derived tables by name: the query that makes each from the tables of its release.
DERIVED = {"discrepancies": DISCREPANCIES}


def derive_tables(tables: Mapping[str, pa.Table], schemas: Mapping[str, Schema]) -> dict[str, pa.Table]:
    """The derived tables by name, computed from the others, typed and in order of key."""
    with connect() as connection:
        for table, rows in tables.items():
            connection.register(table, rows)
        return {table: run(connection, query, arrow_schema(schemas[table])) for table, query in DERIVED.items()}
