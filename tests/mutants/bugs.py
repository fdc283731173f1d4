"""Bugs to plant, each as somebody might write it one day, and the tests that are there to find it.

An edit is a text that stands exactly once in its file, and what is written instead: when the code moves on, the edit
no longer applies, and both `make mutants` and the ordinary tests say so.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """In `file`, `after` instead of `before`."""

    file: str
    before: str
    after: str


@dataclass(frozen=True)
class Bug:
    """What is broken, how, and which tests must fail for it."""

    name: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]


BUGS = (
    Bug(
        "two people act on one request at once: neither is held back",
        (
            Edit(
                "service/operations/acts.py",
                'Ticket.reference == bindparam("reference")).with_for_update()',
                'Ticket.reference == bindparam("reference"))',
            ),
            Edit(
                "service/models/ticket.py",
                '    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012\n',
                "",
            ),
        ),
        (
            "tests/faults/test_races.py::test_of_twenty_agents_who_take_it_at_once_one_has_it_and_the_others_are_told",
        ),
    ),
    Bug(
        "an act on a version that has moved on is done all the same",
        (
            Edit(
                "service/operations/acts.py",
                "if version is not None and version != ticket.version:",
                "if version is not None and version > ticket.version:",
            ),
        ),
        ("tests/api/test_actions.py::test_an_action_needs_the_version_that_was_read",),
    ),
    Bug(
        "the mail of an act is written after its transaction",
        (
            Edit(
                "service/operations/transitions.py",
                "            tell(session, ticket, row, known, told, now)\n",
                "            session.commit()\n            tell(session, ticket, row, known, told, now)\n",
            ),
        ),
        ("tests/faults/test_crashes.py::test_an_act_is_whole_or_absent_and_done_again_is_one",),
    ),
    Bug(
        "whoever is logged in opens every page",
        (
            Edit(
                "service/routes/guard.py",
                "    if may(actor, permission):\n        return\n    if actor is None:",
                "    if actor is not None or may(actor, permission):\n        return\n    if actor is None:",
            ),
        ),
        ("tests/pages/test_frame.py::test_every_page_is_open_to_the_roles_that_hold_its_permission",),
    ),
    Bug(
        "the Caf reads drafts",
        (
            Edit(
                "service/queries/tickets.py",
                "    if urgent:\n        return Ticket.submitted_at.is_not(None)",
                "    if urgent:\n        return Ticket.opened_at.is_not(None)",
            ),
        ),
        ("tests/api/test_visibility.py::test_a_draft_is_absent_for_the_caf",),
    ),
    Bug(
        "the other institution reads internal notes",
        (
            Edit(
                "service/queries/conversation.py",
                "            InternalNote.institution == reader.institution,\n",
                "",
            ),
        ),
        ("tests/api/test_conversation.py::test_r_dp_3_notes_stay_in_their_institution",),
    ),
    Bug(
        "an entry of the journal does not hold on to the one before",
        (Edit("service/workflows/journal.py", "        previous.hex(),\n", "        FIRST.hex(),\n"),),
        ("tests/faults/test_tampering.py::test_every_tampering_is_found_at_its_place",),
    ),
    Bug(
        "the same key makes the same thing twice",
        (
            Edit(
                "service/operations/once.py",
                "        session.add(row)\n        session.flush()  #",
                "        #",
            ),
        ),
        ("tests/api/test_conversation.py::test_the_same_key_writes_once",),
    ),
    Bug(
        "a social-security number is kept",
        (Edit("service/operations/texts.py", "    if found:\n", "    if len(found) > 1:\n"),),
        (
            "tests/operations/test_conversation.py::test_r_dp_7_a_nir_is_refused_with_its_rule_and_nothing_is_kept",
        ),
    ),
    Bug(
        "a code of the second factor opens a session twice",
        (
            Edit("service/operations/second_factor.py", " and step > after:", ":"),
            Edit(
                "service/operations/second_factor.py",
                "SecondFactor.account_id == account_id, SecondFactor.last_step < step)",
                "SecondFactor.account_id == account_id)",
            ),
        ),
        ("tests/operations/test_second_factor.py::test_a_code_opens_the_session_once",),
    ),
    Bug(
        "a scheduler that lost its lease closes the slot",
        (
            Edit(
                "service/jobs/turn.py",
                "ScheduledJob.token == held.token)\n        .values(\n            next_slot",
                "ScheduledJob.token <= held.token + 1)\n        .values(\n            next_slot",
            ),
        ),
        ("tests/jobs/test_turn.py::test_an_old_token_can_not_close_the_slot",),
    ),
    Bug(
        "a sealed value opens in another row",
        (
            Edit(
                "service/models/base.py",
                'return f"{row.__tablename__}.{self.name}.{row.sealing_row()}"',
                'return f"{row.__tablename__}.{self.name}"',
            ),
        ),
        ("tests/operations/test_urgent_rights.py::test_a_sealed_value_moved_to_another_row_no_longer_opens",),
    ),
    Bug(
        "a form of another site is taken",
        (Edit("service/routes/guard.py", "            csrf.protect()\n", ""),),
        ("tests/pages/test_login.py::test_a_form_without_its_token_does_nothing",),
    ),
    Bug(
        "bank holidays count as open days",
        (
            Edit(
                "service/workflows/business_time.py",
                "            if day not in stage.closed_days:\n",
                "            if day:\n",
            ),
        ),
        ("tests/workflows/test_business_time.py",),
    ),
    Bug(
        "somebody undoes what a colleague has just done",
        (
            Edit(
                "service/operations/undoing.py",
                " or act.actor is None or last.actor_id != act.actor.account_id:",
                ":",
            ),
        ),
        ("tests/operations/test_undoing.py::test_only_the_last_act_of_oneself_is_undone",),
    ),
    Bug(
        "the clocks count what was undone",
        (
            Edit(
                "service/operations/standing.py",
                "for line in holding]",
                "for line in lines]",
            ),
        ),
        ("tests/operations/test_undoing.py::test_what_was_undone_leaves_everything_as_it_was",),
    ),
)
