"""What held-out pictures and questions have and training has not: wordings and a family of backgrounds (the words are in vocabulary.py)."""

import random
import re
from dataclasses import replace

from .scene import Scene
from .turn import Turn

NAME = r"(\w+(?: \w+)?)"

# A wording that is taught, and others of the same meaning that are not.
HELD_OUT = (
    (r"What (colou?r) is the (\w+)\?", ("Please name the {0} of the {1}.", "I would like to know the {0} of the {1}.")),
    (r"What (colou?r) is it\?", ("Please name its {0}.", "I would like to know its {0}.")),
    (r"What shape is the (\w+) (\w+)\?", ("What kind of {1} is {0} here?", "Please name the shape of the {0} {1}.")),
    (r"How many (.+) are there\?", ("Tell me how many {0} you can find.", "What is the count of {0}?")),
    (r"Is there (an? .+) in the picture\?", ("Can {0} be found in this picture?", "Is {0} shown here?")),
    (r"Is there text in the picture\?", ("Can any text be found in this picture?", "Is any text shown here?")),
    (r"Where is (it|the .+?)(?: in the picture)?\?", ("Tell me where {0} is.", "Whereabouts is {0}?")),
    (
        rf"Is the {NAME} ((?:to the |on the )?(?:left|right) of|above|over|below|under|(?:higher|lower) than) the {NAME}\?",
        ("Does the {0} stand {1} the {2}?", "Can the {0} be found {1} the {2}?"),
    ),
    (
        rf"Which is (\w+), the {NAME} or the {NAME}\?",
        (
            "If you compare the {1} with the {2}, which one is {0}?",
            "I wonder which is {0}: the {1} or the {2}?",
            "Is it the {1} or the {2} that is {0}?",
            "How do the {1} and the {2} differ, and which is the {0} of both?",
        ),
    ),
    (
        rf"Is the {NAME} (bigger|larger|smaller) than the {NAME}\?",
        ("Does the {0} look {1} than the {2} to you?", "Would you call the {0} {1} than the {2}?"),
    ),
    (
        r"(?:What does it say|What is written here|Read the text)[?.]",
        ("Which letters or digits are printed here?", "Tell me what is printed."),
    ),
    (r"What is this\?", ("What might this be?", "Please name this for me.")),
    (r"Describe the picture\.", ("Could you describe this picture for me?", "What can be seen in the picture?")),
)


def reworded(rng: random.Random, turn: Turn) -> Turn | None:
    """The same question in a held-out wording, of the skill `…_new_wording`; None where there is none."""
    for pattern, wordings in HELD_OUT:
        found = re.fullmatch(pattern, turn.question)
        if found:
            return replace(
                turn, skill=f"{turn.skill}_new_wording", question=rng.choice(wordings).format(*found.groups())
            )
    return None


def chequer(rng: random.Random, scene: Scene) -> None:
    """A family of backgrounds that training does not have."""
    first = scene.background_rgb[0]
    second = tuple(min(255, max(0, c + rng.choice((-1, 1)) * rng.randint(10, 25))) for c in first)
    scene.style, scene.background, scene.background_rgb = "checks", None, (first, second)
