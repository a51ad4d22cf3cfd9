"""System tables on real Spark: each statement that we send is parsed and run by an engine that we did not write."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from hashlib import blake2b
from pathlib import Path

import pyarrow.parquet as pq

HERE = Path(__file__).parent


def missing():
    """Why Spark cannot run here; None where it can."""
    try:
        import pyspark  # noqa: F401, PLC0415 - asked only where it is wanted
    except ImportError:
        return "pyspark is not installed (pip install 'pyspark>=4.3,<5')"
    return None if shutil.which("javac") else "no JDK: `javac` is not on the PATH (install a JDK 17 or newer)"


def _jar():
    import pyspark  # noqa: PLC0415 - see missing()

    source = HERE / "SystemCatalog.java"
    mark = blake2b(source.read_bytes(), digest_size=8).hexdigest()
    out = Path(tempfile.gettempdir()) / f"uc-guard-live-{pyspark.__version__}-{mark}.jar"
    if not out.exists():
        with tempfile.TemporaryDirectory() as folder:
            jars = str(Path(pyspark.__file__).parent / "jars" / "*")
            compiler = ["javac", "-nowarn", "-proc:none", "-cp", jars, "-d", f"{folder}/classes", str(source)]
            subprocess.run(compiler, check=True, capture_output=True)
            Path(shutil.make_archive(f"{folder}/made", "zip", f"{folder}/classes")).replace(out)
    return out


class Spark:
    """Runs queries of system tables; one at a time."""

    def __init__(self, home):
        os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
        os.environ["PYSPARK_PYTHON"] = sys.executable
        from pyspark.sql import SparkSession  # noqa: PLC0415 - see missing()

        self.home, self._lock, self.ran = Path(home), threading.Lock(), 0
        settings = {
            "spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.extraClassPath": str(_jar()), "spark.sql.session.timeZone": "UTC",
            "spark.sql.catalog.system": "ucguard.live.SystemCatalog", "spark.sql.catalog.system.home": str(home),
            "spark.sql.shuffle.partitions": "1",
        }  # fmt: skip
        builder = SparkSession.builder.master("local[1]").appName("uc-guard-live")
        for name, value in settings.items():
            builder = builder.config(name, value)
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("OFF")

    def __call__(self, tables, sql, params):
        """Run a query over these tables; Spark's own error where it refuses it."""
        with self._lock:
            for name, rows in tables.items():
                folder = self.home / name
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(parents=True)
                pq.write_table(rows, folder / "part.parquet", use_deprecated_int96_timestamps=False)
            self.ran += 1
            return self.session.sql(sql, args=params or None).toArrow()
