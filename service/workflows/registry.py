"""The kinds of ticket that Relais knows, by code."""

from collections.abc import Mapping

from service.workflows.machine import Workflow
from service.workflows.urgent_rights import URGENT_RIGHTS

WORKFLOWS: Mapping[str, Workflow] = {workflow.kind: workflow for workflow in (URGENT_RIGHTS,)}
