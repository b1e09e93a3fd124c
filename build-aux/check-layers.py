#!/usr/bin/env python3
"""Fails when a module of core/ includes one that it should not know.

SPDX-License-Identifier: Apache-2.0
"""

import pathlib
import re
import sys

# What each module may include, besides itself. Formats and elements do not know each other.
ALLOWED = {
    "base": set(),
    "store": {"base"},
    "codec": {"base"},
    "array": {"base", "codec"},
    "format": {"base", "store", "codec", "array"},
    "element": {"base", "array"},
    "view": {"base", "array", "element"},
    "write": {"base", "store", "codec", "array", "element", "view"},
    "anndata": {"base", "store", "codec", "array", "element", "format", "view", "write"},
    "query": {"base", "array", "element", "anndata"},
    "render": {"base", "array", "element"},
}
FORBIDDEN = re.compile(r'#\s*include\s*[<"](gtk/|gdk/|adwaita\.h)')
LOCAL = re.compile(r'#\s*include\s*"([a-z0-9]+)/')


ONLY_IN = {  # a library and the one folder that may know it
    re.compile(r"#\s*include\s*<hdf5"): "core/format/hdf5",
    re.compile(r"\bH5[A-Z]+[a-z_]\w*\s*\("): "core/format/hdf5",
}
# Functions that core/ does not call, and what to take instead.
BANNED = {
    "strcpy": "g_strlcpy", "strcat": "GString", "sprintf": "g_snprintf", "atoi": "g_ascii_string_to_signed",
    "atol": "g_ascii_string_to_signed", "strtod": "g_ascii_strtod", "g_object_set_data": "a field",
    "g_main_context_iteration": "a task", "g_usleep": "a condition", "g_error": "a GError",
}
BANNED_CALL = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")


def without_comments(text):
    """The text with comments and string literals blanked, lines kept."""
    blank = lambda m: re.sub(r"[^\n]", " ", m[0])
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', lambda m: m[0] if m[0][0] == '"' else blank(m), text, flags=re.S)


def check_core(core, wrong):
    for path in sorted(core.rglob("*.[ch]")):
        module = path.relative_to(core).parts[0]
        if path.parent != core and module not in ALLOWED:
            wrong.append(f"{path}: no rule for the module {module}")
        for number, line in enumerate(without_comments(path.read_text()).splitlines(), 1):
            where = f"{path}:{number}: {line.strip()}"
            if FORBIDDEN.match(line):
                wrong.append(where + " (no GTK in core)")
            found = LOCAL.match(line)
            if found and module in ALLOWED and found[1] not in ALLOWED[module] | {module}:
                wrong.append(where)
            for pattern, folder in ONLY_IN.items():
                if pattern.search(line) and f"/{folder}/" not in path.as_posix():
                    wrong.append(where + f" (only in {folder})")
            banned = BANNED_CALL.search(line)
            if banned and not line.lstrip().startswith("#"):
                wrong.append(where + f" (take {BANNED[banned[1]]})")


def check_users(root, wrong):
    """The applications know the library by its one public header."""
    for folder in ("app", "python", "ui"):
        for path in sorted((root / folder).rglob("*.[ch]")):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                found = LOCAL.match(line)
                if found and found[1] in ALLOWED:
                    wrong.append(f"{path}:{number}: {line.strip()} (take <ann-core.h>)")


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    wrong = []
    check_core(root / "core", wrong)
    check_users(root, wrong)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
