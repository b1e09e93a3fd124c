#!/usr/bin/env python3
"""Compare po/POTFILES with the files that have strings to translate: potfiles.py ROOT [--write]

SPDX-License-Identifier: Apache-2.0
"""

import pathlib
import re
import sys

HEAD = "# Files with strings to translate; `ninja potfiles` writes this list, a test compares it.\n"
TRANSLATED = re.compile(r'\b(?:_|N_|C_|NC_|ngettext|gettext)\s*\(\s*"|translatable="yes"|gettext-domain=')
FOLDERS = ("app/annbrowser", "data", "ui")
SOURCES = {".c", ".h", ".ui", ".xml"}


def wanted(root):
    for folder in FOLDERS:
        for path in (root / folder).rglob("*"):
            name = str(path.relative_to(root))
            if name.endswith((".desktop.in", ".metainfo.xml.in")):
                yield name  # translated by their format
            elif path.suffix in SOURCES and TRANSLATED.search(path.read_text(encoding="utf-8")):
                yield name


def main():
    root = pathlib.Path(sys.argv[1])
    potfiles = root / "po" / "POTFILES"
    names = sorted(wanted(root))
    if "--write" in sys.argv:
        potfiles.write_text(HEAD + "".join(f"{name}\n" for name in names))
        return 0
    listed = {line for line in potfiles.read_text().splitlines() if line and line[0] != "#"}
    for name in sorted(set(names) ^ listed):
        print(f"{name}: {'has no string' if name in listed else 'is not listed in po/POTFILES'}")
    return 0 if listed == set(names) else 1


if __name__ == "__main__":
    sys.exit(main())
