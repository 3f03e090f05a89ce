"""factpack: article-derived facts as validated Data Packages.

The flow, one way, visible in ``build.py``::

    data/articles - article - mentions - facts - tables - package - checks - swap
                     read      find      judge    type    stage     refuse   in place
                                 schemas/*.json - schema - derive (arrow, sql, expectations, dictionary, descriptors)

A *pipeline* is one module in ``pipelines/facts/``: it turns an article into the rows of one table.
"""
