"""The pages, in French, without scripts needed. Importing the package puts each module's routes on the blueprint."""

from service.routes.pages import (
    account,
    accounts,
    actions,
    calls,
    cdap,
    home,
    invitation,
    login,
    messages,
    outbox,
    report,
    search,
    settings,
    ticket,
    tickets,
)
from service.routes.pages.blueprint import pages

__all__ = [
    "account",
    "accounts",
    "actions",
    "calls",
    "cdap",
    "home",
    "invitation",
    "login",
    "messages",
    "outbox",
    "pages",
    "report",
    "search",
    "settings",
    "ticket",
    "tickets",
]
