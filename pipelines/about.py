"""What people say of the package in data/about.yaml."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from pipelines.errors import InputError


def read_about(path: Path) -> Mapping[str, Any]:
    """The content of about.yaml by key; its keys are checked where the descriptor is made."""
    try:
        about = yaml.safe_load(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: not found (expected name, title, description, licences and contributors of the package)") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError(f"{path}:{mark.line + 1 if mark else 1}: no YAML: {getattr(error, 'problem', error)}") from None
    if not isinstance(about, dict):
        raise InputError(f"{path}:1: no keys (expected lines such as 'title: …')")
    if "version" in about:
        raise InputError(f"{path}: 'version' is computed by 'factpack release' (expected the line to be taken out)")
    return about
