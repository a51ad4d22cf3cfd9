"""What is known of built-in functions: their names, and the words among their arguments that are no columns."""

from __future__ import annotations

# UC: Spark 4.3 and Databricks SQL. A built-in wins over a function of the current schema unless the call is qualified.
_BUILT_IN = """
abs acos acosh add_months aes_decrypt aes_encrypt aggregate ai_analyze_sentiment ai_classify ai_extract
ai_fix_grammar ai_forecast ai_gen ai_mask ai_parse_document ai_prep_search ai_query ai_similarity ai_summarize
ai_top_drivers ai_translate and any any_value approx_count_distinct approx_percentile approx_top_k
approx_top_k_accumulate approx_top_k_combine approx_top_k_estimate array array_agg array_append array_compact
array_contains array_distinct array_except array_insert array_intersect array_join array_max array_min
array_position array_prepend array_remove array_repeat array_size array_sort array_union arrays_overlap arrays_zip
ascii asin asinh assert_true atan atan2 atanh avg base64 between bigint bin binary bit_and bit_count bit_get
bit_length bit_or bit_xor bitmap_and_agg bitmap_bit_position bitmap_bucket_number bitmap_construct_agg bitmap_count
bitmap_or_agg bloom_filter_agg bool_and bool_or boolean bround btrim bucket byte cardinality case cast cbrt ceil
ceiling char char_length character_length charindex chr cloud_files cloud_files_state coalesce collate collation
collations collect_list collect_set collect_union concat concat_ws contains conv convert_timezone corr cos cosh cot
count count_if count_min_sketch counter_diff covar_pop covar_samp crc32 csc cube cume_dist curdate current_catalog
current_database current_date current_metastore current_path current_recipient current_schema current_time
current_timestamp current_timezone current_user current_version date date_add date_diff date_format
date_from_unix_date date_part date_sub date_trunc dateadd datediff datepart day dayname dayofmonth dayofweek
dayofyear days dec decimal decode degrees dense_rank div double e element_at elt encode endswith equal_null
event_log every exists exp explode explode_outer expm1 extract factorial files filter find_in_set first first_value
flatten flatten_variant float floor forall format_number format_string from_avro from_base32 from_csv from_json
from_protobuf from_unixtime from_utc_timestamp from_xml get get_json_object getbit getdate greatest grouping
grouping_id h3_boundaryasgeojson h3_boundaryaswkb h3_boundaryaswkt h3_centerasgeojson h3_centeraswkb h3_centeraswkt
h3_compact h3_coverash3 h3_coverash3string h3_distance h3_h3tostring h3_hexring h3_ischildof h3_ispentagon
h3_isvalid h3_kring h3_kringdistances h3_longlatash3 h3_longlatash3string h3_maxchild h3_minchild h3_pointash3
h3_pointash3string h3_polyfillash3 h3_polyfillash3string h3_resolution h3_stringtoh3 h3_tessellateaswkb
h3_tochildren h3_toparent h3_try_coverash3 h3_try_coverash3string h3_try_distance h3_try_polyfillash3
h3_try_polyfillash3string h3_try_tessellateaswkb h3_try_validate h3_uncompact h3_validate hash hex histogram_numeric
hll_sketch_agg hll_sketch_estimate hll_union hll_union_agg hmac hour hours http_request hypot identifier if iff
ifnull ilike in initcap inline inline_outer input_file_block_length input_file_block_start input_file_name insert
instr int integer is_account_group_member is_member is_rollup is_valid_utf8 is_valid_variant is_variant_null isnan
isnotnull isnull jaro_winkler_similarity java_method json_array_length json_object_keys json_table json_tuple
kll_merge_agg_bigint kll_merge_agg_double kll_merge_agg_float kll_sketch_agg kll_sketch_agg_bigint
kll_sketch_agg_double kll_sketch_agg_float kll_sketch_get_n_bigint kll_sketch_get_n_double kll_sketch_get_n_float
kll_sketch_get_quantile_bigint kll_sketch_get_quantile_double kll_sketch_get_quantile_float
kll_sketch_get_rank_bigint kll_sketch_get_rank_double kll_sketch_get_rank_float kll_sketch_merge_bigint
kll_sketch_merge_double kll_sketch_merge_float kll_sketch_to_string_bigint kll_sketch_to_string_double
kll_sketch_to_string_float kurtosis lag last last_day last_value lcase lead least left len length levenshtein like
list_secrets listagg ln localtime localtimestamp locate log log10 log1p log2 long lower lpad ltrim luhn_check
make_date make_dt_interval make_interval make_time make_timestamp make_timestamp_ltz make_timestamp_ntz
make_valid_utf8 make_ym_interval map map_concat map_contains_key map_entries map_filter map_from_arrays
map_from_entries map_keys map_values map_zip_with mask max max_by md5 mean measure median min min_by minute mod mode
monotonically_increasing_id month monthname months months_between named_struct nanvl negative next_day not now
nth_value ntile nullif nullifzero numeric nvl nvl2 octet_length or overlay parse_json parse_url percent_rank
percentile percentile_approx percentile_cont percentile_disc pi pmod posexplode posexplode_outer position positive
pow power printf python_worker_logs quarter quote radians raise_error rand randn random randstr range rank
read_files read_kafka read_kinesis read_pubsub read_pulsar read_state_metadata read_statestore real reduce reflect
regexp regexp_count regexp_extract regexp_extract_all regexp_instr regexp_like regexp_replace regexp_substr
regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy remote_query repeat
replace reverse right rint rlike rollup round row_number rpad rtrim schema_of_avro schema_of_csv schema_of_json
schema_of_variant schema_of_variant_agg schema_of_xml sec second secret sentences sequence session_user
session_window sha sha1 sha2 shiftleft shiftright shiftrightunsigned short shuffle sign signum sin sinh size
skewness slice smallint some sort_array soundex space spark_partition_id split split_part sql_keywords sqrt
st_addpoint st_area st_asbinary st_asewkb st_asewkt st_asgeojson st_astext st_aswkb st_aswkt st_azimuth st_boundary
st_buffer st_centroid st_closestpoint st_concavehull st_contains st_convexhull st_coveredby st_covers st_difference
st_dimension st_disjoint st_distance st_distancesphere st_distancespheroid st_dwithin st_endpoint st_envelope
st_envelope_agg st_equals st_exteriorring st_flipcoordinates st_geogarea st_geogfromewkt st_geogfromgeojson
st_geogfromtext st_geogfromwkb st_geogfromwkt st_geoglength st_geogperimeter st_geohash st_geometryn st_geometrytype
st_geomfromewkb st_geomfromewkt st_geomfromgeohash st_geomfromgeojson st_geomfromtext st_geomfromwkb st_geomfromwkt
st_interiorringn st_intersection st_intersects st_isempty st_isvalid st_length st_linefrommultipoint st_m
st_makeline st_makepolygon st_makevalid st_multi st_ndims st_npoints st_numgeometries st_numinteriorrings
st_numpoints st_perimeter st_point st_pointfromgeohash st_pointn st_removepoint st_reverse st_rotate st_scale
st_setpoint st_setsrid st_simplify st_srid st_startpoint st_touches st_transform st_translate st_union st_union_agg
st_within st_x st_xmax st_xmin st_y st_ymax st_ymin st_z st_zmax st_zmin stack startswith std stddev stddev_pop
stddev_samp str_to_map string string_agg struct substr substring substring_index sum table_changes tan tanh
theta_difference theta_intersection theta_intersection_agg theta_sketch_agg theta_sketch_estimate theta_union
theta_union_agg time time_bucket time_diff time_from_micros time_from_millis time_from_seconds time_to_micros
time_to_millis time_to_seconds time_trunc timediff timestamp timestamp_ltz timestamp_micros timestamp_millis
timestamp_nanos timestamp_ntz timestamp_seconds timestampadd timestampdiff tinyint to_avro to_base32 to_binary
to_char to_csv to_date to_geography to_geometry to_json to_number to_protobuf to_time to_timestamp to_timestamp_ltz
to_timestamp_ntz to_unix_timestamp to_utc_timestamp to_varchar to_variant_object to_xml transform transform_keys
transform_values translate trim trunc try_add try_aes_decrypt try_avg try_cast try_divide try_element_at
try_make_interval try_make_timestamp try_make_timestamp_ltz try_make_timestamp_ntz try_mod try_multiply
try_parse_json try_parse_url try_reflect try_secret try_subtract try_sum try_to_binary try_to_date try_to_geography
try_to_geometry try_to_number try_to_time try_to_timestamp try_url_decode try_validate_utf8 try_variant_array_append
try_variant_get try_variant_insert try_variant_set tuple_difference_double tuple_difference_integer
tuple_difference_theta_double tuple_difference_theta_integer tuple_intersection_agg_double
tuple_intersection_agg_integer tuple_intersection_double tuple_intersection_integer tuple_intersection_theta_double
tuple_intersection_theta_integer tuple_sketch_agg_double tuple_sketch_agg_integer tuple_sketch_estimate_double
tuple_sketch_estimate_integer tuple_sketch_summary_double tuple_sketch_summary_integer tuple_sketch_theta_double
tuple_sketch_theta_integer tuple_union_agg_double tuple_union_agg_integer tuple_union_double tuple_union_integer
tuple_union_theta_double tuple_union_theta_integer typeof ucase unbase64 unhex uniform unix_date unix_micros
unix_millis unix_nanos unix_seconds unix_timestamp unnest upper url_decode url_encode user uuid validate_utf8 values
var_pop var_samp varchar variance variant variant_array_append variant_delete variant_explode variant_explode_outer
variant_get variant_insert variant_set variant_strip_nulls vector_avg vector_cosine_similarity vector_inner_product
vector_l2_distance vector_norm vector_normalize vector_search vector_sum version void weekday weekofyear when
width_bucket window window_time xpath xpath_boolean xpath_double xpath_float xpath_int xpath_long xpath_number
xpath_short xpath_string xxhash64 year years zeroifnull zip_with
"""
BUILT_IN = frozenset(_BUILT_IN.split())

# Values that are written like columns; a column of that name wins.
KEYWORD_FUNCTIONS = frozenset(
    {
        "current_date",
        "current_time",
        "current_timestamp",
        "current_user",
        "current_catalog",
        "current_database",
        "current_schema",
        "current_path",
        "current_timezone",
        "session_user",
        "user",
        "localtimestamp",
        "localtime",
        "grouping__id",
    }
)

_AGGREGATES = """
any any_value approx_count_distinct approx_percentile array_agg avg bit_and bit_or bit_xor bool_and bool_or
collect_list collect_set corr count count_if covar_pop covar_samp every first first_value grouping_id
histogram_numeric kurtosis last last_value listagg max max_by mean median min min_by mode percentile
percentile_approx percentile_cont percentile_disc regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope
regr_sxx regr_sxy regr_syy skewness some std stddev stddev_pop stddev_samp string_agg sum try_avg try_sum var_pop
var_samp variance
"""
AGGREGATES = frozenset(_AGGREGATES.split())

_UNITS = """
DAY DAYOFYEAR DAYS HOUR HOURS MICROSECOND MICROSECONDS MILLISECOND MILLISECONDS MINUTE MINUTES MONTH MONTHS
NANOSECOND NANOSECONDS QUARTER QUARTERS SECOND SECONDS WEEK WEEKS YEAR YEARS
"""
UNITS = frozenset(_UNITS.split())
# Words before a string that make it a literal of a type.
LITERAL_TYPES = frozenset({"DATE", "TIME", "TIMESTAMP", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "X"})
UNIT_FIRST = frozenset(
    {"dateadd", "date_add", "datediff", "date_diff", "timestampadd", "timestampdiff", "timediff", "time_diff"}
)

# Words that may stand before FROM inside the parentheses; None: any word.
KEYWORD_ARGUMENT: dict[str, frozenset[str] | None] = {
    "extract": None,
    "trim": frozenset({"BOTH", "LEADING", "TRAILING"}),
}

# What a table function gives when the query names no columns.
OUTPUTS: dict[str, tuple[str, ...]] = {
    "range": ("id",),
    "explode": ("col", "key", "value"),
    "explode_outer": ("col", "key", "value"),
    "posexplode": ("pos", "col", "key", "value"),
    "posexplode_outer": ("pos", "col", "key", "value"),
    "variant_explode": ("pos", "key", "value"),
    "variant_explode_outer": ("pos", "key", "value"),
    "sql_keywords": ("keyword", "reserved"),
    "collations": (),
}

_INFORMATION_SCHEMA = """
abac_policy_definitions catalog_privileges catalog_provider_share_usage catalog_tags catalogs check_constraints
column_masks column_tags columns connection_privileges connections constraint_column_usage constraint_table_usage
credential_privileges credentials external_location_privileges external_locations information_schema_catalog_name
key_column_usage metastore_privileges metastores parameters providers recipient_allowed_ip_ranges recipient_tokens
recipients referential_constraints routine_columns routine_privileges routines row_filters schema_privileges
schema_share_usage schema_tags schemata share_recipient_privileges shares storage_credential_privileges
storage_credentials table_constraints table_privileges table_share_usage table_tags tables views volume_privileges
volume_tags volumes
"""
# UC: every catalog has these views, though they are listed nowhere.
INFORMATION_SCHEMA = frozenset(_INFORMATION_SCHEMA.split())

# ``csv.`/path` `` reads files; no schema may have these names.
_FILE_FORMATS = """
AVRO BINARYFILE CSV DELTA HUDI ICEBERG JSON JSONL LIBSVM ORC PARQUET TEXT XML
"""
FILE_FORMATS = frozenset(_FILE_FORMATS.split())

# Table functions over files: their first argument, or the named one, is a path.
FILE_FUNCTIONS = frozenset({"read_files", "cloud_files", "files", "read_statestore", "read_state_metadata"})

# Table functions that read a table named by a string.
TABLE_NAME_FUNCTIONS = {
    "table_changes": (0, "table_str"),
    "vector_search": (0, "index"),
    "table_changes_by_name": (0, ""),
}

# Functions that use a connection: position or name of the argument that names it.
CONNECTION_FUNCTIONS = {"remote_query": (0, "connection"), "http_request": (None, "conn")}

# Options that name a securable by which a source is reached, and what is done with it.
ACCESS_OPTIONS = {
    "servicecredential": ("ACCESS", "CREDENTIAL"),
    "databricks.servicecredential": ("ACCESS", "CREDENTIAL"),
    "databricks.connection": ("USE_CONNECTION", "CONNECTION"),
}
