"""Runs the command line as `python -m uc_guard`."""

from __future__ import annotations

from uc_guard.cli import main

main()
