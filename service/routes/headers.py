"""What every answer says to the browser: load nothing foreign, keep nothing, show nothing elsewhere."""

from flask import Flask, Response, request

from service.config import Config
from service.routes.assets import is_for_good

_YEAR = 31_536_000
_PICTURE_KEPT = 3600
"""Seconds that a browser shows a picture of the guide again without asking; everybody in them is invented."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "font", "connect", "manifest")),
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not « no-referrer »: browsers would then send « Origin: null » with our own forms.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def register(app: Flask, config: Config) -> None:
    """Add the headers to every answer, refusals included."""

    @app.after_request
    def add(answer: Response) -> Response:
        for name, value in ALWAYS.items():
            answer.headers.setdefault(name, value)
        if config.secure_cookies:
            answer.headers["Strict-Transport-Security"] = f"max-age={2 * _YEAR}; includeSubDomains"
        answer.headers["Cache-Control"] = _keeping(answer)
        return answer


def _keeping(answer: Response) -> str:
    if answer.mimetype == "text/calendar":
        return "private, no-store"
    if request.endpoint == "pages.guide_picture" and answer.status_code in {200, 304}:
        return f"private, max-age={_PICTURE_KEPT}"
    if request.endpoint != "static" or answer.status_code not in {200, 304}:
        return "no-store"
    return f"public, max-age={_YEAR}, immutable" if is_for_good() else "no-cache"
