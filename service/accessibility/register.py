"""The 106 criteria of the RGAA 4.1.2: for each one the verdict and what it rests on (R-02).

Titles are our own short words, numbers are the official ones. What only a person can judge awaits one: nothing is
called kept because nobody has looked.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Verdict(StrEnum):
    """What is said of a criterion, as the screen says it."""

    KEPT = "conforme"
    BROKEN = "non conforme"
    ABSENT = "non applicable"
    AWAITED = "non vérifié"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion. `tests` prove it at each version; `read_on` is the day when `read_in` was read for it.

    `why` says what it does not concern, what is broken, or what a person has to judge.
    """

    number: str
    title: str
    verdict: Verdict
    tests: tuple[str, ...] = ()
    read_on: date | None = None
    read_in: str = ""
    why: str = ""


THEMES = (
    "Images",
    "Cadres",
    "Couleurs",
    "Multimédia",
    "Tableaux",
    "Liens",
    "Scripts",
    "Éléments obligatoires",
    "Structuration de l’information",
    "Présentation de l’information",
    "Formulaires",
    "Navigation",
    "Consultation",
)
"""The thirteen themes, in order: a criterion’s number begins with its theme’s."""

READ_AGAIN_WITHIN = timedelta(days=90)
"""So long may a reading stand after a file that it judged has changed."""
_READ = date(2026, 11, 27)
_TEMPLATES, _SHEET, _SCRIPTS = "templates", "service/static/relais.css", "service/static"
_PAGES = "tests/pages/test_accessibility.py::"
_BROWSER = "tests/browser/test_accessibility.py::"
_AXE = "tests/browser/test_story.py::test_every_other_page_is_accessible"
_STORY = "tests/browser/test_story.py::test_the_story_of_an_interrupted_rsa"
_DRAWINGS = "tests/statistics/test_drawings.py::test_each_drawing_has_its_title_its_description_and_its_table"
_STYLE = "tests/browser/test_stylesheet.py::"
_TABLES = f"{_PAGES}test_tables_have_a_caption_and_simple_headers"
_NO_SUCH = f"{_PAGES}test_techniques_that_exclude_people_are_not_used"
_HOVER = f"{_PAGES}test_nothing_is_told_on_hover_only"
_REFUSED = f"{_PAGES}test_an_empty_form_says_what_is_to_be_corrected"
_PLAN = f"{_PAGES}test_the_plan_is_every_page_that_the_role_may_open"
_KEYBOARD = f"{_BROWSER}test_the_keyboard_reaches_everything_in_order_and_is_never_caught"
_FOCUS = f"{_BROWSER}test_the_focus_is_always_seen"

_NO_FRAME = "Aucun cadre."
_NO_MEDIA = "Ni son, ni vidéo, ni animation."
_NO_CAPTCHA = "Aucun CAPTCHA."
_NO_CRYPTIC = "Ni dessin en caractères, ni émoticône."
_NO_LAYOUT = "Aucun tableau ne sert à la mise en page."
_NO_COMPLEX = "Aucun tableau complexe : pas d’en-tête fusionné."
_RELEVANCE = "La pertinence se juge par une personne."


def _kept(number: str, title: str, *tests: str) -> Criterion:
    return Criterion(number, title, Verdict.KEPT, tests)


def _read(number: str, title: str, why: str, where: str, *tests: str) -> Criterion:
    return Criterion(number, title, Verdict.KEPT, tests, _READ, where, why)


def _absent(number: str, title: str, why: str, *tests: str) -> Criterion:
    return Criterion(number, title, Verdict.ABSENT, tests or (_NO_SUCH,), why=why)


def _absent_as_read(number: str, title: str, why: str) -> Criterion:
    return Criterion(number, title, Verdict.ABSENT, read_on=_READ, read_in=_TEMPLATES, why=why)


def _awaited(number: str, title: str, why: str = _RELEVANCE) -> Criterion:
    return Criterion(number, title, Verdict.AWAITED, why=why)


def _broken(number: str, title: str, why: str) -> Criterion:
    return Criterion(number, title, Verdict.BROKEN, why=why)


REGISTER: tuple[Criterion, ...] = (
    # ---------------------------------------------------------------- images
    _kept(
        "1.1",
        "Les images qui informent sont décrites",
        f"{_PAGES}test_decorations_are_hidden_and_other_images_are_named",
    ),
    _kept(
        "1.2",
        "Les images décoratives sont ignorées",
        f"{_PAGES}test_decorations_are_hidden_and_other_images_are_named",
    ),
    _awaited("1.3", "La description d’une image est pertinente"),
    _absent("1.4", "Un CAPTCHA dit à quoi il sert", _NO_CAPTCHA),
    _absent("1.5", "Un CAPTCHA a une autre forme", _NO_CAPTCHA),
    _kept(
        "1.6",
        "Les images complexes ont une description détaillée",
        f"{_PAGES}test_each_figure_is_a_drawing_of_a_table_beside_it",
        _DRAWINGS,
    ),
    _kept(
        "1.7",
        "La description détaillée dit la même chose que l’image",
        f"{_PAGES}test_each_figure_is_a_drawing_of_a_table_beside_it",
        f"{_PAGES}test_the_ledger_s_table_has_the_figures_of_its_drawing",
        _DRAWINGS,
    ),
    _absent(
        "1.8",
        "Pas de texte en image",
        "Aucune image n’est du texte.",
        f"{_PAGES}test_decorations_are_hidden_and_other_images_are_named",
    ),
    _awaited("1.9", "Une légende est liée à son image", "À vérifier avec un lecteur d’écran."),
    # ---------------------------------------------------------------- frames
    _absent("2.1", "Chaque cadre a un titre", _NO_FRAME),
    _absent("2.2", "Le titre d’un cadre est pertinent", _NO_FRAME),
    # ---------------------------------------------------------------- colours
    _awaited(
        "3.1",
        "Rien n’est dit par la couleur seule",
        "Ce que le style colore a ses mots, un test le dit ; le reste se juge sur les pages, en niveaux de gris.",
    ),
    _kept(
        "3.2",
        "Le texte se détache de son fond",
        f"{_STYLE}test_every_text_role_reaches_4_5_and_every_shape_3",
        _AXE,
    ),
    _kept(
        "3.3",
        "Les composants se détachent de ce qui les entoure",
        f"{_STYLE}test_every_text_role_reaches_4_5_and_every_shape_3",
        _FOCUS,
    ),
    # ---------------------------------------------------------------- multimedia
    _absent("4.1", "Une transcription accompagne chaque média", _NO_MEDIA),
    _absent("4.2", "La transcription est pertinente", _NO_MEDIA),
    _absent("4.3", "Les sous-titres sont synchronisés", _NO_MEDIA),
    _absent("4.4", "Les sous-titres sont pertinents", _NO_MEDIA),
    _absent("4.5", "Une audiodescription existe", _NO_MEDIA),
    _absent("4.6", "L’audiodescription est pertinente", _NO_MEDIA),
    _absent("4.7", "Un média se reconnaît", _NO_MEDIA),
    _absent("4.8", "Un média non temporel a une autre forme", _NO_MEDIA),
    _absent("4.9", "Cette autre forme est pertinente", _NO_MEDIA),
    _absent("4.10", "Un son se coupe", _NO_MEDIA),
    _absent("4.11", "Un média se commande au clavier", _NO_MEDIA),
    _absent("4.12", "Un média non temporel se commande au clavier", _NO_MEDIA),
    _absent("4.13", "Un média est lisible par les aides techniques", _NO_MEDIA),
    # ---------------------------------------------------------------- tables
    _absent("5.1", "Un tableau complexe a un résumé", _NO_COMPLEX, _TABLES),
    _absent("5.2", "Ce résumé est pertinent", _NO_COMPLEX, _TABLES),
    _absent("5.3", "Un tableau de mise en page se lit dans l’ordre", _NO_LAYOUT, _TABLES),
    _kept("5.4", "Chaque tableau a un titre", _TABLES, _AXE),
    _awaited("5.5", "Le titre d’un tableau est pertinent"),
    _kept("5.6", "Les en-têtes d’un tableau sont déclarés", _TABLES),
    _kept("5.7", "Chaque cellule est liée à ses en-têtes", _TABLES, _AXE),
    _absent("5.8", "Un tableau de mise en page n’a pas d’en-tête", _NO_LAYOUT, _TABLES),
    # ---------------------------------------------------------------- links
    _awaited(
        "6.1",
        "Un lien dit où il mène",
        "Deux liens au même intitulé mènent au même endroit, un test le dit ; le reste se juge par une personne.",
    ),
    _kept("6.2", "Chaque lien a un intitulé", f"{_PAGES}test_links_say_where_they_lead", _AXE),
    # ---------------------------------------------------------------- scripts
    _awaited(
        "7.1", "Les scripts sont compris par les aides techniques", "À vérifier avec un lecteur d’écran."
    ),
    _kept("7.2", "Sans script, tout se fait quand même", _STORY),
    _kept(
        "7.3",
        "Tout se fait au clavier",
        _KEYBOARD,
        "tests/browser/test_story.py::test_the_report_from_the_keyboard_alone",
    ),
    _kept("7.4", "Rien ne change de page sans prévenir", f"{_PAGES}test_nothing_is_sent_by_a_change"),
    _kept("7.5", "Les messages sont annoncés", f"{_PAGES}test_changes_are_announced", _REFUSED),
    # ---------------------------------------------------------------- mandatory elements
    _kept("8.1", "Chaque page dit son type de document", f"{_PAGES}test_every_page_is_valid_html"),
    _kept(
        "8.2",
        "Le code est valide",
        f"{_PAGES}test_every_page_is_valid_html",
        f"{_PAGES}test_ids_are_unique_and_what_is_pointed_at_exists",
    ),
    _kept(
        "8.3",
        "Chaque page dit sa langue",
        f"{_PAGES}test_pages_are_in_french_and_say_no_common_english_word",
        _AXE,
    ),
    _kept(
        "8.4",
        "Cette langue est la bonne",
        f"{_PAGES}test_pages_are_in_french_and_say_no_common_english_word",
    ),
    _kept("8.5", "Chaque page a un titre", f"{_PAGES}test_titles_say_which_page_it_is_and_name_nobody", _AXE),
    _awaited(
        "8.6",
        "Le titre d’une page est pertinent",
        "Deux pages n’ont jamais le même, un test le dit ; la pertinence se juge par une personne.",
    ),
    _read(
        "8.7",
        "Les mots d’une autre langue sont signalés",
        "Les modèles ne contiennent que des mots entrés dans l’usage français.",
        _TEMPLATES,
        f"{_PAGES}test_pages_are_in_french_and_say_no_common_english_word",
    ),
    _absent(
        "8.8",
        "La langue de ces mots est la bonne",
        "Aucun mot n’a besoin d’être signalé.",
        f"{_PAGES}test_pages_are_in_french_and_say_no_common_english_word",
    ),
    _kept(
        "8.9",
        "Une balise ne sert pas qu’à l’apparence",
        f"{_PAGES}test_no_tag_is_there_for_its_looks",
        _NO_SUCH,
    ),
    _absent(
        "8.10",
        "Les changements de sens de lecture sont signalés",
        "Tout se lit de gauche à droite.",
        f"{_PAGES}test_pages_are_in_french_and_say_no_common_english_word",
    ),
    # ---------------------------------------------------------------- structure
    _awaited(
        "9.1",
        "Les titres structurent la page",
        "Un seul titre principal et aucun niveau sauté, un test le dit ; leur pertinence se juge par une personne.",
    ),
    _kept(
        "9.2",
        "La page a ses zones",
        f"{_PAGES}test_the_same_landmarks_in_the_same_order_everywhere",
        _AXE,
    ),
    _awaited(
        "9.3", "Les listes sont des listes", "Celles qui existent sont valides ; aucune n’a été cherchée."
    ),
    _absent("9.4", "Les citations sont signalées", "Aucune citation."),
    # ---------------------------------------------------------------- presentation
    _kept(
        "10.1",
        "L’apparence est dans la feuille de style",
        f"{_STYLE}test_no_template_needs_an_exception_to_the_policy",
        _NO_SUCH,
    ),
    _kept(
        "10.2",
        "Le contenu reste là sans feuille de style",
        f"{_BROWSER}test_without_its_style_a_page_says_the_same_words",
    ),
    _awaited(
        "10.3",
        "L’ordre reste bon sans feuille de style",
        "L’ordre du code est celui de l’écran, un test le dit ; le sens se juge par une personne.",
    ),
    _kept(
        "10.4",
        "Le texte se lit à 200 %",
        f"{_BROWSER}test_larger_text_loses_nothing",
        "tests/browser/test_gallery.py::test_larger_text_keeps_everything_in_sight",
    ),
    _read(
        "10.5",
        "Couleur du texte et couleur du fond vont ensemble",
        "La page donne les deux ; ce qui change l’une est sur un fond que le tableau des contrastes connaît.",
        _SHEET,
        f"{_STYLE}test_every_text_role_reaches_4_5_and_every_shape_3",
    ),
    _kept("10.6", "Un lien dans un texte se voit", _AXE),
    _kept("10.7", "On voit où l’on est au clavier", _FOCUS),
    _read(
        "10.8",
        "Ce qui est caché doit l’être",
        "Ne sont cachés que des menus fermés, des détails repliés, des champs qu’une autre réponse appelle,"
        " les fenêtres des raccourcis et de la session, et la liste des suggestions.",
        _TEMPLATES,
        _AXE,
        _KEYBOARD,
    ),
    _awaited(
        "10.9",
        "Rien n’est dit par la forme ou la place seule",
        "Chaque marque a ses mots, un test le dit ; le reste se juge par une personne.",
    ),
    _awaited(
        "10.10",
        "Aucune consigne ne repose sur la forme ou la place",
        "Aucune phrase ne nomme une couleur, une forme ou un côté, un test le dit ; le reste se juge par une personne.",
    ),
    _kept(
        "10.11",
        "Tout tient dans 320 pixels de large ou 256 de haut",
        f"{_BROWSER}test_a_narrow_or_low_screen_loses_nothing",
    ),
    _kept(
        "10.12",
        "On peut écarter lettres, mots et lignes",
        f"{_BROWSER}test_the_reader_s_own_spacing_loses_nothing",
    ),
    _absent("10.13", "Ce qui paraît au survol se maîtrise", "Rien ne paraît au survol.", _HOVER),
    _absent("10.14", "Ce qui paraît par le style s’atteint au clavier", "Rien ne paraît ainsi.", _HOVER),
    # ---------------------------------------------------------------- forms
    _kept("11.1", "Chaque champ a une étiquette", f"{_PAGES}test_every_field_has_its_visible_label", _AXE),
    _awaited("11.2", "L’étiquette est pertinente"),
    _awaited("11.3", "Les mêmes champs ont les mêmes étiquettes", "Se juge d’une page à l’autre."),
    _read(
        "11.4",
        "L’étiquette est contre son champ",
        "Une seule écriture de champ pour toutes les pages : étiquette, aide, erreur, champ.",
        "templates/macros/forms.html",
        f"{_PAGES}test_every_field_has_its_visible_label",
    ),
    _kept(
        "11.5",
        "Les champs de même nature sont groupés",
        f"{_PAGES}test_choices_and_parts_stand_under_a_legend",
    ),
    _kept("11.6", "Chaque groupe a une légende", f"{_PAGES}test_choices_and_parts_stand_under_a_legend"),
    _awaited("11.7", "La légende est pertinente"),
    _awaited("11.8", "Les longues listes sont groupées"),
    _awaited(
        "11.9",
        "Un bouton dit ce qu’il fait",
        "Chacun a un intitulé, un test le dit ; sa pertinence se juge par une personne.",
    ),
    _kept(
        "11.10",
        "Ce qui est attendu et ce qui est à corriger est dit",
        f"{_PAGES}test_what_is_expected_is_said_before_the_fields",
        _REFUSED,
        "tests/browser/test_story.py::test_errors_are_accessible_and_take_the_focus",
    ),
    _awaited(
        "11.11",
        "Une erreur dit comment corriger",
        "Les dates et les nombres donnent un exemple ; les autres phrases restent à relire.",
    ),
    _kept(
        "11.12",
        "Ce qui engage se relit avant d’être envoyé, ou se reprend",
        "tests/pages/test_report.py::test_the_preview_shows_what_the_caf_will_see_and_sends_it",
        "tests/pages/test_settings.py::test_the_last_change_can_be_undone_once",
    ),
    _kept(
        "11.13",
        "Ses propres données se remplissent seules",
        f"{_PAGES}test_autocomplete_is_for_one_s_own_data",
    ),
    # ---------------------------------------------------------------- navigation
    _kept(
        "12.1",
        "Deux façons au moins de trouver une page",
        _PLAN,
        f"{_PAGES}test_the_same_landmarks_in_the_same_order_everywhere",
    ),
    _kept(
        "12.2",
        "Le menu est toujours à la même place",
        f"{_PAGES}test_the_menu_is_the_same_on_every_page_of_a_role",
    ),
    _kept("12.3", "Le plan du site est complet", _PLAN),
    _kept(
        "12.4",
        "Le plan du site s’atteint partout de la même façon",
        f"{_PAGES}test_every_page_leads_to_the_statement_and_the_plan",
    ),
    _kept(
        "12.5",
        "La recherche s’atteint partout de la même façon",
        f"{_PAGES}test_the_same_landmarks_in_the_same_order_everywhere",
    ),
    _kept(
        "12.6",
        "Les zones de la page se rejoignent ou s’évitent",
        f"{_PAGES}test_the_same_landmarks_in_the_same_order_everywhere",
        f"{_PAGES}test_the_skip_link_comes_first_and_no_order_is_forced",
    ),
    _kept(
        "12.7",
        "Un lien mène d’abord au contenu",
        f"{_PAGES}test_the_skip_link_comes_first_and_no_order_is_forced",
        "tests/browser/test_gallery.py::test_first_tab_stop_leads_to_the_content",
    ),
    _kept("12.8", "La tabulation suit la lecture", _KEYBOARD),
    _kept("12.9", "Le clavier n’est jamais pris au piège", _KEYBOARD),
    _kept(
        "12.10",
        "Les raccourcis d’une touche ne gênent pas",
        "tests/browser/test_gallery.py::test_list_moves_and_ticks_from_the_keyboard",
        "tests/browser/test_shortcuts.py::test_whoever_cuts_them_keeps_the_help_page_only",
    ),
    _absent("12.11", "Ce qui paraît au survol s’atteint au clavier", "Rien ne paraît au survol.", _HOVER),
    # ---------------------------------------------------------------- consultation
    _kept("13.1", "Une limite de temps se prolonge", f"{_BROWSER}test_a_session_warns_before_it_locks"),
    _kept("13.2", "Aucune fenêtre ne s’ouvre sans le dire", f"{_PAGES}test_no_window_opens_without_a_word"),
    _broken(
        "13.3",
        "Les documents à télécharger sont accessibles",
        "Ceux que Relais fabrique sont balisés ; les pièces jointes que les services ont reçues ne le sont pas toutes."
        " Qui en joint une est invité à dire en une phrase ce qu’elle contient.",
    ),
    _awaited("13.4", "La version accessible d’un document dit la même chose"),
    _absent_as_read("13.5", "Un contenu cryptique a une autre forme", _NO_CRYPTIC),
    _absent_as_read("13.6", "Cette autre forme est pertinente", _NO_CRYPTIC),
    _absent("13.7", "Rien ne flashe", "Rien ne bouge."),
    _absent("13.8", "Ce qui bouge s’arrête", "Rien ne bouge."),
    _kept(
        "13.9",
        "La page se lit dans les deux sens de l’écran",
        f"{_BROWSER}test_a_narrow_or_low_screen_loses_nothing",
    ),
    _absent("13.10", "Un geste complexe a une autre forme", "Aucun geste complexe."),
    _read(
        "13.11",
        "Un geste commencé s’annule",
        "Aucun acte ne part à l’appui du pointeur : un clic s’annule en relâchant ailleurs.",
        _SCRIPTS,
        f"{_PAGES}test_nothing_is_sent_by_a_change",
    ),
    _absent("13.12", "Un mouvement de l’appareil a une autre forme", "Aucun mouvement n’est lu."),
)
