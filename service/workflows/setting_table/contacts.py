"""Numbers and addresses to which pages send people."""

from service.workflows.setting_table.row import Setting

CONTACTS: tuple[Setting, ...] = (
    Setting(
        key="line_number",
        default="02 00 00 00 00 (numéro inventé)",
        kind="text",
        label="Numéro de la ligne directe",
        help="Montré aux seuls comptes des CDAS et de la Caf.",
        rule="R-UD-3",
    ),
    Setting(
        key="crip_contact",
        default="02 00 00 00 01 (numéro inventé)",
        kind="text",
        label="Contact de la CRIP du Département",
        help="Montré à la place de Relais pour une information préoccupante (CASF L.226-2-1).",
        rule="R-PE-3",
    ),
    Setting(
        key="caf_contact_url",
        default="https://wwwd.caf.fr/wps/portal/caffr/macaf/contactermacaf",
        kind="url",
        label="Adresse des voies de contact ordinaires de la Caf",
        help="Donnée à la place d’une demande qui n’est pas une urgence définie.",
        rule="R-UD-5",
    ),
    Setting(
        key="cdap_url",
        default="https://www.caf.fr/partenaires",
        kind="url",
        label="Adresse de CDAP Mon Compte Partenaire",
        help="Pour consulter un dossier avant de solliciter la Caf.",
        rule="R-UD-4",
    ),
)
