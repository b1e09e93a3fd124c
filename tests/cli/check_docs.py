#!/usr/bin/env python3
"""Every verb and option of the command's help is in its manual and its completions, and every rule
of `ann validate` is explained; a TAP test.

    check_docs.py --ann ANN --source FOLDER

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys

COMPLETIONS = ("ann.bash", "_ann", "ann.fish")


def read_help(ann, *verb):
    return subprocess.run([ann, *verb, "--help"], capture_output=True, text=True, timeout=60, check=True).stdout


def list_options(text):
    return re.findall(r"^ +(?:-\w, )?--([a-z-]+)", text.split("Options:")[1].split("Verbs:")[0], re.M)


def find_missing_in_manual(manual, verbs):
    plain = manual.replace("\\-", "-")
    return [name for name in verbs if f"\n.B {name}\n" not in plain] + [
        f"--{option}" for options in verbs.values() for option in options if f"--{option}" not in plain]


def find_missing_in_completion(text, verbs):
    """fish says `-l rows`, the others `--rows`."""
    return [name for name in verbs if not re.search(rf"\b{name}\b", text)] + [
        f"--{option}" for options in verbs.values() for option in options
        if not re.search(rf"(--|-l ){option}\b", text)]


def complete_in_bash(script, *words):
    program = (f'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ann; printf "%s\\n" "${{COMPREPLY[@]}}"')
    return subprocess.run(["bash", "-c", program, "bash", script, *words], capture_output=True, text=True,
                          timeout=60, check=True).stdout.split()


def check_manual_with_man(manual):
    """What man says of the page's markup; nothing where there is no man."""
    if not shutil.which("groff"):
        return []
    result = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", "-Kutf8", manual], capture_output=True, text=True, timeout=60,
                            check=False)
    return result.stderr.splitlines()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ann", required=True)
    parser.add_argument("--source", required=True, type=pathlib.Path)
    options = parser.parse_args()
    data = options.source / "data"

    text = read_help(options.ann)
    names = re.findall(r"^  ([a-z]+) +[A-Z]", text.split("Verbs:")[1], re.M)
    verbs = {name: list_options(read_help(options.ann, name)) for name in names}
    manual = (data / "ann.1").read_text(encoding="utf-8")
    wrong = {"the manual has all verbs and options": find_missing_in_manual(manual, verbs)}
    wrong["the manual's markup"] = check_manual_with_man(data / "ann.1")
    for name in COMPLETIONS:
        completion = (data / "completions" / name).read_text(encoding="utf-8")
        wrong[f"{name} has all verbs and options"] = find_missing_in_completion(completion, verbs)

    script = str(data / "completions" / "ann.bash")
    wrong["bash completes each verb and its options"] = [
        name for name in verbs
        if name not in complete_in_bash(script, "ann", name[:2])
        or {f"--{option}" for option in verbs[name]} - set(complete_in_bash(script, "ann", name, "--"))]
    wrong["bash completes formats"] = [] if complete_in_bash(script, "ann", "show", "--format", "=", "c") == ["csv"] else ["csv"]

    rules = re.findall(r'\{ "([a-z0-9-]+)", ANN_SEVERITY_(\w+) \}',
                       (options.source / "core/anndata/ann-report.c").read_text(encoding="utf-8"))
    page = (options.source / "docs/validate.md").read_text(encoding="utf-8")
    wrong["docs/validate.md has all rules"] = [
        rule for rule, severity in rules if f"\n| `{rule}` | {severity.lower()} |" not in page]
    wrong["docs/validate.md has no other rules"] = sorted(
        set(re.findall(r"^\| `([a-z0-9-]+)`", page, re.M)) - {rule for rule, _ in rules})

    print(f"1..{len(wrong)}")
    for number, (name, problems) in enumerate(wrong.items(), 1):
        print(f"{'not ok' if problems else 'ok'} {number} - {name}")
        for problem in problems:
            print(f"# {problem}")
    return 1 if not verbs or not rules or any(wrong.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
