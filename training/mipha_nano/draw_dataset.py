"""Writes a held-out data set as files: PNG pictures and questions.jsonl ({image, question, answer, skill})."""

import argparse
import json
import random
from pathlib import Path

from PIL import Image

from .draw import draw
from .fonts import find_fonts
from .questions import ASKERS, restyle
from .scene import sample_scene, scaled
from .sheet import UNIT


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pictures", type=int, default=1000)
    parser.add_argument("--questions", type=int, default=4, help="per picture, each asked alone")
    parser.add_argument("--seed", type=int, default=990_001)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rng, fonts = random.Random(options.seed), find_fonts(held_out=True)
    with open(options.out / "questions.jsonl", "w") as file:
        for index in range(options.pictures):
            scene = sample_scene(rng, len(fonts))
            # Every kind of question is asked about as many pictures as it fits, unlike in training.
            turns = [t for asker in rng.sample(list(ASKERS), len(ASKERS)) if (t := asker(rng, scene)) and t.key]
            turns = [restyle(rng, t) for t in turns[: options.questions]]
            pixels, _ = draw(scene, rng, fonts)
            name = f"{index:05d}.png"
            # The grey bars are what the processor adds itself; the file holds the picture inside them.
            Image.fromarray(pixels).crop(scaled(scene, UNIT).frame).save(options.out / name)
            for turn in turns:
                skill = turn.skill if turn.skill != "count" else "count_to_4" if turn.key in ("zero", "one", "two", "three", "four") else "count_over_4"
                file.write(json.dumps({"image": name, "question": turn.question, "answer": turn.key, "skill": skill}) + "\n")


if __name__ == "__main__":
    main()
