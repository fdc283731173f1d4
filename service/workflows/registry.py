"""The kinds of ticket that Relais knows, by code."""

from collections.abc import Mapping

from service.workflows.appointment import APPOINTMENT
from service.workflows.child_protection_notice import CHILD_PROTECTION_NOTICE
from service.workflows.co_intervention import CO_INTERVENTION
from service.workflows.handover import HANDOVER
from service.workflows.machine import Workflow
from service.workflows.orientation import ORIENTATION
from service.workflows.rights_meeting import RIGHTS_MEETING
from service.workflows.social_emergency import SOCIAL_EMERGENCY
from service.workflows.urgent_rights import URGENT_RIGHTS

WORKFLOWS: Mapping[str, Workflow] = {
    workflow.kind: workflow
    for workflow in (
        URGENT_RIGHTS,
        CO_INTERVENTION,
        HANDOVER,
        SOCIAL_EMERGENCY,
        APPOINTMENT,
        CHILD_PROTECTION_NOTICE,
        ORIENTATION,
        RIGHTS_MEETING,
    )
}

KIND_OF_PREFIX: Mapping[str, str] = {workflow.prefix: kind for kind, workflow in WORKFLOWS.items()}
"""A reference begins with the prefix of its kind."""


def kind_of(reference: str) -> str | None:
    """The kind that a reference belongs to by its prefix; None for any other text."""
    return KIND_OF_PREFIX.get(reference.partition("-")[0])
