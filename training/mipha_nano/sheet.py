"""A light sheet that charts, symbols, clocks and lines of text are painted on; coordinates are canvas units, however many pixels there are."""

import random
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from .draw import SIDE, PatchLabels, blend, degrade, load_font, paint_background, paint_text
from .scene import CANVAS, Scene, Text, scaled, visible_color
from .turn import Turn
from .vocabulary import COLOR_NAMES

Lesson = tuple[
    np.ndarray, np.ndarray, list[Turn]
]  # pixels uint8 [side, side, 3], dense labels int64 [8, patches], turns
Landed = tuple[slice, slice, np.ndarray]  # as `blend` returns it
Stroke = Callable[[ImageDraw.ImageDraw, float], None]
UNIT = SIDE / CANVAS
FINE = 2  # pen strokes are painted so many times as large, then averaged
VISIBLE = tuple(c for c in COLOR_NAMES if c != "white")


def blank(rng: random.Random) -> Scene:
    """A light sheet: mostly white, sometimes tinted."""
    base = rng.choice((255, 250, 244, 236))
    tone = (
        tuple(base - rng.randint(0, 8) for _ in range(3))
        if rng.random() < 0.8
        else tuple(rng.randint(215, 255) for _ in range(3))
    )
    named = "white" if min(tone) > 240 else None
    how = {
        "noise": rng.choice((0, 0, rng.uniform(1, 6))),
        "blur": rng.choice((0, 0, rng.uniform(0.3, 1.0))),
        "jpeg": rng.choice((0, 0, 0, rng.randint(50, 92))),
    }
    return Scene((0, 0, CANVAS, CANVAS), named, (tone, tone), "flat", degrade=how)


class Sheet:
    """`side` pixels square; `unit` pixels are a canvas unit."""

    def __init__(self, rng: random.Random, scene: Scene | None = None, side: int = SIDE):
        self.scene, self.noise, self.side, self.unit = (
            scene or blank(rng),
            np.random.default_rng(rng.getrandbits(64)),
            side,
            side / CANVAS,
        )
        pixel_scene = scaled(self.scene, self.unit)
        self.pixels = paint_background(pixel_scene, self.noise, side)
        self.labels = PatchLabels(pixel_scene, side)

    def mask(self, stroke: Stroke) -> np.ndarray:
        """float32 [side, side] coverage of what `stroke(pen, scale)` draws; `scale` is pen pixels per canvas unit."""
        image = Image.new("L", (self.side * FINE,) * 2)
        stroke(ImageDraw.Draw(image), self.unit * FINE)
        return np.asarray(image.resize((self.side, self.side), Image.BOX), dtype=np.float32) / 255

    def paint(self, rgb: tuple[int, int, int], stroke: Stroke) -> Landed:
        """Fills in `rgb` what `stroke` draws."""
        return blend(self.pixels, self.mask(stroke), rgb, 0, 0)

    def stamp(self, mask: np.ndarray, rgb: tuple[int, int, int], x: float, y: float) -> Landed:
        """`mask` in pixels, centred on (x, y)."""
        return blend(
            self.pixels, mask, rgb, round(x * self.unit - mask.shape[1] / 2), round(y * self.unit - mask.shape[0] / 2)
        )

    def rule(self, rgb: tuple[int, int, int], left: float, top: float, right: float, bottom: float) -> None:
        """A straight line along an axis, one pixel wide at least."""
        x, y = round(left * self.unit), round(top * self.unit)
        wide, high = (max(1, round(span * self.unit)) for span in (right - left, bottom - top))
        blend(self.pixels, np.ones((high, wide), dtype=np.float32), rgb, x, y)

    def note(
        self, path: str, string: str, rgb: tuple[int, int, int], x: float, y: float, size: float, anchor: str = "rm"
    ) -> None:
        """Small print that no question is about: no labels."""
        font, pixels = load_font(path, round(size * self.unit)), round(size * self.unit) * 2
        image = Image.new("L", (pixels * 2, pixels))
        ImageDraw.Draw(image).text((pixels, pixels / 2), string, fill=235, font=font, anchor=anchor)
        blend(
            self.pixels,
            np.asarray(image, dtype=np.float32) / 255,
            rgb,
            round(x * self.unit) - pixels,
            round(y * self.unit - pixels / 2),
        )

    def write(self, fonts: list[str], text: Text) -> None:
        """A string in canvas units, each character with its labels."""
        self.scene.texts.append(text)
        paint_text(
            scaled(Scene(self.scene.frame, None, self.scene.background_rgb, "flat", texts=[text]), self.unit),
            self.pixels,
            self.labels,
            fonts,
        )

    def label(self, landed: Landed, what: str, color: str, x: float, y: float, **more) -> None:
        self.labels.add(*landed, what, color, x * self.unit, y * self.unit, **more)

    def measure(self, x: float, y: float, size: int, character: str) -> None:
        self.labels.measure(x * self.unit, y * self.unit, size, character)

    def ink(self, rng: random.Random) -> tuple[str, tuple[int, int, int]]:
        """A colour that stands out from the sheet, and its name."""
        return visible_color(rng, self.scene)

    def finish(self) -> tuple[np.ndarray, np.ndarray]:
        if not self.scene.texts and self.noise.random() < 0.12:
            self.scene.degrade["shrunk"] = self.noise.uniform(0.45, 0.8)
        return degrade(self.pixels, self.scene.degrade, self.noise), self.labels.stack()
