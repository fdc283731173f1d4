"""The trade's Settings: defaults, what can be typed, what is stored (R-CLK-3, R-CLK-7, R-UD-1, R-UD-3)."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.workflows.deadlines import Target
from service.workflows.settings import (
    BY_KEY,
    SETTINGS,
    Setting,
    SettingRefused,
    Values,
    from_stored,
    in_words,
    parse,
    to_stored,
    to_text,
)
from service.workflows.urgency import MonthsFrom, UrgencyRules


def test_the_defaults_of_rules_md() -> None:
    values = Values()
    assert values.target("triage") == Target(4, "hours")
    assert values.target("take") == Target(1, "days")
    assert values.target("answer") == Target(2, "days")
    assert values.target("closing") is None
    assert values.urgency_rules() == UrgencyRules(MonthsFrom.LAST_PAYMENT, None)
    assert values.flag("direct_channel") is True
    assert values.text("urgent_triage_unit") == "caf_secretariat"
    assert values.text("caf_contact_url") == "https://wwwd.caf.fr/wps/portal/caffr/macaf/contactermacaf"
    days = {key: values.number(key) for key in values if key.endswith("_days")}
    assert days == {
        "waiting_reminder_first_days": 3,
        "waiting_reminder_second_days": 8,
        "answer_after_waiting_days": 8,
        "auto_close_days": 10,
        "reopen_days": 30,
        "contest_days": 10,
        "draft_days": 30,
    }


def test_the_line_number_delivered_is_visibly_invented() -> None:
    assert "inventé" in Values().text("line_number")


def test_r_clk_7_targets_and_the_urgency_definition_belong_to_a_version() -> None:
    versioned = {setting.key for setting in SETTINGS if setting.versioned}
    assert versioned == {
        "families_notice_on",
        "three_months_from",
        "strong_decrease_threshold_percent",
        "target_triage",
        "target_take",
        "target_answer",
        "target_forwarding",
        "target_first_exchange",
        "target_call_back",
        "target_offer",
        "target_emergency_take",
        "target_feedback",
        "target_meeting",
        "target_rights_check",
        "target_reception",
        "target_assessment",
    }
    kept = Values({"target_answer": "3 days", "reopen_days": 12}).versioned()
    assert kept == {
        "families_notice_on": "2026-11-26",
        "three_months_from": "last_payment",
        "strong_decrease_threshold_percent": None,
        "target_triage": "4 hours",
        "target_take": "1 days",
        "target_answer": "3 days",
        "target_forwarding": "2 days",
        "target_first_exchange": "10 days",
        "target_call_back": "2 days",
        "target_offer": "7 days",
        "target_emergency_take": "4 hours",
        "target_feedback": "10 days",
        "target_meeting": "7 days",
        "target_rights_check": "10 days",
        "target_reception": "4 hours",
        "target_assessment": "5 days",
    }
    assert Values(json.loads(json.dumps(kept))).target("answer") == Target(3, "days")


IN_THE_CONVENTION = {"convention_ends_on", "convention_renews"}
"""The others are figures and dates that the convention does not give."""


def test_a_day_is_typed_and_said() -> None:
    """R-GO-6: the dates of the convention; empty is none."""
    setting = BY_KEY["convention_ends_on"]
    assert parse(setting, " 2028-12-31 ") == "2028-12-31"
    assert parse(setting, "") is None
    assert in_words(setting, "2028-12-31") == "31 décembre 2028"
    assert Values().day("convention_ends_on") == date(2028, 12, 31)
    assert Values({"convention_ends_on": None}).day("convention_ends_on") is None
    for typed in ("31/12/2028", "2028-02-30", "1999-01-01", "demain"):
        with pytest.raises(SettingRefused):
            parse(setting, typed)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_every_default_can_be_typed_stored_and_read_back(setting: Setting) -> None:
    assert parse(setting, to_text(setting.default)) == setting.default
    stored = json.loads(json.dumps(to_stored(setting.default)))
    assert from_stored(setting, stored) == setting.default
    assert Values({setting.key: stored})[setting.key] == setting.default
    assert in_words(setting, setting.default)
    assert setting.rule.startswith("R-")
    assert setting.ours is (setting.key not in IN_THE_CONVENTION)


def test_keys_are_unique_and_unknown_ones_are_kept_unread() -> None:
    assert len(BY_KEY) == len(SETTINGS) == len(Values())
    values = Values({"of_another_release": 3})
    assert "of_another_release" not in values
    assert values.stored["of_another_release"] == 3
    with pytest.raises(KeyError):
        values["of_another_release"]


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("target_triage", " 6  heures ", Target(6, "hours")),
        ("target_triage", "6 h", Target(6, "hours")),
        ("target_triage", "1 heure ouvrée", Target(1, "hours")),
        ("target_triage", "2 Jours ouvrés", Target(2, "days")),
        ("target_triage", "2j", Target(2, "days")),
        ("strong_decrease_threshold_percent", "30 %", 30),
        ("strong_decrease_threshold_percent", "", None),
        ("direct_channel", "non", False),
        ("direct_channel", "", False),
        ("direct_channel", "on", True),
        ("reopen_days", "45", 45),
        ("urgent_triage_unit", "caf_prestations", "caf_prestations"),
        ("line_number", " 02 00  00 ", "02 00 00"),
        ("cdap_url", "https://exemple.test/cdap?a=1", "https://exemple.test/cdap?a=1"),
    ],
)
def test_what_can_be_typed(key: str, typed: str, value: object) -> None:
    assert parse(BY_KEY[key], typed) == value


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("target_triage", "0 heures"),
        ("target_triage", "201 heures"),
        ("target_triage", "366 jours"),
        ("target_triage", "4"),
        ("target_triage", "4 semaines"),
        ("strong_decrease_threshold_percent", "101"),
        ("strong_decrease_threshold_percent", "0"),
        ("strong_decrease_threshold_percent", "trente"),
        ("direct_channel", "peut-être"),
        ("reopen_days", ""),
        ("reopen_days", "-3"),
        ("reopen_days", "366"),
        ("reopen_days", "²"),
        ("reopen_days", "9" * 5000),
        ("urgent_triage_unit", "caf_social"),
        ("three_months_from", ""),
        ("line_number", "  "),
        ("line_number", "x" * 201),
        ("cdap_url", "javascript:alert(1)"),
        ("cdap_url", "http://exemple.test"),
        ("cdap_url", 'https://exemple.test/"onclick='),
    ],
)
def test_what_is_refused_in_french(key: str, typed: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        parse(BY_KEY[key], typed)
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize(
    ("key", "stored"),
    [
        ("reopen_days", "30"),
        ("reopen_days", True),
        ("direct_channel", 1),
        ("line_number", None),
        ("target_take", 4),
    ],
)
def test_a_stored_value_of_another_type_is_refused(key: str, stored: object) -> None:
    with pytest.raises(SettingRefused):
        Values({key: stored})


def test_reading_a_setting_as_another_type_is_an_error() -> None:
    values = Values()
    with pytest.raises(TypeError):
        values.number("direct_channel")
    with pytest.raises(TypeError):
        values.text("reopen_days")
    with pytest.raises(TypeError):
        values.flag("reopen_days")


def test_in_words() -> None:
    assert in_words(BY_KEY["target_take"], Target(1, "days")) == "1 jour ouvré"
    assert in_words(BY_KEY["strong_decrease_threshold_percent"], 30) == "30 %"
    assert in_words(BY_KEY["strong_decrease_threshold_percent"], None) == "aucun"
    assert in_words(BY_KEY["urgent_triage_unit"], "caf_prestations") == "le Service Prestations"
    assert in_words(BY_KEY["direct_channel"], True) == "oui"


def test_r_ud_1_the_urgency_rules_follow_the_settings() -> None:
    values = Values({"three_months_from": "first_missed", "strong_decrease_threshold_percent": 30})
    assert values.urgency_rules() == UrgencyRules(MonthsFrom.FIRST_MISSED, 30)


@given(st.sampled_from(SETTINGS), st.text(max_size=30))
def test_whatever_is_typed_is_taken_and_read_back_or_refused(setting: Setting, typed: str) -> None:
    try:
        value = parse(setting, typed)
    except SettingRefused:
        return
    assert parse(setting, to_text(value)) == value
    assert from_stored(setting, json.loads(json.dumps(to_stored(value)))) == value


@pytest.mark.parametrize(
    "typed", ["permanence", "a@b", "a b@c.example", "a@c.example, d@c.example", "<a@c.example>"]
)
def test_what_is_no_address_of_mail_is_refused(typed: str) -> None:
    with pytest.raises(SettingRefused, match="adresse de courriel"):
        parse(BY_KEY["last_resort_address"], typed)
