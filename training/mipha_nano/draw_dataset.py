"""Writes a held-out data set as files: PNG pictures and questions.jsonl ({image, question, answer, skill})."""

import argparse
import json
import random
from pathlib import Path

from PIL import Image

from .draw import draw
from .fonts import find_fonts
from .held_out import chequer, reworded
from .questions import ASKERS, Asker, restyle
from .scene import Scene, sample_scene, scaled
from .sheet import UNIT
from .turn import Turn

KINDS = {asker.__name__.removeprefix("ask_"): asker for asker in ASKERS}


def anew(rng: random.Random, scene: Scene, asker: Asker, turn: Turn) -> Turn:
    """A question of the same kind in a held-out wording, if the scene allows one; else `turn` itself."""
    for _ in range(60):
        again = asker(rng, scene)
        if again and again.key and (other := reworded(rng, again)):
            return other
    return turn


def asked_of(rng: random.Random, scene: Scene, askers: list[Asker], most: int) -> list[Turn]:
    """Up to `most` questions of different kinds, each kind about as often as it fits, unlike in training; three tenths in held-out wordings."""
    turns = [(asker, turn) for asker in rng.sample(askers, len(askers)) if (turn := asker(rng, scene)) and turn.key]
    return [restyle(rng, turn) if rng.random() < 0.7 else anew(rng, scene, asker, turn) for asker, turn in turns[:most]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pictures", type=int, default=1000)
    parser.add_argument("--questions", type=int, default=4, help="per picture, each asked alone")
    parser.add_argument(
        "--only", nargs="+", choices=KINDS, help="ask these kinds alone; pictures that none of them fits do not count"
    )
    parser.add_argument("--seed", type=int, default=990_001)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rng, fonts = random.Random(options.seed), find_fonts(held_out=True)
    askers = [KINDS[kind] for kind in options.only or KINDS]
    drawn = 0
    with open(options.out / "questions.jsonl", "w") as file:
        while drawn < options.pictures:
            scene = sample_scene(rng, len(fonts))
            if rng.random() < 0.2:
                chequer(rng, scene)
            turns = asked_of(rng, scene, askers, options.questions)
            if options.only and not turns:
                continue
            pixels, _ = draw(scene, rng, fonts)
            name = f"{drawn:05d}.png"
            # The grey bars are what the processor adds itself; the file holds the picture inside them.
            Image.fromarray(pixels).crop(scaled(scene, UNIT).frame).save(options.out / name)
            for turn in turns:
                skill = turn.skill.replace(
                    "count", "count_to_4" if turn.key in ("zero", "one", "two", "three", "four") else "count_over_4"
                )
                file.write(
                    json.dumps({"image": name, "question": turn.question, "answer": turn.key, "skill": skill}) + "\n"
                )
            drawn += 1


if __name__ == "__main__":
    main()
