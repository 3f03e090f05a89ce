"""What went wrong with an object store, in words; the store's own text is never shown, since it may hold what is secret."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    InvalidPathError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)

from pipelines.errors import FactpackError, InputError, UsageError, visible
from pipelines.fetch import NotThere

_CREDENTIALS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, GOOGLE_APPLICATION_CREDENTIALS, or AZURE_STORAGE_ACCOUNT_NAME and _KEY"
_NO_BUCKET = ("NoSuchBucket", "ContainerNotFound", "InvalidBucketName")


@contextmanager
def told(where: str, expected: str = "a file of the release") -> Iterator[None]:
    """A context whose errors of the store become *where: what (expected ...)*; refused conditions pass through."""
    try:
        yield
    except (AlreadyExistsError, PreconditionError):
        raise
    except (BaseError, FileNotFoundError, ValueError) as error:
        raise _error(where, error, expected) from None


def _error(where: str, error: Exception, expected: str) -> FactpackError:
    text = str(error)
    found = re.search(r"<Code>([A-Za-z]{1,60})</Code>", text)
    code = found[1] if found else ""
    if code in _NO_BUCKET:
        return UsageError(f"{where}: there is no such bucket (expected one that is there; check the address, the endpoint and the region)")
    if isinstance(error, FileNotFoundError):
        return NotThere(f"{where}: not found (expected {expected})")
    if isinstance(error, InvalidPathError):
        named = re.search(r'Path "([^"]{1,200})"', text)
        key = f", {visible(named[1])!r}" if named else ""
        return InputError(f"{where}: holds an object whose name is no path{key} (expected names without empty parts, '.' and '..')")
    if isinstance(error, UnauthenticatedError | PermissionDeniedError):
        return UsageError(f"{where}: access was refused{f', {code}' if code else ''} (expected credentials that may read and write there)")
    if "/latest/api/token" in text or "metadata.google" in text or "MissingAccount" in text or "edential" in text:
        return UsageError(f"{where}: no credentials (expected {_CREDENTIALS} in the environment)")
    if "redirect" in text.lower():
        return UsageError(f"{where}: is in another region (expected its region in AWS_REGION)")
    status = re.search(r"status code: (\d{3})", text)
    if status:
        return InputError(f"{where}: the store answered {status[1]}{f' {code}' if code else ''} (expected 200 OK)")
    if "kind: Timeout" in text:
        return InputError(f"{where}: the store did not answer in time (expected an endpoint that answers)")
    if "kind: Connect" in text or "HTTP error" in text:
        return InputError(f"{where}: no connection, or it broke off (expected an endpoint that answers)")
    return InputError(f"{where}: the store failed, {type(error).__name__} (expected an endpoint that answers)")
