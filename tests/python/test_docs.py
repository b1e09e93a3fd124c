"""docs/python.md does what it says.

SPDX-License-Identifier: Apache-2.0
"""

import contextlib
import io
import re
import warnings

import support

BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n```output\n(.*?)^```\n)?", re.M | re.S)


class Docs(support.InFolder):
    def test_examples(self):
        text = (support.SOURCE / "docs" / "python.md").read_text(encoding="utf-8")
        blocks = BLOCK.findall(text)
        self.assertEqual(len(blocks), text.count("```python"))
        self.assertEqual(sum(bool(output) for _, output in blocks), text.count("```output"))
        (self.folder / "data").symlink_to(support.SOURCE / "data")

        names = {}
        for code, output in blocks:
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed), warnings.catch_warnings():
                warnings.simplefilter("error")
                exec(compile(code, "docs/python.md", "exec"), names)
            self.assertEqual(printed.getvalue(), output, code)
