"""``make deploy``: a guided ``sam deploy`` to a real account that keeps the doors' alias
current."""

from __future__ import annotations

import subprocess

from infra.build import ROOT, account_digest, build_for_account


def main() -> int:
    stamped = build_for_account()
    code = _sam_deploy("--guided")
    if code == 0 and account_digest() != stamped:
        # The answers changed the doors' environment after the stamp was made. Without a second
        # deploy the alias would stay on a version with the old values.
        print("parameters changed: deploying once more, so that the doors see them")
        build_for_account()
        code = _sam_deploy()
    return code


def _sam_deploy(*options: str) -> int:
    command = ["sam", "deploy", *options]
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603 our own command


if __name__ == "__main__":
    raise SystemExit(main())
