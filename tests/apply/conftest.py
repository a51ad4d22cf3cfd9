"""Puts the helpers of this folder, and the worlds of the planner's tests, where tests find them."""

from __future__ import annotations

import sys
from pathlib import Path

for folder in (Path(__file__).parent, Path(__file__).parent.parent / "plan"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
