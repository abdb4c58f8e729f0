"""Slack's limits on blocks: what it refuses, and what it fills in."""

from __future__ import annotations

import json
from typing import Any

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
#: Characters of a message's blocks as JSON. Slack names no limit for all of them together
#: (``msg_blocks_too_long``): texts of 9,597 characters were taken, of 11,341 refused ("Expose
#: cumulative block character limit …", bolt-js issue 2867). The sandbox counts everything that is
#: sent, which refuses no later than Slack does.
MESSAGE_CHARACTERS = 11_000
_INTERACTIVE = frozenset(
    [
        "button",
        "static_select",
        "multi_static_select",
        "users_select",
        "overflow",
        "datepicker",
        "timepicker",
        "datetimepicker",
        "checkboxes",
        "radio_buttons",
        "plain_text_input",
    ]
)
_SELECTS = frozenset({"static_select", "multi_static_select"})
_IN_ACTIONS = _INTERACTIVE - {"plain_text_input"}
_KINDS = frozenset(
    ["section", "header", "context", "divider", "actions", "input", "image", "rich_text"]
)

Problem = tuple[str, str]  # what is wrong, JSON pointer


def units(text: str) -> int:
    """The length as JavaScript counts it: Slack does not say what its limits count."""
    return len(text.encode("utf-16-le", "replace")) // 2


def too_long(blocks: Any) -> bool:
    """Whether the blocks of a message are too long in all."""
    return len(json.dumps(blocks)) > MESSAGE_CHARACTERS


class _Checker:
    """Walks blocks once and collects problems in Slack's words."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def text(self, node: Any, at: str, most: int, *, plain: bool = False) -> None:
        if not isinstance(node, dict):
            return self.report("missing required field", at)
        if node.get("type") not in (("plain_text",) if plain else ("plain_text", "mrkdwn")):
            self.report("unsupported type: " + str(node.get("type")), f"{at}/type")
        content = node.get("text")
        if not isinstance(content, str) or not content:
            self.report("must be more than 0 characters", f"{at}/text")
        elif units(content) > most:
            self.report(f"must be less than {most + 1} characters", f"{at}/text")
        return None

    def length(self, node: dict[str, Any], key: str, at: str, most: int) -> None:
        value = node.get(key)
        if isinstance(value, str) and units(value) > most:
            self.report(f"must be less than {most + 1} characters", f"{at}/{key}")

    def items(self, value: Any, at: str, most: int) -> list[Any]:
        if not isinstance(value, list) or not value:
            self.report("must have at least 1 item", at)
            return []
        if len(value) > most:
            self.report(f"no more than {most} items allowed", at)
        return value

    def report(self, what: str, at: str) -> None:
        self.problems.append((what, at))

    def block(self, block: Any, at: str, *, view: bool) -> None:
        if not isinstance(block, dict) or block.get("type") not in _KINDS:
            kind = block.get("type") if isinstance(block, dict) else block
            return self.report(f"unsupported type: {kind}", f"{at}/type")
        self.length(block, "block_id", at, 255)
        match block["type"]:
            case "section":
                self.section(block, at)
            case "header":
                self.text(block.get("text"), f"{at}/text", 150, plain=True)
            case "context":
                for n, element in enumerate(
                    self.items(block.get("elements"), f"{at}/elements", 10)
                ):
                    if isinstance(element, dict) and element.get("type") == "image":
                        self.image(element, f"{at}/elements/{n}")
                    else:
                        self.text(element, f"{at}/elements/{n}", 3000)
            case "actions":
                for n, element in enumerate(
                    self.items(block.get("elements"), f"{at}/elements", 25)
                ):
                    self.element(element, f"{at}/elements/{n}", _IN_ACTIONS)
                self.unlike(block["elements"] if block.get("elements") else [], f"{at}/elements")
            case "input":
                if not view:
                    self.report("unsupported type: input", f"{at}/type")
                self.text(block.get("label"), f"{at}/label", 2000, plain=True)
                if block.get("hint") is not None:
                    self.text(block["hint"], f"{at}/hint", 2000, plain=True)
                self.element(block.get("element"), f"{at}/element", _INTERACTIVE - {"button"})
            case "image":
                self.image(block, at)
        return None

    def image(self, image: dict[str, Any], at: str) -> None:
        if not image.get("alt_text"):
            self.report("missing required field: alt_text", at)
        if not (image.get("image_url") or image.get("slack_file")):
            self.report("missing required field: image_url or slack_file", at)
        self.length(image, "alt_text", at, 2000)

    def unlike(self, elements: list[Any], at: str) -> None:
        """Elements of one block are told apart by their ``action_id``."""
        seen: set[object] = set()
        for n, element in enumerate(elements):
            name = element.get("action_id") if isinstance(element, dict) else None
            if name and name in seen:
                self.report(f"`action_id` {name} is used more than once", f"{at}/{n}/action_id")
            seen.add(name)

    def section(self, block: dict[str, Any], at: str) -> None:
        if block.get("text") is None and not block.get("fields"):
            self.report("missing required field: text or fields", at)
        if block.get("text") is not None:
            self.text(block["text"], f"{at}/text", 3000)
        if block.get("fields") is not None:
            for n, field in enumerate(self.items(block["fields"], f"{at}/fields", 10)):
                self.text(field, f"{at}/fields/{n}", 2000)
        accessory = block.get("accessory")
        if accessory is not None and accessory.get("type") == "image":
            self.image(accessory, f"{at}/accessory")
        elif accessory is not None:
            self.element(accessory, f"{at}/accessory", _IN_ACTIONS)

    def element(self, element: Any, at: str, allowed: frozenset[str]) -> None:
        if not isinstance(element, dict) or element.get("type") not in allowed:
            kind = element.get("type") if isinstance(element, dict) else element
            return self.report(f"unsupported type: {kind}", f"{at}/type")
        self.length(element, "action_id", at, 255)
        self.length(element, "value", at, 2000)
        if element.get("confirm") is not None:
            self.confirm(element["confirm"], f"{at}/confirm")
        if element.get("placeholder") is not None:
            self.text(element["placeholder"], f"{at}/placeholder", 150, plain=True)
        if element["type"] == "button":
            self.text(element.get("text"), f"{at}/text", 75, plain=True)
            if element.get("style") not in (None, "primary", "danger"):
                self.report("must be one of: primary, danger", f"{at}/style")
        elif element["type"] in _SELECTS and element.get("option_groups"):
            for n, group in enumerate(
                self.items(element["option_groups"], f"{at}/option_groups", 100)
            ):
                self.options(group.get("options"), f"{at}/option_groups/{n}/options", 100)
        elif element["type"] in _SELECTS:
            self.options(element.get("options"), f"{at}/options", 100)
        elif element["type"] in {"checkboxes", "radio_buttons"}:
            self.options(element.get("options"), f"{at}/options", 10)
        elif element["type"] == "overflow":
            self.options(element.get("options"), f"{at}/options", 5)
        return None

    def options(self, options: Any, at: str, most: int) -> None:
        for n, option in enumerate(self.items(options, at, most)):
            self.text(option.get("text"), f"{at}/{n}/text", 75)
            self.length(option, "value", f"{at}/{n}", 150)
            if not isinstance(option.get("value"), str):
                self.report("missing required field: value", f"{at}/{n}")

    def confirm(self, confirm: dict[str, Any], at: str) -> None:
        self.text(confirm.get("title"), f"{at}/title", 100, plain=True)
        self.text(confirm.get("text"), f"{at}/text", 300)
        self.text(confirm.get("confirm"), f"{at}/confirm", 30, plain=True)
        self.text(confirm.get("deny"), f"{at}/deny", 30, plain=True)


def check_blocks(blocks: Any, *, view: bool = False) -> list[str]:
    """Say what Slack would refuse, as ``what [json-pointer:/where]``; empty when all is well."""
    checker = _Checker()
    if not isinstance(blocks, list):
        return ["must be an array [json-pointer:/blocks]"]
    most = VIEW_BLOCKS if view else MESSAGE_BLOCKS
    if len(blocks) > most:
        checker.report(f"no more than {most} items allowed", "/blocks")
    names: set[str] = set()
    for n, block in enumerate(blocks):
        checker.block(block, f"/blocks/{n}", view=view)
        name = block.get("block_id") if isinstance(block, dict) else None
        if name in names:
            checker.report(f"`block_id` {name} is used more than once", f"/blocks/{n}/block_id")
        if name:
            names.add(name)
    return [f"{what} [json-pointer:{at}]" for what, at in checker.problems]


def check_view(view: Any) -> list[str]:
    """As :func:`check_blocks`, for a modal with its title, buttons and metadata."""
    if not isinstance(view, dict) or view.get("type") not in {"modal", "home"}:
        return ["unsupported type [json-pointer:/type]"]
    checker = _Checker()
    for key in ("title", "submit", "close"):
        if view.get(key) is not None or (key == "title" and view["type"] == "modal"):
            checker.text(view.get(key), f"/{key}", 24, plain=True)
    checker.length(view, "private_metadata", "", 3000)
    checker.length(view, "callback_id", "", 255)
    has_input = any(
        isinstance(block, dict) and block.get("type") == "input"
        for block in view.get("blocks") or []
    )
    if has_input and view["type"] == "modal" and not view.get("submit"):
        checker.report("missing required field: submit", "/submit")
    found = [f"{what} [json-pointer:{at}]" for what, at in checker.problems]
    return found + check_blocks(view.get("blocks"), view=True)


def fill_in(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give blocks what Slack adds on receipt: a block_id, an action_id, text defaults."""
    return [
        _with_defaults({"block_id": f"b{n:03d}", **block}, f"{n}") for n, block in enumerate(blocks)
    ]


def _with_defaults(node: Any, path: str) -> Any:
    if isinstance(node, list):
        return [_with_defaults(one, f"{path}.{n}") for n, one in enumerate(node)]
    if not isinstance(node, dict):
        return node
    filled = {key: _with_defaults(value, f"{path}.{key}") for key, value in node.items()}
    if node.get("type") == "plain_text":
        filled.setdefault("emoji", True)
    elif node.get("type") == "mrkdwn":
        filled.setdefault("verbatim", False)
    elif node.get("type") in _INTERACTIVE:
        filled.setdefault("action_id", f"a{path}")
    return filled


def elements(blocks: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Every interactive element with the block it stands in."""
    found = []
    for block in blocks:
        inside = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        found += [
            (block, one)
            for one in inside
            if isinstance(one, dict) and one.get("type") in _INTERACTIVE
        ]
    return found
