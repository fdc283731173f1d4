"""The one blueprint of the pages: each module of this package adds its own to it."""

from flask import Blueprint, request

from service.errors import NotVisible
from service.workflows import reference as references

pages = Blueprint("pages", __name__)


@pages.before_request
def read_reference() -> None:
    """The views of a ticket get its reference as it is stored; refuses (NotVisible) a text that is none."""
    if request.view_args and "reference" in request.view_args:
        canonical = references.parse(request.view_args["reference"])
        if canonical is None:
            raise NotVisible
        request.view_args["reference"] = canonical
