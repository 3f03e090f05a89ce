"""A columnar validator of tabular Data Packages: Table Schema over CSV and Parquet, judged by DuckDB, reported row by row."""

from pipelines.tableschema.declared import Resource, read_resources
from pipelines.tableschema.error import TableError
from pipelines.tableschema.validator import validate_package, validate_resources

__all__ = ["Resource", "TableError", "read_resources", "validate_package", "validate_resources"]
