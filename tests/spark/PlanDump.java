package ucguard.spark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.*;
import org.apache.spark.sql.catalyst.analysis.SQLScalarFunction;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAlias;
import org.apache.spark.sql.catalyst.expressions.*;
import org.apache.spark.sql.catalyst.plans.QueryPlan;
import org.apache.spark.sql.catalyst.plans.logical.*;
import org.apache.spark.sql.catalyst.trees.TreeNode;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.connector.catalog.CatalogPlugin;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.execution.CommandExecutionMode;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.command.DescribeQueryCommand;
import org.apache.spark.sql.execution.command.ExplainCommand;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2Relation;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2ScanRelation;
import scala.jdk.javaapi.CollectionConverters;

/** Catalyst's plan of a statement as JSON: per node the attribute ids that its expressions name; nothing is executed. */
public final class PlanDump {
  private static final ObjectMapper JSON = new ObjectMapper();

  private PlanDump() { }

  /** The analysed plans of all leaf statements of `text`, in order: one for a statement, several for a script. */
  public static String analyse(SparkSession session, String text) throws Exception {
    List<Object> found = new ArrayList<>();
    List<String> declared = new ArrayList<>();
    try {
      leaf(session, session.sessionState().sqlParser().parsePlan(text), found, declared);
    } finally {
      for (String name : declared) session.sql("DROP TEMPORARY VARIABLE IF EXISTS `" + name + "`");
    }
    return JSON.writeValueAsString(found);
  }

  /** The analysed and optimised plan of a statement with parameters, or of a Dataset made by any other way. */
  public static String ofDataset(QueryExecution execution) throws Exception {
    return JSON.writeValueAsString(List.of(both(execution.sparkSession(), execution.analyzed())));
  }

  private static void leaf(SparkSession session, LogicalPlan plan, List<Object> found, List<String> declared)
      throws Exception {
    if (plan instanceof ExplainCommand e) { leaf(session, e.logicalPlan(), found, declared); return; }
    if (plan instanceof DescribeQueryCommand d) { leaf(session, d.plan(), found, declared); return; }
    if (plan instanceof CompoundPlanStatement) { script(session, plan, found, declared); return; }
    if (plan instanceof CreateVariable v) { declare(session, v, declared); }
    QueryExecution e = session.sessionState().executePlan(plan, CommandExecutionMode.SKIP());
    e.assertAnalyzed();
    found.add(both(session, e.analyzed()));
  }

  /** Every leaf of a script, with its local variables and loop rows standing in as variables of the session. */
  private static void script(SparkSession session, Object node, List<Object> found, List<String> declared)
      throws Exception {
    if (node instanceof SingleStatement s) { leaf(session, s.parsedPlan(), found, declared); return; }
    if (node instanceof ForStatement f) {
      leaf(session, f.query().parsedPlan(), found, declared);
      if (f.variableName().isDefined()) {
        QueryExecution e = session.sessionState().executePlan(f.query().parsedPlan(), CommandExecutionMode.SKIP());
        String name = f.variableName().get();
        session.sql("DECLARE OR REPLACE VARIABLE `" + name + "` " + e.analyzed().schema().sql());
        declared.add(name);
      }
      script(session, f.body(), found, declared);
      return;
    }
    if (node instanceof LogicalPlan p && !(node instanceof CompoundPlanStatement)) {
      leaf(session, p, found, declared);
      return;
    }
    if (node instanceof scala.Product product) {
      for (Object part : CollectionConverters.asJava(product.productIterator().toList())) nested(session, part, found, declared);
    }
  }

  private static void nested(SparkSession session, Object part, List<Object> found, List<String> declared)
      throws Exception {
    if (part instanceof CompoundPlanStatement || part instanceof ExceptionHandler) {
      script(session, part, found, declared);
    } else if (part instanceof Expression e && !(part instanceof Literal)) {  // what a CASE statement compares
      NamedExpression named = new UnresolvedAlias(e, scala.Option.empty());
      scala.collection.immutable.Seq<NamedExpression> list = CollectionConverters.asScala(List.of(named)).toSeq();
      leaf(session, new Project(list, new OneRowRelation()), found, declared);
    } else if (part instanceof scala.Option<?> o && o.isDefined()) {
      nested(session, o.get(), found, declared);
    } else if (part instanceof scala.collection.Seq<?> s) {
      for (Object each : CollectionConverters.asJava(s)) nested(session, each, found, declared);
    }
  }

  private static void declare(SparkSession session, CreateVariable v, List<String> declared) throws Exception {
    QueryExecution e = session.sessionState().executePlan(v, CommandExecutionMode.SKIP());
    CreateVariable made = (CreateVariable) e.analyzed();
    Object type = made.defaultExpr().child().dataType();
    for (LogicalPlan name : list(v.names())) {
      String text = String.join(".", strings(name));
      String[] parts = text.split("\\.");
      String last = parts[parts.length - 1];
      session.sql("DECLARE OR REPLACE VARIABLE `" + last + "` "
          + ((org.apache.spark.sql.types.DataType) type).sql());
      declared.add(last);
    }
  }

  private static List<String> strings(LogicalPlan name) throws Exception {
    Object parts = name.getClass().getMethod("nameParts").invoke(name);
    List<String> out = new ArrayList<>();
    for (Object s : CollectionConverters.asJava((scala.collection.Seq<?>) parts)) out.add(s.toString());
    return out;
  }

  private static Map<String, Object> both(SparkSession session, LogicalPlan analysed) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("analysed", node(analysed));
    List<Object> scans = new ArrayList<>();
    try {
      List<LogicalPlan> queries = List.of(analysed);
      if (analysed instanceof SupervisingCommand || analysed instanceof MergeIntoTable || analysed instanceof UpdateTable
          || analysed instanceof DeleteFromTable) {
        throw new UnsupportedOperationException("a command that is not a query");
      }
      if (analysed instanceof Command) queries = plans(analysed);
      for (LogicalPlan q : queries) {
        if (q.resolved() && !(q instanceof DataSourceV2Relation)) scans.add(node(optimise(session, q)));
      }
      out.put("optimised", scans);
    } catch (Throwable e) {
      out.put("optimiser_refuses", String.valueOf(e.getMessage()));
    }
    return out;
  }

  private static LogicalPlan optimise(SparkSession session, LogicalPlan plan) {
    return session.sessionState().executePlan(plan, CommandExecutionMode.SKIP()).optimizedPlan();
  }

  private static <T> List<T> list(scala.collection.Seq<T> s) { return CollectionConverters.asJava(s); }

  private static List<Long> ids(scala.collection.Seq<? extends NamedExpression> attributes) {
    List<Long> out = new ArrayList<>();
    for (NamedExpression a : CollectionConverters.asJava(attributes)) out.add(a.exprId().id());
    return out;
  }

  private static List<String> names(scala.collection.Seq<? extends NamedExpression> attributes) {
    List<String> out = new ArrayList<>();
    for (NamedExpression a : CollectionConverters.asJava(attributes)) out.add(a.name().toLowerCase());
    return out;
  }

  /** The plans below a node: its children, and what an analysed command keeps apart from them. */
  private static List<LogicalPlan> plans(LogicalPlan p) {
    List<LogicalPlan> out = new ArrayList<>(list(p.children()));
    for (QueryPlan<?> inner : list(p.innerChildren())) if (inner instanceof LogicalPlan l) out.add(l);
    if (p instanceof AnalysisOnlyCommand a) out.addAll(list(a.childrenToAnalyze()));
    if (p instanceof V2WriteCommand w && !out.contains(w.query())) out.add(w.query());
    List<LogicalPlan> distinct = new ArrayList<>();
    for (LogicalPlan each : out) if (distinct.stream().noneMatch(d -> d == each)) distinct.add(each);
    return distinct;
  }

  private static Map<String, Object> node(LogicalPlan p) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("kind", p.getClass().getSimpleName());
    if (p instanceof Command) out.put("command", true);
    try { out.put("out", ids(p.output())); } catch (RuntimeException e) { out.put("out", List.of()); }
    special(p, out);
    List<Object> below = new ArrayList<>();
    if (!(p instanceof org.apache.spark.sql.catalyst.plans.logical.View v) || v.isTempView()) {
      for (LogicalPlan c : plans(p)) below.add(node(c));
    }
    out.put("below", below);
    return out;
  }

  private static void special(LogicalPlan p, Map<String, Object> out) {
    if (p instanceof DataSourceV2Relation r) { leafTable(r, out); return; }
    if (p instanceof DataSourceV2ScanRelation r) { leafTable((DataSourceV2Relation) r.relation(), out); out.put("names", names(r.output())); return; }
    if (p instanceof org.apache.spark.sql.catalyst.plans.logical.View v) { view(v, out); return; }
    if (p instanceof CTERelationRef r) { out.put("cte", r.cteId()); return; }
    if (p instanceof CTERelationDef d) { out.put("cte", d.id()); return; }
    if (p instanceof UnionLoop u) { out.put("loop", u.id()); return; }
    if (p instanceof UnionLoopRef u) { out.put("loop", u.loopId()); return; }
    if (p instanceof Project x) {
      out.put("list", exprs(list(x.projectList())));
      if (x.getTagValue(Project$.MODULE$.hiddenOutputTag()).isDefined()) out.put("hidden", true);
    } else if (p instanceof Aggregate x) {
      out.put("list", exprs(list(x.aggregateExpressions())));
      out.put("always", exprs(list(x.groupingExpressions())));
    } else if (p instanceof Window x) {
      out.put("list", exprs(list(x.windowExpressions())));
      List<Expression> keys = new ArrayList<>(list(x.partitionSpec()));
      keys.addAll(list(x.orderSpec()));
      out.put("keys", exprs(keys));
    } else if (p instanceof Expand x) {
      List<Object> rows = new ArrayList<>();
      for (scala.collection.Seq<Expression> row : list(x.projections())) rows.add(exprs(list(row)));
      out.put("rows", rows);
      out.put("names", names(x.output()));
    } else if (p instanceof Generate x) {
      out.put("always", exprs(List.of((Expression) x.generator())));
    } else if (!(p instanceof LeafNode) || p instanceof Command || p.getClass().getSimpleName().contains("InlineTable")) {
      out.put("always", exprs(list(p.expressions())));
    }
    target(p, out);
  }

  private static void target(LogicalPlan p, Map<String, Object> out) {
    if (p instanceof V2WriteCommand w && w.table() instanceof LogicalPlan t) { out.put("target", node(t)); }
    if (p instanceof MergeIntoTable m) out.put("target", node(m.targetTable()));
    if (p instanceof UpdateTable u) out.put("target", node(u.table()));
    if (p instanceof DeleteFromTable d) out.put("target", node(d.table()));
  }

  private static void leafTable(DataSourceV2Relation r, Map<String, Object> out) {
    Identifier i = r.identifier().get();
    List<String> parts = new ArrayList<>(List.of(((CatalogPlugin) r.catalog().get()).name()));
    parts.addAll(Arrays.asList(i.namespace()));
    parts.add(i.name());
    out.put("table", parts);
    out.put("names", names(r.output()));
  }

  private static void view(org.apache.spark.sql.catalyst.plans.logical.View v, Map<String, Object> out) {
    if (v.isTempView()) return;
    List<String> parts = new ArrayList<>(list(v.desc().identifier().nameParts()));
    out.put("table", parts);
    out.put("view", true);
    out.put("names", names(v.output()));
  }

  private static List<Object> exprs(List<?> all) {
    List<Object> out = new ArrayList<>();
    for (Object each : all) {
      Expression e = (Expression) each;
      Map<String, Object> made = new LinkedHashMap<>();
      if (e instanceof NamedExpression n && e.resolved()) made.put("id", n.exprId().id());
      if (e instanceof Attribute) made.put("bare", true);
      Set<Long> refs = new LinkedHashSet<>();
      Set<Long> outer = new LinkedHashSet<>();
      List<Object> subs = new ArrayList<>();
      Set<String> functions = new LinkedHashSet<>();
      scan(e, refs, outer, subs, functions);
      made.put("refs", refs);
      if (!outer.isEmpty()) made.put("outer", outer);
      if (!subs.isEmpty()) made.put("subs", subs);
      if (!functions.isEmpty()) made.put("functions", functions);
      out.add(made);
    }
    return out;
  }

  private static void scan(Expression e, Set<Long> refs, Set<Long> outer, List<Object> subs, Set<String> functions) {
    if (e instanceof Attribute a) { refs.add(a.exprId().id()); return; }
    if (e instanceof OuterReference || e.getClass().getSimpleName().equals("OuterScopeReference")) {
      outer.add(((NamedExpression) e).exprId().id());
      return;
    }
    if (e instanceof SubqueryExpression s) {
      Map<String, Object> made = new LinkedHashMap<>();
      made.put("kind", e.getClass().getSimpleName());
      made.put("plan", node((LogicalPlan) s.plan()));
      subs.add(made);
      return;
    }
    if (e instanceof ApplyFunctionExpression f) functions.add(f.function().canonicalName());
    if (e instanceof SQLScalarFunction f) functions.add(f.function().name().unquotedString());
    if (e instanceof Assignment a) { scan(a.value(), refs, outer, subs, functions); return; }
    for (Expression c : list(e.children())) scan(c, refs, outer, subs, functions);
  }
}
