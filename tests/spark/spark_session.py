"""One local Spark with the estate in it, that analyses statements and executes none."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import spark_schema
from spark_truth import Truth, truth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spark_cases import Case

HERE = Path(__file__).parent


def missing() -> str | None:
    """Why Spark cannot run here; None where it can."""
    try:
        import pyspark  # noqa: F401, PLC0415 - asked only when these tests run
    except ImportError:
        return "pyspark is not installed (pip install 'pyspark>=4.3,<5')"
    return None if shutil.which("javac") else "no JDK: `javac` is not on the PATH (install a JDK 17 or newer)"


class Refused(Exception):
    """Spark's parser or analyser refused the statement."""


def jar() -> Path:
    """The compiled Java of this folder; kept in the temporary folder and made anew when a source changes."""
    import pyspark  # noqa: PLC0415 - see missing()

    sources = sorted(HERE.glob("*.java"))
    mark = blake2b(b"".join(s.read_bytes() for s in sources), digest_size=8).hexdigest()
    out = Path(tempfile.gettempdir()) / f"uc-guard-spark-{pyspark.__version__}-{mark}.jar"
    if not out.exists():
        with tempfile.TemporaryDirectory() as folder:
            jars = str(Path(pyspark.__file__).parent / "jars" / "*")
            compiler = ["javac", "-nowarn", "-proc:none", "-cp", jars, "-d", f"{folder}/classes", *map(str, sources)]
            subprocess.run(compiler, check=True, capture_output=True)  # noqa: S603 - our own sources
            made = shutil.make_archive(f"{folder}/made", "zip", f"{folder}/classes")
            Path(made).replace(out)
    return out


@dataclass(frozen=True, slots=True)
class Answer:
    """The truth of one statement, or why Spark refuses it."""

    truth: Truth | None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Oracle:
    """Spark's analyser over the estate of `spark_schema`."""

    spark: Any

    @classmethod
    def start(cls) -> Oracle:
        """A Spark of its own JVM, bound to the loop-back address, with every table, view and function made."""
        os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
        os.environ["PYSPARK_PYTHON"] = sys.executable  # else the first python of the PATH
        from pyspark.sql import SparkSession  # noqa: PLC0415 - see missing()

        settings = {
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.catalogImplementation": "in-memory",
            "spark.sql.shuffle.partitions": "1",
            "spark.driver.extraClassPath": str(jar()),
            "spark.driver.extraJavaOptions": "-Xss16m",
            "spark.sql.warehouse.dir": tempfile.mkdtemp(prefix="uc-guard-warehouse-"),
            "spark.log.level": "OFF",
            "spark.sql.catalog.main": "ucguard.spark.MemoryCatalog",
            "spark.sql.catalog.other": "ucguard.spark.MemoryCatalog",
        }
        builder = SparkSession.builder.master("local[1]").appName("uc-guard-oracle")
        for key, value in settings.items():
            builder = builder.config(key, value)
        oracle = cls(builder.getOrCreate())
        logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)  # it prints every refused statement
        oracle.make()
        return oracle

    def make(self) -> None:
        """Make the estate."""
        for schema in sorted({name.split(".")[0] + "." + name.split(".")[1] for name in spark_schema.TABLES}):
            self.spark.sql(f"CREATE NAMESPACE IF NOT EXISTS {schema}")
        for name, columns in {**spark_schema.TABLES, **spark_schema.QUOTED}.items():
            listed = ", ".join(f"`{c.replace('`', '``')}` {kind}" for c, kind in columns.items())
            self.spark.sql(f"CREATE TABLE {_quoted(name)} ({listed})")
        self.spark.sql(f"USE {spark_schema.CATALOG}.{spark_schema.SCHEMA}")
        for name, view in spark_schema.VIEWS.items():
            self.spark.sql(f"CREATE VIEW {_quoted(name)} AS {view['definition']}")
        for name in spark_schema.FUNCTIONS:
            self.spark._jvm.ucguard.spark.MemoryCatalog.addFunction(name)

    def ask(
        self, text: str, *, temp_views: Mapping[str, str] | None = None, parameters: Mapping[str, object] | None = None
    ) -> Truth:
        """What the statement uses.

        Raises:
            Refused: Spark's parser or analyser does not take it.
        """
        try:
            for name, body in (temp_views or {}).items():
                self.spark.sql(f"CREATE OR REPLACE TEMPORARY VIEW `{name}` AS {body}")
            return truth(json.loads(self._dump(text, parameters)), pipes="|>" in text)
        except Exception as error:
            raise Refused(" ".join(str(error).split())[:400]) from error
        finally:
            for name in temp_views or {}:
                self.spark.catalog.dropTempView(name)

    def answer(self, case: Case) -> Answer:
        """What a case uses, or why Spark refuses it."""
        try:
            return Answer(self.ask(case.text, temp_views=case.temp_views, parameters=case.parameters))
        except Refused as verdict:
            return Answer(None, str(verdict))

    def _dump(self, text: str, parameters: Mapping[str, object] | None) -> str:
        dump = self.spark._jvm.ucguard.spark.PlanDump
        if parameters:
            return dump.ofDataset(self.spark.sql(text, args=dict(parameters))._jdf.queryExecution())
        return dump.analyse(self.spark._jsparkSession, text)


def _quoted(name: str) -> str:
    catalog, schema, last = name.split(".", 2)
    return f"{catalog}.{schema}.{last if last.startswith('`') else f'`{last}`'}"
