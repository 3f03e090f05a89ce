"""Releases out into the world and back: published where none is ever overwritten, signed, fetched and verified.

::

    release ─ verified ─ every file put once ─ every file read back ─ index.json ─ datapackage.json, latest
"""
