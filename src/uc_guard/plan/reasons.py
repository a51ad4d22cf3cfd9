"""One sentence for people on why a row goes, stays or comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.model.privilege import spoken

if TYPE_CHECKING:
    from collections.abc import Iterable

    from uc_guard.model.plan import Certificate, Row, Witness

_CAUSES = {
    "usage-chain": "on the way to what it uses",
    "co-requisite": "goes with what it uses",
    "via-view": "a view that it owns reads this",
    "via-routine": "a routine that it owns reads this",
    "opaque": "activity that was not understood in full may need it",
    "unobservable": "no source at hand would show its use",
    "denied": "it was denied",
    "needed": "it is used, and nothing gives it",
}


def explain_rows(
    certificates: Iterable[Certificate], witnesses: Iterable[Witness], coming: Iterable[Row], stripped: Iterable[Row]
) -> dict[Row, str]:
    """Give the reason of each row that a statement names."""
    proofs = {witness.row: witness for witness in witnesses}
    why = {certificate.row: _gone(certificate) for certificate in certificates}
    why |= {row: _come(row, proofs.get(row)) for row in coming}
    return why | dict.fromkeys(stripped, "stays; REVOKE ALL PRIVILEGES may have taken it along")


def _gone(certificate: Certificate) -> str:
    of = f"{certificate.reach} privilege{'s' * (certificate.reach != 1)} that {spoken(certificate.row.privilege)} gives"
    later = " and what is made there later" if certificate.future else ""
    if certificate.needed:
        return f"{certificate.needed} of the {of} may be needed, and stay by narrower rows; not the rest{later}"
    return f"none of the {of}{later} was used or may be needed"


def _come(row: Row, proof: Witness | None) -> str:
    if proof is None:
        return f"keeps {spoken(row.privilege)} for what is needed"
    cause = _CAUSES.get(proof.reason, "used")
    ids = f" ({', '.join(proof.ids)})" if proof.ids else ""
    verb = "needs" if proof.certainty == "must" else "may need"
    return f"`{proof.subject}` {verb} {spoken(proof.privilege)}: {cause}{ids}"
