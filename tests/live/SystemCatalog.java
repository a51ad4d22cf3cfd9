package ucguard.live;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.io.File;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.connector.catalog.*;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.execution.datasources.v2.parquet.ParquetTable;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import scala.jdk.javaapi.CollectionConverters;

/** A catalog whose tables are folders of Parquet: `system.query.history` is the folder `query.history`. */
public class SystemCatalog implements TableCatalog {
  private String name;
  private String home;

  @Override public void initialize(String n, CaseInsensitiveStringMap options) {
    name = n;
    home = options.get("home");
  }

  @Override public String name() { return name; }

  private File folder(Identifier i) {
    return new File(home, (String.join(".", i.namespace()) + "." + i.name()).toLowerCase());
  }

  @Override public Table loadTable(Identifier i) throws NoSuchTableException {
    File folder = folder(i);
    if (!folder.isDirectory()) throw new NoSuchTableException(i);
    return new ParquetTable(
        name + "." + folder.getName(),
        org.apache.spark.sql.classic.SparkSession.active(),
        CaseInsensitiveStringMap.empty(),
        CollectionConverters.asScala(List.of(folder.getPath())).toSeq(),
        scala.Option.empty(),
        ParquetFileFormat.class);
  }

  @Override public Identifier[] listTables(String[] namespace) { return new Identifier[0]; }
  @Override public Table createTable(Identifier i, StructType s, Transform[] p, Map<String, String> o) {
    throw new UnsupportedOperationException();
  }
  @Override public Table alterTable(Identifier i, TableChange... changes) { throw new UnsupportedOperationException(); }
  @Override public boolean dropTable(Identifier i) { return false; }
  @Override public void renameTable(Identifier a, Identifier b) { throw new UnsupportedOperationException(); }
}
