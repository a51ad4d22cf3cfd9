"""Filters, masks and policies: what hides which column from whom."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uc_guard.access.compare import exposures
from uc_guard.access.condition import holds
from uc_guard.access.effective import world

TREE = [("CATALOG", "c"), ("SCHEMA", "c.s"), ("TABLE", "c.s.people"), ("TABLE", "c.s.other")]
COLUMNS = [(f"c.s.{table}", column) for table in ("people", "other") for column in ("id", "email", "region")]
ALL = [("bot", "ALL_PRIVILEGES", "CATALOG", "c")]
PII = ("TABLE", "c.s.people", "email", "pii", "high")


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        (None, True),
        ("  ", True),
        ("has_tag('pii')", True),
        ('has_tag("pii")', True),
        ("HAS_TAG ( 'pii' )", True),
        ("has_tag('secret')", False),
        ("has_tag_value('pii', 'high')", True),
        ("has_tag_value('pii', 'low')", False),
        ("hasTagValue('pii','high')", True),
        ("NOT has_tag('pii')", False),
        ("has_tag('secret') OR has_tag('pii')", True),
        ("has_tag('secret') AND has_tag('pii')", False),
        ("has_tag('secret') AND (has_tag('pii') OR TRUE)", False),
        ("NOT (has_tag('pii') AND has_tag('secret')) AND has_tag('it''s')", True),
        ("is_weekend()", None),
        ("is_weekend() OR has_tag('pii')", True),
        ("is_weekend() AND has_tag('secret')", False),
        ("is_weekend() AND has_tag('pii')", None),
        ("NOT is_weekend()", None),
        ("has_tag('pii'", None),
        ("has_tag('pii') has_tag('pii')", None),
        ("has_tag()", None),
        ("tags['pii'] = 1", None),
        ("(" * 5000 + "has_tag('pii')", None),
    ],
)
def test_a_condition_is_true_false_or_not_known(condition, answer):
    assert holds(condition, frozenset({("pii", "high"), ("it's", None)})) is answer


@given(st.text(max_size=60))
def test_no_text_breaks_a_condition(text):
    assert holds(text, frozenset()) in (True, False, None)


@pytest.fixture
def seen(workspace, usage):
    """Give {(principal, column of c.s.people): its exposure} for one estate."""

    def judge(*uses, who=("bot",), **frames):
        frames = {"objects": TREE, "columns": COLUMNS, "grants": ALL, **frames}
        snapshot = workspace(**frames)
        found = exposures(snapshot, world(snapshot), who, usage(*uses))
        return {(r["principal"], r["column"]): r for r in found.iter_rows(named=True) if r["table"] == "c.s.people"}

    return judge


def policy(**more):
    return {
        "policy": "hide",
        "policy_type": "COLUMN_MASK",
        "securable_type": "CATALOG",
        "securable": "c",
        "function": "c.s.f",
        "to": ["account users"],
        "except": [],
        "for_type": "TABLE",
        "privileges": [],
        "on_column": "x",
        "match": '[{"alias": "x", "condition": "has_tag(\'pii\')"}]',
        **more,
    }


def test_only_columns_that_matter_are_exposed(seen):
    found = seen(tags=[PII])
    assert {name: (row["readable"], row["used"]) for name, row in found.items()} == {("bot", "email"): (True, False)}
    assert not seen()


def test_a_tag_is_spelled_with_its_value(seen):
    found = seen(tags=[PII, ("TABLE", "c.s.people", "email", "gdpr", None)])
    assert found["bot", "email"]["tags"] == ["gdpr", "pii=high"]


def test_a_column_that_cannot_be_read_and_was_not_is_no_exposure(seen):
    assert not seen(tags=[PII], grants=[("bot", "SELECT", "TABLE", "c.s.people")])


def test_3_2_a_mask_of_the_table_spares_nobody(seen):
    objects = [*TREE[:2], ("TABLE", "c.s.people", "bot")]
    found = seen(column_masks=[("c.s.people", "email", "c.s.mask", [])], objects=objects)
    assert found["bot", "email"]["masked_by"] == ["c.s.mask"]


def test_3_2_a_row_filter_concerns_every_column(seen):
    found = seen(row_filters=[("c.s.people", "c.s.only_eu", ["region"])])
    assert {column for _, column in found} == {"id", "email", "region"}
    assert found["bot", "id"]["filtered_by"] == ["c.s.only_eu"]


def test_3_4_a_mask_policy_hides_the_columns_that_its_condition_matches(seen):
    found = seen(tags=[PII, ("TABLE", "c.s.people", "id", "key", None)], policies=[policy()])
    assert found["bot", "email"]["masked_by"] == ["policy:hide"]
    assert found["bot", "id"]["masked_by"] == []


def test_3_4_a_policy_spares_whom_except_names_through_any_group(seen):
    members = [("trusted", "inner"), ("inner", "bot")]
    found = seen(tags=[PII], policies=[policy(**{"except": ["trusted"]})], members=members)
    assert (found["bot", "email"]["masked_by"], found["bot", "email"]["exempt_from"]) == ([], ["hide"])


def test_3_4_a_policy_that_does_not_name_a_principal_leaves_it_alone(seen):
    found = seen(tags=[PII], policies=[policy(to=["others"])])
    assert (found["bot", "email"]["masked_by"], found["bot", "email"]["exempt_from"]) == ([], [])


def test_3_4_table_tags_flow_from_the_catalog_and_the_nearest_value_counts(seen):
    on_catalog = ("CATALOG", "c", None, "level", "high")
    on_table = ("TABLE", "c.s.people", None, "level", "low")
    rule = policy(policy_type="ROW_FILTER", when="has_tag_value('level', 'high')", match=None, on_column=None)
    assert seen(tags=[PII, on_catalog], policies=[rule])["bot", "email"]["filtered_by"] == ["policy:hide"]
    assert seen(tags=[PII, on_catalog, on_table], policies=[rule])["bot", "email"]["filtered_by"] == []


def test_3_4_table_tags_do_not_flow_to_columns(seen):
    tags = [("TABLE", "c.s.people", None, "pii", "high"), ("TABLE", "c.s.people", "email", "key", None)]
    assert seen(tags=tags, policies=[policy()])["bot", "email"]["masked_by"] == []


def test_3_4_a_policy_is_passed_over_when_one_of_its_columns_is_not_there(seen):
    match = '[{"alias": "x", "condition": "has_tag(\'pii\')"}, {"alias": "y", "condition": "has_tag(\'absent\')"}]'
    assert seen(tags=[PII], policies=[policy(match=match)])["bot", "email"]["masked_by"] == []


@pytest.mark.parametrize("broken", [{"when": "get_tag_value('a') = 'b'"}, {"match": "no json"}, {"on_column": "other"}])
def test_a_condition_that_cannot_be_judged_is_listed_as_unknown(seen, broken):
    assert seen(tags=[PII], policies=[policy(**broken)])["bot", "email"]["masked_by"] == ["unknown:hide"]


def test_without_tags_a_policy_on_tags_is_unknown(seen):
    found = seen(
        ("bot", "SELECT", "TABLE", "c.s.people", {"columns": ["email"]}), policies=[policy()], absent=("tags",)
    )
    assert found["bot", "email"]["masked_by"] == ["unknown:hide"]


def test_without_memberships_a_policy_for_a_group_is_unknown(seen):
    found = seen(tags=[PII], policies=[policy(to=["team"])], absent=("members",))
    assert found["bot", "email"]["masked_by"] == ["unknown:hide"]


def test_a_policy_for_something_else_than_tables_hides_no_column(seen):
    assert seen(tags=[PII], policies=[policy(for_type="MODEL")])["bot", "email"]["masked_by"] == []


def test_a_policy_on_another_catalog_hides_nothing_and_one_on_the_metastore_everything(seen):
    assert seen(tags=[PII], policies=[policy(securable="d")])["bot", "email"]["masked_by"] == []
    found = seen(tags=[PII], policies=[policy(securable_type="METASTORE", securable="m")])
    assert found["bot", "email"]["masked_by"] == ["policy:hide"]


def test_what_was_used_is_exposed_and_dated(seen):
    found = seen(
        ("bot", "SELECT", "TABLE", "c.s.people", {"columns": ["id"]}),
        ("bot", "MODIFY", "TABLE", "c.s.people", {"columns": []}),
    )
    assert set(found) == {("bot", "id")}
    assert (found["bot", "id"]["used"], found["bot", "id"]["readable"]) == (True, True)
    assert found["bot", "id"]["last_at"] is not None


def test_the_latest_of_several_uses_dates_an_exposure(seen):
    early, late = datetime(2026, 3, 4, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)
    found = seen(
        ("bot", "SELECT", "TABLE", "c.s.people", {"columns": ["id"], "last_at": late}),
        ("bot", "MODIFY", "TABLE", "c.s.people", {"columns": ["id"], "last_at": early}),
    )
    assert found["bot", "id"]["last_at"] == late


def test_a_tag_of_a_table_is_no_column(seen):
    assert not seen(tags=[("TABLE", "c.s.people", None, "pii", "high")])


def test_where_columns_are_not_known_a_tagged_one_counts_as_used(seen):
    assert seen(("bot", "SELECT", "TABLE", "c.s.people"), tags=[PII])["bot", "email"]["used"]


def test_what_was_used_but_can_no_longer_be_read_is_still_told(seen):
    found = seen(("bot", "SELECT", "TABLE", "c.s.people", {"columns": ["email"]}), grants=[])
    assert (found["bot", "email"]["used"], found["bot", "email"]["readable"]) == (True, False)
