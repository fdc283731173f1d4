"""Others are masked in what a person receives about themselves (R-DP-9)."""

from service.workflows.subject_access import hidden_words, masked


def test_a_name_is_masked_whatever_its_case_and_accents_and_only_as_a_whole_word() -> None:
    hidden = hidden_words(["Bréhat Éloi"], "Anne Exemple")
    assert masked("Vu éloi BREHAT, puis Brehatine.", hidden) == "Vu […] […], puis Brehatine."


def test_a_name_that_the_person_bears_too_is_not_masked() -> None:
    hidden = hidden_words(["Exemple Bruno"], "Anne Exemple")
    assert masked("Anne Exemple et Bruno Exemple", hidden) == "Anne Exemple et […] Exemple"
