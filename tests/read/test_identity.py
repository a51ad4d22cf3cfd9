"""Who is who in an export: users, service principals and groups."""

from __future__ import annotations

from datetime import UTC, datetime

from uc_guard.snapshot import check_frame

MAY = (datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))


def rows(snapshot, name, *columns):
    return snapshot.frame(name).select(*columns).rows()


def told(snapshot, name):
    return next(source for source in snapshot.manifest.sources if source.name == name)


def read(folder):
    snapshot = folder.read(since=MAY[0], until=MAY[1])
    for name, frame in snapshot.frames.items():
        assert check_frame(name, frame, name) == []
    return snapshot


def test_service_principals_are_named_by_their_application_id_in_groups_too(folder):
    folder.put(
        "service_principals", [{"id": "7", "applicationId": "app-7", "displayName": "Night bot", "active": True}]
    )
    folder.put(
        "users",
        [{"id": "8", "userName": "ann@shop.example", "active": False, "meta": {"created": "2026-01-01T00:00:00Z"}}],
    )
    folder.put(
        "groups",
        [
            {"id": "1", "displayName": "outer", "members": [{"value": "2", "display": "inner", "$ref": "Groups/2"}]},
            {
                "id": "2",
                "displayName": "inner",
                "members": [
                    {
                        "value": "7",
                        "display": "Night bot",
                        "$ref": "https://host/api/2.0/account/scim/v2/ServicePrincipals/7",
                    },
                    {"value": "8", "display": "Ann", "type": "User"},
                ],
            },
            {"id": "3", "displayName": "nobody"},
        ],
    )
    snapshot = read(folder)
    assert rows(snapshot, "members", "group", "member") == [
        ("inner", "ann@shop.example"),
        ("inner", "app-7"),
        ("outer", "inner"),
    ]
    assert rows(snapshot, "principals", "principal", "kind", "active") == [
        ("ann@shop.example", "USER", False),
        ("app-7", "SERVICE_PRINCIPAL", True),
        ("inner", "GROUP", True),
        ("nobody", "GROUP", True),
        ("outer", "GROUP", True),
    ]
    assert told(snapshot, "members").complete


def test_a_member_of_no_known_id_is_kept_and_told(folder):
    members = [{"value": "7", "display": "Night bot", "$ref": "ServicePrincipals/7"}]
    snapshot = read(folder.put("groups", [{"id": "1", "displayName": "g", "members": members}]))
    assert rows(snapshot, "members", "group", "member") == [("g", "Night bot")]
    assert "in no file of principals" in told(snapshot, "members").note
    assert not told(snapshot, "members").complete


def test_groups_in_a_circle_are_told_and_kept(folder):
    def group(number, name, *members):
        return {
            "id": str(number),
            "displayName": name,
            "members": [{"value": str(m), "$ref": f"Groups/{m}"} for m in members],
        }

    folder.put("groups", [group(1, "a", 2), group(2, "b", 3), group(3, "c", 1), group(4, "d", 1), group(5, "e", 5)])
    snapshot = read(folder)
    assert snapshot.frame("members").height == 5
    assert "groups that contain each other in a circle: `a`, `b`, `c`" in snapshot.manifest.notes
    assert "groups that are members of themselves: `e`" in snapshot.manifest.notes


def test_principals_that_only_grants_name_get_a_kind_where_no_listing_could_tell(folder, grant):
    app = "0f0f0f0f-1111-2222-3333-444444444444"
    names = [app, "ann@shop.example", "team", "account users"]
    snapshot = read(folder.put("table_privileges", [grant(grantee=name) for name in names]))
    assert rows(snapshot, "principals", "principal", "kind") == [
        (app, "SERVICE_PRINCIPAL"),
        ("account users", "GROUP"),
        ("ann@shop.example", "USER"),
        ("team", "UNKNOWN"),
    ]
    snapshot = read(folder.put("service_principals", [{"id": "1", "applicationId": "other"}]))
    assert (app, "UNKNOWN") in rows(snapshot, "principals", "principal", "kind")


def test_names_that_differ_only_in_case_are_told(folder, grant):
    snapshot = read(folder.put("table_privileges", [grant(grantee="Team"), grant(grantee="team")]))
    assert snapshot.frame("grants").height == 2
    assert "principals whose names differ only in letter case: `Team`, `team`" in snapshot.manifest.notes


def test_a_flat_list_of_members_is_read(folder):
    folder.raw("group_members.csv", "group,member\nteam,ann@shop.example\nteam,inner\ninner,bot\n")
    snapshot = read(folder)
    assert rows(snapshot, "members", "group", "member") == [
        ("inner", "bot"),
        ("team", "ann@shop.example"),
        ("team", "inner"),
    ]
    assert ("inner", "GROUP") in rows(snapshot, "principals", "principal", "kind")


def test_a_member_that_no_one_can_name_is_told(folder):
    problem = folder.put("groups", [{"displayName": "g", "members": [{"type": "User"}]}]).problem()
    assert (problem.place, problem.found) == ("row 1, column `members`", "a member without value and display")
