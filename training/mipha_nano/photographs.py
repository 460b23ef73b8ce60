"""Squares cut out of photographs that Debian ships as desktop backgrounds; none is part of this project."""

import random
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

from .draw import SIDE

# Debian packages mate-backgrounds (GPL-2+) for training, lomiri-wallpapers-16.04 (CC-BY, CC-BY-SA) held out.
ROOT = Path("/usr/share/backgrounds")
TRAIN = tuple(
    f"mate/nature/{name}.jpg"
    for name in (
        "Aqua",
        "Blinds",
        "Dune",
        "FreshFlower",
        "Garden",
        "GreenMeadow",
        "LadyBird",
        "RainDrops",
        "Storm",
        "TwoWings",
        "Wood",
        "YellowFlower",
    )
) + ("mate/abstract/Elephants.jpg",)
HELD_OUT = (
    "Bridge_by_Sander_Klootwijk.jpg",
    "Dragonfly_by_Bolly.jpg",
    "Wine_by_Jakkub_Mede.jpg",
    "aitzgorri_by_Aitzol_Berasategi.jpg",
    "free_by_Peter_Nerlich.jpg",
    "friends_by_Aitzol_Berasategi.jpg",
    "greentock_by_Peter_Nerlich.jpg",
    "life_by_Aitzol_Berasategi.jpg",
    "picosdeeuropa_by_Aitzol_Berasategi.jpg",
    "seeding_by_Clements_Engelhardt.jpg",
    "sunset_by_Aitzol_Berasategi.jpg",
    "umang_by_Abhishek_Mudgal.jpg",
)


@lru_cache(maxsize=2)
def photographs(held_out: bool) -> tuple[Image.Image, ...]:
    """Shorter side 420 pixels. Raises FileNotFoundError naming what is missing."""
    paths = [ROOT / name for name in (HELD_OUT if held_out else TRAIN)]
    missing = [str(p) for p in paths if not p.exists()]
    if missing:
        raise FileNotFoundError(f"photographs missing: {', '.join(missing)} (see training/README.md)")
    result = []
    for path in paths:
        with Image.open(path) as whole:
            whole.draft("RGB", (840, 840))
            factor = 420 / min(whole.size)
            result.append(
                whole.convert("RGB").resize((round(whole.width * factor), round(whole.height * factor)), Image.LANCZOS)
            )
    return tuple(result)


def cut(rng: random.Random, held_out: bool = False) -> np.ndarray:
    """uint8 [SIDE, SIDE, 3]: any square of any photograph, mirrored and tinted by lot."""
    image = rng.choice(photographs(held_out))
    side = rng.randint(100, 420)
    x, y = rng.randint(0, image.width - side), rng.randint(0, image.height - side)
    piece = image.resize((SIDE, SIDE), Image.BILINEAR, box=(x, y, x + side, y + side))
    if rng.random() < 0.5:
        piece = piece.transpose(Image.FLIP_LEFT_RIGHT)
    piece = ImageEnhance.Brightness(piece).enhance(rng.uniform(0.6, 1.35))
    piece = ImageEnhance.Color(piece).enhance(rng.choice((1, 1, rng.uniform(0, 1.6))))
    return np.array(piece)
