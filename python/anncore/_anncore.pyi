# SPDX-License-Identifier: Apache-2.0
from typing import Any, NamedTuple

version: str

class Buffer:
    def __len__(self) -> int: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...

class Values(NamedTuple):
    values: Buffer | None
    texts: list[Any] | None
    missing: Buffer | None
    indptr: Buffer | None
    indices: Buffer | None

class Element:
    path: str
    store: str
    kind: str
    encoding: tuple[str, str]
    state: str
    error: str | None
    warnings: list[str]
    shape: tuple[int, ...]
    dtype: str | None
    item_dtype: str | None
    n_stored: int | None
    ordered: bool
    index_name: str | None
    def children(self) -> list[str]: ...
    def child(self, name: bytes, /) -> Element: ...
    def index(self) -> Element: ...
    def categories(self) -> Element: ...
    def read(self) -> Values: ...
    def summarize(self) -> dict[str, Any]: ...

class Data:
    uri: str
    format: str
    is_annotated: bool
    n_obs: int
    n_vars: int
    missing_parts: str | None
    warnings: list[str]
    def elements(self) -> list[str]: ...
    def element(self, path: bytes, /) -> Element: ...
    def filter(self, text: str, axis: int, /) -> Buffer: ...
    def select(self, obs: Any, var: Any, /) -> Data: ...
    def export(self, target: bytes, options: tuple[Any, ...], progress: Any, /) -> list[str]: ...
    def split(
        self, column: bytes, prefix: bytes, suffix: bytes, options: tuple[Any, ...], progress: Any, /
    ) -> tuple[list[tuple[str, str]], list[str], int]: ...
    def validate(self, is_deep: bool, progress: Any, /) -> tuple[list[tuple[str, str, str, str]], int, int]: ...

def open(address: bytes, token: str | None, remap: list[str] | None, skip_missing_parts: bool, /) -> Data: ...
def concat(*arguments: Any) -> tuple[Data, list[str], list[str], int] | None: ...
