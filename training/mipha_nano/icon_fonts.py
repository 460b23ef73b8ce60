"""Which glyph of which font draws an everyday thing: Debian's symbol fonts, and icon fonts from npm (training/package.json)."""

import json
import re
from functools import lru_cache
from pathlib import Path

from .vocabulary import ICONS, NAMES_OF_ICONS

Face = tuple[str, str]  # font file, character

# Debian packages fonts-symbola and fonts-freefont-ttf. DejaVu draws held-out symbols and is not used here.
SYMBOLA = Path("/usr/share/fonts/truetype/ancient-scripts/Symbola_hint.ttf")
FREE_SERIF = Path("/usr/share/fonts/truetype/freefont/FreeSerif.ttf")

MODULES = Path(__file__).parent.parent / "node_modules"
# family: (style sheet with the code points, font files, what a name may end with to be another drawing of the same thing)
FAMILIES: dict[str, tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]] = {
    "awesome": ("@fortawesome/fontawesome-free/css/fontawesome.css", ("@fortawesome/fontawesome-free/webfonts/fa-solid-900.woff2",), ()),
    "material": ("@mdi/font/css/materialdesignicons.css", ("@mdi/font/fonts/materialdesignicons-webfont.ttf",), (("", "-outline"),)),
    "tabler": ("@tabler/icons-webfont/dist/tabler-icons.css", tuple(f"@tabler/icons-webfont/dist/fonts/tabler-icons{weight}.ttf" for weight in ("", "-200")), ()),
    "tabler-filled": ("@tabler/icons-webfont/dist/tabler-icons-filled.css", ("@tabler/icons-webfont/dist/fonts/tabler-icons-filled.ttf",), ()),
    "bootstrap": ("bootstrap-icons/font/bootstrap-icons.css", ("bootstrap-icons/font/fonts/bootstrap-icons.woff2",), (("", "-fill"),)),
    "remix": ("remixicon/fonts/remixicon.css", ("remixicon/fonts/remixicon.ttf",), (("-fill", "-line"),)),
}
# The held-out family draws outlines in one file and filled shapes in the other, by the same code points.
HELD_OUT_SHEET = "@phosphor-icons/web/src/regular/style.css"
HELD_OUT_FILES = ("@phosphor-icons/web/src/regular/Phosphor.ttf", "@phosphor-icons/web/src/fill/Phosphor-Fill.ttf")


def required(path: Path) -> Path:
    """Raises FileNotFoundError that says what to install."""
    if not path.exists():
        raise FileNotFoundError(f"font missing: {path} (npm ci in training/, and the Debian packages of training/README.md)")
    return path


@lru_cache(maxsize=None)
def code_points(sheet: str) -> dict[str, str]:
    """{icon's name: its character}, from the style sheet of an icon font; several names may share a rule."""
    found: dict[str, str] = {}
    for names, code in re.findall(r'((?:(?:\.[\w-]+)+(?:::?before)?,?\s*)+)\{\s*(?:content|--fa):\s*"\\([0-9a-fA-F]+)', required(MODULES / sheet).read_text()):
        for name in re.findall(r"\.[a-z]+-([\w-]+)", names):
            found[name] = chr(int(code, 16))
    return found


def drawings(family: str, name: str) -> list[Face]:
    sheet, files, endings = FAMILIES[family]
    known = code_points(sheet)
    names = [name, *(other for end, instead in endings if name.endswith(end) and (other := name[: len(name) - len(end)] + instead) in known)]
    return [(str(required(MODULES / file)), known[n]) for n in names for file in files]


@lru_cache(maxsize=1)
def faces() -> dict[str, list[Face]]:
    """Every drawing of every thing that training may use, {thing: [face]}."""
    result: dict[str, list[Face]] = {}
    for thing, names in NAMES_OF_ICONS.items():
        result[thing] = [face for family, name in names.items() if family in FAMILIES for face in drawings(family, name)]
    for thing, text in ICONS.items():
        result[thing].append((str(required(SYMBOLA)), text))
        if ord(text) < 0x10000:
            result[thing].append((str(required(FREE_SERIF)), text))
    return result


@lru_cache(maxsize=1)
def held_out_faces() -> dict[str, list[Face]]:
    """The drawings of a family by other hands that training never sees; chess pieces and the snowman are not among them."""
    known = code_points(HELD_OUT_SHEET)
    return {thing: [(str(required(MODULES / file)), known[names["phosphor"]]) for file in HELD_OUT_FILES] for thing, names in NAMES_OF_ICONS.items() if "phosphor" in names}
