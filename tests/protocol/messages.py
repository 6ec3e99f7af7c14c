"""Any message of the protocol, built from the structs themselves: whatever their types allow, hypothesis draws."""

from datetime import UTC
from functools import cache
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

SAFE_INTEGER = 2**53
"""The largest whole number that a page's script keeps exact."""

TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)


@cache
def messages(kind: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for the values of a type: a struct, a union of structs, or anything they are made of."""
    return _strategy(inspect.type_info(kind))


def _strategy(info: inspect.Type) -> st.SearchStrategy[Any]:
    match info:
        case inspect.StructType(cls=cls, fields=fields):
            return st.builds(cls, **{field.name: _strategy(field.type) for field in fields})
        case inspect.UnionType(types=types):
            return st.one_of([_strategy(each) for each in types])
        case inspect.VarTupleType(item_type=item):
            return st.lists(_strategy(item), max_size=2).map(tuple)
        case inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(_strategy(key), _strategy(value), max_size=2)
        case inspect.StrType():
            return _texts(info)
        case _:
            return _plain(info)


def _texts(info: inspect.StrType) -> st.SearchStrategy[str]:
    if info.pattern is None:
        return TEXT if info.max_length is None else TEXT.map(lambda text: text[: info.max_length])
    if info.min_length is not None:
        return st.text("kexKEY0189-_", min_size=info.min_length, max_size=info.max_length)
    return st.from_regex(info.pattern.removesuffix("$").removesuffix(r"\Z"), fullmatch=True)


def _plain(info: inspect.Type) -> st.SearchStrategy[Any]:
    match info:
        case inspect.IntType(ge=least, le=most):
            return st.integers(-SAFE_INTEGER if least is None else least, SAFE_INTEGER if most is None else most)
        case inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case _ if type(info) in _SIMPLE:
            return _SIMPLE[type(info)]
        case _:
            raise NotImplementedError(f"the protocol has a new kind of value: {info}")


_SIMPLE: dict[type[inspect.Type], st.SearchStrategy[Any]] = {
    inspect.BoolType: st.booleans(),
    inspect.NoneType: st.none(),
    inspect.DateTimeType: st.datetimes(timezones=st.just(UTC)),
    inspect.DateType: st.dates(),
}


def kinds(union: Any) -> list[type[msgspec.Struct]]:
    """Return the structs of a union."""
    info = inspect.type_info(union)
    types = info.types if isinstance(info, inspect.UnionType) else (info,)
    return [each.cls for each in types if isinstance(each, inspect.StructType)]
