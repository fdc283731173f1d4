"""What is wrong with a directory folder: where, what, what to do, in French for the administrator."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from service.errors import Refusal


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. `line` counts from 1 and is None when the whole file is meant."""

    file: str
    line: int | None
    what: str
    advice: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, ligne {self.line}"
        return f"{place} : {self.what} {self.advice}"


class DirectoryRefused(Refusal):
    """The folder is refused as a whole: `findings` says all that was found, in the order of the files."""

    code = "directory_refused"

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        count = len(self.findings)
        super().__init__(
            f"L’annuaire des lieux n’est pas accepté : {count} anomalie{'s' if count > 1 else ''}.",
            advice="Corrigez les fichiers comme indiqué, puis recommencez : rien n’a été enregistré.",
        )

    def __str__(self) -> str:
        return "\n".join([self.detail, *map(str, self.findings)])


@dataclass(slots=True)
class Report:
    """The findings of one reading, gathered so that the administrator gets them in one list."""

    findings: list[Finding] = field(default_factory=list)

    def refuse_if_any(self) -> None:
        """Raise `DirectoryRefused` when something was found."""
        if self.findings:
            raise DirectoryRefused(self.findings)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file about which something may have to be said."""

    report: Report
    file: str
    line: int | None = None

    def add(self, what: str, advice: str) -> None:
        """Note one finding here; `what` and `advice` are whole sentences."""
        self.report.findings.append(Finding(self.file, self.line, what, advice))
