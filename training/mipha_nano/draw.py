"""Paints a scene: RGB pixels (192x192 unless told otherwise), and the dense per-patch labels that follow from what was painted where."""

import io
import math
import random
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from .scene import CANVAS, Scene, Text, scaled, size_digit
from .vocabulary import CHARACTER_CLASSES, COLOR_CLASSES, HAND_CLASSES, ICON_CLASSES, IGNORE, SHAPE_CLASSES

SIDE = 192  # pixels of the model's input, each way
PATCH = 16
GRID = SIDE // PATCH
NEAR = 0.25  # of a patch: print as near to the next row as this belongs to it too
PADDING_RGB = 127  # int(0.5 * 255): what padding to a square uses for SigLIP's mean
SUPERSAMPLE = 4


def polygon(shape: str) -> list[tuple[float, float]]:
    """Corners in the unit disc, y down."""
    if shape == "square":
        return [(-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)]
    if shape == "triangle":
        return [(0, -0.95), (0.92, 0.75), (-0.92, 0.75)]
    if shape == "diamond":
        return [(0, -1), (0.72, 0), (0, 1), (-0.72, 0)]
    if shape == "cross":
        a = 0.32
        return [
            (-a, -1),
            (a, -1),
            (a, -a),
            (1, -a),
            (1, a),
            (a, a),
            (a, 1),
            (-a, 1),
            (-a, a),
            (-1, a),
            (-1, -a),
            (-a, -a),
        ]
    if shape == "star":
        turn = lambda i: -math.pi / 2 + i * math.pi / 5
        return [
            ((1 if i % 2 == 0 else 0.42) * math.cos(turn(i)), (1 if i % 2 == 0 else 0.42) * math.sin(turn(i)))
            for i in range(10)
        ]
    if shape == "heart":
        points = []
        for i in range(40):
            t = 2 * math.pi * i / 40
            points.append(
                (
                    16 * math.sin(t) ** 3 / 17,
                    -(13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)) / 17,
                )
            )
        return points
    raise ValueError(f"no corners for {shape!r}")


@lru_cache(maxsize=20000)
def shape_mask(shape: str, radius_x: int, radius_y: int, rotation: int) -> np.ndarray:
    """Anti-aliased coverage 0-1 of a shape, float32 [h, w]; radii in half pixels so that equal requests share a mask."""
    width, height = radius_x + 4, radius_y + 4
    image = Image.new("L", (width * SUPERSAMPLE, height * SUPERSAMPLE))
    pen = ImageDraw.Draw(image)
    cx, cy, rx, ry = (
        width * SUPERSAMPLE / 2,
        height * SUPERSAMPLE / 2,
        radius_x * SUPERSAMPLE / 2,
        radius_y * SUPERSAMPLE / 2,
    )
    if shape in ("circle", "ring"):
        pen.ellipse((cx - rx, cy - ry, cx + rx, cy + ry), fill=255)
        if shape == "ring":
            pen.ellipse((cx - rx * 0.55, cy - ry * 0.55, cx + rx * 0.55, cy + ry * 0.55), fill=0)
    else:
        s, c = math.sin(math.radians(rotation)), math.cos(math.radians(rotation))
        pen.polygon([(cx + (x * c - y * s) * rx, cy + (x * s + y * c) * ry) for x, y in polygon(shape)], fill=255)
    return np.asarray(image.resize((width, height), Image.BOX), dtype=np.float32) / 255


@lru_cache(maxsize=2000)
def load_font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def paint_background(scene: Scene, noise: np.random.Generator, side: int) -> np.ndarray:
    """float32 [side, side, 3], grey outside the frame."""
    first, second = (np.array(c, dtype=np.float32) for c in scene.background_rgb)
    ramp = np.zeros((side, side, 1), dtype=np.float32)
    if scene.style == "gradient":
        angle = noise.uniform(0, 2 * math.pi)
        y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side - 0.5
        ramp = np.clip((x * math.cos(angle) + y * math.sin(angle))[..., None] + 0.5, 0, 1)
    elif scene.style == "stripes":
        axis = np.arange(side) // (int(noise.integers(3, 14)) * side / CANVAS) % 2
        ramp = (
            np.broadcast_to(axis[:, None] if noise.random() < 0.5 else axis[None, :], (side, side))[..., None].astype(
                np.float32
            )
            * 0.7
        )
    elif scene.style == "checks":  # held-out pictures only
        cell = int(noise.integers(8, 22) * side / CANVAS)
        y, x = np.mgrid[0:side, 0:side] // cell
        ramp = ((x + y) % 2)[..., None].astype(np.float32)
    elif scene.style == "noise":
        cells = int(noise.choice((8, 16, 32)))
        ramp = (
            np.kron(noise.random((cells, cells), dtype=np.float32), np.ones((side // cells,) * 2, dtype=np.float32))[
                ..., None
            ]
            * 0.8
        )
    pixels = first * (1 - ramp) + second * ramp
    left, top, right, bottom = scene.frame
    if (left, top, right, bottom) != (0, 0, side, side):
        framed = np.full((side, side, 3), PADDING_RGB, dtype=np.float32)
        framed[top:bottom, left:right] = pixels[top:bottom, left:right]
        return framed
    return np.array(pixels, dtype=np.float32)


def blend(
    pixels: np.ndarray, mask: np.ndarray, rgb: tuple[int, int, int], x: int, y: int
) -> tuple[slice, slice, np.ndarray]:
    """Paints `rgb` through `mask` whose top left corner is (x, y); returns where it landed."""
    h, w = mask.shape
    inside = lambda value, end: min(end, max(0, value))
    x0, y0, x1, y1 = (
        inside(x, pixels.shape[1]),
        inside(y, pixels.shape[0]),
        inside(x + w, pixels.shape[1]),
        inside(y + h, pixels.shape[0]),
    )
    part = mask[y0 - y : y1 - y, x0 - x : x1 - x]
    rows, columns = slice(y0, y1), slice(x0, x1)
    pixels[rows, columns] += (np.array(rgb, dtype=np.float32) - pixels[rows, columns]) * part[..., None]
    return rows, columns, part


class PatchLabels:
    """Dense labels [grid * grid] for each head; the largest thing in a patch names it."""

    def __init__(self, scene: Scene, side: int = SIDE):
        self.grid = grid = side // PATCH
        background = COLOR_CLASSES.index(scene.background) if scene.background else IGNORE
        self.shape = np.zeros((grid, grid), dtype=np.int64)
        self.color = np.full((grid, grid), background, dtype=np.int64)
        self.character = np.zeros((grid, grid), dtype=np.int64)
        self.center, self.second, self.hand, self.size, self.icon = (
            np.zeros((grid, grid), dtype=np.int64) for _ in range(5)
        )
        self.coverage = np.zeros((grid, grid), dtype=np.float32)
        self.firm = np.zeros((grid, grid), dtype=bool)
        left, top, right, bottom = scene.frame
        middle = (np.arange(grid) + 0.5) * PATCH
        outside = ((middle < top) | (middle > bottom))[:, None] | ((middle < left) | (middle > right))[None, :]
        self.shape[outside] = SHAPE_CLASSES.index("padding")
        self.color[outside] = IGNORE

    def add(
        self,
        rows: slice,
        columns: slice,
        part: np.ndarray,
        shape: str,
        color: str,
        x: float,
        y: float,
        character: str = "",
        size: int | None = None,
        icon: str = "none",
        hand: str = "none",
    ) -> None:
        """`rows`, `columns` and `part` as `blend` returns them; (x, y) is the centre, `size` a class."""
        top, left = rows.start // PATCH, columns.start // PATCH
        high, wide = -(-rows.stop // PATCH) - top, -(-columns.stop // PATCH) - left
        full = np.zeros((high * PATCH, wide * PATCH), dtype=np.float32)
        full[
            rows.start - top * PATCH : rows.stop - top * PATCH,
            columns.start - left * PATCH : columns.stop - left * PATCH,
        ] = part
        covered = np.zeros_like(self.coverage)
        covered[top : top + high, left : left + wide] = full.reshape(high, PATCH, wide, PATCH).mean(axis=(1, 3))
        row, column = self.at(x, y)
        mine = (covered > 0.12) & (covered > self.coverage)
        # A line of print near the edge of a row would be in either by chance: it is in both, so that one of them is never in doubt.
        besides = self.rows_of(x, y) - {(row, column)} if character else set()
        # Of two narrow characters whose centres share a patch, the first names it and the second has a label of its own.
        shared = bool(character) and self.firm[row, column] and self.character[row, column] > 0
        self.second[row, column] = CHARACTER_CLASSES.index(character) if shared else 0
        mine[row, column] = not shared
        for other in besides:
            if shared and not self.firm[other]:
                self.second[other] = CHARACTER_CLASSES.index(character)
            mine[other] = self.center[other] == 0
            self.center[other] |= mine[other]
        self.shape[mine] = SHAPE_CLASSES.index(shape)
        self.color[mine] = COLOR_CLASSES.index(color)
        self.character[mine] = CHARACTER_CLASSES.index(character) if character else 0
        self.icon[mine] = ICON_CLASSES.index(icon)
        self.hand[mine] = HAND_CLASSES.index(hand)
        self.center[row, column], self.firm[row, column] = 1, True
        self.size[row, column] = 0 if size is None else 1 + size
        self.coverage = np.maximum(self.coverage, covered)
        self.coverage[self.center == 1] = 9  # nobody else may take the patch of a centre

    def at(self, x: float, y: float) -> tuple[int, int]:
        """Row and column of the patch that holds a point."""
        row, column = (min(self.grid - 1, max(0, int(value / PATCH))) for value in (y, x))
        return row, column

    def rows_of(self, x: float, y: float) -> set[tuple[int, int]]:
        """The patch of a point, and the one above or below when the point is near its edge."""
        return {self.at(x, y + step * NEAR * PATCH) for step in (-1, 0, 1)}

    def measure(self, x: float, y: float, size: int, character: str) -> None:
        """Says of what is centred on (x, y) how large it is and which character names it."""
        for where in self.rows_of(x, y):
            if self.center[where] == 1:
                self.size[where], self.character[where] = 1 + size, CHARACTER_CLASSES.index(character)

    def stack(self) -> np.ndarray:
        """int64 [8, grid * grid], in the order of `HEADS`: shape, colour, character, centre, second character, clock hand, size, icon."""
        return np.stack(
            [self.shape, self.color, self.character, self.center, self.second, self.hand, self.size, self.icon]
        ).reshape(8, -1)


def fitted(scene: Scene, text: Text, path: str) -> tuple[ImageFont.FreeTypeFont, float]:
    """The font and where the print begins: as asked for, or as much smaller and to the side as it takes to lie inside the frame, for what is cut off cannot be read."""
    left, _, right, _ = scene.frame
    font, room = load_font(path, text.size), right - left - 2
    if font.getlength(text.string) > room:
        font = load_font(path, max(1, int(text.size * room / font.getlength(text.string))))
    width = font.getlength(text.string)
    return font, max(left + 1, min(text.x - width / 2, right - 1 - width))


def paint_text(scene: Scene, pixels: np.ndarray, labels: PatchLabels, fonts: list[str]) -> None:
    for text in scene.texts:
        font, start = fitted(scene, text, fonts[text.font])
        for i, character in enumerate(text.string):
            if character == " ":
                continue
            x0, x1 = start + font.getlength(text.string[:i]), start + font.getlength(text.string[: i + 1])
            width = int(math.ceil(x1 - x0)) + 4
            image = Image.new("L", (width, font.size * 2))
            ImageDraw.Draw(image).text(
                (2 + (x0 - math.floor(x0)), font.size), character, fill=255, font=font, anchor="lm"
            )
            mask = np.asarray(image, dtype=np.float32) / 255
            landed = blend(pixels, mask, text.rgb, int(math.floor(x0)) - 2, int(round(text.y)) - font.size)
            labels.add(*landed, "text", text.color, (x0 + x1) / 2, text.y, character)


def paint_items(scene: Scene, pixels: np.ndarray, labels: PatchLabels) -> None:
    for item in scene.items:
        rx, ry = max(8, round(item.radius * 2 * item.aspect)), max(8, round(item.radius * 2 / item.aspect))
        if item.outline:
            edge = shape_mask(item.shape, rx + 4, ry + 4, item.rotation)
            dark = (20, 20, 20) if sum(item.rgb) > 200 else (240, 240, 240)
            blend(pixels, edge, dark, round(item.x - edge.shape[1] / 2), round(item.y - edge.shape[0] / 2))
        mask = shape_mask(item.shape, rx, ry, item.rotation)
        landed = blend(pixels, mask, item.rgb, round(item.x - mask.shape[1] / 2), round(item.y - mask.shape[0] / 2))
        labels.add(
            *landed, item.shape, item.color, item.x, item.y, size=size_digit(item.radius * CANVAS / pixels.shape[0])
        )


def degrade(pixels: np.ndarray, how: dict, noise: np.random.Generator) -> np.ndarray:
    if how.get("noise"):
        pixels = pixels + noise.standard_normal(pixels.shape, dtype=np.float32) * how["noise"]
    pixels = np.clip(pixels + 0.5, 0, 255).astype(np.uint8)
    if how.get("shrunk"):
        side = round(pixels.shape[0] * how["shrunk"])
        pixels = np.asarray(
            Image.fromarray(pixels).resize((side, side), Image.BOX).resize(pixels.shape[:2], Image.BICUBIC)
        )
    if how.get("blur"):
        pixels = np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(how["blur"])))
    if how.get("jpeg"):
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "JPEG", quality=how["jpeg"])
        pixels = np.asarray(Image.open(buffer))
    return pixels


def draw(scene: Scene, rng: random.Random, fonts: list[str], side: int = SIDE) -> tuple[np.ndarray, np.ndarray]:
    """Returns pixels uint8 [side, side, 3] and dense labels int64 [8, patches]; `side` is a multiple of 32."""
    noise = np.random.default_rng(rng.getrandbits(64))
    scene = scaled(scene, side / CANVAS)
    pixels = paint_background(scene, noise, side)
    labels = PatchLabels(scene, side)
    paint_text(scene, pixels, labels, fonts)
    paint_items(scene, pixels, labels)
    return degrade(pixels, scene.degrade, noise), labels.stack()
