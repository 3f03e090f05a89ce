"""Seeded faults: each is injected into a good package, and the check that should catch it must name table, row, column and rule."""
