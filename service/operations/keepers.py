"""Who keeps the life of the convention: the heads, the secretariat and those who steer, of both sides."""

from service.errors import NotPermitted
from service.permissions import Actor, Permission, may


def expect_keeper(actor: Actor) -> None:
    """Refuse (NotPermitted) whose role reads these pages without keeping them."""
    if not may(actor, Permission.KEEP_CONVENTION_LIFE):
        raise NotPermitted(
            "Tenir ces pages revient aux responsables, au secrétariat et au pilotage.",
            advice="Dites à votre responsable ce qui est à écrire ou à corriger.",
        )
