"""Writes a held-out data set as files: PNG pictures and questions.jsonl ({image, question, answer, skill})."""

import argparse
import json
import random
import re
from pathlib import Path

from PIL import Image

from .draw import draw
from .fonts import find_fonts
from .questions import ASKERS, restyle
from .scene import Scene, sample_scene, scaled
from .sheet import UNIT
from .turn import Turn

# Wordings that training never uses, for questions in their plainest wording; they are counted as skills of their own.
HELD_OUT = (
    (r"What (colou?r) is the (\w+)\?", ("Please name the {0} of the {1}.", "I would like to know the {0} of the {1}.")),
    (r"What shape is the (\w+) (\w+)\?", ("What kind of {1} is {0} here?", "Please name the shape of the {0} {1}.")),
    (r"How many (.+) are there\?", ("Tell me how many {0} you can find.", "What is the count of {0}?")),
    (r"Is there (an? .+) in the picture\?", ("Can {0} be found in this picture?", "Is {0} shown here?")),
    (r"Where is the (.+) in the picture\?", ("Tell me where the {0} is.", "Whereabouts is the {0}?")),
    (r"Is the (\w+(?: \w+)?) ((?:to the |on the )?(?:left|right) of|above|over|below|under|(?:higher|lower) than) the (\w+(?: \w+)?)\?",
     ("Does the {0} stand {1} the {2}?", "Can the {0} be found {1} the {2}?")),
    (r"Which is (\w+), the (\w+(?: \w+)?) or the (\w+(?: \w+)?)\?", ("If you compare the {1} with the {2}, which one is {0}?", "I wonder which is {0}: the {1} or the {2}?",
      "Is it the {1} or the {2} that is {0}?", "How do the {1} and the {2} differ, and which is the {0} of both?")),
    (r"(?:What does it say|What is written here|Read the text)[?.]", ("Which letters or digits are printed here?", "Tell me what is printed.")),
)


def reworded(rng: random.Random, turn: Turn) -> Turn | None:
    """The same question in a held-out wording; None where there is none."""
    for pattern, wordings in HELD_OUT:
        found = re.fullmatch(pattern, turn.question)
        if found:
            return Turn(f"{turn.skill}_new_wording", rng.choice(wordings).format(*found.groups()), turn.answer, turn.key)
    return None


def anew(rng: random.Random, scene: Scene, turn: Turn) -> Turn:
    """A question of the same skill in a held-out wording, if the scene allows one; else `turn` itself."""
    for asker in ASKERS:
        for _ in range(60 if asker.__name__ == f"ask_{turn.skill}" else 0):
            again = asker(rng, scene)
            if again and again.key and (other := reworded(rng, again)):
                return other
    return turn


def chequer(rng: random.Random, scene: Scene) -> None:
    """A family of backgrounds that training does not have."""
    first = scene.background_rgb[0]
    second = tuple(min(255, max(0, c + rng.choice((-1, 1)) * rng.randint(10, 25))) for c in first)
    scene.style, scene.background, scene.background_rgb = "checks", None, (first, second)


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
            if rng.random() < 0.2:
                chequer(rng, scene)
            # Every kind of question is asked about as many pictures as it fits, unlike in training.
            turns = [t for asker in rng.sample(list(ASKERS), len(ASKERS)) if (t := asker(rng, scene)) and t.key]
            turns = [restyle(rng, t) if rng.random() < 0.7 else anew(rng, scene, t) for t in turns[: options.questions]]
            pixels, _ = draw(scene, rng, fonts)
            name = f"{index:05d}.png"
            # The grey bars are what the processor adds itself; the file holds the picture inside them.
            Image.fromarray(pixels).crop(scaled(scene, UNIT).frame).save(options.out / name)
            for turn in turns:
                skill = turn.skill.replace("count", "count_to_4" if turn.key in ("zero", "one", "two", "three", "four") else "count_over_4")
                file.write(json.dumps({"image": name, "question": turn.question, "answer": turn.key, "skill": skill}) + "\n")


if __name__ == "__main__":
    main()
