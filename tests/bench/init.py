"""How long a function takes to be ready, against what its SDKs alone take.

Measured: from spawning the real runtime interface client to its first request for an event, on the
function as ``sam build`` made it, with its layer. Floor: the same with a handler that only imports
powertools' Logger, makes the boto3 clients that the function makes, and imports its outside SDK.

Both are measured twice: with cached bytecode for everything, and as on Lambda for a package without
bytecode, where nothing can be written and each cold start compiles what it imports (the runtime's
own modules, including boto3, are compiled already).

Processor time is shown as well: on a busy machine it is steadier than wall time.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from infra.local.stack import Settings, deploy
from tests.bench.figure import Aim, Figure, tell
from tests.bench.runtime_api import RuntimeApi, Took
from tests.template.reading import FUNCTIONS, properties

#: The boto3 clients that each function's wiring creates at init; test_bench compares this with the
#: wiring.
CLIENTS: dict[str, tuple[str, ...]] = {
    "receive_hubspot": ("events", "secretsmanager"),
    "receive_slack": ("events", "secretsmanager"),
    "health": ("dynamodb",),
    "advance_lead": ("dynamodb", "sqs", "secretsmanager"),
    "deliver_hubspot": ("dynamodb", "sqs", "secretsmanager"),
    "deliver_slack": ("dynamodb", "sqs", "secretsmanager"),
    "escalate_breaches": ("dynamodb", "sqs"),
    "recycle_stale_leads": ("dynamodb", "sqs"),
    "send_digests": ("dynamodb", "sqs"),
    "check_roster": ("dynamodb", "events", "secretsmanager"),
    "watch_leads": ("dynamodb", "sqs"),
}

#: Created only when such a message is sent.
LATER = {"deliver_hubspot": {"events"}, "deliver_slack": {"events"}}

_HUBSPOT = """
from hubspot.crm.owners.api_client import ApiClient
from hubspot.crm.owners.configuration import Configuration
"""
OUTSIDE = {
    "advance_lead": _HUBSPOT,
    "deliver_hubspot": _HUBSPOT,
    "check_roster": _HUBSPOT + "from slack_sdk import WebClient\n",
    "deliver_slack": "from slack_sdk import WebClient\n",
}

FLOOR = """
from aws_lambda_powertools import Logger
import boto3
{outside}
clients = [boto3.client(name) for name in {clients!r}]

def handler(event, context):
    return None
"""

AIM = Aim(1.25)


def run(pairs: int = 9, only: tuple[str, ...] = ()) -> list[Figure]:
    """Run each function and its floor *pairs* times, after one run of each that is not counted."""
    settings = Settings()
    if deploy.build(settings):
        tell("  built what has changed")
    with tempfile.TemporaryDirectory(prefix="bench-", dir=settings.home) as folder:
        frozen = _frozen(deploy.built_template(settings).parent, folder)
        places = {
            name: (frozen / function, frozen / "SharedLayer" / "python")
            for name, function in FUNCTIONS.items()
            if not only or name in only
        }
        return compare(places, Path(folder), pairs)


def compare(places: Mapping[str, tuple[Path, ...]], scratch: Path, pairs: int) -> list[Figure]:
    """*places*: for each function the folders to import from, its own folder first."""
    with RuntimeApi() as api:
        bench = _Bench(api, scratch)
        return [
            figure
            for compiled in (True, False)
            for folder, path in places.items()
            for figure in bench.compare(folder, path, pairs, compiled)
        ]


class _Bench:
    def __init__(self, api: RuntimeApi, scratch: Path) -> None:
        self._api, self._scratch = api, scratch

    def compare(
        self, folder: str, places: tuple[Path, ...], pairs: int, compiled: bool
    ) -> list[Figure]:
        path = [*places, self._scratch]
        handlers = {
            "function": f"functions.{folder}.app.handler",
            "floor": f"floor_{folder}.handler",
        }
        (self._scratch / f"floor_{folder}.py").write_text(floor_of(folder), "utf-8")
        took: dict[str, list[Took]] = {"function": [], "floor": []}
        for which in took:
            self._warm_up(folder, handlers[which], path, compiled)
        for turn in range(pairs):
            # In the order A B, B A, so that load on the machine affects both alike.
            for which in ("function", "floor") if turn % 2 else ("floor", "function"):
                one = self._api.init(handlers[which], path, self._env(folder), path[0])
                took[which].append(one)
        name = folder if compiled else f"{folder}, nothing compiled"
        pairs_of = list(zip(took["function"], took["floor"], strict=True))
        figures = [
            _figure(name, [(a.seconds, b.seconds) for a, b in pairs_of]),
            _figure(f"{name}, processor", [(a.processor, b.processor) for a, b in pairs_of]),
        ]
        tell(f"  {name}: {figures[0].ratio:.2f}, {figures[1].ratio:.2f}")
        return figures

    def _warm_up(self, folder: str, handler: str, path: list[Path], compiled: bool) -> None:
        env = self._env(folder) | {"PYTHONDONTWRITEBYTECODE": ""}
        self._api.init(handler, path, env, path[0])
        if not compiled:
            # Forget what belongs to the package and the layer; keep Python's and boto3's.
            for place in path:
                shutil.rmtree(f"{self._bytecode}{place}", ignore_errors=True)

    @property
    def _bytecode(self) -> Path:
        """A folder for bytecode outside the build, because a deploy would include it."""
        return self._scratch / "bytecode"

    def _env(self, folder: str) -> dict[str, str]:
        given = properties(FUNCTIONS[folder])["Environment"]["Variables"]
        return {
            **dict.fromkeys(given, "https://example.test/"),
            "PATH": os.defpath,
            "PYTHONPYCACHEPREFIX": str(self._bytecode),
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_LAMBDA_FUNCTION_NAME": folder,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/bench",
            "AWS_LAMBDA_LOG_STREAM_NAME": "bench",
            "POWERTOOLS_SERVICE_NAME": "baton",
            "POWERTOOLS_METRICS_NAMESPACE": "Baton",
        }


def _figure(name: str, pairs: list[tuple[float, float]]) -> Figure:
    return Figure(
        bench="init",
        name=name,
        measured=median(function for function, _ in pairs) * 1000,
        unit="ms",
        floor=median(floor for _, floor in pairs) * 1000,
        paired=median(function / floor for function, floor in pairs),
        aim=AIM,
    )


def floor_of(folder: str) -> str:
    return FLOOR.format(outside=OUTSIDE.get(folder, ""), clients=CLIENTS[folder])


def _frozen(built: Path, folder: str) -> Path:
    """A copy of the build by hard links, without bytecode, so that another build meanwhile changes
    nothing here."""
    frozen = Path(folder) / "build"
    for name in ("SharedLayer", *FUNCTIONS.values()):
        shutil.copytree(
            built / name,
            frozen / name,
            copy_function=os.link,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    return frozen
