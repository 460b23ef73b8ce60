"""Pictures that show nothing the model knows (photographs; painted noise, stains, clouds, stones), all to be answered by "I can't tell"."""

import random

import numpy as np
from PIL import Image, ImageFilter

from .ask_shapes import WHAT_IS_THIS
from .draw import PATCH, SIDE
from .photographs import cut
from .sheet import Lesson
from .turn import Turn, color_word
from .vocabulary import COLOR_NAMES, IGNORE, SHAPE_CLASSES, SHAPES, THINGS

CANNOT_TELL = "I can't tell."


def spectrum(noise: np.random.Generator, steepness: float) -> np.ndarray:
    """float32 [SIDE, SIDE] in 0-1: noise whose amplitude falls with the frequency to the power of `steepness`, as in photographs."""
    frequency = np.hypot(np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None, :])
    frequency[0, 0] = 1
    waves = np.exp(2j * np.pi * noise.random(frequency.shape)) / frequency**steepness
    waves[0, 0] = 0
    field = np.fft.irfft2(waves, s=(SIDE, SIDE))
    return ((field - field.min()) / (field.max() - field.min())).astype(np.float32)


def speckle(noise: np.random.Generator) -> np.ndarray:
    """Every pixel, or block of pixels, on its own: in colour or grey."""
    block = int(noise.choice((1, 1, 2, 4)))
    cells = noise.random((SIDE // block, SIDE // block, int(noise.choice((1, 3)))))
    low, high = sorted(noise.random(2) * 255) if noise.random() < 0.4 else (0, 255)
    return (low + (high - low) * np.kron(cells, np.ones((block, block, 1)))) * np.ones(3)


def clouds(noise: np.random.Generator) -> np.ndarray:
    """Two to four tones mixed by fields of natural roughness."""
    pixels = np.ones((SIDE, SIDE, 1)) * noise.random(3) * 255
    for _ in range(int(noise.integers(1, 4))):
        mix = spectrum(noise, noise.uniform(0.8, 2.4))[..., None] * noise.uniform(0.6, 1)
        pixels = pixels * (1 - mix) + noise.random(3) * 255 * mix
    return pixels


def channels(noise: np.random.Generator) -> np.ndarray:
    """Every channel a field of its own: plasma."""
    return np.stack([spectrum(noise, noise.uniform(0.9, 2.2)) for _ in range(3)], axis=-1) * noise.uniform(150, 255)


def stains(noise: np.random.Generator) -> np.ndarray:
    """Many soft spots over each other."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    pixels = np.ones((SIDE, SIDE, 1)) * noise.random(3) * 255
    for _ in range(int(noise.integers(12, 40))):
        cx, cy, width, height = *(noise.random(2) * SIDE), *noise.uniform(5, 40, 2)
        mix = np.exp(-(((x - cx) / width) ** 2) - ((y - cy) / height) ** 2)[..., None] * noise.uniform(0.4, 1)
        pixels = pixels * (1 - mix) + noise.random(3) * 255 * mix
    return pixels


def stones(noise: np.random.Generator) -> np.ndarray:
    """Cells around random points, each in a tone of its own, shaded."""
    points = noise.random((int(noise.integers(30, 140)), 2)) * SIDE
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    distance = (y[..., None] - points[:, 0]) ** 2 + (x[..., None] - points[:, 1]) ** 2
    tones = noise.random(3) * 200 + noise.normal(0, 30, (len(points), 3))
    return tones[distance.argmin(-1)] * (0.6 + 0.8 * spectrum(noise, 1.4)[..., None])


def any_question(rng: random.Random) -> str:
    """As if there were something to see; which question is asked must not give the refusal away."""
    s, c, n, word = rng.choice(SHAPES), rng.choice(COLOR_NAMES), rng.choice(THINGS), color_word(rng)
    return rng.choice(
        (
            rng.choice(
                (
                    "What is this?",
                    "What is it?",
                    "What do you see?",
                    "What is in the picture?",
                    "What is shown here?",
                    "What's this?",
                    "Describe the picture.",
                    *WHAT_IS_THIS,
                )
            ),
            rng.choice(
                ("What shape is this?", "What shape is it?", "Which shape is this?", "What shape is in the image?")
            ),
            rng.choice(
                (
                    f"What {word} is the {s}?",
                    f"What {word} is it?",
                    f"What is the {word} of the {s}?",
                    f"What shape is the {c} thing?",
                )
            ),
            rng.choice(
                (
                    "What does it say?",
                    "What does the text say?",
                    "Read the text.",
                    "What is written here?",
                    "Read the word.",
                    "What number is this?",
                )
            ),
            rng.choice((f"Is there a {s}?", f"Is there a {c} {s}?", f"Do you see a {s}?", "Is there any text?")),
            rng.choice((f"Where is the {s}?", f"Where is the {c} {s}?", f"Where can I find the {n}?", "Where is it?")),
            rng.choice(
                (
                    f"How many {s}s are there?",
                    "How many dogs are there?",
                    "How many cars do you see?",
                    "How many animals are in the picture?",
                    "How many persons are there?",
                )
            ),
            rng.choice(
                (
                    "Which is the tallest bar?",
                    "What is the largest slice?",
                    "Is the line going up or down?",
                    "What is the time?",
                )
            ),
            elsewhere(rng),
        )
    )


def elsewhere(rng: random.Random) -> str:
    """Questions that no drawing of shapes can answer."""
    return rng.choice(
        (
            "Who is this?",
            "Who made this picture?",
            "Where was this photo taken?",
            "How old is she?",
            "What is his name?",
            "What is the weather like?",
            "What time of day is it?",
            "What is the man doing?",
            "Who is the woman?",
            "What breed is the dog?",
            "Which city is this?",
            "What is she wearing?",
            "How much does it cost?",
            "What does it taste like?",
            "What will happen next?",
            "When was this picture taken?",
            "Why is he sad?",
            "Is the man happy?",
        )
    )


KINDS = (speckle, clouds, channels, stains, stones)


def patternless(rng: random.Random) -> np.ndarray:
    """uint8 [SIDE, SIDE, 3], never of one tone: that is an empty picture, which can be told."""
    while True:
        noise = np.random.default_rng(rng.getrandbits(64))
        pixels = cut(rng) if rng.random() < 0.4 else np.clip(rng.choice(KINDS)(noise), 0, 255).astype(np.uint8)
        if rng.random() < 0.5:
            pixels = np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 2))))
        if pixels.std() > 4:
            return pixels


def texture(rng: random.Random, fonts: list[str], side: int = SIDE) -> Lesson:
    pixels, labels = patternless(rng), np.zeros((8, (side // PATCH) ** 2), dtype=np.int64)
    if side != SIDE:
        pixels = np.asarray(Image.fromarray(pixels).resize((side, side), Image.BICUBIC))
    labels[0], labels[1] = SHAPE_CLASSES.index("texture"), IGNORE
    questions = dict.fromkeys(any_question(rng) for _ in range(4))
    return pixels, labels, [Turn("outside", question, CANNOT_TELL, "can't tell") for question in questions]
