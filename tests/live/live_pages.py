"""How the fake workspace cuts a listing into pages, some of which are empty and name a next one."""

from __future__ import annotations

import base64
import json

from live_refusal import invalid


def paged(site, request, key, items, *, strict=False, size_key="max_results"):
    """One page of a listing; without a size, all of it. UC: permissions refuse sizes of 1 to 149."""
    asked = request.query.get(size_key)
    size = number(asked) if asked is not None else None
    if size is not None and (size < 0 or (strict and 1 <= size < 150)):
        raise invalid(f"{size_key} must be 0, or 150 at least; found {size}")
    stumbles = request.fault is not None and request.fault.kind == "empty-page"
    if size is None and "page_token" not in request.query and not stumbles:
        return {key: items} if items else {}
    start, empties = read_token(request.query.get("page_token"))
    if stumbles:
        return {key: [], "next_page_token": token(start, empties)}
    if empties < site.page.empty:
        return {key: [], "next_page_token": token(start, empties + 1)}
    end = start + min(site.page.size, size or site.page.size)
    # UC: a list without items is left out of the JSON.
    found = {key: items[start:end]} if items[start:end] else {}
    return {**found, "next_page_token": token(end, 0)} if end < len(items) else found


def token(start, empties):
    """A token that says where a page starts; nobody outside may know what it means."""
    return base64.urlsafe_b64encode(json.dumps([start, empties]).encode()).decode().rstrip("=")


def read_token(text):
    """Where a page starts, and how many empty ones came before it."""
    if not text:
        return 0, 0
    try:
        start, empties = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError):
        raise invalid(f"page_token '{text}' is not one of ours") from None
    return start, empties


def number(text):
    """A parameter that must be a whole number."""
    try:
        return int(text)
    except ValueError:
        raise invalid(f"'{text}' is not a number") from None


def flag(request, name):
    """A parameter that is true or false."""
    return request.query.get(name, "false").lower() == "true"
