"""The closed classes that scenes, questions and dense labels share."""

SHAPES = ("circle", "square", "triangle", "star", "heart", "diamond", "cross", "ring")

# Mean colour (RGB) and how far each channel may stray while people still use the same name.
COLORS = {
    "red": ((215, 35, 35), 24),
    "orange": ((245, 140, 25), 16),
    "yellow": ((245, 220, 40), 18),
    "green": ((40, 160, 60), 28),
    "blue": ((40, 80, 215), 28),
    "purple": ((128, 45, 165), 20),
    "pink": ((250, 130, 190), 18),
    "brown": ((120, 72, 32), 14),
    "black": ((18, 18, 18), 14),
    "white": ((248, 248, 248), 7),
    "gray": ((128, 128, 128), 14),
}
COLOR_NAMES = tuple(COLORS)

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

ROWS = ("top", "middle", "bottom")
COLUMNS = ("left", "center", "right")

# Dense labels, one set per 16x16 patch. Index 0 is "nothing"; IGNORE marks patches a head must not be judged on.
IGNORE = -100
SHAPE_CLASSES = ("none", *SHAPES, "text", "padding")
COLOR_CLASSES = ("none", *COLOR_NAMES)
CHARACTER_CLASSES = ("none", *CHARACTERS)

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
