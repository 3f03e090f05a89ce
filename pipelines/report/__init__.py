"""Reports of the checks: each failure beside its words, for people, for programs and for pull requests."""

from pipelines.report.annotations import without_commands
from pipelines.report.files import Targets, wanted, write_reports
from pipelines.report.findings import Finding, Findings, gather
from pipelines.report.run import check
from pipelines.report.terminal import as_text, failures

__all__ = ["Finding", "Findings", "Targets", "as_text", "check", "failures", "gather", "wanted", "without_commands", "write_reports"]
