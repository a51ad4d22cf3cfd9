"""The windows of a backtest to a recommendation, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator


def advise(windows: pl.DataFrame, subjects: int, min_window_days: int) -> tuple[int | None, str]:
    """Give the shortest window whose plan would have denied least, and a sentence why; None where nothing can be said.

    Args:
        windows: Contract BACKTEST.
        subjects: Number of the principals under audit.
        min_window_days: As the settings have it.
    """
    judged = windows.filter(pl.col("reason").is_null()).sort("window_days")
    if judged.is_empty():
        return None, "Nothing can be recommended: no window could be judged."
    if not judged["replayed"][0]:
        unjudged = judged["unjudged"][0]
        known = f" and {unjudged:,} could not be judged" if unjudged else ""
        return None, f"Nothing can be recommended: no later statement of a subject could be replayed{known}."
    judged = judged.with_columns(harm=pl.col("denied") + pl.col("others_denied"))
    best = judged.filter(pl.col("harm") == pl.col("harm").min()).row(0, named=True)
    sentences = (_why(judged, best), *_doubts(best, subjects, min_window_days))
    return best["window_days"], " ".join(sentences)


def _why(judged: pl.DataFrame, best: dict[str, int]) -> str:
    days, harm = best["window_days"], best["harm"]
    head = f"{days} days: the shortest window"
    if judged.height == 1:
        head = f"{days} days: the only window that could be judged"
    told = f"{harm:,} of {best['replayed']:,} later statements" if harm else "no later statement"
    if best["others_denied"]:
        told += f" ({best['others_denied']:,} of other principals, through rights of subjects)"
    sentence = f"{head} whose plan would have denied {told}"
    shorter = judged.filter(pl.col("window_days") < days)
    if shorter.height:
        before = shorter.row(-1, named=True)
        sentence += f"; {before['window_days']} days would have denied {before['harm']:,}"
    if harm:
        sentence += "; no window that could be judged does better, so a longer log is worth having"
    return f"{sentence}."


def _doubts(best: dict[str, int], subjects: int, min_window_days: int) -> Iterator[str]:
    rows, held = best["rows_revoked"], best["subjects_held"]
    took = f"Its plan revokes {rows:,} row{'s' * (rows != 1)}" if rows else "Its plan revokes nothing"
    left = f", and leaves {held:,} of {subjects:,} subjects alone as a whole" if held else ""
    yield f"{took}{left}."
    if best["unjudged"]:
        many = "statements" if best["unjudged"] != 1 else "statement"
        yield f"{best['unjudged']:,} later {many} could not be judged, and may have been denied too."
    if best["window_days"] < min_window_days:
        yield f"To plan with it, lower `min_window_days`, which is {min_window_days}."
