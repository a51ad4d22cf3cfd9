"""The lock of a repository's agents: what their statements need at least, and what a change grants beyond it."""

from uc_guard.lock.check import check_lock
from uc_guard.lock.derive import derive_lock
from uc_guard.lock.document import encode_lock

__all__ = ["check_lock", "derive_lock", "encode_lock"]
