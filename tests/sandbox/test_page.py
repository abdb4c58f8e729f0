"""The page in a real browser: what a person clicks reaches Baton, signed."""

from __future__ import annotations

import shutil
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.utils.signature import Signature
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from .conftest import CONFIG, REP, Post
from .receiver import Receiver
from .test_hubspot_objects import make, write
from .test_interactions import MODAL, card
from .test_slack import button, section

CHROMIUM = shutil.which("chromium")
# Chromium runs as root and without a network: no sandbox, and no requests of its own.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
NASTY = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"

pytestmark = pytest.mark.skipif(
    CHROMIUM is None,
    reason="the page tests need a browser; install it with: apt-get install chromium",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any, sandbox: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.extend([line.text] if line.type == "error" else []))
    page.goto(sandbox.url)
    yield page
    context.close()
    assert problems == []


def test_the_accept_button_sends_a_signed_interaction(
    page: Any, slack: WebClient, receiver: Receiver
) -> None:
    at = card(slack)
    page.get_by_role("button", name="Accept").click()
    payload = receiver.wait_for_payload("block_actions")
    request = receiver.requests[-1]
    verifier = SignatureVerifier(CONFIG.slack_signing_secret)
    assert verifier.is_valid_request(request.body, request.headers)
    assert (payload["user"]["id"], payload["message"]["ts"]) == ("U1", at["ts"])
    assert payload["actions"][0]["value"] == "L1"


def test_a_command_is_typed_and_its_answer_shows_at_once(page: Any, receiver: Receiver) -> None:
    receiver.answers = [(200, b'{"text": "Noted by *Baton*."}')]
    page.get_by_label("Slash command").fill("/baton away")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Noted by Baton.").wait_for()
    page.get_by_text("Only visible to you").wait_for()
    assert page.get_by_label("Slash command").input_value() == ""
    page.get_by_label("Slash command").fill("hello")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Baton reads slash commands only").wait_for()


def test_an_updated_message_shows_its_new_state_without_a_reload(
    page: Any, slack: WebClient
) -> None:
    at = card(slack)
    page.get_by_role("button", name="Accept").wait_for()
    slack.chat_update(
        channel=at["channel"], ts=at["ts"], text="Done", blocks=[section("Accepted by *Rep One*")]
    )
    page.get_by_text("Accepted by Rep One").wait_for()
    assert page.get_by_role("button", name="Accept").count() == 0
    assert page.locator(".message strong", has_text="Rep One").count() == 1


def test_creating_a_lead_sends_a_signed_webhook(page: Any, receiver: Receiver) -> None:
    page.get_by_role("button", name="New lead").click()
    page.get_by_label("Start from").select_option("smb-emea-trial")
    page.get_by_label("First name").fill("Jo")
    page.get_by_role("button", name="Create lead").click()
    page.locator(".lead-row", has_text="Jo Keller").wait_for()
    events = receiver.wait_for_events(("lifecyclestage", "marketingqualifiedlead"))
    assert {one["changeSource"] for one in events} == {"FORM"}
    request = receiver.requests[0]
    assert Signature.is_valid(
        signature=request.headers["x-hubspot-signature-v3"],
        client_secret=CONFIG.hubspot_client_secret,
        request_body=request.body.decode(),
        http_uri=f"{CONFIG.public_url}/hubspot/webhooks",
        signature_version="v3",
        timestamp=request.headers["x-hubspot-request-timestamp"],
    )


def test_changing_the_stage_and_logging_a_call_send_what_hubspot_would_send(
    page: Any, hubspot: HubSpot, receiver: Receiver
) -> None:
    make(hubspot, firstname="Ada", lifecyclestage="opportunity", hubspot_owner_id=REP)
    page.get_by_label("Change stage").select_option("lead")
    receiver.wait_for_events(("lifecyclestage", "lead"))
    page.get_by_role("button", name="Log call").click()
    receiver.wait(
        lambda: any(e.get("propertyName") == "notes_last_contacted" for e in receiver.events())
    )
    back = [e for e in receiver.events() if e.get("propertyValue") == "lead"]
    assert back[0]["changeSource"] == "CRM_UI"
    page.get_by_text("Call by Rep One").wait_for()


def test_a_choice_asks_first_where_the_message_says_so(
    page: Any, slack: WebClient, receiver: Receiver
) -> None:
    word = {"type": "plain_text", "text": "Timing"}
    confirm: dict[str, Any] = {"title": {"type": "plain_text", "text": "Reject it?"}, "text": word}
    confirm |= {"confirm": {"type": "plain_text", "text": "Reject"}, "deny": word}
    select: dict[str, Any] = {"type": "static_select", "action_id": "reject"}
    select |= {"confirm": confirm}
    select |= {"options": [{"text": word, "value": "timing"}], "placeholder": word}
    card(slack, {"type": "actions", "elements": [select]})
    page.locator("select.slack-select").select_option("timing")
    page.get_by_role("button", name="Timing").click()
    page.locator("dialog").wait_for(state="detached")
    assert receiver.requests == []
    page.locator("select.slack-select").select_option("timing")
    page.get_by_role("button", name="Reject", exact=True).click()
    action = receiver.wait_for_payload("block_actions")["actions"][0]
    assert action["selected_option"]["value"] == "timing"


def test_a_modal_opens_for_who_clicked_and_is_submitted_from_the_keyboard(
    page: Any, slack: WebClient, receiver: Receiver
) -> None:
    card(slack)
    page.get_by_role("button", name="Accept").click()
    trigger = receiver.wait_for_payload("block_actions")["trigger_id"]
    slack.views_open(trigger_id=trigger, view=MODAL)
    page.get_by_role("dialog", name="Reject").wait_for()
    page.keyboard.press("Tab")
    page.get_by_label("Why?").fill("Wrong region")
    page.keyboard.press("Enter")
    values = receiver.wait_for_payload("view_submission")["view"]["state"]["values"]
    assert values == {"note": {"text": {"type": "plain_text_input", "value": "Wrong region"}}}
    page.get_by_role("dialog").wait_for(state="detached")


def test_markup_in_names_and_messages_stays_text(
    page: Any, hubspot: HubSpot, slack: WebClient
) -> None:
    make(hubspot, firstname=NASTY, company=NASTY, baton_track=NASTY, message=NASTY)
    slack.chat_postMessage(
        channel="U1",
        text=NASTY,
        blocks=[section(f"{NASTY} <javascript:alert(1)|press>"), button("<b>x</b>", value=NASTY)],
    )
    page.locator(".lead-row", has_text="onerror").wait_for()
    page.locator(".message", has_text="onerror").wait_for()
    assert page.title() == "Baton sandbox"
    assert page.locator(".crm img, .crm script, .messages script, .messages b").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0


def test_slack_text_is_rendered_as_slack_renders_it(page: Any, slack: WebClient) -> None:
    text = (
        "*bold* _it_ ~no~ `code` a_b_c 2*3*4 &lt;tag&gt; &amp;amp; <https://x.example|link> <@U1>"
        "\n&gt;quoted\n<!date^1795322400^{date_num} {time}|later>"
    )
    slack.chat_postMessage(channel="U1", text="x", blocks=[section(text)])
    body = page.locator(".message .text")
    body.wait_for()
    for tag, content in (
        ("strong", "bold"),
        ("em", "it"),
        ("s", "no"),
        ("code", "code"),
        ("a", "link"),
        (".mention", "@Rep One"),
        ("blockquote", "quoted"),
        ("time", "2026-11-22 04:40"),
    ):
        assert body.locator(tag).all_inner_texts() == [content], tag
    assert "a_b_c 2*3*4 <tag> &amp;" in body.inner_text()


def test_news_touches_only_what_changed(page: Any, hubspot: HubSpot) -> None:
    """The row under the cursor must remain the same element, and the list must not scroll."""
    contacts = [make(hubspot, firstname=f"Lead {n}") for n in range(30)]
    page.locator(".lead-row", has_text="Lead 29").wait_for()
    page.evaluate("document.querySelector('#leads').scrollTop = 500")
    page.evaluate("document.querySelectorAll('#leads li').forEach(row => { row.kept = true; })")
    page.locator("#lead-filter").focus()
    write(hubspot, contacts[3], lifecyclestage="customer")
    page.locator("#leads .pill", has_text="Customer").wait_for(state="attached")
    fresh = "[...document.querySelectorAll('#leads li')].filter(row => !row.kept).length"
    assert page.evaluate(fresh) == 1
    assert page.evaluate("document.querySelector('#leads').scrollTop") == 500
    assert page.evaluate("document.activeElement.id") == "lead-filter"


def test_the_fault_bar_makes_a_system_fail_and_mends_it(page: Any, hubspot: HubSpot) -> None:
    page.get_by_role("button", name="HubSpot: rate limited").click()
    page.locator(".fault.on").wait_for()
    assert (
        page.get_by_role("button", name="HubSpot: rate limited").get_attribute("aria-pressed")
        == "true"
    )
    with pytest.raises(Exception, match="429"):
        make(hubspot)
    page.get_by_role("button", name="HubSpot: answers normally").click()
    page.locator(".fault.on").wait_for(state="detached")
    assert make(hubspot)


def test_the_switch_turns_the_untidiness_up_from_the_keyboard(page: Any, hubspot: HubSpot) -> None:
    switch = page.get_by_label("HubSpot is")
    assert switch.input_value() == "tidy"
    switch.focus()
    page.keyboard.press("a")  # the first letter of a choice
    page.locator("#untidiness-meaning", has_text="every fourth lead").wait_for()
    assert switch.get_attribute("aria-describedby") == "untidiness-meaning"
    page.get_by_role("button", name="New lead").click()
    page.get_by_label("Start from").select_option("mid-emea-booking")
    page.get_by_role("button", name="Create lead").click()
    page.locator(".lead-row", has_text="Puerto").first.wait_for()
    page.get_by_text("Meetings Link: quillhaven/first-call").wait_for()
    page.reload()
    page.locator(".lead-row").first.wait_for()
    assert page.get_by_label("HubSpot is").input_value() == "real", "the sandbox remembers it"


@pytest.mark.parametrize("level", ["tidy", "worse"])
def test_the_switch_fits_a_narrow_window(page: Any, control: Post, level: str) -> None:
    control("untidiness", level=level)
    page.set_viewport_size({"width": 390, "height": 844})
    switch = page.get_by_label("HubSpot is")
    page.locator(f"#untidiness-level option[value={level}]:checked").wait_for(state="attached")
    for part in (switch, page.locator("#untidiness-meaning")):
        box = part.bounding_box()
        assert box["x"] + box["width"] <= 390


@pytest.mark.parametrize("size", [(1280, 800), (1600, 1000)], ids=["1280x800", "1600x1000"])
def test_the_page_fits_and_is_not_blank(
    page: Any, hubspot: HubSpot, slack: WebClient, size: tuple[int, int]
) -> None:
    make(hubspot, firstname="Ada", lastname="Example", company="Acme", hubspot_owner_id=REP)
    card(slack)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.get_by_role("button", name="Accept").wait_for()
    page.get_by_role("heading", name="Ada Example").wait_for()
    overflow = "document.documentElement.scrollWidth > innerWidth"
    assert page.evaluate(overflow) is False
    assert len(colours(page.screenshot())) > 50


def colours(png: bytes) -> set[bytes]:
    """The colours in a screenshot (8-bit RGB or RGBA, as Chromium writes)."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert depth == 8
    size = {2: 3, 6: 4}[kind]
    data, at = b"", 8
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        if name == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    # The bytes are PNG-filtered, not true colours. That is enough to recognise a blank page, which
    # has only a few values.
    raw, stride = zlib.decompress(data), width * size + 1
    rows = (raw[y * stride + 1 : (y + 1) * stride] for y in range(0, height, 4))
    return {row[x : x + size] for row in rows for x in range(0, len(row), size)}
