"""Texts to templates, in columns: what is left of a statement without its comments and what its literals spell."""

from __future__ import annotations

import polars as pl

# INVARIANT: no pass takes a back-slash away, so a string that holds one is always seen in the end.
# INVARIANT: a template has the tokens of its text, but for literals: `''` for each string, `0` for each number. What
# these expressions cannot cut as the tokenizer does has no template, and is read by itself. Constant replacements
# without groups run on an automaton, so the passes over every row are of that kind only.
_STRINGS = r"(?:'[^'\\]*')+|(?:\"[^\"\\]*\")+"
_NUMBERS = r"\b[0-9]+\b"
_BLOCK = r"/\*[^*/+\\](?:[^*/\\]|/+[^*/\\])*\*/"
_LEADING = rf"\A(?:\s|{_BLOCK}|--[^\r\n\\]*[\r\n])+"
# Without quotes inside, so that it cannot begin in one string and end in another.
_TRAILING = r"(?:\s*/\*[^*/+'\"`\\\r\n](?:[^*/'\"`\\\r\n]|/+[^*/'\"`\\\r\n])*\*/)?[\s;]*\z"
_KEPT = rf"({_STRINGS}|(?:`[^`]*`)+)"
_COMMENTS = rf"{_KEPT}|--[^\r\n\\]*|{_BLOCK}"
_IS_UNCLEAR = r"[\\\"\x00\x02]|--|/\*|\$\$|''''|\b[rR]''"
_HAS_CLEAR_NAMES = r"\A(?:[^`]|`[A-Za-z_][A-Za-z0-9_]*`)*\z"
# Any run of white space but a single space, which is what most are: those that stay need no replacement.
_LAYOUT = r"[^\S ]\s*| \s+"
_PART = 65_536
_SMALL_PART = 4_096
_WIDE = {wide.replace("x", mark): mark for mark in "()," for wide in (" x ", " x", "x ")}
_ROW = r"\((?:-?0|''|null|true|false)(?:,(?:-?0|''|null|true|false))*\)"
_ROWS = rf"\b(values{_ROW})(?:,{_ROW})+"
_LIST = r"\bin\((?:0|'')(?:,(?:0|''))*\)"


def templates(texts: pl.Series) -> pl.Series:
    """Give the template of each text; texts of one template use the same, unless the meaning of a literal matters.

    Args:
        texts: Statements, String.

    Returns:
        Templates, String; null where a text has none and must be read by itself.
    """
    folded = fold(texts).to_frame("folded")
    distinct = folded.unique().drop_nulls()
    distinct = distinct.with_columns(template=canonical(distinct["folded"]))
    return folded.join(distinct, on="folded", how="left", maintain_order="left")["template"]


def fold(texts: pl.Series) -> pl.Series:
    """Give the texts without what most often differs: comments around them, and what their literals spell.

    This is the only pass over every byte of a log; `canonical` then works on the distinct ones.
    """
    text = pl.col("text")
    bare = _in_parts(texts).select(text.str.replace(_LEADING, "").str.replace(_TRAILING, ""))["text"]
    inside = bare.str.contains(r"--|/\*").arg_true()
    if len(inside):
        bare = bare.scatter(inside, bare.gather(inside).str.replace_all(_COMMENTS, "${1} "))
    return _in_parts(bare).select(text.str.replace_all(_STRINGS, "''").str.replace_all(_NUMBERS, "0"))["text"]


def canonical(folded: pl.Series) -> pl.Series:
    """Give the one spelling of folded texts for any layout, letter case, length of lists; null where unclear."""
    text = pl.col("text")
    clear = ~text.str.contains(_IS_UNCLEAR) & text.str.contains(_HAS_CLEAR_NAMES)
    is_ascii = text.str.len_bytes() == text.str.len_chars()
    cased = pl.when(is_ascii).then(text.str.to_lowercase()).otherwise(text)
    spaced = cased.str.replace_all(_LAYOUT, " ").str.strip_chars(" ").str.strip_chars_end(" ;")
    # No token runs across these, whatever stands beside them.
    spaced = spaced.str.replace_many(_WIDE, leftmost=True)
    shortened = spaced.str.replace_all(_LIST, "in(0)").str.replace_all(_ROWS, "${1}")
    shortened = pl.when(clear).then(shortened)
    return _in_parts(folded, _SMALL_PART).select(template=shortened)["template"]


def _in_parts(texts: pl.Series, size: int = _PART) -> pl.DataFrame:
    """Give the column `text` in parts of bounded size: expressions then run on all cores."""
    if texts.n_chunks() > 1 and max(texts.chunk_lengths()) <= size:
        return texts.rename("text").to_frame()
    parts = [texts.slice(start, size) for start in range(0, max(len(texts), 1), size)]
    return pl.concat(parts, rechunk=False).rename("text").to_frame()
