"""The ids of the frameworks that rules refer to: DASF 2.0, OWASP LLM 2025, OWASP agentic 2026."""

from __future__ import annotations

_RISKS = (11, 4, 3, 2, 4, 3, 4, 4, 13, 6, 1, 7)
"""Number of risks of each of the 12 components of DASF 2.0: 62 in all."""

DASF = (
    *(f"{part}.{number}" for part, count in enumerate(_RISKS, 1) for number in range(1, count + 1)),
    *(f"DASF {number}" for number in range(1, 65)),
)
"""Ids of the risks (`9.13`) and controls (`DASF 64`) of the Databricks AI Security Framework 2.0."""

OWASP_LLM = tuple(f"LLM{number:02d}" for number in range(1, 11))
"""Ids of the OWASP Top 10 for LLM Applications 2025."""

OWASP_AGENTIC = tuple(f"ASI{number:02d}" for number in range(1, 11))
"""Ids of the OWASP Top 10 for Agentic Applications 2026."""
