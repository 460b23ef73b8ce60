"""How tests look at pictures without the painter's numbers."""

import random
from unittest.mock import patch

import numpy as np

from mipha_nano import sheet
from mipha_nano.fonts import find_fonts

FONTS = find_fonts()
WHITE = ((255, 255, 255), (255, 255, 255))


def clean(painter, seed: int):
    """The lesson without noise, blur and compression."""
    with patch.object(sheet, "degrade", lambda pixels, how, noise: np.clip(pixels + 0.5, 0, 255).astype(np.uint8)):
        return painter(random.Random(seed), FONTS)


def differs(pixels: np.ndarray, tone: np.ndarray, distance: int = 45) -> np.ndarray:
    return np.abs(pixels.astype(int) - tone.astype(int)).sum(-1) > distance
