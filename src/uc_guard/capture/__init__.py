"""A live workspace to a snapshot: its sources become the files that people export by hand, and are read as these."""

from uc_guard.capture.doctor import Check, Diagnosis, doctor
from uc_guard.capture.run import Options, capture

__all__ = ["Check", "Diagnosis", "Options", "capture", "doctor"]
