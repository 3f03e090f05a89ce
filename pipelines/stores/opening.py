"""Opens an object store (S3, Google Cloud Storage, Azure); endpoint, region and credentials come from the usual environment variables."""

import os
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipelines.errors import UsageError, visible
from pipelines.stores.told import told

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

SCHEMES = ("s3", "gs", "az")
# Seconds until an endpoint that does not answer is given up: one request, and all attempts at it together (one more may then run).
ONE, ALL = 10, 20
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT", "AWS_ENDPOINT_URL")


def opened(address: str, client: "ClientConfig", patience: timedelta | None = None) -> "ObjectStore":
    """The store at a sound address, a bucket or a folder in it; ``patience`` is the time for all attempts at one request."""
    from obstore.store import AzureStore, GCSStore, S3Store

    options: ClientConfig = {"connect_timeout": timedelta(seconds=ONE / 2), "allow_http": plain_http(address), **client}
    retry: RetryConfig = {
        "max_retries": 20 if patience else 4,
        "retry_timeout": patience or timedelta(seconds=ALL),
        "backoff": {"init_backoff": timedelta(milliseconds=200), "max_backoff": timedelta(seconds=5), "base": 2},
    }
    with told(visible(address)):
        if address.startswith("s3:"):
            return S3Store.from_url(address, client_options=options, retry_config=retry, conditional_put="etag")
        kind = GCSStore if address.startswith("gs:") else AzureStore
        return kind.from_url(address, client_options=options, retry_config=retry)


def plain_http(address: str) -> bool:
    """Whether the endpoint may be spoken to without encryption: on this machine, or because AWS_ALLOW_HTTP says so."""
    if not address.startswith("s3:"):
        return False
    endpoint = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), "")
    parts = urlsplit(endpoint)
    if parts.scheme != "http":
        return False
    if parts.hostname not in ("localhost", "127.0.0.1", "::1") and os.environ.get("AWS_ALLOW_HTTP", "").lower() not in ("1", "true"):
        raise UsageError("AWS_ENDPOINT: is http://, where all can be read on the way (expected https://, or AWS_ALLOW_HTTP=true)")
    return True
