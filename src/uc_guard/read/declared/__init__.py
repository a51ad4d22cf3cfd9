"""What a repository declares: grants in SQL, Terraform and bundles, resources of agents, and manifests."""

from uc_guard.read.declared.read import Declared, read_declared

__all__ = ["Declared", "read_declared"]
