#!/usr/bin/env python3
"""Writes awkward-table.h: what ak.concatenate makes of nested arrays, in an outer join and in an inner one.

Forms of every class, nested at random; parts with other types of numbers, other lengths of regular lists, options
or none, fields that only some have, other types altogether, and parts without an array, whose rows anndata makes
missing. Needs awkward; the table is part of the tree, so a build does not.

    make-awkward-table.py > awkward-table.h

SPDX-License-Identifier: Apache-2.0
"""

import json
import random

import awkward as ak
import numpy as np
from awkward.contents import (BitMaskedArray, ByteMaskedArray, IndexedArray, IndexedOptionArray, ListArray,
                              ListOffsetArray, NumpyArray, RecordArray, RegularArray, UnionArray, UnmaskedArray)
from awkward.index import Index8, Index64, IndexU8

N_CASES = 50
NUMBERS = ["int8", "int32", "int64", "uint8", "uint32", "float32", "float64"]
C_TYPES = {"int8": "gint8", "int32": "gint32", "int64": "gint64", "uint8": "guint8", "uint32": "guint32",
           "float32": "float", "float64": "double", "bool": "guint8"}


def make_type(rng, depth=0):
    deep = ["number", "text", "list", "list", "record", "option", "regular", "tuple", "union", "indexed"]
    kind = rng.choice(deep if depth < 3 else ["number", "text", "bool"])
    below = lambda: make_type(rng, depth + 1)
    if kind == "number":
        return ("number", rng.choice(NUMBERS))
    if kind in ("list", "option", "indexed"):
        return (kind, below())
    if kind == "regular":
        return ("regular", rng.randint(0, 3), below())
    if kind == "record":
        return ("record", {name: below() for name in sorted(rng.sample("abcd", rng.randint(1, 3)))})
    if kind == "tuple":
        return ("tuple", [below() for _ in range(rng.randint(1, 2))])
    return (kind,)


def vary(rng, t):
    """Much the same type."""
    if t[0] == "number":
        return ("number", rng.choice(NUMBERS))
    if t[0] in ("list", "indexed"):
        return (t[0], vary(rng, t[1]))
    if t[0] == "option":
        return ("option", vary(rng, t[1])) if rng.random() < 0.7 else vary(rng, t[1])
    if t[0] == "regular":
        return ("regular", t[1] if rng.random() < 0.7 else rng.randint(0, 3), vary(rng, t[2]))
    if t[0] == "record":
        fields = {name: vary(rng, below) for name, below in t[1].items()}
        if rng.random() < 0.3:
            fields["e"] = ("number", "int8")
        return ("record", dict(sorted(fields.items())))
    if t[0] == "tuple":
        return ("tuple", [vary(rng, below) for below in t[1]])
    return t


def make_list(rng, content, n):
    lengths = [rng.randint(0, 3) for _ in range(n)]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64) + rng.choice([0, 0, 2])
    below = make(rng, content, int(offsets[-1]) + rng.randint(0, 2))
    if rng.random() < 0.6:
        return ListOffsetArray(Index64(offsets), below)
    order = np.array(rng.sample(range(n), n), dtype=int)
    return ListArray(Index64(offsets[:-1][order]), Index64(offsets[1:][order]), below)


def make_option(rng, content, n):
    below = make(rng, content, n)
    if below.is_union or below.is_option or below.is_indexed:
        return below
    kind = rng.choice(["index", "bytes", "bits", "none"])
    if kind == "index":
        return IndexedOptionArray(Index64(np.array([rng.randint(-1, n - 1) for _ in range(n)], dtype=np.int64)), below)
    if kind == "bytes":
        return ByteMaskedArray(Index8(np.array([rng.random() < 0.3 for _ in range(n)], dtype=np.int8)), below,
                               valid_when=False)
    if kind == "bits":
        bits = np.packbits([rng.random() < 0.7 for _ in range(n)]) if n else np.zeros(0, np.uint8)
        return BitMaskedArray(IndexU8(bits), below, valid_when=True, length=n, lsb_order=False)
    return UnmaskedArray(below)


def make_union(rng, n):
    tags = np.array([rng.randint(0, 1) for _ in range(n)], dtype=np.int8)
    index = np.array([int((tags[:i] == tags[i]).sum()) for i in range(n)], dtype=np.int64)
    contents = [make(rng, t, n) for t in (("number", "int64"), ("text",))]
    if rng.random() < 0.5:
        tags, contents = 1 - tags, contents[::-1]
    return UnionArray(Index8(tags.astype(np.int8)), Index64(index), contents)


def make(rng, t, n):
    if t[0] == "number":
        values = [rng.randint(0, 99) + (0.5 if t[1].startswith("float") else 0) for _ in range(n)]
        return NumpyArray(np.array(values, dtype=t[1]))
    if t[0] == "bool":
        return NumpyArray(np.array([rng.random() < 0.5 for _ in range(n)], dtype=bool))
    if t[0] == "text":
        return ak.Array([rng.choice(["", "a", "bc", "ü"]) for _ in range(n)] + ["x"]).layout[:n]
    if t[0] == "list":
        return make_list(rng, t[1], n)
    if t[0] == "option":
        return make_option(rng, t[1], n)
    if t[0] == "indexed":
        below = make(rng, t[1], n)
        if below.is_union or below.is_option or below.is_indexed:
            return below
        return IndexedArray(Index64(np.array([rng.randrange(n) for _ in range(n)], dtype=np.int64)), below)
    if t[0] == "regular":
        return RegularArray(make(rng, t[2], n * t[1]), t[1], n)
    if t[0] == "record":
        return RecordArray([make(rng, below, n) for below in t[1].values()], list(t[1]), n)
    if t[0] == "tuple":
        return RecordArray([make(rng, below, n) for below in t[1]], None, n)
    return make_union(rng, n)


def quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def print_part(part, n):
    if part is None:
        return f"{{ NULL, {n}, {{ {{ .name = NULL }} }} }}"
    form, length, buffers = ak.to_buffers(part)
    lines = []
    for name, values in sorted(buffers.items()):
        flat = values.ravel()
        numbers = ", ".join(repr(v.item()) if flat.dtype != bool else str(int(v)) for v in flat) or "0"
        lines.append(f"{{ {quote(name)}, ANN_DTYPE_{flat.dtype.name.upper()}, {flat.size}, "
                     f"(const {C_TYPES[flat.dtype.name]}[]){{ {numbers} }} }}")
    return f"{{ {quote(form.to_json())}, {length}, {{ {', '.join(lines)} }} }}"


def join(parts, lengths, is_inner):
    gap = lambda n: ak.pad_none(ak.Array([]), n, 0)
    if is_inner:
        common = [name for name in parts[0].fields if all(name in part.fields for part in parts)]
        if all(part.fields for part in parts):
            parts = [part[common] for part in parts]
    return ak.concatenate([gap(n) if part is None else part for part, n in zip(parts, lengths)])


def make_case(seed):
    rng = random.Random(seed)
    first = make_type(rng)
    lengths = [rng.randint(0 if rng.random() < 0.2 else 1, 4) for _ in range(rng.randint(2, 3))]
    others = [vary(rng, first) if rng.random() < 0.8 else make_type(rng) for _ in lengths[1:]]
    parts = [ak.Array(make(rng, t, n)) for t, n in zip([first] + others, lengths)]
    is_inner = rng.random() < 0.5
    if not is_inner and rng.random() < 0.3:
        parts[rng.randint(1, len(parts) - 1)] = None
    joined = join(parts, lengths, is_inner)
    values = json.dumps(ak.to_list(joined), separators=(",", ":"), ensure_ascii=False)
    printed = ", ".join(print_part(part, n) for part, n in zip(parts, lengths))
    return (f"  /* {seed} */\n  {{ {'TRUE' if is_inner else 'FALSE'}, {quote(str(joined.type))}, {quote(values)}, "
            f"{len(parts)}, {{ {printed} }} }},")


print(f"/* awkward-table.h: made by make-awkward-table.py with awkward {ak.__version__}")
print(" *\n * SPDX-License-Identifier: Apache-2.0\n */\n\n#pragma once\n\n/* clang-format off */")
print("static const AwkwardCase awkward_cases[] = {")
n_made = 0
seed = 0
while n_made < N_CASES:
    seed += 1
    try:
        case = make_case(seed)
    except (AssertionError, AttributeError, TypeError, ValueError):
        continue  # awkward cannot join them
    if len(case) < 2500:
        print(case)
        n_made += 1
print("};\n/* clang-format on */")
