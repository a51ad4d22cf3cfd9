"""One sentence for people on why a row goes, stays or comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.model.privilege import spoken

if TYPE_CHECKING:
    from collections.abc import Iterable

    from uc_guard.model.plan import Certificate, Row, Witness

_CAUSES = {
    "used": "it is used",
    "usage-chain": "it is on the way to what is used",
    "co-requisite": "it goes with what is used",
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
    word, reach, needed = spoken(certificate.row.privilege), certificate.reach, certificate.needed
    later = ", nor what is made here later" if certificate.future else ""
    if not needed and reach <= 1:
        return f"was not used, and nothing shows that it may be needed{later}"
    if not needed:
        return f"none of the {reach} privileges that {word} gives here was used or may be needed{later}"
    if needed < reach:
        return f"only {needed} of the {reach} privileges that {word} gives here may be needed; other rows keep them"
    return f"other rows keep all that {word} gives here today{', but not what is made here later' * certificate.future}"


def _come(row: Row, proof: Witness | None) -> str:
    if proof is None:
        return f"keeps {spoken(row.privilege)} for what is needed"
    who = "" if proof.subject == row.grantee else f"`{proof.subject}` "
    verb = "needs" if proof.certainty == "must" else "may need"
    ids = f" ({', '.join(proof.ids)})" if proof.ids else ""
    return f"{who}{verb} {spoken(proof.privilege)}: {_CAUSES.get(proof.reason, proof.reason)}{ids}"
