"""Draws lots: a seeded random generator in, a scene (what is where, in which colour) out. Nothing is painted here."""

import math
import random
from dataclasses import dataclass, field, replace

from .vocabulary import CHARACTERS, COLOR_NAMES, COLORS, COLUMNS, ROWS, SHAPES, UNTAUGHT_WORDS, WORDS

CANVAS = 128  # units, width and height of a picture; how many pixels a unit is, the painter says


@dataclass(frozen=True)
class Item:
    """One shape; position and radius in canvas units."""

    shape: str
    color: str
    rgb: tuple[int, int, int]
    x: float
    y: float
    radius: float
    rotation: int  # degrees
    aspect: float  # width over height
    outline: bool


@dataclass(frozen=True)
class Text:
    """One printed string; x, y is its centre in canvas units."""

    string: str
    color: str
    rgb: tuple[int, int, int]
    x: float
    y: float
    size: int  # font size in canvas units
    font: int  # index into the fonts of the split


@dataclass
class Scene:
    frame: tuple[int, int, int, int]  # left, top, right, bottom of the picture inside its grey padding
    background: str | None  # colour name, or None when it has no single one
    background_rgb: tuple[tuple[int, int, int], tuple[int, int, int]]  # gradient from, to
    style: str  # flat | gradient | stripes | noise, and checks in held-out pictures
    items: list[Item] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    degrade: dict = field(default_factory=dict)

    def place(self, thing: Item | Text, margin: float = 0.0) -> str | None:
        """Name of the 3x3 cell that holds the thing's centre; None when it lies closer than `margin` cells to an edge."""
        left, top, right, bottom = self.frame
        column = (thing.x - left) / (right - left) * 3
        row = (thing.y - top) / (bottom - top) * 3
        for value in (column, row):
            inner = value - math.floor(value)
            if (inner < margin and value >= 1) or (inner > 1 - margin and value <= 2):
                return None
        return f"{ROWS[min(2, max(0, int(row)))]} {COLUMNS[min(2, max(0, int(column)))]}"


def reading_order(scene: Scene) -> list[Item]:
    """Items by their 3x3 cells, row after row, then from the left."""
    left, top, right, bottom = scene.frame
    cell = lambda value, low, high: min(2, max(0, int((value - low) / (high - low) * 3)))
    return sorted(scene.items, key=lambda i: (cell(i.y, top, bottom), cell(i.x, left, right), i.x))


def column_number(value: float) -> int:
    """Canvas units from the left or the top, as the number (from 1) of one of twelve columns or rows."""
    return min(12, max(1, 1 + int(value / CANVAS * 12)))


def size_digit(radius: float) -> int:
    """0 (radius of 7.5 units or less) to 9 in steps of a fifth, so that a thing 1.3 times as large always has another digit."""
    return min(9, max(0, round(math.log(max(radius, 1) / 7.5) / math.log(1.2))))


def scaled(scene: Scene, factor: float) -> Scene:
    """The same scene in coordinates of a canvas that is `factor` as wide."""
    if factor == 1:
        return scene
    grow = lambda value: round(value * factor)
    left, top, right, bottom = scene.frame
    items = [replace(i, x=i.x * factor, y=i.y * factor, radius=i.radius * factor) for i in scene.items]
    texts = [replace(t, x=t.x * factor, y=t.y * factor, size=grow(t.size)) for t in scene.texts]
    return replace(scene, frame=(grow(left), grow(top), grow(right), grow(bottom)), items=items, texts=texts)


def shade(rng: random.Random, name: str) -> tuple[int, int, int]:
    means, spread = COLORS[name]
    mean = rng.choice(means)
    light = rng.uniform(-spread, spread) * 0.7
    return tuple(int(min(255, max(0, c + light + rng.uniform(-spread, spread) * 0.5))) for c in mean)


def contrast(a: tuple[int, int, int], b: tuple[int, int, int]) -> float:
    return math.sqrt(sum((x - y) ** 2 for x, y in zip(a, b)))


def sample_frame(rng: random.Random) -> tuple[int, int, int, int]:
    """Most pictures are square; others get the grey bars that padding to a square gives them."""
    if rng.random() < 0.6:
        return (0, 0, CANVAS, CANVAS)
    short = int(CANVAS / rng.uniform(1.05, 1.9))
    offset = (CANVAS - short) // 2
    if rng.random() < 0.65:
        return (0, offset, CANVAS, offset + short)
    return (offset, 0, offset + short, CANVAS)


def sample_background(rng: random.Random) -> tuple[str | None, tuple, str]:
    style = rng.choices(("flat", "gradient", "stripes", "noise"), (0.5, 0.28, 0.1, 0.12))[0]
    name = rng.choices(COLOR_NAMES, [12 if c == "white" else 3 if c in ("black", "gray") else 1 for c in COLOR_NAMES])[
        0
    ]
    first = shade(rng, name)
    if style == "flat" and rng.random() < 0.75:
        return name, (first, first), style
    # Anything else: muted light or dark tones that no one would call by a colour name.
    base = rng.choice((235, 215, 60, 40, 180))
    tone = lambda: tuple(min(255, max(0, base + rng.randint(-26, 26))) for _ in range(3))
    if style == "flat":
        first = tone()
        return None, (first, first), style
    return None, (tone(), tone()), style


def visible_color(rng: random.Random, scene: Scene, wanted: str | None = None) -> tuple[str, tuple[int, int, int]]:
    """A colour (the wanted one if it can be seen) that stands out from the background."""
    for attempt in range(30):
        name = wanted if wanted and attempt < 3 else rng.choice(COLOR_NAMES)
        rgb = shade(rng, name)
        if name != scene.background and min(contrast(rgb, b) for b in scene.background_rgb) > 75:
            return name, rgb
    return ("black", (12, 12, 12)) if sum(scene.background_rgb[0]) > 384 else ("white", (250, 250, 250))


def add_items(rng: random.Random, scene: Scene, count: int) -> None:
    left, top, right, bottom = scene.frame
    short = min(right - left, bottom - top)
    largest = short * (0.42 if count == 1 else 0.3 if count == 2 else 0.22 if count <= 4 else 0.17)
    smallest = max(7.5, short * 0.09)
    # Repeats make counting by shape or colour worth asking.
    shapes = rng.sample(SHAPES, rng.randint(1, min(4, max(1, count)))) if rng.random() < 0.5 else list(SHAPES)
    colors = rng.sample(COLOR_NAMES, rng.randint(1, 3)) if rng.random() < 0.4 else None
    uniform = rng.uniform(smallest, largest) if rng.random() < 0.35 else None
    blocked = [(t.x, t.y, len(t.string) * t.size * 0.36, t.size * 0.7) for t in scene.texts]
    for _ in range(count):
        for _attempt in range(40):
            radius = uniform or rng.uniform(smallest, largest)
            if right - left <= 2 * radius + 2 or bottom - top <= 2 * radius + 2:
                continue
            x, y = (
                rng.uniform(left + radius + 1, right - radius - 1),
                rng.uniform(top + radius + 1, bottom - radius - 1),
            )
            apart = all(math.hypot(x - o.x, y - o.y) > (radius + o.radius) * 1.05 + 1 for o in scene.items)
            clear = all(abs(x - bx) > radius + w or abs(y - by) > radius + h for bx, by, w, h in blocked)
            if apart and clear:
                name, rgb = visible_color(rng, scene, rng.choice(colors) if colors else None)
                shape = rng.choice(shapes)
                turn = (
                    rng.choice((0, 0, 0, rng.randint(-15, 15)))
                    if shape in ("square", "diamond", "heart", "cross", "triangle", "star")
                    else 0
                )
                scene.items.append(
                    Item(
                        shape,
                        name,
                        rgb,
                        x,
                        y,
                        radius,
                        turn,
                        rng.choice((1.0, 1.0, rng.uniform(0.88, 1.12))),
                        rng.random() < 0.12,
                    )
                )
                break


def random_letters(rng: random.Random, length: int) -> str:
    """Letters of both cases and digits, now and then one twice: what is there twice is easily read once."""
    letters = [rng.choice(CHARACTERS)]
    while len(letters) < length:
        letters.append(letters[-1] if rng.random() < 0.1 else rng.choice(CHARACTERS))
    return "".join(letters)


def long_letters(rng: random.Random, least: int) -> str:
    """`least` to ten random letters, rather more than fewer: the longest are the hardest to read."""
    return random_letters(rng, max(rng.randint(least, 10), rng.randint(least, 10)))


ONSETS = (*"bcdfghjklmnpqrstvwxyz" * 2, "br", "ch", "cl", "dr", "fl", "gr", "pl", "qu", "sh", "st", "th", "tr", "wh")
VOWELS = (*"aeiouaeiouy", "ai", "ea", "ee", "oo", "ou")
CODAS = (*("",) * 10, *"lmnrstdgk" * 2, "ck", "ff", "ll", "nd", "ng", "nt", "rk", "rn", "rr", "ss", "st", "tt")


def invented_word(rng: random.Random) -> str:
    """Three to ten lower-case letters that could be a word: so that reading a word is not choosing one of a list. Pairs of letters as in real words, doubled ones too."""
    syllable = lambda: rng.choice(ONSETS) + rng.choice(VOWELS) + rng.choice(CODAS)
    while True:
        word = "".join(syllable() for _ in range(rng.choice((1, 2, 2, 3)))) + rng.choice(
            ("", "", "", "e", "y", "er", "le", "on")
        )
        if 3 <= len(word) <= 10 and word not in UNTAUGHT_WORDS:
            return word


def any_word(rng: random.Random) -> str:
    return rng.choice(WORDS) if rng.random() < 0.55 else invented_word(rng)


def random_string(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.5:
        word = rng.choice(WORDS)
        return rng.choice((word.upper(), word.upper(), word.capitalize(), word))
    if kind < 0.85:
        return "".join(rng.choice("0123456789") for _ in range(rng.choice((1, 1, 2, 2, 3, 4))))
    return random_letters(rng, rng.randint(1, 5))


def add_text(rng: random.Random, scene: Scene, fonts: int) -> None:
    left, top, right, bottom = scene.frame
    string = random_string(rng)
    widest = (right - left) * 0.94 / max(1, len(string) * 0.64)
    size = int(min(widest, (bottom - top) * 0.6, 56) * rng.uniform(0.75, 1.0))
    if size < 14:
        return
    half = len(string) * size * 0.33
    x = rng.uniform(min(left + half, (left + right) / 2), max(right - half, (left + right) / 2))
    y = rng.uniform(top + size * 0.6, bottom - size * 0.6)
    name, rgb = visible_color(rng, scene)
    scene.texts.append(Text(string, name, rgb, x, y, size, rng.randrange(fonts)))


def sample_scene(rng: random.Random, fonts: int, text_share: float = 0.25) -> Scene:
    """One scene: mostly 1-6 shapes, `text_share` of them with one printed string (alone or beside shapes)."""
    background, rgbs, style = sample_background(rng)
    scene = Scene(sample_frame(rng), background, rgbs, style)
    if rng.random() < text_share:
        add_text(rng, scene, fonts)
        if rng.random() < 0.3:
            add_items(rng, scene, rng.choice((1, 1, 2)))
    else:
        add_items(rng, scene, rng.choices((1, 2, 3, 4, 5, 6), (3, 4, 4, 4, 2, 1))[0])
    scene.degrade = {
        "noise": rng.choice((0, 0, rng.uniform(2, 12))),
        "blur": rng.choice((0, 0, 0, rng.uniform(0.3, 1.1))),
        "jpeg": rng.choice((0, 0, 0, rng.randint(35, 92))),
    }
    return scene
