"""One request, as a program sends it and as the page does."""

from typing import Any

from tests.factories import a_submission, today


def a_body() -> dict[str, Any]:
    """What `POST /api/v1/tickets` takes at any hour."""
    given = a_submission()
    return {
        "kind": "urgent_rights",
        "submit": True,
        "person": {name: given[name] for name in ("matricule", "last_name", "first_name", "commune")},
        "benefit": given["benefit"],
        "event": given["event"],
        "last_payment_on": given["last_payment_on"].isoformat(),
        "cdap": {"consulted_on": given["cdap_consulted_on"].isoformat(), "missing": given["cdap_missing"]},
        "line_open_reason": given["line_open_reason"],
        "ground": {"told_on": given["told_on"].isoformat()},
        "description": given["description"],
    }


def a_form(key: str) -> dict[str, str]:
    """What « Signaler une urgence définie » sends, with the page's own key of 32 hexadecimal digits."""
    given = a_submission()
    as_typed = ("matricule", "last_name", "first_name", "commune", "benefit", "event", "cdap_missing")
    return {
        "form_key": key,
        **{name: given[name] for name in (*as_typed, "line_open_reason", "description")},
        "last_payment_on": given["last_payment_on"].isoformat(),
        "cdap": "today",
        "ground": "told",
        "ground_on": today().isoformat(),
    }
