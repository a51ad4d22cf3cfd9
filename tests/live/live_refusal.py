"""How the fake workspace says no: a status, a code, and the text that the platform would give."""

from __future__ import annotations


class Refusal(Exception):
    """A request that is answered with an error."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def denied(privilege, securable_type, name):
    """A privilege that is missing; as on the platform, only the first one is named."""
    shown = " ".join(word.capitalize() for word in securable_type.split("_"))
    return Refusal(
        403, "PERMISSION_DENIED", f"User does not have {privilege.replace('_', ' ')} on {shown} '{name}'."
    )  # fmt: skip


def unknown(securable_type, name):
    """A securable that is not there, or that the caller may not know of."""
    shown = " ".join(word.capitalize() for word in securable_type.split("_"))
    return Refusal(404, f"{securable_type}_DOES_NOT_EXIST", f"{shown} '{name}' does not exist.")


def stranger(principal):
    """A principal that is not there."""
    return Refusal(404, "PRINCIPAL_DOES_NOT_EXIST", f"Could not find principal with name {principal}")


def invalid(message):
    """A request that makes no sense."""
    return Refusal(400, "INVALID_PARAMETER_VALUE", message)


def nowhere(path):
    """A path that leads nowhere."""
    return Refusal(404, "ENDPOINT_NOT_FOUND", f"No API found for '{path}'")
