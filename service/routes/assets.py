"""Static files with a fingerprint in their address, so that browsers keep them a year and never show an old one."""

import hashlib
from pathlib import Path

from flask import Flask, current_app, request

from service.routes.addresses import fixed

_KEY = "relais_fingerprints"
_VERSION_IN_NAME = "fonts/"
_LENGTH = 12


def register(app: Flask) -> None:
    """Fingerprint the static files once; templates then say `asset_url("relais.css")`."""
    folder = Path(app.static_folder or "")
    app.extensions[_KEY] = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:_LENGTH]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    app.jinja_env.globals["asset_url"] = asset_url


def asset_url(name: str) -> str:
    """The address of a static file. KeyError for a name that does not exist."""
    return fixed("static", filename=name, v=current_app.extensions[_KEY][name])


def is_for_good() -> bool:
    """Whether what is at this static address can never change: fingerprinted, or with its version in its name."""
    name = (request.view_args or {}).get("filename", "")
    known = current_app.extensions[_KEY].get(name)
    return known is not None and (request.args.get("v") == known or name.startswith(_VERSION_IN_NAME))
