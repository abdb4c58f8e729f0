"""Merges an overlay, a few changed values, into a policy: for example clocks in seconds for a
demonstration."""

from __future__ import annotations

from baton.policy_tools.yaml_tree import Keys, Leaf, Many, Tree


def lay(over: Tree, base: Tree) -> Tree:
    """
    *base* with *over* on top.

    Keys are merged deeply; a key set to ``null`` returns to its default. A list replaces the
    earlier list, unless the items of both have an ``id``: then they are merged by id, with new ones
    at the end. Each value keeps the file and line where it was written, so that faults name the
    right file.
    """
    if isinstance(over, Keys) and isinstance(base, Keys):
        return _keys(over, base)
    if isinstance(over, Many) and isinstance(base, Many):
        return _many(over, base)
    return over


def _keys(over: Keys, base: Keys) -> Keys:
    items, places = dict(base.items), dict(base.places)
    for key, value in over.items.items():
        if isinstance(value, Leaf) and value.value is None:
            items.pop(key, None)
            places.pop(key, None)
            continue
        items[key] = lay(value, base.items[key]) if key in base.items else value
        places[key] = over.places[key]
    return Keys(items, places, base.place)


def _many(over: Many, base: Many) -> Many:
    new, old = _by_id(over), _by_id(base)
    if not new or not old:
        return over
    merged = {key: lay(new[key], item) if key in new else item for key, item in old.items()}
    return Many(tuple({**new, **merged}[key] for key in {**old, **new}), over.place)


def _by_id(many: Many) -> dict[str, Tree]:
    """The items by id; empty if an item has none or two have the same."""
    found: dict[str, Tree] = {}
    for item in many.items:
        name = item.items.get("id") if isinstance(item, Keys) else None
        if not isinstance(name, Leaf) or not isinstance(name.value, str) or name.value in found:
            return {}
        found[name.value] = item
    return found
