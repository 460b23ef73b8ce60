"""The closed classes that scenes, questions and dense labels share."""

import json
from pathlib import Path

SHAPES = ("circle", "square", "triangle", "star", "heart", "diamond", "cross", "ring")

# What people call by each name: typical RGB values (CSS's named colours among them), and how far a channel may stray.
COLORS = {
    "red": (((215, 35, 35), (255, 0, 0), (200, 20, 45)), 22),
    "orange": (((245, 140, 25), (255, 165, 0), (255, 140, 0)), 14),
    "yellow": (((245, 220, 40), (255, 255, 0), (255, 215, 0)), 14),
    "green": (((40, 160, 60), (0, 128, 0), (0, 220, 0), (50, 205, 50)), 26),
    "blue": (((40, 80, 215), (0, 0, 255), (30, 130, 245)), 24),
    "purple": (((128, 45, 165), (128, 0, 128), (148, 20, 205)), 18),
    "pink": (((250, 130, 190), (255, 192, 203), (255, 105, 180)), 15),
    "brown": (((120, 72, 32), (139, 69, 19), (165, 42, 42)), 11),
    "black": (((18, 18, 18), (0, 0, 0)), 14),
    "white": (((248, 248, 248), (255, 255, 255)), 7),
    "gray": (((128, 128, 128), (160, 160, 160), (105, 105, 105)), 12),
}
COLOR_NAMES = tuple(COLORS)

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

ROWS = ("top", "middle", "bottom")
COLUMNS = ("left", "center", "right")

# Dense labels, one set per 16x16 patch. Index 0 is "nothing"; IGNORE marks patches a head must not be judged on.
IGNORE = -100
SHAPE_CLASSES = ("none", *SHAPES, "text", "padding", "bar", "rising", "slice", "icon", "texture", "falling", "clock")
COLOR_CLASSES = ("none", *COLOR_NAMES)
CHARACTER_CLASSES = ("none", *CHARACTERS, ".")
# What the hands of a clock point to: h0 to h11 the hour that has begun, m0 to m11 the minute in fives.
HAND_CLASSES = ("none", *(f"{hand}{i}" for hand in "hm" for i in range(12)))
# How large a thing is (0 to 9), or how high a bar and the letter below it (fiftieths of the scale: 0 to 50).
SIZE_CLASSES = ("none", *map(str, range(51)))

# Everyday things that freely licensed fonts draw: what each is called, and its name in the icon fonts that draw it.
NAMES_OF_ICONS: dict[str, dict[str, str]] = json.loads((Path(__file__).parent / "things.json").read_text())
THINGS = tuple(NAMES_OF_ICONS)
ICON_CLASSES = ("none", *THINGS)

WORDS = tuple(
    """apple baby back ball bank bar bear bed bell bird blue boat book box boy bread bus cafe cake car card cat chair
    city clock club cold cook corn cow cup dark day deep deer desk dog door down duck east egg exit eye face farm fast
    film fire fish five flag food four fox free frog game gate gift girl goat gold good gray green grow hall hand hat
    hello help home hope horse hot hotel house ice iron jazz jump key king kite lake lamp leaf left lemon light lime
    line lion live long love luck map milk mind moon music name nest new news nice nine north note ocean off old one
    open orange owl park pen piano pig pink pizza plan play post pull push queen rain read red rest rice right ring
    river road rock room rose run safe sale salt sand school sea seven shop six sky slow snow soap sock soft song soup
    south star start stop sugar sun swim table tea ten text tiger time tool town toy train tree truck two up view walk
    wall warm water west wind wine wolf wood word work yard yellow yes zebra zero zoo""".split()
)

# Words of three to nine letters that training does not print, not even by chance among invented ones.
UNTAUGHT_WORDS = tuple(
    """anchor autumn bakery basket beach bottle bridge butter candle castle cheese church circus coffee copper corner cotton
    desert dinner doctor dragon engine falcon family feather finger flower forest garden ginger guitar hammer harbor helmet
    honey insect island jacket jungle kettle kitchen ladder laptop leather library lizard market meadow melon mirror
    monkey morning mountain museum napkin needle office olive onion oyster parrot pepper pencil planet pocket potato
    pumpkin puzzle rabbit ribbon rocket saddle salmon sandal scarf shadow silver spider spring station summer sunset
    temple ticket tomato travel tunnel turtle valley velvet violin walnut weather window winter wizard yogurt""".split()
)
