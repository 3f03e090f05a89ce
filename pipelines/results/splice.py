"""Parquet files of one form become one, row group after row group, without being unpacked: only the offsets in the footer change."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

# A footer is a struct of Thrift's compact protocol: here a dict of (type, value) by field, a list, or a plain value.
_BOOLS, _INTS, _DOUBLE, _BINARY, _LISTS, _STRUCT = (1, 2), (4, 5, 6), 7, 8, (9, 10), 12
_MAGIC = b"PAR1"
_ROWS, _GROUPS = 3, 4
# Fields that hold an offset in the file: of a row group, a column chunk, and the description of its pages.
_GROUP_OFFSETS, _CHUNK_OFFSETS, _META_OFFSETS = (5,), (2, 4, 6), (9, 10, 11, 14)
_COLUMNS, _ORDINAL, _META = 1, 7, 3


def splice(parts: Sequence[Path], target: Path) -> None:
    """Nothing; the target holds the row groups of all parts, which have the same columns, and what the first says of itself."""
    footers: list[Any] = []
    with target.open("wb") as whole:
        whole.write(_MAGIC)
        for part in parts:
            with part.open("rb") as file:
                footer, length = _footer(file)
                shift, ordinal = whole.tell() - len(_MAGIC), sum(len(f[_GROUPS][1]) for f in footers)
                for number, group in enumerate(footer[_GROUPS][1]):
                    _move(group, shift, ordinal + number)
                file.seek(len(_MAGIC))
                copy(file, whole, length)
            footers.append(footer)
        first = footers[0]
        first[_ROWS] = (first[_ROWS][0], sum(f[_ROWS][1] for f in footers))
        first[_GROUPS] = (first[_GROUPS][0], _List(_STRUCT, [group for f in footers for group in f[_GROUPS][1]]))
        written = bytearray()
        _write(_STRUCT, first, written)
        whole.write(written + struct.pack("<I", len(written)) + _MAGIC)


def copy(source: BinaryIO, target: BinaryIO, length: int) -> None:
    """Nothing; so many bytes of the source stand in the target too."""
    while length:
        chunk = source.read(min(length, 1 << 22))
        if not chunk:
            raise EOFError("the file ends before its length")
        target.write(chunk)
        length -= len(chunk)


def _footer(file: BinaryIO) -> tuple[dict[int, Any], int]:
    """(footer, length of what stands before it and behind the first mark)."""
    end = file.seek(-8, 2)
    length, magic = struct.unpack("<I4s", file.read(8))
    if magic != _MAGIC or length > end:
        raise ValueError(f"{file.name}: no Parquet")
    file.seek(end - length)
    footer, _ = _read(_STRUCT, file.read(length), 0)
    return footer, end - length - len(_MAGIC)


def _move(group: dict[int, Any], shift: int, ordinal: int) -> None:
    _shift(group, _GROUP_OFFSETS, shift)
    if _ORDINAL in group:
        group[_ORDINAL] = (group[_ORDINAL][0], ordinal)
    for chunk in group[_COLUMNS][1]:
        _shift(chunk, _CHUNK_OFFSETS, shift)
        _shift(chunk[_META][1], _META_OFFSETS, shift)


def _shift(struct_: dict[int, Any], fields: Sequence[int], shift: int) -> None:
    for field in fields:
        if field in struct_ and struct_[field][1]:
            struct_[field] = (struct_[field][0], struct_[field][1] + shift)


def _read(kind: int, data: bytes, at: int) -> tuple[Any, int]:
    """(value, where it ends) of a value of that type."""
    if kind in _INTS:
        number, at = _varint(data, at)
        return (number >> 1) ^ -(number & 1), at
    if kind == _BINARY:
        length, at = _varint(data, at)
        return data[at : at + length], at + length
    if kind == _STRUCT:
        return _read_struct(data, at)
    if kind in _LISTS:
        size, of, at = data[at] >> 4, data[at] & 15, at + 1
        if size == 15:
            size, at = _varint(data, at)
        values = []
        for _ in range(size):
            value, at = _read(of, data, at)
            values.append(value)
        return _List(of, values), at
    if kind == _DOUBLE:
        return data[at : at + 8], at + 8
    return data[at], at + 1  # a byte, or a truth value in a list


class _List(list[Any]):
    """A list that knows the type of its values."""

    def __init__(self, of: int, values: Sequence[Any]) -> None:
        super().__init__(values)
        self.of = of


def _read_struct(data: bytes, at: int) -> tuple[dict[int, Any], int]:
    found: dict[int, Any] = {}
    field = 0
    while data[at]:
        kind, step, at = data[at] & 15, data[at] >> 4, at + 1
        if step:
            field += step
        else:
            field, at = _read(_INTS[0], data, at)
        value, at = (None, at) if kind in _BOOLS else _read(kind, data, at)
        found[field] = (kind, value)
    return found, at + 1


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at


def _write(kind: int, value: Any, out: bytearray) -> None:
    if kind in _INTS:
        _write_varint((value << 1) ^ (value >> 63), out)
    elif kind == _BINARY:
        _write_varint(len(value), out)
        out += value
    elif kind == _STRUCT:
        last = 0
        for field, (of, inner) in sorted(value.items()):
            step = field - last
            out.append(step << 4 | of if step < 16 else of)
            if step >= 16:
                _write(_INTS[0], field, out)
            last = field
            if of not in _BOOLS:
                _write(of, inner, out)
        out.append(0)
    elif kind in _LISTS:
        out.append((len(value) if len(value) < 15 else 15) << 4 | value.of)
        if len(value) >= 15:
            _write_varint(len(value), out)
        for inner in value:
            _write(value.of, inner, out)
    elif kind == _DOUBLE:
        out += value
    else:
        out.append(value)


def _write_varint(number: int, out: bytearray) -> None:
    while number >= 128:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
