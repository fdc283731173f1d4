"""The pages, in French, without scripts needed. Importing the package puts each module's routes on the blueprint."""

from service.routes.pages import account, accounts, invitation, login
from service.routes.pages.blueprint import pages

__all__ = ["account", "accounts", "invitation", "login", "pages"]
