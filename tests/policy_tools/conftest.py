"""The sample policy, whole and with seeded faults."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "infra" / "policy"
FAST = ROOT / "infra" / "local" / "fast_policy"

SLACK = ("SLACK_BOT_TOKEN", "SLACK_API_URL")
AWS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_PROFILE", "AWS_REGION", "TABLE_NAME")

#: (file without .yaml, text that is there, text to put in its place).
Edit = tuple[str, str, str]


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., Path]:
    """A copy of the sample policy with the first occurrence of some texts replaced."""

    def edit(*edits: Edit) -> Path:
        folder = tmp_path / "policy"
        if not folder.exists():
            folder.mkdir()
            for path in SAMPLE.glob("*.yaml"):
                shutil.copy(path, folder)
        for file, old, new in edits:
            path = folder / f"{file}.yaml"
            text = path.read_text(encoding="utf-8")
            assert old in text, f"{file}.yaml does not hold {old!r}"
            path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return edit


@pytest.fixture
def quiet_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment without an account and without a running stack, whatever this machine has."""
    for name in (*AWS, *SLACK, "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("COLUMNS", "120")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)  # where no running stack is found


@pytest.fixture
def table(quiet_environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with mock_aws():
        monkeypatch.setenv("AWS_REGION", "eu-central-1")
        boto3.client("dynamodb", region_name="eu-central-1").create_table(
            TableName="leads",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
        )
        yield "leads"


def line_of(folder: Path, file: str, text: str, *, last: bool = False) -> int:
    """The number of the first (or last) line with *text*."""
    lines = (folder / f"{file}.yaml").read_text(encoding="utf-8").splitlines()
    found = [number for number, line in enumerate(lines, start=1) if text in line]
    return found[-1 if last else 0]
