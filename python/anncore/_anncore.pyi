# SPDX-License-Identifier: Apache-2.0
from typing import Any, NamedTuple

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

class Data:
    uri: str
    format: str
    is_annotated: bool
    n_obs: int
    n_vars: int
    warnings: list[str]
    def elements(self) -> list[str]: ...
    def element(self, path: bytes, /) -> Element: ...
    def filter(self, text: str, axis: int, /) -> Buffer: ...
    def select(self, obs: Any, var: Any, /) -> Data: ...
    def export(self, *arguments: Any) -> list[str]: ...

def open(address: bytes, token: str | None, /) -> Data: ...
def concat(*arguments: Any) -> tuple[Data, list[str], list[str], int] | None: ...
