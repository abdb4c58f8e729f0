"""
Fills the sandbox with contacts like those of an old account, with a known number of each fault.

    python -m infra.local.messy_contacts --seed 7 --count 3000

loads 3000 contacts into the running sandbox. The same seed, policy and day give the same contacts.
Each has at most one fault, or one value in an unusual spelling, so that an audit can be compared
with `Messy.planted` and `Messy.untidy`.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from baton.cli import CommandError
from baton.cli.hubspot import find_account
from baton.policy_tools import PolicyError, compile_policy, load
from infra.build import ROOT
from infra.local.messy import Messy, make
from infra.local.messy.loading import Unreachable, load_into, owners_of


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--count", type=int, default=3000, help="contacts (default: 3000)")
    parser.add_argument("--policy", type=Path, default=ROOT / "infra" / "policy")
    arguments = parser.parse_args(argv)
    try:
        account = find_account()
        url = _sandbox(account.host)
        now = datetime.now(UTC)
        policy = compile_policy(load(arguments.policy), now.date())
        messy = make(policy, owners_of(url), now, arguments.seed, arguments.count)
        load_into(url, account.token, messy)
    except (CommandError, PolicyError, Unreachable, ValueError) as error:
        print(f"messy_contacts: {str(error).splitlines()[0]}", file=sys.stderr)
        return 2
    _print_faults(messy)
    return 0


def _sandbox(host: str) -> str:
    """The sandbox's address; refuses any other host, because messy contacts must never reach a real
    account."""
    if urlsplit(host).hostname not in {"127.0.0.1", "localhost"}:
        raise Unreachable(f"{host} is not a sandbox on this machine")
    return host.removesuffix("/hubspot")


def _print_faults(messy: Messy) -> None:
    print(f"{len(messy.contacts):,} contacts and {len(messy.deals):,} deals, with these faults:")
    print(msgspec.json.format(msgspec.json.encode(messy.planted), indent=2).decode())
    print("and with so many contacts that hold a value of these kinds:")
    print(msgspec.json.format(msgspec.json.encode(messy.untidy), indent=2).decode())


if __name__ == "__main__":
    sys.exit(main())
