#!/usr/bin/env python3
"""Fails when the Flatpak manifest lacks what it must have: check-flatpak.py MANIFEST

SPDX-License-Identifier: Apache-2.0
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys

SHA256 = re.compile(r"[0-9a-f]{64}")


def check_source(module, source):
    """Downloads are pinned by a checksum or a commit, so that a build is the same tomorrow."""
    where = f"{module['name']}: {source.get('url', source['type'])}"
    if source["type"] == "archive" and not SHA256.fullmatch(source.get("sha256", "")):
        yield f"{where}: no sha256"
    if source["type"] == "git" and not re.fullmatch(r"[0-9a-f]{40}", source.get("commit", "")):
        yield f"{where}: no commit"
    if "url" in source and not source["url"].startswith("https://"):
        yield f"{where}: not https"


def check(manifest, name):
    for key in ("id", "runtime", "runtime-version", "sdk", "command", "finish-args", "modules"):
        if not manifest.get(key):
            yield f"no {key}"
            return
    if manifest["id"] != name:
        yield f"the id {manifest['id']} is not the file's name"
    if int(manifest["runtime-version"]) < 47:
        yield f"the runtime {manifest['runtime-version']} is older than 47"
    for argument in manifest["finish-args"]:
        if argument.startswith("--filesystem=") and not argument.endswith(":ro"):
            yield f"{argument}: a viewer does not write"
    if [module["name"] for module in manifest["modules"]][-1] != "annbrowser":
        yield "the last module is not annbrowser"
    for module in manifest["modules"]:
        for source in module.get("sources", []):
            yield from check_source(module, source)


def main():
    path = pathlib.Path(sys.argv[1])
    wrong = list(check(json.loads(path.read_text(encoding="utf-8")), path.stem))
    print("\n".join(wrong))
    if shutil.which("flatpak-builder"):
        subprocess.run(["flatpak-builder", "--show-manifest", path], check=True, stdout=subprocess.DEVNULL)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
