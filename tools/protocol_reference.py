"""Writes `docs/protocol.md`: every message with its fields, bounds and direction, and every refusal with its words."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

import msgspec

from queue_protocol import (
    PROTOCOL,
    announcements,
    answers,
    commands,
    day_commands,
    desk_tickets,
    hellos,
    ids,
    journal_end,
    snapshots,
)
from queue_protocol.answers import REFUSAL_CODES
from queue_protocol.codec import MAX_FRAME
from queue_protocol.texts import Texts
from queue_server.core.permissions import AGE_LIMIT_MS, MAY_ASK, Role
from tools.generated import ROOT, keep, table
from tools.protocol_session import session

MODULES = (ids, journal_end, day_commands, commands, hellos, answers, announcements, desk_tickets, snapshots)

FROM_CLIENT = set(get_args(hellos.FromClient))
FROM_SERVER = set(get_args(snapshots.FromServer))

SIGNS = {"ge": "≥ {}", "le": "≤ {}", "min_length": "length ≥ {}", "max_length": "length ≤ {}", "pattern": "`{}`"}
"""How a bound of `msgspec.Meta` is written for a reader."""

NO_VALUE = "required"

OWN_SECTION = "RefusalCode"
"""The one choice that is not listed with the others: each refusal stands with its words."""


@dataclass(frozen=True, slots=True)
class Named:
    """A field or a bounded value as its module states it."""

    name: str
    type: str
    default: str
    doc: str


def main() -> int:
    """Write or check the document."""
    return keep("docs/protocol.md", "tools/protocol_reference.py", _lines())


def described(statements: Iterable[ast.stmt]) -> Iterator[tuple[ast.stmt, str]]:
    """Yield each statement with the docstring that stands below it; empty when there is none."""
    listed = list(statements)
    for statement, below in zip(listed, [*listed[1:], None], strict=True):
        yield statement, _docstring(below)


def fields_of(source: ast.ClassDef) -> list[Named]:
    """Return the fields of a struct from its source."""
    return [
        Named(
            statement.target.id,
            write_type(statement.annotation),
            NO_VALUE if statement.value is None else f"`{_as_json(statement.value)}`",
            doc,
        )
        for statement, doc in described(source.body)
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    ]


def aliases(module: ast.Module, form: str) -> list[Named]:
    """Return the module's names for types of a form: `Language = Annotated[str, Meta(…)]`, `PartState = Literal[…]`."""
    return [
        Named(statement.targets[0].id, _bounded(statement.value), "", doc)
        for statement, doc in described(module.body)
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and f"{form}[" in ast.unparse(statement.value)
        and statement.targets[0].id != OWN_SECTION
    ]


def write_type(annotation: ast.expr) -> str:
    """Return a type for a reader: bounds in words, `or` between alternatives."""
    match annotation:
        case ast.BinOp(left, ast.BitOr(), right):
            return f"{write_type(left)} or {write_type(right)}"
        case ast.Subscript(ast.Name(kind), inside) if kind in _WRITERS:
            return _WRITERS[kind](inside)
        case ast.Constant(None):
            return "null"
        case _:
            return ast.unparse(annotation)


def direction(kind: type) -> str:
    """Return who sends a message to whom."""
    if kind in set(get_args(commands.Command)):
        return "client to server, inside `request`"
    if kind in FROM_CLIENT:
        return "client to server"
    if kind in FROM_SERVER:
        return "server to client"
    if kind in set(get_args(answers.Result)):
        return "server to client, inside `answer`"
    return "part of others"


def _lines() -> Iterator[str]:
    yield "# The protocol"
    yield ""
    yield f"Version {PROTOCOL}. JSON over one websocket at `/socket`, one message per frame; a client's frame has at"
    yield f"most {MAX_FRAME:,} bytes. Each message has its name in `type`. Text is NFC without control characters."
    yield "How it may change stands in [protocol_changes.md](protocol_changes.md)."
    yield ""
    yield from session()
    yield from _values()
    yield from _permissions()
    for module in MODULES:
        source = _source(module.__name__)
        structs = [each for each in source.body if isinstance(each, ast.ClassDef)]
        if structs:
            yield f"## {_first_sentence(ast.get_docstring(source))}"
            yield ""
        for each in structs:
            yield from _struct(each, getattr(module, each.name))
    yield from _refusals()


def _values() -> Iterator[str]:
    yield "## Bounded values"
    yield ""
    sources = [_source(module.__name__) for module in MODULES]
    values = [value for source in sources for value in aliases(source, "Annotated")]
    yield from table(("value", "type", "meaning"), [(each.name, each.type, each.doc) for each in values])
    yield "## Maps and messages by kind"
    yield ""
    yield "`Facts` fill the braces of a refusal's sentence and may hold more; `Words` has `vi` always."
    yield ""
    yield from table(("name", "is"), [*_maps(), *_kinds()])
    yield "## Choices"
    yield ""
    choices = [choice for source in sources for choice in aliases(source, "Literal")]
    yield from table(("name", "one of", "meaning"), [(each.name, each.type, each.doc) for each in choices])


def _maps() -> Iterator[tuple[str, str]]:
    for name, module in (("Facts", answers), ("Words", snapshots)):
        for statement in _source(module.__name__).body:
            match statement:
                case ast.Assign([ast.Name(found)], value) if found == name:
                    yield name, write_type(value)


def _kinds() -> Iterator[tuple[str, str]]:
    """Yield each name for several messages with their types."""
    kinds = {
        "Hello": hellos.Hello,
        "FromClient": hellos.FromClient,
        "Command": commands.Command,
        "Result": answers.Result,
        "Snapshot": snapshots.Snapshot,
        "FromServer": snapshots.FromServer,
    }
    for name, union in kinds.items():
        yield name, "one of " + ", ".join(f"`{each.__struct_config__.tag}`" for each in get_args(union))
    yield OWN_SECTION, "one of those under [Refusals](#refusals)"


def _permissions() -> Iterator[str]:
    roles = get_args(Role)
    yield "## Who may ask for what"
    yield ""
    yield "A person may be several. What comes later than this after the act of a person is refused as `too_late`."
    yield ""
    rows = [
        (f"`{kind.__struct_config__.tag}`", *("yes" if role in MAY_ASK[kind] else "" for role in roles), _late(kind))
        for kind in get_args(commands.Command)
    ]
    yield from table(("command", *roles, "late after"), rows)


def _struct(source: ast.ClassDef, kind: type[msgspec.Struct]) -> Iterator[str]:
    yield f"### {_title(kind)}"
    yield ""
    shape = " Written as a list of its fields in this order." if kind.__struct_config__.array_like else ""
    yield f"*{direction(kind)}*. {ast.get_docstring(source)}{shape}"
    yield ""
    fields = fields_of(source)
    if fields:
        yield from table(
            ("field", "type", "default", "meaning"),
            [(f"`{each.name}`", each.type, each.default, each.doc) for each in fields],
        )


def _late(kind: type[msgspec.Struct]) -> str:
    limit = AGE_LIMIT_MS[kind]
    return "never" if limit is None else f"{limit // 1000} s"


def _refusals() -> Iterator[str]:
    vietnamese = _texts("vi", None)
    english = _texts("en", vietnamese)
    yield "## Refusals"
    yield ""
    yield "`Refused.code` and the sentences that people read; braces are filled from `facts`."
    yield ""
    rows = []
    for code in REFUSAL_CODES:
        sentences = [texts.forms()[f"refused_{code}"][0] for texts in (vietnamese, english)]
        rows.append((f"`{code}`", *sentences))
    yield from table(("code", "Vietnamese", "English"), rows)


def _texts(language: str, fallback: Texts | None) -> Texts:
    return Texts.read(language, (ROOT / "assets" / "texts" / f"{language}.po").read_bytes(), fallback)


def _source(module: str) -> ast.Module:
    return ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))


def _title(kind: type[msgspec.Struct]) -> str:
    tag = kind.__struct_config__.tag
    return f"`{tag}`" if tag else kind.__name__


def _docstring(statement: ast.stmt | None) -> str:
    match statement:
        case ast.Expr(ast.Constant(str(text))):
            return " ".join(text.split())
        case _:
            return ""


def _bounded(value: ast.expr) -> str:
    match value:
        case ast.Call(ast.Name("NewType"), [_, inner]):
            return write_type(inner)
        case _:
            return write_type(value)


def _signs(meta: ast.expr) -> list[str]:
    if not isinstance(meta, ast.Call):
        return []
    # Python alone ends a pattern so; readers of other languages know the sign that ends theirs.
    return [
        SIGNS[each.arg].format(str(_number_or_text(each.value)).replace(r"\Z", "$"))
        for each in meta.keywords
        if each.arg in SIGNS
    ]


def _number_or_text(bound: ast.expr) -> str | int:
    """Return a bound as it is, or, of one that is reckoned as `2**53`, as it is written."""
    try:
        value: str | int = ast.literal_eval(bound)
    except ValueError:
        return ast.unparse(bound)
    return value


def _write_annotated(inside: ast.expr) -> str:
    inner, *metas = _elements(inside)
    return ", ".join([write_type(inner), *(sign for meta in metas for sign in _signs(meta))])


def _write_literal(inside: ast.expr) -> str:
    return " or ".join(f"`{ast.literal_eval(each)}`" for each in _elements(inside))


def _write_tuple(inside: ast.expr) -> str:
    return f"list of ({write_type(_elements(inside)[0])})"


def _write_dict(inside: ast.expr) -> str:
    key, value = _elements(inside)
    return f"map from ({write_type(key)}) to ({write_type(value)})"


_WRITERS = {"Annotated": _write_annotated, "Literal": _write_literal, "tuple": _write_tuple, "dict": _write_dict}


def _as_json(value: ast.expr) -> str:
    return msgspec.json.encode(ast.literal_eval(value)).decode()


def _elements(values: ast.expr) -> list[ast.expr]:
    return values.elts if isinstance(values, ast.Tuple) else [values]


def _first_sentence(docstring: str | None) -> str:
    return re.split(r"(?<=\.)\s", docstring or "")[0].rstrip(".")


if __name__ == "__main__":
    sys.exit(main())
