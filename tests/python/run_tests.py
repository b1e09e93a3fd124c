#!/usr/bin/env python3
"""Run one module of tests of the Python module, as TAP points.

    run_tests.py NAME --module FOLDER --source FOLDER --stores FOLDER [TEST…]

FOLDER of --module has the built package `anncore`. It runs in the Python that ANN_TEST_PYTHON names, which has numpy and
anndata; without it the tests are skipped.

SPDX-License-Identifier: Apache-2.0
"""

import os
import sys

if __name__ == "__main__" and sys.executable != os.environ.get("ANN_TEST_PYTHON", sys.executable):
    os.execv(os.environ["ANN_TEST_PYTHON"], [os.environ["ANN_TEST_PYTHON"], *sys.argv])

import argparse
import importlib
import pathlib
import traceback
import unittest

try:
    import anndata  # noqa: F401
except ImportError as missing:
    print(f"1..0 # SKIP ANN_TEST_PYTHON names no Python with anndata: {missing}")
    sys.exit(0)


class Points(unittest.TestResult):
    """Prints a point for each test."""

    def __init__(self):
        super().__init__()
        self.count = 0
        self.parts = []  # of a test, that failed

    def point(self, test, how, note=""):
        self.count += 1
        print(f"{how} {self.count} - {test.id()}{note}", flush=True)

    def fail(self, test, *errors):
        self.point(test, "not ok")
        for error in errors:
            for line in "".join(traceback.format_exception(*error)).splitlines():
                print(f"# {line}")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            err[1].add_note(str(subtest))
            self.parts.append(err)

    def stopTest(self, test):
        if self.parts:
            self.fail(test, *self.parts)
        self.parts = []

    def addSuccess(self, test):
        self.point(test, "ok")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.fail(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self.fail(test, err)

    def addSkip(self, test, reason):
        self.point(test, "ok", f" # SKIP {reason}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("tests", nargs="*")
    parser.add_argument("--module", required=True, type=pathlib.Path)
    parser.add_argument("--source", required=True, type=pathlib.Path)
    parser.add_argument("--stores", required=True, type=pathlib.Path)
    options = parser.parse_args()

    sys.path.insert(0, str(options.module))
    import support
    support.SOURCE, support.STORES = options.source.resolve(), options.stores.resolve()

    tests = [f"{options.name}.{test}" for test in options.tests] or [options.name]
    importlib.import_module(options.name)
    suite = unittest.TestLoader().loadTestsFromNames(tests)
    print(f"1..{suite.countTestCases()}", flush=True)
    result = Points()
    suite.run(result)
    return 0 if result.wasSuccessful() and result.count > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
