"""Sessions for working on uc_guard: `nox` runs lint, types and tests; `nox -l` lists the others."""

import os
from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "tests"]
nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False

DATAHUB = "acryl-datahub[sql-parser]==1.7.0.17"
GROUPS = nox.project.load_toml("pyproject.toml")["dependency-groups"]


def _wheel(session: nox.Session) -> str:
    """Build the wheel and give its path: what is tested is what is shipped."""
    session.install("build")
    out = session.create_tmp()
    session.run("python", "-m", "build", "--wheel", "--outdir", out, ".", silent=True)
    return str(max(Path(out).glob("*.whl"), key=os.path.getmtime))


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format."""
    session.install(*GROUPS["lint"])
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types with two checkers."""
    session.install(".[charts]", *GROUPS["types"])
    session.run("mypy")
    session.run("pyright")
    session.run("mypy", "--strict", "tests/typing/api.py", "docs/generate.py")
    session.run("pyright", "tests/typing/api.py", "docs/generate.py")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests against the built wheel."""
    session.install(_wheel(session), *GROUPS["test"])
    session.run("pytest", "-n", "2", "-m", "not spark and not browser and not live", *session.posargs)


@nox.session
def spark(session: nox.Session) -> None:
    """Compare the extraction with Spark's own analyzer (needs a JDK)."""
    session.install(_wheel(session), *GROUPS["test"], *GROUPS["spark"])
    session.run("pytest", "tests/spark", "-m", "spark", *session.posargs)


@nox.session
def live(session: nox.Session) -> None:
    """Read, change and mend a workspace on loopback: every crash, a thousand fault schedules, Spark (needs a JDK)."""
    session.install(_wheel(session), *GROUPS["test"])
    spread = ("-n", "2", "--dist", "worksteal")  # some of the tests take minutes
    session.run("pytest", "tests/live", "tests/apply", *spread, "-m", "not spark", *session.posargs)
    session.install(*GROUPS["spark"])  # only now: where it is installed, other libraries import it, and it warns
    session.run("pytest", "tests/live", "-m", "spark", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """Open what notebooks show in a real browser (needs Chromium)."""
    session.install(_wheel(session), *GROUPS["test"], *GROUPS["browser"])
    session.run("pytest", "-m", "browser", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Measure which branches the tests reach."""
    session.install("-e", ".", *GROUPS["test"])
    session.run("coverage", "run", "-m", "pytest", "-m", "not spark and not browser and not live", *session.posargs)
    session.run("coverage", "report")


@nox.session
def lowest(session: nox.Session) -> None:
    """Run the tests on the oldest dependencies allowed."""
    session.install("uv")
    session.run(
        "uv",
        "pip",
        "install",
        "--python",
        session.virtualenv.location,
        "--resolution",
        "lowest-direct",
        ".",
        *GROUPS["test"],
    )
    session.run("pytest", "-n", "2", "-m", "not spark and not browser and not live", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Time the usage job beside four ways of others, and a large estate (takes half an hour)."""
    session.install(_wheel(session), *GROUPS["bench"])
    # Its pins clash with ours, so it lives in an environment of its own.
    other = Path(session.create_tmp()) / "datahub"
    session.run("python", "-m", "venv", str(other))
    session.run(str(other / "bin" / "pip"), "install", "--quiet", DATAHUB, external=True)
    peer = ("--datahub-python", str(other / "bin" / "python"))
    session.run("python", "benchmarks/bench.py", "--growth", "--estates", *peer, *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Make the reference pages anew, and run what the other pages show."""
    session.install("-e", ".", *GROUPS["test"])
    session.run("python", "docs/generate.py")
    session.run("pytest", "tests/docs", *session.posargs)
