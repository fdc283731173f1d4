"""What is recognised in a text, and what is left to a person because it is not clear (workflows.md §1)."""

from datetime import date
from decimal import Decimal

import pytest

from service.notifications.incoming import RecognisedFields, recognise
from service.workflows.urgency import Benefit, Event

WRITTEN_ON = date(2026, 11, 17)


def fields(text: str, subject: str = "") -> RecognisedFields:
    return recognise(text, subject, WRITTEN_ON)


@pytest.mark.parametrize(
    "text",
    [
        "Matricule : 1234567",
        "matricule n° 1234567",
        "MATRICULE 1234567A, suivi",
        "N° allocataire : 1234567.",
        "n° d’allocataire 1 234 567",
        "N° alloc. : 123 4567",
        "numéro d'allocataire Caf : 1234567",
        "numéro allocataire\n1234567",
        "(allocataire 1234567)",
        "dossier n° 1234567",
        "Numéro de dossier = 1234567",
        "Allocataire : 1234567\nMatricule : 1234567",
    ],
)
def test_a_matricule_stands_beside_a_word_that_names_it(text: str) -> None:
    assert fields(text).get("matricule") == "1234567"


@pytest.mark.parametrize(
    "text",
    [
        "1234567",
        "facture 1234567",
        "Matricule : 123456",
        "Matricule : 12345678",
        "Matricule : 1234567890123",
        "Matricule : 1234567 89",
        "Tél. allocataire : 02 61 91 00 15",
        "matricule : 0612345678",
        "Allocataire 35600 Redon",
        "Matricule : 1234567 ou matricule : 7654321",
        "Matricule : [NIR masqué]",
    ],
)
def test_other_numbers_and_two_different_ones_are_no_matricule(text: str) -> None:
    assert "matricule" not in fields(text)


@pytest.mark.parametrize(
    ("text", "benefit"),
    [
        ("l'AAH est suspendue", Benefit.AAH),
        ("R.S.A. suspendu", Benefit.RSA),
        ("le Rsa majoré", Benefit.RSA),
        ("prime d’activité", Benefit.PRIME_ACTIVITE),
        ("PRIME D'ACTIVITE", Benefit.PRIME_ACTIVITE),
        ("aides personnalisées au logement", Benefit.APL),
        ("allocation logement sociale", Benefit.ALS),
        ("Allocation de logement à caractère familial", Benefit.ALF),
        ("ses AF", Benefit.AF),
        ("Caisse d'allocations familiales : les allocations familiales", Benefit.AF),
        ("le CF", Benefit.CF),
        ("allocation de soutien familial", Benefit.ASF),
        ("le complément de libre choix du mode de garde", Benefit.PAJE),
        ("la PreParE", Benefit.PAJE),
        ("allocation d'éducation de l'enfant handicapé", Benefit.AEEH),
        ("AJPP", Benefit.AJPP),
        ("allocation de rentrée scolaire", Benefit.ARS),
        ("l'AJPA", Benefit.OTHER),
        ("Prestation : AAH\nMadame perçoit aussi l'APL et le RSA.", Benefit.AAH),
        ("Elle perçoit l'APL. Son RSA est suspendu.", Benefit.RSA),
        ("Je suis référente RSA. L'APL de Mme est suspendue.", Benefit.APL),
    ],
)
def test_a_benefit_is_found_by_its_names(text: str, benefit: Benefit) -> None:
    assert fields(text).get("benefit") is benefit


@pytest.mark.parametrize(
    "text",
    [
        "RSA et AAH",
        "son RSA et son APL sont suspendus",
        "la Caisse d'allocations familiales",
        "la Caf",
        "cf. mon message",
        "Alf Démo-Exemple",
        "l'ARS Bretagne",
        "je prépare le dossier",
        "l'aide au logement",
        "Monsieur est passé voir le référent RSA",
    ],
)
def test_two_benefits_or_a_word_that_is_none_are_left_to_a_person(text: str) -> None:
    assert "benefit" not in fields(text)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Le RSA n'est plus versé.", Event.INTERRUPTION),
        ("Madame ne perçoit plus son AAH", Event.INTERRUPTION),
        ("M. DÉMO a été radié du RSA", Event.INTERRUPTION),
        ("arrêt du versement", Event.INTERRUPTION),
        ("Monsieur n'a plus de droit", Event.INTERRUPTION),
        ("droit suspendu", Event.INTERRUPTION),
        ("Motif : suspension", Event.INTERRUPTION),
        ("Motif : baisse\nLe RSA n'est plus versé qu'en partie, suspendu d'un tiers.", Event.STRONG_DECREASE),
        ("son RSA a fortement diminué", Event.STRONG_DECREASE),
        ("baisse de l'AAH", Event.STRONG_DECREASE),
        ("le montant est réduit de moitié", Event.STRONG_DECREASE),
    ],
)
def test_r_ud_1_what_happened_is_recognised(text: str, event: Event) -> None:
    assert fields(text).get("event") is event


@pytest.mark.parametrize(
    "text",
    [
        "Le RSA n'a jamais été versé.",
        "Première demande de RSA, droit bloqué",
        "L'AAH n'a pas été suspendue",
        "aucune interruption de versement",
        "Son RSA a baissé puis a été suspendu",
        "Ses ressources ont baissé",
        "coupure d'électricité, pas de paiement possible",
        "Il est en arrêt maladie et perçoit le RSA",
        "Question sur le RSA",
    ],
)
def test_r_ud_5_a_benefit_never_paid_a_denial_or_both_are_no_event(text: str) -> None:
    assert "event" not in fields(text)


@pytest.mark.parametrize(
    ("text", "day", "exact"),
    [
        ("Dernier versement : 05/08/2026", date(2026, 8, 5), True),
        ("dernier versement le 5 août 2026", date(2026, 8, 5), True),
        ("le dernier paiement reçu date du 1er juillet", date(2026, 7, 1), True),
        ("dernier versement 5/8/26", date(2026, 8, 5), True),
        ("dernier versement le 05/12", date(2025, 12, 5), True),
        ("Dernier versement : juillet 2026", date(2026, 7, 31), False),
        ("dernier versement en décembre", date(2025, 12, 31), False),
        ("Le RSA n'est plus versé depuis août", date(2026, 7, 31), False),
        ("Le RSA n'est plus versé depuis le mois d'août 2026", date(2026, 7, 31), False),
        ("AAH suspendue depuis décembre", date(2025, 11, 30), False),
        ("RSA suspendu depuis le 5 octobre 2026", date(2026, 10, 5), False),
        ("versé jusqu'au 05/09/2026", date(2026, 9, 5), True),
        ("Dernier versement : 05/08/2026\nLe RSA n'est plus versé depuis septembre.", date(2026, 8, 5), True),
    ],
)
def test_r_ud_1_the_last_payment_is_a_day_or_the_last_day_it_can_be(
    text: str, day: date, exact: bool
) -> None:
    found = fields(text)
    assert (found.get("last_payment_on"), found.get("last_payment_exact")) == (day, exact)


@pytest.mark.parametrize(
    "text",
    [
        "Dernier versement : 31/02/2026",
        "Dernier versement : 05/12/2026",
        "Dernier versement : 05/08/1026",
        "dernier versement le 5 août 2026, dernier versement le 5 juillet 2026",
        "n'est plus versé depuis trois mois",
        "RSA suspendu depuis fin août",
        "Elle habite à Redon depuis août",
        "RSA suspendu. Rendez-vous le 05/08/2026",
    ],
)
def test_an_impossible_future_double_or_vague_date_is_no_last_payment(text: str) -> None:
    assert "last_payment_on" not in fields(text)


def test_without_the_day_of_writing_a_day_without_year_is_not_a_date() -> None:
    assert "last_payment_on" not in recognise("dernier versement le 5 août")
    assert recognise("dernier versement le 5 août 2026")["last_payment_on"] == date(2026, 8, 5)


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("passé de 950 € à 320 €", "950", "320"),
        ("de 1 016,05 à 320,50 euros par mois", "1016.05", "320.50"),
        ("perçoit 320 € au lieu de 1.016,05 €", "1016.05", "320"),
        ("Montant avant : 950 €\nMontant après : 0 €", "950", "0"),
        ("Ancien montant : 950,5 €", "950.5", None),
        ("Montant actuel : 320", None, "320"),
    ],
)
def test_amounts_before_and_after_are_decimals(text: str, before: str | None, after: str | None) -> None:
    found = fields(text)
    assert found.get("amount_before") == (before and Decimal(before))
    assert found.get("amount_after") == (after and Decimal(after))


@pytest.mark.parametrize(
    "text",
    [
        "de 320 € à 950 €",
        "de 9 h à 12 h",
        "de 950 € à 320 €, et le mois d'avant de 900 € à 950 €",
        "elle perçoit 320 €",
        "Montant avant : 320 € ou 350 €",
        "Montant avant : 950 000 €",
        "de 950 000 € à 320 €",
    ],
)
def test_a_rise_a_lone_or_doubtful_amount_is_not_taken(text: str) -> None:
    assert not {"amount_before", "amount_after"} & set(fields(text))


@pytest.mark.parametrize(
    ("text", "last", "first"),
    [
        ("Nom : DÉMO-LE GALL\nPrénom : Anaïg", "DÉMO-LE GALL", "Anaïg"),
        ("Nom et prénom : DÉMO-MARTIN Exemplia", "DÉMO-MARTIN", "Exemplia"),
        ("Allocataire : Mme Exemplia DÉMO-MARTIN", "DÉMO-MARTIN", "Exemplia"),
        ("Le RSA de Madame DÉMO MARTIN est suspendu", "DÉMO MARTIN", None),
        ("Je vous écris pour M. Démo-Martin.", "Démo-Martin", None),
        ("Pour M. DÉMO-UN Yann. M. Démo-Un est informé.", "DÉMO-UN", "Yann"),
        ("Pour Mme DÉMO-UNE. J'ai vu Mme DÉMO-UNE Gwenn hier.", "DÉMO-UNE", "Gwenn"),
        ("RSA de M. DÉMO-UN\n\nCordialement\nMme DÉMO-DEUX", "DÉMO-UN", None),
        ("À traiter.\nCordialement\nMme DÉMO-AS\n\nObjet : RSA\nPour M. DÉMO-UN", "DÉMO-UN", None),
        ("Mme DÉMO-AS, assistante sociale, suit M. DÉMO-UN", "DÉMO-UN", None),
    ],
)
def test_the_person_is_named_by_label_or_title(text: str, last: str, first: str | None) -> None:
    found = fields(text)
    assert (found.get("last_name"), found.get("first_name")) == (last, first)


@pytest.mark.parametrize(
    "text",
    [
        "Mme DÉMO-UNE et M. DÉMO-DEUX",
        "URGENCE DEFINIE",
        "Bonjour Madame, Monsieur,",
        "Bonjour Mme Démo-Accueil,\nMerci de me rappeler.",
        "Nom et prénom : Démo Exemple",
        "Cordialement\nMme DÉMO-DEUX",
        "Nom : DÉMO-UN\nNom : DÉMO-DEUX",
    ],
)
def test_two_persons_a_greeting_or_a_signature_are_nobody(text: str) -> None:
    assert "last_name" not in fields(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("née le 12/03/1985", date(1985, 3, 12)),
        ("né(e) le 1er mars 1985", date(1985, 3, 1)),
        ("Date de naissance : 12.03.1985", date(1985, 3, 12)),
        ("DDN : 1985-03-12", date(1985, 3, 12)),
        ("née le 12/03/85", None),
        ("née le 12/03/2027", None),
        ("née le 12/03/1985, né le 01/02/2020", None),
        ("rendez-vous le 12/03/1985", None),
    ],
)
def test_a_date_of_birth_has_its_words_and_its_whole_year(text: str, day: date | None) -> None:
    assert fields(text).get("birth_date") == day


@pytest.mark.parametrize(
    ("text", "commune", "code"),
    [
        ("Commune : Saint-Malo", "Saint-Malo", None),
        ("Ville : 35400 SAINT-MALO", "SAINT-MALO", "35400"),
        ("Code postal : 35600", None, "35600"),
        ("domiciliée à Bains-sur-Oust (35600)", "Bains-sur-Oust", "35600"),
        ("habite à Val-d'Izé.", "Val-d'Izé", None),
        ("2 rue de l'Exemple, 35000 Rennes", "Rennes", "35000"),
        ("habite à Redon, vivait au 35500 Vitré", None, None),
        ("Cordialement\n35600 Redon", None, None),
        ("Tél. 0261910015", None, None),
    ],
)
def test_the_home_is_given_as_written(text: str, commune: str | None, code: str | None) -> None:
    found = fields(text)
    assert found.get("commune") == commune
    assert code is None or found.get("postal_code") == code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CDAP consulté le 16/11/2026", {"cdap_consulted_on": date(2026, 11, 16)}),
        ("J'ai consulté CDAP le 16 novembre", {"cdap_consulted_on": date(2026, 11, 16)}),
        ("Date de consultation CDAP : 16/11/2026", {"cdap_consulted_on": date(2026, 11, 16)}),
        ("pas d'accès CDAP", {"cdap_no_access": True}),
        ("Je n'ai pas accès à CDAP.", {"cdap_no_access": True}),
        ("Élément manquant : le motif", {"cdap_missing": "le motif"}),
        ("CDAP consulté le 17/12/2026", {}),
        ("CDAP ne dit rien", {}),
    ],
)
def test_r_ud_4_the_look_up_in_cdap(text: str, expected: dict[str, object]) -> None:
    assert fields(text) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Personne informée : oui", True),
        ("Personne informée : non, hospitalisée", False),
        ("La personne est informée.", True),
        ("Mme est informée de cette démarche", True),
        ("Monsieur n'a pas pu être informé", False),
        ("Personne informée : oui. La personne n'a pas été informée.", None),
        ("Merci de nous tenir informés", None),
    ],
)
def test_r_dp_2_whether_the_person_was_told(text: str, told: bool | None) -> None:
    assert fields(text).get("told") is told


def test_the_subject_counts_as_text() -> None:
    found = fields("Merci.", "Urgence définie RSA suspendu, matricule 1234567")
    assert found == {"matricule": "1234567", "benefit": Benefit.RSA, "event": Event.INTERRUPTION}


def test_an_ordinary_sentence_gives_nothing() -> None:
    assert fields("Bonjour, je reste à votre disposition. Bonne journée.", "Re: rendez-vous") == {}
