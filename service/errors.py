"""The tree of refusals: what was not accepted, why (rule) and what to do. Knows nothing of HTTP."""

from collections.abc import Mapping, Sequence


class Refusal(Exception):
    """A request that is not accepted; `detail`, `advice` and field sentences are French, for who asked."""

    code = "refused"

    def __init__(self, detail: str, *, rule: str = "", advice: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.rule = rule
        self.advice = advice


class NotVisible(Refusal):
    """Absent, or not for this person: the answer is the same."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__(
            "Cette page n’existe pas, ou elle n’est pas visible avec votre compte.",
            advice="Vérifiez la référence, ou revenez à l’accueil.",
        )


class NotLoggedIn(Refusal):
    """Nobody is logged in, or the session has ended."""

    code = "not_logged_in"

    def __init__(self, detail: str = "Votre session est terminée ou vous n’êtes pas connecté.") -> None:
        super().__init__(detail, advice="Connectez-vous, puis recommencez.")


class NotPermitted(Refusal):
    """The thing is visible, the act is not for this role or unit."""

    code = "not_permitted"


class WrongState(Refusal):
    """The transition does not start from the present state; `allowed` names those that do."""

    code = "wrong_state"

    def __init__(self, detail: str, *, allowed: Sequence[str] = (), rule: str = "", advice: str = "") -> None:
        super().__init__(detail, rule=rule, advice=advice)
        self.allowed = tuple(allowed)


class StaleVersion(Refusal):
    """Somebody else changed it first; nothing of the second act was kept."""

    code = "stale_version"


class GuardRefused(Refusal):
    """A guard of the transition's row says no, with its rule."""

    code = "guard_refused"


class InvalidInput(Refusal):
    """What was typed can not be taken; `fields` gives the sentences beside each field."""

    code = "invalid_input"

    def __init__(
        self,
        fields: Mapping[str, Sequence[str]],
        *,
        detail: str = "Certaines réponses sont à corriger. Rien de ce que vous avez saisi n’est perdu.",
        rule: str = "",
        advice: str = "",
    ) -> None:
        super().__init__(detail, rule=rule, advice=advice)
        self.fields = {name: list(sentences) for name, sentences in fields.items()}


class FileRefused(InvalidInput):
    """A file joined to something else is not taken; `fields` says why of `file` and of its `description`."""


class TooLarge(Refusal):
    """More bytes than the service takes."""

    code = "too_large"


class TooManyAttempts(Refusal):
    """A throttle holds; `retry_after` is in seconds."""

    code = "too_many_attempts"

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail, advice="Patientez, puis recommencez.")
        self.retry_after = retry_after


class TooManyReadings(TooManyAttempts):
    """So many tickets were opened in so little time that reading stops; `retry_after` is in seconds."""

    code = "too_many_readings"

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(
            "Beaucoup de demandes ont été ouvertes avec votre compte en peu de temps : les lectures sont arrêtées.",
            retry_after=retry_after,
        )
        self.advice = "Votre responsable est prévenu et peut lever cet arrêt. Votre saisie n’est pas perdue."


class KeyReused(Refusal):
    """An Idempotency-Key comes back with another body."""

    code = "idempotency_key_reused"


class KeyMissing(Refusal):
    """A creating call without a usable Idempotency-Key."""

    code = "idempotency_key_missing"


class VersionMissing(Refusal):
    """An act that does not say which version of the ticket it was decided on."""

    code = "version_missing"


class Malformed(Refusal):
    """A body that can not be read at all."""

    code = "malformed"


class WrongMediaType(Refusal):
    """A body of another kind than the one that is read here."""

    code = "wrong_media_type"
