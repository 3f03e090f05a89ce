"""TableError: one breach of a Table Schema, in the terms that frictionless uses."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TableError:
    """One error of a resource.

    ``type`` is frictionless's name for it (``type-error``, ``constraint-error``, ``primary-key`` …), ``rule`` what exactly was broken
    (``type``, ``enum``, ``rowCheck 2`` …). ``row_number`` counts the header as row 1 and is None for an error of the whole resource.
    """

    resource: str
    type: str
    rule: str
    row_number: int | None
    field: str | None
    cell: object
    note: str
