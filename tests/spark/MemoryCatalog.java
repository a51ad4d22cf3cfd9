package ucguard.spark;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.NoSuchFunctionException;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.connector.catalog.*;
import org.apache.spark.sql.connector.catalog.functions.*;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.connector.read.*;
import org.apache.spark.sql.connector.write.*;
import org.apache.spark.sql.types.*;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/** An empty estate in memory: tables without rows, stored views and functions of any arity, under any three-part name. */
public class MemoryCatalog implements RelationCatalog, FunctionCatalog, SupportsNamespaces {
  private static final Map<String, Map<List<String>, Relation>> RELATIONS = new ConcurrentHashMap<>();
  private static final Map<String, Set<String>> SCHEMAS = new ConcurrentHashMap<>();
  private static final Set<String> FUNCTIONS = ConcurrentHashMap.newKeySet();
  private String name;

  /** Makes `catalog.schema.function` known; it takes any arguments and gives an INT. */
  public static void addFunction(String full) {
    FUNCTIONS.add(full.toLowerCase());
  }

  private static List<String> key(Identifier i) {
    return List.of(String.join(".", i.namespace()).toLowerCase(), i.name().toLowerCase());
  }

  private Map<List<String>, Relation> relations() {
    return RELATIONS.computeIfAbsent(name, k -> new ConcurrentHashMap<>());
  }

  private Set<String> schemas() {
    return SCHEMAS.computeIfAbsent(name, k -> ConcurrentHashMap.newKeySet());
  }

  @Override public void initialize(String n, CaseInsensitiveStringMap options) { name = n; }
  @Override public String name() { return name; }

  @Override public Relation loadRelation(Identifier i) throws NoSuchTableException {
    Relation found = relations().get(key(i));
    if (found == null) throw new NoSuchTableException(i);
    return found;
  }

  private Table table(Identifier i) throws NoSuchTableException {
    if (loadRelation(i) instanceof Table t) return t;
    throw new NoSuchTableException(i);
  }

  @Override public Table loadTable(Identifier i, String version) throws NoSuchTableException { return table(i); }
  @Override public Table loadTable(Identifier i, long timestamp) throws NoSuchTableException { return table(i); }

  @Override public Identifier[] listTables(String[] ns) { return new Identifier[0]; }
  @Override public Identifier[] listViews(String[] ns) { return new Identifier[0]; }

  @Override public Table createTable(Identifier i, Column[] c, Transform[] p, Map<String, String> props) {
    EmptyTable made = new EmptyTable(name + "." + String.join(".", i.namespace()) + "." + i.name(), c);
    relations().put(key(i), made);
    return made;
  }

  @Override public Table createTable(Identifier i, TableInfo t) {
    return createTable(i, t.columns(), t.partitions(), t.properties());
  }

  @Override public Table alterTable(Identifier i, TableChange... c) { throw new UnsupportedOperationException(); }
  @Override public boolean dropTable(Identifier i) { return relations().remove(key(i)) != null; }
  @Override public void renameTable(Identifier a, Identifier b) { throw new UnsupportedOperationException(); }
  @Override public View createView(Identifier i, View v) { relations().put(key(i), v); return v; }
  @Override public View replaceView(Identifier i, View v) { relations().put(key(i), v); return v; }
  @Override public boolean dropView(Identifier i) { return relations().remove(key(i)) != null; }
  @Override public void renameView(Identifier a, Identifier b) { throw new UnsupportedOperationException(); }

  @Override public String[][] listNamespaces() {
    return schemas().stream().map(s -> new String[] {s}).toArray(String[][]::new);
  }

  @Override public String[][] listNamespaces(String[] n) { return n.length == 0 ? listNamespaces() : new String[0][]; }
  @Override public boolean namespaceExists(String[] n) { return n.length == 1 && schemas().contains(n[0].toLowerCase()); }
  @Override public Map<String, String> loadNamespaceMetadata(String[] n) { return new HashMap<>(); }
  @Override public void createNamespace(String[] n, Map<String, String> m) { schemas().add(n[0].toLowerCase()); }
  @Override public void alterNamespace(String[] n, NamespaceChange... c) { }
  @Override public boolean dropNamespace(String[] n, boolean cascade) { return schemas().remove(n[0].toLowerCase()); }

  @Override public Identifier[] listFunctions(String[] ns) { return new Identifier[0]; }

  @Override public UnboundFunction loadFunction(Identifier i) throws NoSuchFunctionException {
    String full = (name + "." + String.join(".", i.namespace()) + "." + i.name()).toLowerCase();
    if (!FUNCTIONS.contains(full)) throw new NoSuchFunctionException(i);
    return new Anything(full);
  }

  /** A function of any arguments. */
  record Anything(String full) implements UnboundFunction {
    @Override public String name() { return full; }
    @Override public String description() { return full; }
    @Override public BoundFunction bind(StructType in) {
      DataType[] types = Arrays.stream(in.fields()).map(StructField::dataType).toArray(DataType[]::new);
      return new Bound(full, types);
    }
  }

  record Bound(String full, DataType[] types) implements ScalarFunction<Integer> {
    @Override public DataType[] inputTypes() { return types; }
    @Override public DataType resultType() { return DataTypes.IntegerType; }
    @Override public String name() { return full; }
    @Override public String canonicalName() { return full; }
    @Override public boolean isDeterministic() { return true; }
    @Override public Integer produceResult(InternalRow row) { return 0; }
  }

  /** A table without rows that can be pruned, written, and deleted from as far as analysis cares. */
  record EmptyTable(String full, Column[] columns) implements Table, SupportsRead, SupportsWrite {
    @Override public String name() { return full; }
    @Override public Set<TableCapability> capabilities() {
      return EnumSet.of(TableCapability.BATCH_READ, TableCapability.BATCH_WRITE, TableCapability.TRUNCATE,
          TableCapability.OVERWRITE_BY_FILTER, TableCapability.OVERWRITE_DYNAMIC);
    }
    @Override public ScanBuilder newScanBuilder(CaseInsensitiveStringMap options) {
      return new Pruned(CatalogV2Util.v2ColumnsToStructType(columns), full);
    }
    @Override public WriteBuilder newWriteBuilder(LogicalWriteInfo info) { throw new UnsupportedOperationException(); }
  }

  static final class Pruned implements ScanBuilder, SupportsPushDownRequiredColumns, Scan, Batch {
    private StructType schema;
    private final String full;
    Pruned(StructType schema, String full) { this.schema = schema; this.full = full; }
    @Override public void pruneColumns(StructType required) { schema = required; }
    @Override public Scan build() { return this; }
    @Override public StructType readSchema() { return schema; }
    @Override public String description() { return full; }
    @Override public Batch toBatch() { return this; }
    @Override public InputPartition[] planInputPartitions() { return new InputPartition[0]; }
    @Override public PartitionReaderFactory createReaderFactory() { throw new UnsupportedOperationException(); }
  }
}
