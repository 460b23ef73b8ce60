"""Which glyph of which font draws an everyday thing: icon fonts from npm (training/package.json), and fonts that have Unicode's symbols."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from .vocabulary import NAMES_OF_ICONS

Face = tuple[str, str]  # font file, character
MODULES = Path(__file__).parent.parent / "node_modules"
FONTS = Path("/usr/share/fonts/truetype")


@dataclass(frozen=True)
class Family:
    """A font that draws things: a style sheet with its code points, and files that draw by them. Paths are below MODULES, or absolute.

    Without a sheet a thing's name here is what is to be written: Unicode's character, or a word that the font draws as an icon (a ligature).
    """

    sheet: str
    files: tuple[str, ...]
    another: tuple[str, str] = ("", "")  # end of an icon's name, and the end that stands for another drawing of it
    prefix: str = "[a-z]+-"  # what the sheet puts before a name
    pieces: str = ""  # a style sheet that tells which piece of the font has which characters; its number takes the place of {} in `files`


FAMILIES = {
    "awesome": Family(
        "@fortawesome/fontawesome-free/css/fontawesome.css",
        ("@fortawesome/fontawesome-free/webfonts/fa-solid-900.woff2",),
    ),
    "material": Family(
        "@mdi/font/css/materialdesignicons.css", ("@mdi/font/fonts/materialdesignicons-webfont.ttf",), ("", "-outline")
    ),
    "tabler": Family(
        "@tabler/icons-webfont/dist/tabler-icons.css",
        tuple(f"@tabler/icons-webfont/dist/fonts/tabler-icons{weight}.ttf" for weight in ("", "-200")),
    ),
    "tabler-filled": Family(
        "@tabler/icons-webfont/dist/tabler-icons-filled.css",
        ("@tabler/icons-webfont/dist/fonts/tabler-icons-filled.ttf",),
    ),
    "bootstrap": Family(
        "bootstrap-icons/font/bootstrap-icons.css", ("bootstrap-icons/font/fonts/bootstrap-icons.woff2",), ("", "-fill")
    ),
    "remix": Family("remixicon/fonts/remixicon.css", ("remixicon/fonts/remixicon.ttf",), ("-fill", "-line")),
    "lucide": Family("lucide-static/font/lucide.css", ("lucide-static/font/lucide.ttf",), prefix="icon-"),
    "mingcute": Family(
        "mingcute_icon/font/Mingcute.css", ("mingcute_icon/font/MingCute.ttf",), ("_fill", "_line"), "mgc_"
    ),
    "icofont": Family("icofont/dist/icofont.css", ("icofont/dist/fonts/icofont.ttf",), prefix="icofont-"),
    "ionicons": Family("ionicons/dist/css/ionicons.css", ("ionicons/dist/fonts/ionicons.ttf",), prefix="ion-md-"),
    "ionicons-ios": Family("ionicons/dist/css/ionicons.css", ("ionicons/dist/fonts/ionicons.ttf",), prefix="ion-ios-"),
    "fontisto": Family("fontisto/css/fontisto/fontisto.css", ("fontisto/fonts/fontisto/fontisto.ttf",), prefix="fi-"),
    "boxicons": Family("boxicons/css/boxicons.css", ("boxicons/fonts/boxicons.ttf",), prefix="bx-"),
    "boxicons-solid": Family("boxicons/css/boxicons.css", ("boxicons/fonts/boxicons.ttf",), prefix="bxs-"),
    "symbols": Family("", tuple(f"material-symbols/material-symbols-{style}.woff2" for style in ("outlined", "sharp"))),
    "symbols-filled": Family("", ("material-icons/iconfont/material-icons.woff2",)),
    "emoji": Family(
        "",
        tuple(f"@fontsource/noto-emoji/files/noto-emoji-{{}}-{weight}-normal.woff2" for weight in (300, 700)),
        pieces="@fontsource/noto-emoji/400.css",
    ),
    "symbola": Family("", (f"{FONTS}/ancient-scripts/Symbola_hint.ttf",)),
    "symbola-sign": Family("", (f"{FONTS}/ancient-scripts/Symbola_hint.ttf",)),  # an older character for the same thing
    "freeserif": Family("", (f"{FONTS}/freefont/FreeSerif.ttf",)),
    "dejavu": Family("", (f"{FONTS}/dejavu/DejaVuSans.ttf",)),
    "phosphor": Family(
        "@phosphor-icons/web/src/regular/style.css",
        ("@phosphor-icons/web/src/regular/Phosphor.ttf", "@phosphor-icons/web/src/fill/Phosphor-Fill.ttf"),
    ),
}
# Training never draws a thing by these.
HELD_OUT = {"phosphor", "dejavu"}


def required(path: Path) -> Path:
    """Raises FileNotFoundError that says what to install."""
    if not path.exists():
        raise FileNotFoundError(
            f"font missing: {path} (npm ci in training/, and the Debian packages of training/README.md)"
        )
    return path


@cache
def code_points(sheet: str, prefix: str) -> dict[str, str]:
    """{icon's name: its character}, from the style sheet of an icon font; several names may share a rule."""
    found: dict[str, str] = {}
    for names, code in re.findall(
        r'((?:(?:\.[\w-]+)+(?:::?before)?,?\s*)+)\{\s*(?:content|--fa):\s*"(\\[0-9a-fA-F]+|.)',
        required(MODULES / sheet).read_text(encoding="utf-8"),
    ):
        for name in re.findall(rf"\.{prefix}([\w-]+)", names):
            found[name] = chr(int(code[1:], 16)) if len(code) > 1 else code
    return found


@cache
def pieces(sheet: str) -> list[tuple[int, int, str]]:
    """(first code point, last one, number of the piece that has them), from the style sheet of a font that comes in pieces."""
    found = re.findall(
        r"-(\d+)-\d+-normal\.woff2.*?unicode-range: ([^;]+);", required(MODULES / sheet).read_text(), re.DOTALL
    )
    return [
        (int(first, 16), int(last or first, 16), piece)
        for piece, ranges in found
        for first, last in re.findall(r"U\+([0-9a-f]+)(?:-([0-9a-f]+))?", ranges, re.IGNORECASE)
    ]


def drawings(family: Family, name: str) -> list[Face]:
    texts, files = [name], family.files
    if family.sheet:
        known, (end, instead) = code_points(family.sheet, family.prefix), family.another
        other = name.removesuffix(end) + instead
        texts = [known[n] for n in dict.fromkeys((name, other)) if n == name or n in known]
    if family.pieces:
        piece = next(piece for first, last, piece in pieces(family.pieces) if first <= ord(name) <= last)
        files = tuple(file.format(piece) for file in files)
    return [(str(required(MODULES / file)), text) for text in texts for file in files]


def faces_where(held_out: bool) -> dict[str, list[Face]]:
    """{thing: [face]} of the fonts that are held out, or of the others."""
    return {
        thing: [
            face
            for family, name in names.items()
            if (family in HELD_OUT) == held_out
            for face in drawings(FAMILIES[family], name)
        ]
        for thing, names in NAMES_OF_ICONS.items()
    }


@lru_cache(maxsize=1)
def faces() -> dict[str, list[Face]]:
    """Every drawing of every thing that training may use."""
    return faces_where(held_out=False)


@lru_cache(maxsize=1)
def held_out_faces() -> dict[str, list[Face]]:
    """Drawings by other hands, which training never sees."""
    return faces_where(held_out=True)
