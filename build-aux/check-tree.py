#!/usr/bin/env python3
"""What the source tree promises, as TAP points: check-tree.py ROOT ANN

ROOT is the top of the tree, ANN the built command, whose verbs the documentation may name.

SPDX-License-Identifier: Apache-2.0
"""

import os
import pathlib
import re
import subprocess
import sys

SKIPPED = {".git", ".flatpak-builder", "__pycache__", "_build"}
SOURCES = {".c", ".h", ".py", ".sh", ".ui", ".supp"}  # and scripts without an ending
DATA = {".png", ".h5ad", ".h5", ".zst", ".gz", ".zip", ".mo"}

HOSTS = {  # the only ones that the tree names, besides those that are nobody's and what tests give as input
    "anndata.readthedocs.io", "creativecommons.org", "docs.getmoto.org", "github.com", "math.nist.gov", "s3.amazonaws.com",
    "spdx.org", "storage.googleapis.com", "www.apache.org", "www.freedesktop.org", "www.w3.org",
}
RESERVED = re.compile(r"(.+\.)?example(\.com|\.org)?|localhost|127\.0\.0\.1|[a-z]+|s3\.|account\.blob\.core\.windows\.net")
URL = re.compile(r"https?://([\w.-]+)")
MACHINE_PATH = re.compile(r"""(?:^|[\s"'`=(:<])/(?:home|root|Users|work|mnt|tmp)/\w""")
COMMAND = re.compile(r"^\s*(?:\$ )?(\./[\w./-]+|ann)\b(?: ([a-z]+))?", re.M)
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def walk(root):
    """Every file that belongs to the project."""
    for folder, folders, names in os.walk(root):
        top = pathlib.Path(folder) == root
        folders[:] = sorted(
            name for name in folders
            if name not in SKIPPED and not (top and name.startswith("build") and name != "build-aux"))
        for name in sorted(names):
            yield pathlib.Path(folder) / name


class Tree:
    def __init__(self, root, ann):
        self.root, self.ann = root, ann
        self.texts = {}
        for path in walk(root):
            if path.suffix not in DATA and path.name != ".git":
                self.texts[path] = path.read_text(encoding="utf-8", errors="replace")

    def lines(self, pattern):
        """(place, match) of each match, line by line."""
        for path, text in self.texts.items():
            for number, line in enumerate(text.splitlines(), 1):
                for found in pattern.finditer(line):
                    yield f"{path.relative_to(self.root)}:{number}", found

    def licences(self):
        """each source names its licence"""
        for path, text in self.texts.items():
            if path.suffix in SOURCES or text.startswith("#!"):
                if "SPDX-License-Identifier: " not in text[:3000]:
                    yield f"{path.relative_to(self.root)}: no SPDX-License-Identifier"

    def machine_paths(self):
        """no path of one machine"""
        for place, found in self.lines(MACHINE_PATH):
            yield f"{place}: {found[0].strip()}"

    def hosts(self):
        """no unknown host"""
        for place, found in self.lines(URL):
            if found[1] not in HOSTS and not RESERVED.fullmatch(found[1]) and not place.startswith("tests/"):
                yield f"{place}: {found[1]} (if it belongs here, add it to HOSTS)"

    def links(self):
        """documentation links lead somewhere"""
        for path, text in self.texts.items():
            for found in LINK.finditer(text) if path.suffix == ".md" else ():
                if not URL.match(found[1]) and not (path.parent / found[1]).exists():
                    yield f"{path.relative_to(self.root)}: {found[1]}"

    def screenshots(self):
        """the pictures that the metainfo names exist"""
        text = (self.root / "data/com.example.AnnBrowser.metainfo.xml.in").read_text()
        for name in re.findall(r"<image>[^<]*/(data/screenshots/[^<]+)</image>", text):
            if not (self.root / name).is_file():
                yield name

    def knows(self, verb):
        """Whether the command is there and has this verb."""
        command = [self.ann, *([verb] if verb else []), "--help"]
        return os.access(self.ann, os.X_OK) and subprocess.run(command, capture_output=True).returncode == 0

    def commands(self):
        """documented commands exist"""
        seen = set()
        for path, text in self.texts.items():
            blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S) if path.suffix == ".md" else ()
            for found in (found for block in blocks for found in COMMAND.finditer(block)):
                seen.add((path.relative_to(self.root), found[1], found[2] or ""))
        if not any(name == pathlib.Path("README.md") for name, _, _ in seen):
            yield "README.md shows no command"
        for path, program, verb in sorted(seen, key=str):
            if program == "ann":
                if not self.knows(verb):
                    yield f"{path}: ann {verb}"
            elif not os.access(self.root / program, os.X_OK):
                yield f"{path}: {program}"


def main():
    tree = Tree(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2])
    checks = [tree.licences, tree.machine_paths, tree.hosts, tree.links, tree.screenshots,
              tree.commands]
    failed = False
    print(f"1..{len(checks)}")
    for number, check in enumerate(checks, 1):
        wrong = list(check())
        failed = failed or bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - {check.__doc__}")
        for line in wrong:
            print(f"# {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
