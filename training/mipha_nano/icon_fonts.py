"""Which glyph of which font draws an everyday thing: icon fonts from npm (training/package.json), and fonts that have Unicode's symbols."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .vocabulary import ICONS, NAMES_OF_ICONS

Face = tuple[str, str]  # font file, character
MODULES = Path(__file__).parent.parent / "node_modules"
FONTS = Path("/usr/share/fonts/truetype")


@dataclass(frozen=True)
class Family:
    """An icon font: a style sheet with its code points, and files that draw by them. Paths are below MODULES."""

    sheet: str
    files: tuple[str, ...]
    another: tuple[str, str] = ("", "")  # end of an icon's name, and the end that stands for another drawing of it


FAMILIES = {
    "awesome": Family("@fortawesome/fontawesome-free/css/fontawesome.css", ("@fortawesome/fontawesome-free/webfonts/fa-solid-900.woff2",)),
    "material": Family("@mdi/font/css/materialdesignicons.css", ("@mdi/font/fonts/materialdesignicons-webfont.ttf",), ("", "-outline")),
    "tabler": Family("@tabler/icons-webfont/dist/tabler-icons.css", tuple(f"@tabler/icons-webfont/dist/fonts/tabler-icons{weight}.ttf" for weight in ("", "-200"))),
    "tabler-filled": Family("@tabler/icons-webfont/dist/tabler-icons-filled.css", ("@tabler/icons-webfont/dist/fonts/tabler-icons-filled.ttf",)),
    "bootstrap": Family("bootstrap-icons/font/bootstrap-icons.css", ("bootstrap-icons/font/fonts/bootstrap-icons.woff2",), ("", "-fill")),
    "remix": Family("remixicon/fonts/remixicon.css", ("remixicon/fonts/remixicon.ttf",), ("-fill", "-line")),
    "phosphor": Family("@phosphor-icons/web/src/regular/style.css", ("@phosphor-icons/web/src/regular/Phosphor.ttf", "@phosphor-icons/web/src/fill/Phosphor-Fill.ttf")),
}
# Debian's fonts with Unicode's symbols, and the last code point that they draw.
SYMBOL_FONTS = {FONTS / "ancient-scripts/Symbola_hint.ttf": 0x1FFFF, FONTS / "freefont/FreeSerif.ttf": 0xFFFF, FONTS / "dejavu/DejaVuSans.ttf": 0xFFFF}
# Training never draws a thing by these.
HELD_OUT = {"phosphor", FONTS / "dejavu/DejaVuSans.ttf"}


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


def drawings(family: Family, name: str) -> list[Face]:
    known, (end, instead) = code_points(family.sheet), family.another
    other = name.removesuffix(end) + instead
    texts = [known[n] for n in dict.fromkeys((name, other)) if n == name or n in known]
    return [(str(required(MODULES / file)), text) for text in texts for file in family.files]


def faces_where(held_out: bool) -> dict[str, list[Face]]:
    """{thing: [face]} of the fonts that are held out, or of the others."""
    result = {
        thing: [face for family, name in names.items() if (family in HELD_OUT) == held_out for face in drawings(FAMILIES[family], name)]
        for thing, names in NAMES_OF_ICONS.items()
    }
    for thing, text in ICONS.items():
        result[thing] += [(str(required(font)), text) for font, last in SYMBOL_FONTS.items() if (font in HELD_OUT) == held_out and ord(text) <= last]
    return result


@lru_cache(maxsize=1)
def faces() -> dict[str, list[Face]]:
    """Every drawing of every thing that training may use."""
    return faces_where(held_out=False)


@lru_cache(maxsize=1)
def held_out_faces() -> dict[str, list[Face]]:
    """Drawings by other hands, which training never sees."""
    return faces_where(held_out=True)
