"""Every path that Baton calls in HubSpot, and the versions that they are of.

HubSpot supports a dated version for 18 months: 2026-09 until March 2028. Support of the v4 paths
ends on 30 March 2027, of v1 to v3 in September 2027 (source: HubSpot's changelog, "Introducing
date-based API versioning"). A later version is a change of this file, and of what the version
enforces; see infra/decisions/026.
"""

from __future__ import annotations

from urllib.parse import quote

#: Of everything but workflows.
VERSION = "2026-09"
#: HubSpot has workflows only in a beta of the version.
FLOWS_VERSION = "2026-09-beta"


class Path(str):
    """A path made here; the API takes no other, which mypy checks."""


class ObjectPath(Path):
    """A path of one object, or of one that is to be made and associated with another. Only of such
    a path does a 404 say that an object does not exist."""


def account() -> Path:
    """Facts of the account, its id among them."""
    return _path("account-info", VERSION, "details")


def objects(kind: str) -> Path:
    """A page of the objects of a kind."""
    return _path("crm", "objects", VERSION, kind)


def new_object(kind: str) -> ObjectPath:
    return ObjectPath(objects(kind))


def one_object(kind: str, object_id: str) -> ObjectPath:
    return _object_path("crm", "objects", VERSION, kind, object_id)


def read_objects(kind: str) -> Path:
    """Up to 100 objects; up to 50 with the history of properties."""
    return _path("crm", "objects", VERSION, kind, "batch", "read")


def update_objects(kind: str) -> Path:
    """Up to 100 objects."""
    return _path("crm", "objects", VERSION, kind, "batch", "update")


def search_objects(kind: str) -> Path:
    return _path("crm", "objects", VERSION, kind, "search")


def read_associations(kind: str, to: str) -> Path:
    """The associations of up to 1,000 objects. 2026-09 has no other path to read them by."""
    return _path("crm", "associations", VERSION, kind, to, "batch", "read")


def owners() -> Path:
    return _path("crm", "owners", VERSION)


def pipelines(kind: str) -> Path:
    return _path("crm", "pipelines", VERSION, kind)


def properties(kind: str) -> Path:
    """Definitions of the properties of a kind; by POST, a new one."""
    return _path("crm", "properties", VERSION, kind)


def create_properties(kind: str) -> Path:
    """Up to 100 definitions."""
    return _path("crm", "properties", VERSION, kind, "batch", "create")


def property_groups(kind: str) -> Path:
    return _path("crm", "properties", VERSION, kind, "groups")


def flows() -> Path:
    """A page of the account's workflows."""
    return _path("automation", FLOWS_VERSION, "flows")


def flow(flow_id: str) -> ObjectPath:
    return _object_path("automation", FLOWS_VERSION, "flows", flow_id)


def _path(*parts: str) -> Path:
    return Path("".join(f"/{quote(part, safe='')}" for part in parts))


def _object_path(*parts: str) -> ObjectPath:
    return ObjectPath(_path(*parts))
