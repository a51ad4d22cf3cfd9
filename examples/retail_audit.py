"""Audit the invented retailer: who holds too much, and the statements that take it away."""

from pathlib import Path

import uc_guard

snapshot = uc_guard.read_folder(Path(__file__).parent / "retail")
audit = uc_guard.audit(snapshot)

names = dict(snapshot.frame("principals").select("principal", "display_name").iter_rows())
for agent in audit.ledger.sort("held", descending=True).iter_rows(named=True):
    print(f"{names[agent['principal']]}: holds {agent['held']}, used {agent['used']}, keeps {agent['after']}")

plan = audit.plan
print(f"{len(plan.statements)} statements take the excess from {plan.before.excess:g} to {plan.after.excess:g}")
print("verified: nothing that was used is lost" if audit.verdict.ok else "refused by the verifier")
