"""Files the pages ask for besides themselves: the one look as a style, fonts, words, clips, and each area's own."""

import asyncio
import hashlib
import logging
import re
import sys
from os import PathLike
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

import assets
from queue_protocol.texts import Texts
from queue_server.core.catalogue import MOST_SERVICES
from queue_server.web.fonts import WEIGHTS, icon_names

log = logging.getLogger(__name__)

WEB: Final = Path(__file__).parent
AREAS: Final = WEB.parent / "areas"

FONT_WAIT_S = 20.0
"""Cutting the fonts takes three seconds on this team's machines and may take five times that on a commune's."""

_A_YEAR: Final = {"cache-control": "public, max-age=31536000, immutable"}
_FRESH: Final = {"cache-control": "no-cache"}
_CLIP = re.compile(r"[a-z0-9-]{1,64}")


class Files:
    """The files, with the fonts made on first need in the data folder."""

    def __init__(self, cache: Path, texts: dict[str, Texts]) -> None:
        self._texts = texts
        stamp = hashlib.sha256("\n".join([assets.icon_font().name, *icon_names()]).encode()).hexdigest()[:12]
        self._fonts = cache / f"fonts-{stamp}"
        self._making: asyncio.Task[None] | None = None

    def routes(self) -> list[BaseRoute]:
        """Return where each file is found."""
        return [
            Route("/look.css", self._look),
            Route("/icons.css", self._icons),
            Route("/fonts/{name}", self._font),
            Route("/texts/{language}.json", self._words),
            Route("/voice/{clip}.wav", self._clip),
            Route("/voice/{language}/{clip}.wav", self._clip),
            Mount("/static", _Scripts()),
        ]

    async def _look(self, _request: Request) -> Response:
        return Response(look_css(), media_type="text/css", headers=_FRESH)

    async def _icons(self, _request: Request) -> Response:
        return Response(icons_css(), media_type="text/css", headers=_FRESH)

    async def _words(self, request: Request) -> Response:
        texts = self._texts.get(request.path_params["language"])
        if texts is None:
            raise HTTPException(404)
        return JSONResponse({key: list(forms) for key, forms in texts.forms().items()}, headers=_FRESH)

    async def _clip(self, request: Request) -> Response:
        language, clip = request.path_params.get("language", ""), request.path_params["clip"]
        if not _CLIP.fullmatch(clip) or (language and not _CLIP.fullmatch(language)):
            raise HTTPException(404)
        path = assets.FOLDER / "voice" / language / f"{clip}.wav"
        if not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, media_type="audio/wav", headers=_FRESH)

    async def _font(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in {"icons.woff2", *(f"BeVietnamPro-{weight}.woff2" for weight in WEIGHTS)}:
            raise HTTPException(404)
        path = self._fonts / name
        if not path.is_file():
            await self._make_fonts()
        if not path.is_file():
            raise HTTPException(503)
        return FileResponse(path, media_type="font/woff2", headers=_A_YEAR if "icons" not in name else _FRESH)

    async def _make_fonts(self) -> None:
        """Make the fonts once, however many pages ask at a time; after a failure the next page tries again."""
        if self._making is None or self._making.done():
            self._making = asyncio.create_task(_run_font_child(self._fonts))
        await asyncio.wait({self._making}, timeout=FONT_WAIT_S)


class _Scripts(StaticFiles):
    """Scripts and styles, asked for anew with each page: those of an older server do not know what this one says.

    They lie in the folders of several areas and have one address: names are unique.
    """

    def get_directories(self, directory: object = None, packages: object = None) -> list[PathLike[str] | str]:  # noqa: ARG002 - the library's
        """Return where the files lie."""
        return [*page_folders("static")]

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, or that the one with this ETag is still the same."""
        response = await super().get_response(path, scope)
        response.headers.update(_FRESH)
        return response


def page_folders(kind: str) -> list[Path]:
    """Return the folders that hold the pages' `static` files or `templates`: what all pages share, then each area's."""
    return [WEB / kind, *sorted(AREAS.glob(f"*/{kind}"))]


def look_css() -> str:
    """Return the one look: colours as `--ink` and so on, a class for each place of a service that sets `--hue`, fonts.

    There are fewer hues than a catalogue may have services, so they repeat.
    """
    look = assets.look()
    colours = [f"  --{name.replace('_', '-')}: {value};" for name, value in look["colours"].items()]
    order = look["hues"]["order"]
    hues = [f".hue-{place} {{ --hue: {order[place % len(order)]}; }}" for place in range(MOST_SERVICES)]
    numbers = {"Regular": 400, "SemiBold": 600, "Bold": 700, "ExtraBold": 800}
    faces = [
        f'@font-face {{ font-family: "Be Vietnam Pro"; font-weight: {numbers[weight]}; font-display: swap; '
        f'src: url("/fonts/BeVietnamPro-{weight}.woff2") format("woff2"); }}'
        for weight in WEIGHTS
    ]
    return "\n".join([":root {", *colours, "}", *hues, *faces, ""])


def icons_css() -> str:
    """Return one class per icon that pages use: `icon-bell-ring` draws `bell_ring`."""
    face = '@font-face { font-family: "Icons"; src: url("/fonts/icons.woff2") format("woff2"); }'
    glyphs = [
        f'.icon-{name}::before, .icon-{name.replace("_", "-")}::before {{ content: "\\{ord(assets.icon(name)):x}"; }}'
        for name in icon_names()
    ]
    return "\n".join([face, '.icon { font-family: "Icons"; font-style: normal; }', *glyphs, ""])


async def _run_font_child(folder: Path) -> None:
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "queue_server.web.fonts", str(folder))
    status = await child.wait()
    if status:
        log.error("fonts were not made in %s: status %d; pages show the browser's own letters", folder, status)
