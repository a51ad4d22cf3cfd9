"""Every night: read, plan, take in waves, watch, give back, and keep a record of all of it."""

from uc_guard.nightly.night import Night, Orders, night

__all__ = ["Night", "Orders", "night"]
