#!/usr/bin/env python3
"""Installs into an empty folder and uses it as a stranger would: check-install.py BUILD SOURCE CC

Every file that the desktop needs is there, and a program that includes only <ann-core.h> compiles
with what pkg-config says, without a warning, and runs.

SPDX-License-Identifier: Apache-2.0
"""

import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

ID = "com.example.AnnBrowser"
FILES = (
    "bin/ann",
    "bin/annbrowser",
    "share/bash-completion/completions/ann",
    "share/fish/vendor_completions.d/ann.fish",
    "share/man/man1/ann.1",
    "share/zsh/site-functions/_ann",
    f"share/applications/{ID}.desktop",
    f"share/glib-2.0/schemas/{ID}.gschema.xml",
    f"share/icons/hicolor/scalable/apps/{ID}.svg",
    f"share/icons/hicolor/symbolic/apps/{ID}-symbolic.svg",
    f"share/metainfo/{ID}.metainfo.xml",
    f"share/mime/packages/{ID}.xml",
)


def check_headers(prefix, source, compiler):
    """Compiles and runs the stranger's program."""
    pc_file = next(prefix.rglob("anncore-1.pc"))
    text = pc_file.read_text(encoding="utf-8")
    pc_file.write_text(f"prefix={shlex.quote(str(prefix))}\n" + text.split("\n", 1)[1], encoding="utf-8")
    flags = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "anncore-1"],
        env={**os.environ, "PKG_CONFIG_PATH": str(pc_file.parent)}, check=True, capture_output=True, text=True,
    ).stdout
    program = prefix / "stranger"
    warnings = ["-std=gnu17", "-Wall", "-Wextra", "-Werror"]
    subprocess.run(
        [*compiler, *warnings, source / "tests/core/test-public-header.c", "-o", program, *shlex.split(flags)], check=True)
    subprocess.run([program], env={**os.environ, "LD_LIBRARY_PATH": str(pc_file.parent.parent)}, check=True)


def main():
    build, source, *compiler = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", folder], check=True)
        prefix = next(pathlib.Path(folder).rglob("bin")).parent
        missing = [name for name in FILES if not (prefix / name).is_file()]
        if missing:
            print("not installed:", *missing)
            return 1
        check_headers(prefix, pathlib.Path(source), compiler)
    return 0


if __name__ == "__main__":
    sys.exit(main())
