"""The one blueprint of the pages: each module of this package adds its own to it."""

from flask import Blueprint

pages = Blueprint("pages", __name__)
