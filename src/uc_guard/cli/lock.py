"""The command `lock`: what the agents of a repository need at least, written down for `lint` to hold grants against."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uc_guard.cli.common import CLEAN, FINDINGS, NOTHING_JUDGED, check_targets, read_snapshot, stop, told, write_all
from uc_guard.model.lock import FILE, UNCLEAR

if TYPE_CHECKING:
    from uc_guard.model.lock import Lock

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder with the manifests of the agents.")]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help=f"The lock. Default: {FILE} in the folder.")
]
Workspace = Annotated[
    Path | None,
    typer.Option(
        "--snapshot",
        metavar="SNAPSHOT",
        help="A workspace to look names up in. Default: full names mean what they spell.",
    ),
]
Check = Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 where the lock is not up to date.")]


def lock_command(
    folder: Folder = Path(),
    output: Output = None,
    snapshot: Workspace = None,
    check: Check = False,  # noqa: FBT002 - typer makes a flag of it
) -> None:
    """Write down the least privileges that agents need by the statements in their manifests."""
    from uc_guard.lock import derive_lock, encode_lock  # noqa: PLC0415 - a command loads only what it needs
    from uc_guard.read.declared import read_declared  # noqa: PLC0415 - as above

    target = output or (folder if folder.is_dir() else folder.parent) / FILE
    catalog = None
    if snapshot is not None:
        from uc_guard.bodies import known_objects  # noqa: PLC0415 - as above

        catalog = known_objects(read_snapshot(snapshot, None, None))
    with told():
        declared = read_declared([folder], with_locks=False)
        root = (folder if folder.is_dir() else folder.parent).as_posix()
        lock = derive_lock(declared, catalog, root)
    if not lock.agents:
        stop(f"nothing to lock: no `agent.toml` in {folder}", NOTHING_JUDGED)
    data = encode_lock(lock)
    if check:
        _compare(target, data)
        return
    with told():
        check_targets([target])
        write_all({target: data})
    typer.echo(_told(lock, target))


def _compare(target: Path, data: bytes) -> None:
    """Stop where the file is not what would be written."""
    if target.is_file() and target.read_bytes() == data:
        typer.echo(f"{target} is up to date")
        raise typer.Exit(CLEAN)
    typer.echo(f"{target} is not up to date: run `uc-guard lock`, and look at what changes", err=True)
    raise typer.Exit(FINDINGS)


def _told(lock: Lock, target: Path) -> str:
    lines = [f"wrote {target}"]
    for agent in lock.agents:
        many = len(agent.privileges)
        lines.append(f"{_clean(agent.principal)}: {many} privilege{'s' * (many != 1)}")
        for one in agent.unclear:
            mend = UNCLEAR.get(one.reason, "see the reasons of opaque statements in the reference")
            lines.append(f"  not final, {one.reason}: {_clean(one.text)} in {_clean(one.path)}; {mend}")
    return "\n".join(lines)


def _clean(text: str) -> str:
    """Leave out what would steer a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)
