"""The /_sandbox endpoints: what the page, the tests and the sample day use to play people."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from .bulk import Bulk, add
from .crm import Crm
from .faults import Fault, Faults
from .hubspot_automation import Automation
from .hubspot_errors import invalid
from .incidents import Incidents
from .interactions import Interactions
from .leads import PRESETS, create_lead, log_engagement
from .properties import normalise
from .snapshot import changes, full_state
from .untidiness import Untidiness
from .webhooks import Webhooks
from .wire import Refused, Request, Response, answer
from .workflow_requests import WorkflowRequests
from .workspace import Workspace
from .world import World

#: How long a poll may hang waiting for news, in seconds.
LONGEST_POLL = 25.0
_SOURCES = frozenset(
    [
        "CRM_UI",
        "FORM",
        "IMPORT",
        "INTEGRATION",
        "AUTOMATION_PLATFORM",
        "API",
        "SALESFORCE",
        "FORWARD_CALCULATED",
        "CALCULATED",
        "MERGE_OBJECTS",
        "BATCH_UPDATE",
    ]
)


class RequestLog(Protocol):
    def requests(self, since: int) -> tuple[list[dict[str, Any]], int]: ...
    def forget_requests(self) -> None: ...


class Control:
    """Answers /_sandbox requests; an error answer gives its reason in ``problem``."""

    def __init__(
        self,
        world: World,
        crm: Crm,
        automation: Automation,
        workspace: Workspace,
        interactions: Interactions,
        webhooks: Webhooks,
        untidiness: Untidiness,
        incidents: Incidents,
        workflows: WorkflowRequests,
        faults: Faults,
        log: RequestLog,
    ) -> None:
        self._world = world
        self._crm = crm
        self._automation = automation
        self._space = workspace
        self._interactions = interactions
        self._webhooks = webhooks
        self._untidiness = untidiness
        self._incidents = incidents
        self._workflows = workflows
        self._faults = faults
        self._log = log

    def __call__(self, request: Request, path: str) -> Response:
        try:
            if request.method == "GET":
                return self._read(request, path)
            if request.method != "POST":
                return answer(405, {"ok": False, "problem": "method not allowed"})
            return self._act(request.json(), path.strip("/").split("/"))
        except Refused as refused:
            return refused.response
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return answer(400, {"ok": False, "problem": f"{type(error).__name__}: {error}"})

    def _read(self, request: Request, path: str) -> Response:
        match path:
            case "requests":
                found, last = self._log.requests(int(request.one("since") or 0))
                since_ms = int(request.one("since_ms") or 0)
                system = request.one("system")
                found = [
                    one for one in found if one["at"] >= since_ms and system in ("", one["system"])
                ]
                return answer(200, {"requests": found, "next": last})
            case "deliveries":
                sent = [*self._webhooks.deliveries, *self._interactions.deliveries]
                return answer(200, {"deliveries": sorted(sent, key=lambda one: one["at"])})
            case "state":
                with self._world.lock:
                    state = full_state(self._world, self._crm, self._space)
                    return answer(200, state | self._switches())
            case "presets":
                return answer(200, {"presets": PRESETS})
            case "changes":
                return self._changes(request)
            case "health":
                return answer(200, {"ok": True})
        return answer(404, {"ok": False, "problem": f"no such path: {path}"})

    def _changes(self, request: Request) -> Response:
        since, epoch = int(request.one("since") or 0), int(request.one("epoch") or 0)
        wait = min(float(request.one("wait") or 0), LONGEST_POLL)
        if wait and epoch == self._world.state.epoch:
            self._world.wait_for_news(since, wait)
        with self._world.lock:
            news = changes(self._world, self._crm, self._space, since, epoch)
            return answer(200, news | self._switches())

    def _switches(self) -> dict[str, Any]:
        return {"faults": self._faults.now(), "untidiness": self._untidiness.shape()}

    def _act(self, body: dict[str, Any], path: list[str]) -> Response:
        match path:
            case ["faults"]:
                self._faults.put(msgspec.convert(body, Fault))
                with self._world.lock:
                    self._world.changed()
                return answer(200, {"ok": True, "faults": self._faults.now()})
            case ["untidiness"]:
                with self._world.lock:
                    self._untidiness.choose(str(body.get("level")))
                    return answer(200, {"ok": True, "untidiness": self._untidiness.shape()})
            case ["reset"]:
                self._faults.clear()
                self._log.forget_requests()
                self._world.reset()
                return answer(200, {"ok": True})
            case ["bulk"]:
                ids = add(self._world, self._crm, msgspec.convert(body, Bulk))
                return answer(201, {"ok": True, "ids": ids})
            case ["workflows"]:
                return answer(201, {"ok": True, "ids": self._automation.put(body["workflows"])})
            case ["contacts"]:
                return self._create_contact(body)
            case ["contacts", contact_id]:
                return self._change_contact(contact_id, body)
            case ["contacts", contact_id, "delete"]:
                return self._delete_contact(contact_id, body)
            case ["contacts", contact_id, "merge"]:
                return self._merge_contacts(contact_id, body)
            case ["contacts", contact_id, "restore"]:
                return self._restore_contact(contact_id)
            case ["contacts", contact_id, "company"]:
                return self._link_company(contact_id, body)
            case ["contacts", contact_id, "workflow"]:
                return self._run_workflow(contact_id, body)
            case ["contacts", contact_id, "engagements"]:
                return self._engage(contact_id, body)
            case ["channels", channel]:
                return self._change_channel(channel, body)
            case ["click"]:
                return self._interactions.click(body)
            case ["command"]:
                return self._interactions.command(body)
            case ["views", view_id, "submit"]:
                return self._interactions.submit(view_id, body.get("values") or {})
            case ["views", view_id, "close"]:
                return self._interactions.close(view_id)
        return answer(404, {"ok": False, "problem": f"no such path: {'/'.join(path)}"})

    def _create_contact(self, body: dict[str, Any]) -> Response:
        """Create a lead; as untidy as the switch says."""
        with self._world.lock:
            body = self._untidiness.new_lead(body)
            contact = create_lead(self._world.config(), self._crm, body)
            if incident := self._untidiness.incident():
                self._incidents.plan(incident, contact.id, self._untidiness.level.after_ms)
            return answer(201, {"ok": True, "id": contact.id})

    def _change_contact(self, contact_id: str, body: dict[str, Any]) -> Response:
        """Change properties as a person or an import does: backward moves are possible."""
        source = str(body.get("source") or "CRM_UI")
        if source not in _SOURCES:
            raise ValueError(f"source must be one of {', '.join(sorted(_SOURCES))}")
        config = self._world.config()
        with self._world.lock:
            contact = self._crm.find("contacts", contact_id)
            if contact is None:
                return answer(404, {"ok": False, "problem": f"no contact {contact_id}"})
            values = {name: contact.value(name) or "" for name in contact.history}
            properties = self._untidiness.edit(values, body.get("properties") or {})
            clean, wrong = normalise(config, "contacts", properties, api=False, new=False)
            if wrong:
                raise invalid(wrong)
            source_id = str(body.get("source_id") or _who(source, body))
            self._crm.update(contact, clean, source, source_id)
            return answer(200, {"ok": True, "id": contact_id})

    def _change_channel(self, channel: str, body: dict[str, Any]) -> Response:
        with self._world.lock:
            found = self._space.resolve(channel)
            if found is None or found not in self._space.channels():
                return answer(404, {"ok": False, "problem": f"no channel {channel}"})
            self._space.change_channel(found, body)
            return answer(200, {"ok": True, "id": found})

    def _delete_contact(self, contact_id: str, body: dict[str, Any]) -> Response:
        with self._world.lock:
            contact = self._crm.find("contacts", contact_id)
            if contact is None:
                return answer(404, {"ok": False, "problem": f"no contact {contact_id}"})
            for_privacy = body.get("for_privacy") is True
            self._crm.archive(contact, "CRM_UI", "userId:1", for_privacy=for_privacy)
            return answer(200, {"ok": True})

    def _merge_contacts(self, contact_id: str, body: dict[str, Any]) -> Response:
        other_id = str(body.get("other") or "")
        with self._world.lock:
            primary, other = (self._crm.find("contacts", one) for one in (contact_id, other_id))
            if primary is None or other is None or primary is other:
                problem = f"no two contacts {contact_id} and {other_id}"
                return answer(404, {"ok": False, "problem": problem})
            merged = self._crm.merge(primary, other, told=body.get("told") is not False)
            return answer(200, {"ok": True, "id": merged.id})

    def _restore_contact(self, contact_id: str) -> Response:
        with self._world.lock:
            contact = self._world.state.records.get("contacts", {}).get(contact_id)
            if contact is None or not contact.archived:
                return answer(404, {"ok": False, "problem": f"no deleted contact {contact_id}"})
            self._crm.restore(contact)
            return answer(200, {"ok": True})

    def _link_company(self, contact_id: str, body: dict[str, Any]) -> Response:
        """Associate the contact with a company, by id, or end that (``removed``)."""
        company_id = str(body.get("company") or "")
        with self._world.lock:
            contact = self._crm.find("contacts", contact_id)
            company = self._crm.find("companies", company_id)
            if contact is None or company is None:
                problem = f"no contact {contact_id} or no company {company_id}"
                return answer(404, {"ok": False, "problem": problem})
            change = self._crm.unlink if body.get("removed") else self._crm.link
            change("contacts", contact.id, "companies", company.id)
            return answer(200, {"ok": True})

    def _run_workflow(self, contact_id: str, body: dict[str, Any]) -> Response:
        """A workflow with a webhook or Baton's own action takes the contact."""
        with self._world.lock:
            contact = self._crm.find("contacts", contact_id)
            if contact is None:
                return answer(404, {"ok": False, "problem": f"no contact {contact_id}"})
            request = self._workflows.request(contact, str(body.get("as") or "action"))
        return answer(200, {"ok": True, **self._workflows.send(request)})

    def _engage(self, contact_id: str, body: dict[str, Any]) -> Response:
        kinds = {"call": "calls", "email": "emails", "meeting": "meetings"}
        kind = (kinds | {"message": "communications"}).get(str(body.get("type", "")))
        if kind is None:
            raise ValueError("type must be call, email, meeting or message")
        with self._world.lock:
            contact = self._crm.find("contacts", contact_id)
            if contact is None:
                return answer(404, {"ok": False, "problem": f"no contact {contact_id}"})
            engagement = log_engagement(self._world.config(), self._crm, contact, kind, body)
            return answer(201, {"ok": True, "id": engagement.id})


def _who(source: str, body: dict[str, Any]) -> str:
    if source == "CRM_UI":
        return f"userId:{body.get('user') or 1}"
    return "import:1" if source == "IMPORT" else ""
