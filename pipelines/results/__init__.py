"""Results that are kept from run to run: what was extracted from which content, and tables that are put together from pieces.

::

    DIR/.factpack-extract/
      layout.json           the pieces of the last run that ended, and what they were made with
      entries.arrow         one row an article: what it is known by; the pieces hold them in the same order
      stretches.parquet     which articles follow each other somewhere, to be found together
      compared.parquet      which texts were compared to find copies, and how much they share
      lexicon/              the lexicon of that run
      pieces/<digest>/      the rows of about two thousand articles that follow each other, one Parquet file a table
      log/<number>/         what a run extracted that has not ended yet, a section every few seconds
"""
