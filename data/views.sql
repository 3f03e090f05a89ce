-- The tables and views of the package over its Parquet files, for whoever does not want the database file.
-- From the folder that holds datapackage.json: duckdb -init data/views.sql, or in a session .read data/views.sql
-- Runs on DuckDB 1.5 and newer.
CREATE OR REPLACE VIEW "accuracy" AS SELECT "part", "table_name", "column_name", "gold", "found", "invented", "precision", "precision_low", "precision_high", "recall", "recall_low", "recall_high", "f1", "f1_low", "f1_high" FROM read_parquet('data/tables/accuracy.parquet');
COMMENT ON VIEW "accuracy" IS 'One row is the measured agreement of the extraction with gold articles for one table or one of its columns, each share with a 95 % interval. Articles that were read while the grammar was written are measured apart from those that were held out: the latter say what to expect of other articles. column_name is ''row'' for finding the fact itself, and ''row_strict'' for finding it with all measured columns right.';
COMMENT ON COLUMN "accuracy"."part" IS 'Which gold articles are measured: ''development'', read while the grammar was written, or ''held_out'', looked at only by their score.';
COMMENT ON COLUMN "accuracy"."table_name" IS 'The fact table.';
COMMENT ON COLUMN "accuracy"."column_name" IS 'The column; ''row'' where the finding of the fact itself is measured, ''row_strict'' where all its measured columns must be right too.';
COMMENT ON COLUMN "accuracy"."gold" IS 'Number of gold values.';
COMMENT ON COLUMN "accuracy"."found" IS 'Number of gold values found.';
COMMENT ON COLUMN "accuracy"."invented" IS 'Number of extracted values that no gold value answers.';
COMMENT ON COLUMN "accuracy"."precision" IS 'Share of extracted values that are right, 0 to 1; null where nothing was extracted.';
COMMENT ON COLUMN "accuracy"."precision_low" IS 'The lower end of the 95 % interval of precision, by a bootstrap over the gold articles (percentiles of 2,000 resamples, a fixed seed).';
COMMENT ON COLUMN "accuracy"."precision_high" IS 'The upper end of the 95 % interval of precision, by a bootstrap over the gold articles (percentiles of 2,000 resamples, a fixed seed).';
COMMENT ON COLUMN "accuracy"."recall" IS 'Share of gold values that were found, 0 to 1; null where there are none.';
COMMENT ON COLUMN "accuracy"."recall_low" IS 'The lower end of the 95 % interval of recall, by a bootstrap over the gold articles (percentiles of 2,000 resamples, a fixed seed).';
COMMENT ON COLUMN "accuracy"."recall_high" IS 'The upper end of the 95 % interval of recall, by a bootstrap over the gold articles (percentiles of 2,000 resamples, a fixed seed).';
COMMENT ON COLUMN "accuracy"."f1" IS 'The harmonic mean of precision and recall, 0 to 1; null where nothing was extracted and there is no gold value.';
COMMENT ON COLUMN "accuracy"."f1_low" IS 'The lower end of the 95 % interval of F1, by a bootstrap over the gold articles (percentiles of 2,000 resamples, a fixed seed).';
COMMENT ON COLUMN "accuracy"."f1_high" IS 'The upper end of the 95 % interval of F1, by a bootstrap over the gold articles (percentiles of 2,000 resamples, a fixed seed).';
CREATE OR REPLACE VIEW "actors" AS SELECT "actor_id", "name", "kind", "country_code", "part_of_actor_id" FROM read_parquet('data/tables/actors.parquet');
COMMENT ON VIEW "actors" IS 'One row is a state, body, force, party, medium or person that a fact names.';
COMMENT ON COLUMN "actors"."actor_id" IS 'Identifier in the lexicon; a state bears its ISO 3166-1 alpha-3 code.';
COMMENT ON COLUMN "actors"."name" IS 'Full name in English.';
COMMENT ON COLUMN "actors"."kind" IS 'What the actor is.';
COMMENT ON COLUMN "actors"."country_code" IS 'ISO 3166-1 alpha-3 code of the state that it belongs to; null for international bodies.';
COMMENT ON COLUMN "actors"."part_of_actor_id" IS 'The actor that this one is a part or an organ of.';
CREATE OR REPLACE VIEW "articles" AS SELECT "article_id", "title", "publisher", "url", "published_on", "language", "licence", "quote_limit", "text_sha256", "text_chars", "withdrawn" FROM read_parquet('data/tables/articles.parquet');
COMMENT ON VIEW "articles" IS 'One row is the current text of one source.';
COMMENT ON COLUMN "articles"."article_id" IS 'The file''s stem or the given identifier, verbatim.';
COMMENT ON COLUMN "articles"."title" IS 'Headline. Null when unknown, never guessed.';
COMMENT ON COLUMN "articles"."publisher" IS 'Who published it. Null when unknown.';
COMMENT ON COLUMN "articles"."url" IS 'Where it was published. Null when unknown.';
COMMENT ON COLUMN "articles"."published_on" IS 'Day of publication (the dateline). Null when unknown.';
COMMENT ON COLUMN "articles"."language" IS 'Language of the text as an IETF language tag. Null when not given.';
COMMENT ON COLUMN "articles"."licence" IS 'Licence of the text as an SPDX identifier or in words. Null: unknown, and the full text is not part of a release.';
COMMENT ON COLUMN "articles"."quote_limit" IS 'Longest quote that may be published, in characters.';
COMMENT ON COLUMN "articles"."text_sha256" IS 'Hash of the stored text in UTF-8, the whole file included.';
COMMENT ON COLUMN "articles"."text_chars" IS 'Length of the stored text in Unicode code points.';
COMMENT ON COLUMN "articles"."withdrawn" IS 'Why the article was withdrawn; null while it stands. Its facts are retracted, and the row stays for the ledger.';
CREATE OR REPLACE VIEW "casualty_estimates" AS SELECT "fact_id", "article_id", "outcome", "count_low", "count_best", "count_high", "count_stated", "qualifier", "victims_text", "victims_id", "victims_kind", "attributed_to_text", "attributed_to_id", "claimant_text", "claimant_id", "relayed_by_text", "relayed_by_id", "reported_to_text", "reported_to_id", "reported_on", "reported_earliest", "reported_latest", "stance", "contested_by_text", "contested_by_id", "period_earliest", "period_latest", "as_of", "scope", "part_of_fact_id", "basis", "completeness", "conflict_id", "place_text", "place_id", "place_precision", "review_status" FROM read_parquet('data/tables/casualty_estimates.parquet');
COMMENT ON VIEW "casualty_estimates" IS 'One row is one claimant''s count of one outcome for one group of victims. Claims that contradict each other stand side by side.';
COMMENT ON COLUMN "casualty_estimates"."fact_id" IS 'Identifier of the fact: ''f'' and 16 hexadecimal digits, a hash of table, article, the words of its first value and an ordinal among equal words. Never reused.';
COMMENT ON COLUMN "casualty_estimates"."article_id" IS 'The article that the fact was read from.';
COMMENT ON COLUMN "casualty_estimates"."outcome" IS 'What befell the victims; killed_or_wounded is what the words call casualties or losses of both kinds.';
COMMENT ON COLUMN "casualty_estimates"."count_low" IS 'Lower bound that the words give: the number of ''at least'', ''more than'', a range or a vague number. Null where the words leave it open.';
COMMENT ON COLUMN "casualty_estimates"."count_best" IS 'The number itself where the words give one (''101'', ''about 600''), or 1 where they describe or name a single person without a number (''a journalist'', ''Judge Maria Paz''); null for bounds, ranges and vague numbers.';
COMMENT ON COLUMN "casualty_estimates"."count_high" IS 'Upper bound that the words give. Null where the words leave it open.';
COMMENT ON COLUMN "casualty_estimates"."count_stated" IS 'The one number that stands in the words, whatever its hedge; null for ranges and vague numbers.';
COMMENT ON COLUMN "casualty_estimates"."qualifier" IS 'How the words hedge the number.';
COMMENT ON COLUMN "casualty_estimates"."victims_text" IS 'The people counted. As written in the article.';
COMMENT ON COLUMN "casualty_estimates"."victims_id" IS 'The lexicon''s actor for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "casualty_estimates"."victims_kind" IS 'Whether the victims are military or civilian.';
COMMENT ON COLUMN "casualty_estimates"."attributed_to_text" IS 'Who did it, where the words say so. As written in the article.';
COMMENT ON COLUMN "casualty_estimates"."attributed_to_id" IS 'The lexicon''s actor for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "casualty_estimates"."claimant_text" IS 'Who makes the claim. Null: the article''s own voice. As written in the article.';
COMMENT ON COLUMN "casualty_estimates"."claimant_id" IS 'The lexicon''s actor for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "casualty_estimates"."relayed_by_text" IS 'Who passed the claim on, such as lawmakers after a briefing or an agency. As written in the article.';
COMMENT ON COLUMN "casualty_estimates"."relayed_by_id" IS 'The lexicon''s actor for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "casualty_estimates"."reported_to_text" IS 'The body to which the claim was made, such as a committee. As written in the article.';
COMMENT ON COLUMN "casualty_estimates"."reported_to_id" IS 'The lexicon''s actor for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "casualty_estimates"."reported_on" IS 'Day on which the claim was made. Filled only when the day is known.';
COMMENT ON COLUMN "casualty_estimates"."reported_earliest" IS 'First day that the words allow where the day is not known.';
COMMENT ON COLUMN "casualty_estimates"."reported_latest" IS 'Last day that the words allow where the day is not known.';
COMMENT ON COLUMN "casualty_estimates"."stance" IS 'The claimant''s own attitude to the claim; rejection by others stands in contested_by.';
COMMENT ON COLUMN "casualty_estimates"."contested_by_text" IS 'Who else denies or disputes the claim. As written in the article.';
COMMENT ON COLUMN "casualty_estimates"."contested_by_id" IS 'The lexicon''s actor for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "casualty_estimates"."period_earliest" IS 'First day that the count covers.';
COMMENT ON COLUMN "casualty_estimates"."period_latest" IS 'Last day that the count covers.';
COMMENT ON COLUMN "casualty_estimates"."as_of" IS 'Day up to which a running count holds.';
COMMENT ON COLUMN "casualty_estimates"."scope" IS 'Whether the count is a running total, one incident''s or one day''s: sums must not mix them.';
COMMENT ON COLUMN "casualty_estimates"."part_of_fact_id" IS 'The estimate in this table that includes this one.';
COMMENT ON COLUMN "casualty_estimates"."basis" IS 'What the count rests on.';
COMMENT ON COLUMN "casualty_estimates"."completeness" IS 'Whether the count is said to be of all the victims.';
COMMENT ON COLUMN "casualty_estimates"."conflict_id" IS 'The armed conflict that the fact belongs to, by the lexicon.';
COMMENT ON COLUMN "casualty_estimates"."place_text" IS 'Where it happened or holds. As written in the article.';
COMMENT ON COLUMN "casualty_estimates"."place_id" IS 'The lexicon''s place for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "casualty_estimates"."place_precision" IS 'What kind of place the words name.';
COMMENT ON COLUMN "casualty_estimates"."review_status" IS 'Whether a person has looked at it: candidate (as extracted), confirmed, corrected.';
CREATE OR REPLACE VIEW "ceremonies" AS SELECT "fact_id", "article_id", "kind", "name", "held_on", "held_earliest", "held_latest", "venue_text", "venue_id", "host_text", "host_id", "organiser_text", "organiser_id", "honoured_text", "honoured_id", "honoured_count", "conflict_id", "place_text", "place_id", "place_precision", "review_status" FROM read_parquet('data/tables/ceremonies.parquet');
COMMENT ON VIEW "ceremonies" IS 'One row is one ceremony as reported.';
COMMENT ON COLUMN "ceremonies"."fact_id" IS 'Identifier of the fact: ''f'' and 16 hexadecimal digits, a hash of table, article, the words of its first value and an ordinal among equal words. Never reused.';
COMMENT ON COLUMN "ceremonies"."article_id" IS 'The article that the fact was read from.';
COMMENT ON COLUMN "ceremonies"."kind" IS 'What kind of ceremony.';
COMMENT ON COLUMN "ceremonies"."name" IS 'The words that name the ceremony. Null where they are longer than the article''s quote limit.';
COMMENT ON COLUMN "ceremonies"."held_on" IS 'Day on which it was held. Filled only when the day is known.';
COMMENT ON COLUMN "ceremonies"."held_earliest" IS 'First day that the words allow where the day is not known.';
COMMENT ON COLUMN "ceremonies"."held_latest" IS 'Last day that the words allow where the day is not known.';
COMMENT ON COLUMN "ceremonies"."venue_text" IS 'Building or site. As written in the article.';
COMMENT ON COLUMN "ceremonies"."venue_id" IS 'The lexicon''s place for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "ceremonies"."host_text" IS 'Principal figure. As written in the article.';
COMMENT ON COLUMN "ceremonies"."host_id" IS 'The lexicon''s actor for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "ceremonies"."organiser_text" IS 'Body that held it. As written in the article.';
COMMENT ON COLUMN "ceremonies"."organiser_id" IS 'The lexicon''s actor for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "ceremonies"."honoured_text" IS 'Those whom it honoured. As written in the article.';
COMMENT ON COLUMN "ceremonies"."honoured_id" IS 'The lexicon''s actor for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "ceremonies"."honoured_count" IS 'Counts exactly the people of honoured_text.';
COMMENT ON COLUMN "ceremonies"."conflict_id" IS 'The armed conflict that the fact belongs to, by the lexicon.';
COMMENT ON COLUMN "ceremonies"."place_text" IS 'Where it happened or holds. As written in the article.';
COMMENT ON COLUMN "ceremonies"."place_id" IS 'The lexicon''s place for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "ceremonies"."place_precision" IS 'What kind of place the words name.';
COMMENT ON COLUMN "ceremonies"."review_status" IS 'Whether a person has looked at it: candidate (as extracted), confirmed, corrected.';
CREATE OR REPLACE VIEW "ceremony_participants" AS SELECT "fact_id", "ordinal", "participant_text", "participant_id", "role", "count" FROM read_parquet('data/tables/ceremony_participants.parquet');
COMMENT ON VIEW "ceremony_participants" IS 'One row is one actor or group at a ceremony, with its role.';
COMMENT ON COLUMN "ceremony_participants"."fact_id" IS 'The ceremony.';
COMMENT ON COLUMN "ceremony_participants"."ordinal" IS 'Position among the ceremony''s participants in order of the text, from 1.';
COMMENT ON COLUMN "ceremony_participants"."participant_text" IS 'Who took part. As written in the article.';
COMMENT ON COLUMN "ceremony_participants"."participant_id" IS 'The lexicon''s actor for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "ceremony_participants"."role" IS 'In which role.';
COMMENT ON COLUMN "ceremony_participants"."count" IS 'How many, where stated.';
CREATE OR REPLACE VIEW "changes" AS SELECT "change_number", "table_name", "row_key", "op", "column_name", "old", "new", "reason" FROM read_parquet('data/tables/changes.parquet');
COMMENT ON VIEW "changes" IS 'One row is one step from the last release to this one: a row added or removed, a value changed, a declaration changed. Applied to the last release they give this one.';
COMMENT ON COLUMN "changes"."change_number" IS 'Place of the step in its order, from 1.';
COMMENT ON COLUMN "changes"."table_name" IS 'The table that changes.';
COMMENT ON COLUMN "changes"."row_key" IS 'The row''s primary key as text; several columns stand with '', '' between them, a comma or backslash in them after a backslash. Null where a declaration changes.';
COMMENT ON COLUMN "changes"."op" IS 'declare: the table (no column) or a column of it is declared, otherwise declared or, where new is null, gone. remove, change, add: what happens to the row.';
COMMENT ON COLUMN "changes"."column_name" IS 'The column whose value or declaration changes; null where it is the whole row or table.';
COMMENT ON COLUMN "changes"."old" IS 'What was there: a value as text, a removed row as a JSON object of its values as text, a declaration as JSON. Null where nothing was.';
COMMENT ON COLUMN "changes"."new" IS 'What is there now, written like old. Null where nothing is.';
COMMENT ON COLUMN "changes"."reason" IS 'Why, where the ledger says so for the first time.';
CREATE OR REPLACE VIEW "conflicts" AS SELECT "conflict_id", "name", "started_on", "ended_on" FROM read_parquet('data/tables/conflicts.parquet');
COMMENT ON VIEW "conflicts" IS 'One row is an armed conflict that a fact names.';
COMMENT ON COLUMN "conflicts"."conflict_id" IS 'Identifier in the lexicon.';
COMMENT ON COLUMN "conflicts"."name" IS 'Name in English.';
COMMENT ON COLUMN "conflicts"."started_on" IS 'First day, where one is commonly given.';
COMMENT ON COLUMN "conflicts"."ended_on" IS 'Last day; null while it goes on or where none is commonly given.';
CREATE OR REPLACE VIEW "deployments" AS SELECT "fact_id", "article_id", "force_text", "force_id", "personnel_kind", "origin_text", "origin_id", "destination_text", "destination_id", "personnel_low", "personnel_best", "personnel_high", "personnel_stated", "qualifier", "waves", "status", "started_on", "started_earliest", "started_latest", "ended_on", "ended_earliest", "ended_latest", "claimant_text", "claimant_id", "relayed_by_text", "relayed_by_id", "reported_to_text", "reported_to_id", "reported_on", "reported_earliest", "reported_latest", "stance", "contested_by_text", "contested_by_id", "conflict_id", "place_text", "place_id", "place_precision", "review_status" FROM read_parquet('data/tables/deployments.parquet');
COMMENT ON VIEW "deployments" IS 'One row is one claimant''s account of a force sent, planned, withdrawn or denied.';
COMMENT ON COLUMN "deployments"."fact_id" IS 'Identifier of the fact: ''f'' and 16 hexadecimal digits, a hash of table, article, the words of its first value and an ordinal among equal words. Never reused.';
COMMENT ON COLUMN "deployments"."article_id" IS 'The article that the fact was read from.';
COMMENT ON COLUMN "deployments"."force_text" IS 'Who was sent. As written in the article.';
COMMENT ON COLUMN "deployments"."force_id" IS 'The lexicon''s actor for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "deployments"."personnel_kind" IS 'What the people sent are.';
COMMENT ON COLUMN "deployments"."origin_text" IS 'Where the force comes from: its state unless a port or base is named. As written in the article.';
COMMENT ON COLUMN "deployments"."origin_id" IS 'The lexicon''s place for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "deployments"."destination_text" IS 'Where the force is, was or is to be. As written in the article.';
COMMENT ON COLUMN "deployments"."destination_id" IS 'The lexicon''s place for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "deployments"."personnel_low" IS 'Lower bound that the words give: the number of ''at least'', ''more than'', a range or a vague number. Null where the words leave it open.';
COMMENT ON COLUMN "deployments"."personnel_best" IS 'The number itself where the words give one (''101'', ''about 600''); null for bounds, ranges and vague numbers.';
COMMENT ON COLUMN "deployments"."personnel_high" IS 'Upper bound that the words give. Null where the words leave it open.';
COMMENT ON COLUMN "deployments"."personnel_stated" IS 'The one number that stands in the words, whatever its hedge; null for ranges and vague numbers.';
COMMENT ON COLUMN "deployments"."qualifier" IS 'How the words hedge the number.';
COMMENT ON COLUMN "deployments"."waves" IS 'In how many separate movements, where stated.';
COMMENT ON COLUMN "deployments"."status" IS 'Where the deployment stands in the claim.';
COMMENT ON COLUMN "deployments"."started_on" IS 'Day on which it began. Filled only when the day is known.';
COMMENT ON COLUMN "deployments"."started_earliest" IS 'First day that the words allow where the day is not known.';
COMMENT ON COLUMN "deployments"."started_latest" IS 'Last day that the words allow where the day is not known.';
COMMENT ON COLUMN "deployments"."ended_on" IS 'Day on which it ended. Filled only when the day is known.';
COMMENT ON COLUMN "deployments"."ended_earliest" IS 'First day that the words allow where the day is not known.';
COMMENT ON COLUMN "deployments"."ended_latest" IS 'Last day that the words allow where the day is not known.';
COMMENT ON COLUMN "deployments"."claimant_text" IS 'Who makes the claim. Null: the article''s own voice. As written in the article.';
COMMENT ON COLUMN "deployments"."claimant_id" IS 'The lexicon''s actor for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "deployments"."relayed_by_text" IS 'Who passed the claim on, such as lawmakers after a briefing or an agency. As written in the article.';
COMMENT ON COLUMN "deployments"."relayed_by_id" IS 'The lexicon''s actor for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "deployments"."reported_to_text" IS 'The body to which the claim was made, such as a committee. As written in the article.';
COMMENT ON COLUMN "deployments"."reported_to_id" IS 'The lexicon''s actor for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "deployments"."reported_on" IS 'Day on which the claim was made. Filled only when the day is known.';
COMMENT ON COLUMN "deployments"."reported_earliest" IS 'First day that the words allow where the day is not known.';
COMMENT ON COLUMN "deployments"."reported_latest" IS 'Last day that the words allow where the day is not known.';
COMMENT ON COLUMN "deployments"."stance" IS 'The claimant''s own attitude to the claim; rejection by others stands in contested_by.';
COMMENT ON COLUMN "deployments"."contested_by_text" IS 'Who else denies or disputes the claim. As written in the article.';
COMMENT ON COLUMN "deployments"."contested_by_id" IS 'The lexicon''s actor for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "deployments"."conflict_id" IS 'The armed conflict that the fact belongs to, by the lexicon.';
COMMENT ON COLUMN "deployments"."place_text" IS 'Where it happened or holds. As written in the article.';
COMMENT ON COLUMN "deployments"."place_id" IS 'The lexicon''s place for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "deployments"."place_precision" IS 'What kind of place the words name.';
COMMENT ON COLUMN "deployments"."review_status" IS 'Whether a person has looked at it: candidate (as extracted), confirmed, corrected.';
CREATE OR REPLACE VIEW "discrepancies" AS SELECT "smaller_fact_id", "larger_fact_id", "outcome", "victims_id", "conflict_id", "smaller_stated", "larger_stated", "difference", "ratio", "smaller_completeness", "larger_completeness" FROM read_parquet('data/tables/discrepancies.parquet');
COMMENT ON VIEW "discrepancies" IS 'One row is two comparable estimates of different claimants whose numbers exclude each other. Derived in SQL from casualty_estimates.';
COMMENT ON COLUMN "discrepancies"."smaller_fact_id" IS 'The estimate with the smaller number.';
COMMENT ON COLUMN "discrepancies"."larger_fact_id" IS 'The estimate with the larger number.';
COMMENT ON COLUMN "discrepancies"."outcome" IS 'The outcome that both count.';
COMMENT ON COLUMN "discrepancies"."victims_id" IS 'The victims that both count.';
COMMENT ON COLUMN "discrepancies"."conflict_id" IS 'The conflict that both belong to.';
COMMENT ON COLUMN "discrepancies"."smaller_stated" IS 'The smaller stated number of people.';
COMMENT ON COLUMN "discrepancies"."larger_stated" IS 'The larger stated number of people.';
COMMENT ON COLUMN "discrepancies"."difference" IS 'Larger minus smaller, in people.';
COMMENT ON COLUMN "discrepancies"."ratio" IS 'Larger divided by smaller, rounded to two decimals.';
COMMENT ON COLUMN "discrepancies"."smaller_completeness" IS 'Whether the smaller estimate claims to be of all victims.';
COMMENT ON COLUMN "discrepancies"."larger_completeness" IS 'Whether the larger estimate claims to be of all victims.';
CREATE OR REPLACE VIEW "evidence" AS SELECT "evidence_id", "fact_id", "table_name", "ordinal", "column_name", "article_id", "char_start", "char_end", "quote", "prefix", "suffix", "quote_sha256", "reason" FROM read_parquet('data/tables/evidence.parquet');
COMMENT ON VIEW "evidence" IS 'One row is one span of one article that supports one column of one fact: text[char_start:char_end] is the quote.';
COMMENT ON COLUMN "evidence"."evidence_id" IS 'Identifier: ''e'' and 16 hexadecimal digits, a hash of fact, column, ordinal and span.';
COMMENT ON COLUMN "evidence"."fact_id" IS 'The fact that it supports.';
COMMENT ON COLUMN "evidence"."table_name" IS 'The table in which the supported column stands.';
COMMENT ON COLUMN "evidence"."ordinal" IS 'Which row of a list that belongs to the fact (ceremony_participants); null for the fact itself.';
COMMENT ON COLUMN "evidence"."column_name" IS 'The column that it supports.';
COMMENT ON COLUMN "evidence"."article_id" IS 'The article that the fact was read from.';
COMMENT ON COLUMN "evidence"."char_start" IS 'First character, counted in Unicode code points from 0 in the stored text.';
COMMENT ON COLUMN "evidence"."char_end" IS 'Character after the last.';
COMMENT ON COLUMN "evidence"."quote" IS 'The words. Null where they are longer than the article''s quote limit.';
COMMENT ON COLUMN "evidence"."prefix" IS 'Up to 32 characters before the quote (W3C TextQuoteSelector).';
COMMENT ON COLUMN "evidence"."suffix" IS 'Up to 32 characters after the quote.';
COMMENT ON COLUMN "evidence"."quote_sha256" IS 'Hash of the words in UTF-8, also where the quote is withheld.';
COMMENT ON COLUMN "evidence"."reason" IS 'Why a reviewer''s value stands where the words alone read otherwise; null for what the grammar reads.';
CREATE OR REPLACE VIEW "ledger" AS SELECT "fact_id", "table_name", "article_id", "extractor", "status", "reason", "merged_into", "first_release", "last_release" FROM read_parquet('data/tables/ledger.parquet');
COMMENT ON VIEW "ledger" IS 'One row is one fact that was ever published, or rejected in review, with its life.';
COMMENT ON COLUMN "ledger"."fact_id" IS 'The fact.';
COMMENT ON COLUMN "ledger"."table_name" IS 'The table that holds it.';
COMMENT ON COLUMN "ledger"."article_id" IS 'The article that it was read from.';
COMMENT ON COLUMN "ledger"."extractor" IS 'What found it: name@version of the grammar, or human.';
COMMENT ON COLUMN "ledger"."status" IS 'Where it stands.';
COMMENT ON COLUMN "ledger"."reason" IS 'Why it was corrected, added or retracted.';
COMMENT ON COLUMN "ledger"."merged_into" IS 'The fact that took its place.';
COMMENT ON COLUMN "ledger"."first_release" IS 'Version of the release that first held it; null before its first release.';
COMMENT ON COLUMN "ledger"."last_release" IS 'Version of the last release that held it.';
CREATE OR REPLACE VIEW "places" AS SELECT "place_id", "name", "kind", "country_code", "part_of_place_id" FROM read_parquet('data/tables/places.parquet');
COMMENT ON VIEW "places" IS 'One row is a country, region, city or venue that a fact names.';
COMMENT ON COLUMN "places"."place_id" IS 'Identifier in the lexicon; a country bears its ISO 3166-1 alpha-3 code.';
COMMENT ON COLUMN "places"."name" IS 'Full name in English.';
COMMENT ON COLUMN "places"."kind" IS 'What the place is.';
COMMENT ON COLUMN "places"."country_code" IS 'ISO 3166-1 alpha-3 code of the country that it lies in.';
COMMENT ON COLUMN "places"."part_of_place_id" IS 'The place that this one lies in.';
CREATE OR REPLACE VIEW "statements" AS SELECT "fact_id", "article_id", "kind", "speaker_text", "speaker_id", "said_on", "said_earliest", "said_latest", "text", "occasion_fact_id", "topic", "conflict_id", "place_text", "place_id", "place_precision", "review_status" FROM read_parquet('data/tables/statements.parquet');
COMMENT ON VIEW "statements" IS 'One row is one quotation, paraphrase, pledge, denial or refusal to comment.';
COMMENT ON COLUMN "statements"."fact_id" IS 'Identifier of the fact: ''f'' and 16 hexadecimal digits, a hash of table, article, the words of its first value and an ordinal among equal words. Never reused.';
COMMENT ON COLUMN "statements"."article_id" IS 'The article that the fact was read from.';
COMMENT ON COLUMN "statements"."kind" IS 'What kind of statement.';
COMMENT ON COLUMN "statements"."speaker_text" IS 'Who spoke. As written in the article.';
COMMENT ON COLUMN "statements"."speaker_id" IS 'The lexicon''s actor for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "statements"."said_on" IS 'Day on which it was said. Filled only when the day is known.';
COMMENT ON COLUMN "statements"."said_earliest" IS 'First day that the words allow where the day is not known.';
COMMENT ON COLUMN "statements"."said_latest" IS 'Last day that the words allow where the day is not known.';
COMMENT ON COLUMN "statements"."text" IS 'The words of the statement: what stands between quotation marks, or the paraphrase. Null where it is longer than the article''s quote limit.';
COMMENT ON COLUMN "statements"."occasion_fact_id" IS 'The ceremony at which it was said.';
COMMENT ON COLUMN "statements"."topic" IS 'What it is about.';
COMMENT ON COLUMN "statements"."conflict_id" IS 'The armed conflict that the fact belongs to, by the lexicon.';
COMMENT ON COLUMN "statements"."place_text" IS 'Where it happened or holds. As written in the article.';
COMMENT ON COLUMN "statements"."place_id" IS 'The lexicon''s place for the same; null when the lexicon knows none.';
COMMENT ON COLUMN "statements"."place_precision" IS 'What kind of place the words name.';
COMMENT ON COLUMN "statements"."review_status" IS 'Whether a person has looked at it: candidate (as extracted), confirmed, corrected.';
CREATE OR REPLACE VIEW "vague_numbers" AS SELECT "words", "count_low" FROM read_parquet('data/tables/vague_numbers.parquet');
COMMENT ON VIEW "vague_numbers" IS 'One row says what a vague number means here.';
COMMENT ON COLUMN "vague_numbers"."words" IS 'The vague number.';
COMMENT ON COLUMN "vague_numbers"."count_low" IS 'The least number of people that it stands for here.';
CREATE OR REPLACE VIEW claims AS SELECT c.* EXCLUDE (review_status), w.quote, c.review_status
FROM (SELECT 'casualty_estimates' AS table_name, f.fact_id, f.article_id,
  concat_ws('; ', concat_ws(' ', CASE WHEN f.stance <> 'asserted' THEN f.stance || ':' END, CASE f.qualifier WHEN 'exact' THEN CAST(f."count_stated" AS VARCHAR) WHEN 'about' THEN 'about ' || f."count_stated"
    WHEN 'at_least' THEN 'at least ' || f."count_stated" WHEN 'more_than' THEN 'more than ' || f."count_stated"
    WHEN 'at_most' THEN 'up to ' || f."count_stated" WHEN 'less_than' THEN 'fewer than ' || f."count_stated"
    WHEN 'range' THEN f."count_low" || ' to ' || f."count_high" WHEN 'vague' THEN 'vaguely ' || f."count_low" || ' or more' END, replace(f."outcome", '_', ' ')), 'victims: ' || f."victims_text", 'attributed to: ' || f."attributed_to_text", 'place: ' || f."place_text") AS claim,
  f."claimant_text" AS claimant_text, f."claimant_id" AS claimant_id,
  f."stance" AS stance,
  f."reported_on" AS reported_on, a.published_on,
  coalesce(f."reported_on", a.published_on) AS dated_on,
  CASE WHEN f."reported_on" IS NOT NULL THEN 'reported_on' WHEN a.published_on IS NOT NULL THEN 'published_on' END AS dated_by,
  f.review_status
FROM "casualty_estimates" AS f
LEFT JOIN articles AS a ON a.article_id = f.article_id
UNION ALL BY NAME
SELECT 'ceremonies' AS table_name, f.fact_id, f.article_id,
  concat_ws('; ', concat_ws(' ', NULL, NULL, replace(f."kind", '_', ' ')), f."name", 'venue: ' || f."venue_text", 'host: ' || f."host_text", 'organiser: ' || f."organiser_text", 'honoured: ' || f."honoured_text", 'place: ' || f."place_text") AS claim,
  CAST(NULL AS VARCHAR) AS claimant_text, CAST(NULL AS VARCHAR) AS claimant_id,
  CAST(NULL AS VARCHAR) AS stance,
  CAST(NULL AS DATE) AS reported_on, a.published_on,
  coalesce(CAST(NULL AS DATE), a.published_on) AS dated_on,
  CASE WHEN CAST(NULL AS DATE) IS NOT NULL THEN 'reported_on' WHEN a.published_on IS NOT NULL THEN 'published_on' END AS dated_by,
  f.review_status
FROM "ceremonies" AS f
LEFT JOIN articles AS a ON a.article_id = f.article_id
UNION ALL BY NAME
SELECT 'deployments' AS table_name, f.fact_id, f.article_id,
  concat_ws('; ', concat_ws(' ', CASE WHEN f.stance <> 'asserted' THEN f.stance || ':' END, CASE f.qualifier WHEN 'exact' THEN CAST(f."personnel_stated" AS VARCHAR) WHEN 'about' THEN 'about ' || f."personnel_stated"
    WHEN 'at_least' THEN 'at least ' || f."personnel_stated" WHEN 'more_than' THEN 'more than ' || f."personnel_stated"
    WHEN 'at_most' THEN 'up to ' || f."personnel_stated" WHEN 'less_than' THEN 'fewer than ' || f."personnel_stated"
    WHEN 'range' THEN f."personnel_low" || ' to ' || f."personnel_high" WHEN 'vague' THEN 'vaguely ' || f."personnel_low" || ' or more' END, replace(f."personnel_kind", '_', ' '), replace(f."status", '_', ' ')), 'force: ' || f."force_text", 'origin: ' || f."origin_text", 'destination: ' || f."destination_text", 'place: ' || f."place_text") AS claim,
  f."claimant_text" AS claimant_text, f."claimant_id" AS claimant_id,
  f."stance" AS stance,
  f."reported_on" AS reported_on, a.published_on,
  coalesce(f."reported_on", a.published_on) AS dated_on,
  CASE WHEN f."reported_on" IS NOT NULL THEN 'reported_on' WHEN a.published_on IS NOT NULL THEN 'published_on' END AS dated_by,
  f.review_status
FROM "deployments" AS f
LEFT JOIN articles AS a ON a.article_id = f.article_id
UNION ALL BY NAME
SELECT 'statements' AS table_name, f.fact_id, f.article_id,
  concat_ws('; ', concat_ws(' ', NULL, NULL, replace(f."kind", '_', ' ')), f."text", 'place: ' || f."place_text") AS claim,
  f."speaker_text" AS claimant_text, f."speaker_id" AS claimant_id,
  CAST(NULL AS VARCHAR) AS stance,
  f."said_on" AS reported_on, a.published_on,
  coalesce(f."said_on", a.published_on) AS dated_on,
  CASE WHEN f."said_on" IS NOT NULL THEN 'reported_on' WHEN a.published_on IS NOT NULL THEN 'published_on' END AS dated_by,
  f.review_status
FROM "statements" AS f
LEFT JOIN articles AS a ON a.article_id = f.article_id) AS c
LEFT JOIN (SELECT fact_id, arg_min_null(quote, (CAST(coalesce(p.place, 255) AS BIGINT) * 134217728 + coalesce(char_start, 134217727)) * 134217728 + coalesce(char_end, 134217727)) AS quote FROM evidence
  LEFT JOIN (VALUES ('casualty_estimates', 'qualifier', 0), ('casualty_estimates', 'victims_text', 1), ('casualty_estimates', 'attributed_to_text', 2), ('casualty_estimates', 'place_text', 3), ('casualty_estimates', 'outcome', 4), ('casualty_estimates', 'count_low', 5), ('casualty_estimates', 'count_best', 6), ('casualty_estimates', 'count_high', 7), ('casualty_estimates', 'count_stated', 8), ('casualty_estimates', 'victims_id', 9), ('casualty_estimates', 'victims_kind', 10), ('casualty_estimates', 'attributed_to_id', 11), ('casualty_estimates', 'claimant_text', 12), ('casualty_estimates', 'claimant_id', 13), ('casualty_estimates', 'relayed_by_text', 14), ('casualty_estimates', 'relayed_by_id', 15), ('casualty_estimates', 'reported_to_text', 16), ('casualty_estimates', 'reported_to_id', 17), ('casualty_estimates', 'reported_on', 18), ('casualty_estimates', 'reported_earliest', 19), ('casualty_estimates', 'reported_latest', 20), ('casualty_estimates', 'stance', 21), ('casualty_estimates', 'contested_by_text', 22), ('casualty_estimates', 'contested_by_id', 23), ('casualty_estimates', 'period_earliest', 24), ('casualty_estimates', 'period_latest', 25), ('casualty_estimates', 'as_of', 26), ('casualty_estimates', 'scope', 27), ('casualty_estimates', 'part_of_fact_id', 28), ('casualty_estimates', 'basis', 29), ('casualty_estimates', 'completeness', 30), ('casualty_estimates', 'conflict_id', 31), ('casualty_estimates', 'place_id', 32), ('casualty_estimates', 'place_precision', 33), ('ceremonies', 'qualifier', 0), ('ceremonies', 'name', 1), ('ceremonies', 'venue_text', 2), ('ceremonies', 'host_text', 3), ('ceremonies', 'organiser_text', 4), ('ceremonies', 'honoured_text', 5), ('ceremonies', 'place_text', 6), ('ceremonies', 'kind', 7), ('ceremonies', 'held_on', 8), ('ceremonies', 'held_earliest', 9), ('ceremonies', 'held_latest', 10), ('ceremonies', 'venue_id', 11), ('ceremonies', 'host_id', 12), ('ceremonies', 'organiser_id', 13), ('ceremonies', 'honoured_id', 14), ('ceremonies', 'honoured_count', 15), ('ceremonies', 'conflict_id', 16), ('ceremonies', 'place_id', 17), ('ceremonies', 'place_precision', 18), ('deployments', 'qualifier', 0), ('deployments', 'force_text', 1), ('deployments', 'origin_text', 2), ('deployments', 'destination_text', 3), ('deployments', 'place_text', 4), ('deployments', 'force_id', 5), ('deployments', 'personnel_kind', 6), ('deployments', 'origin_id', 7), ('deployments', 'destination_id', 8), ('deployments', 'personnel_low', 9), ('deployments', 'personnel_best', 10), ('deployments', 'personnel_high', 11), ('deployments', 'personnel_stated', 12), ('deployments', 'waves', 13), ('deployments', 'status', 14), ('deployments', 'started_on', 15), ('deployments', 'started_earliest', 16), ('deployments', 'started_latest', 17), ('deployments', 'ended_on', 18), ('deployments', 'ended_earliest', 19), ('deployments', 'ended_latest', 20), ('deployments', 'claimant_text', 21), ('deployments', 'claimant_id', 22), ('deployments', 'relayed_by_text', 23), ('deployments', 'relayed_by_id', 24), ('deployments', 'reported_to_text', 25), ('deployments', 'reported_to_id', 26), ('deployments', 'reported_on', 27), ('deployments', 'reported_earliest', 28), ('deployments', 'reported_latest', 29), ('deployments', 'stance', 30), ('deployments', 'contested_by_text', 31), ('deployments', 'contested_by_id', 32), ('deployments', 'conflict_id', 33), ('deployments', 'place_id', 34), ('deployments', 'place_precision', 35), ('statements', 'qualifier', 0), ('statements', 'text', 1), ('statements', 'place_text', 2), ('statements', 'kind', 3), ('statements', 'speaker_text', 4), ('statements', 'speaker_id', 5), ('statements', 'said_on', 6), ('statements', 'said_earliest', 7), ('statements', 'said_latest', 8), ('statements', 'occasion_fact_id', 9), ('statements', 'topic', 10), ('statements', 'conflict_id', 11), ('statements', 'place_id', 12), ('statements', 'place_precision', 13)) AS p(table_name, column_name, place) USING (table_name, column_name)
  WHERE ordinal IS NULL GROUP BY fact_id) AS w ON w.fact_id = c.fact_id;
COMMENT ON VIEW claims IS 'Every fact of every fact table in one row: who said what, when, and in which words.';
CREATE OR REPLACE MACRO known_on(day) AS TABLE SELECT * FROM claims WHERE dated_on <= CAST(day AS DATE) ORDER BY dated_on, fact_id;
CREATE OR REPLACE VIEW casualty_timeline AS 
SELECT coalesce(f.reported_on, a.published_on) AS dated_on,
  CASE WHEN f.reported_on IS NOT NULL THEN 'reported_on' WHEN a.published_on IS NOT NULL THEN 'published_on' END AS dated_by,
  f.outcome, f.qualifier, f.count_low, f.count_best, f.count_high, f.count_stated, f.victims_text, f.victims_id,
  f.claimant_text, f.claimant_id, f.scope, f.completeness, f.conflict_id, f.article_id, f.fact_id
FROM casualty_estimates AS f LEFT JOIN articles AS a ON a.article_id = f.article_id
WHERE f.stance = 'asserted'
ORDER BY dated_on NULLS LAST, f.fact_id
;
COMMENT ON VIEW casualty_timeline IS 'Asserted casualty estimates by the day of the claim, or of publication where that is not known (dated_by says which).';
