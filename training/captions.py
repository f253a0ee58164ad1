"""The sentences that go with composed pictures.

Names come first and colours and backgrounds later in most of them, in many wordings: with few templates a model binds
the background's colour to the object.
"""

from random import Random
from typing import Any

COLOURS = {
    "red": (218, 42, 42),
    "orange": (244, 136, 32),
    "yellow": (250, 214, 52),
    "green": (62, 166, 72),
    "blue": (44, 104, 222),
    "purple": (132, 70, 190),
    "pink": (245, 130, 180),
    "brown": (128, 84, 50),
    "black": (28, 28, 32),
    "white": (246, 246, 246),
    "gray": (142, 142, 146),
    "turquoise": (56, 200, 200),
}
SYNONYMS = {
    "gray": ["gray", "grey"],
    "turquoise": ["turquoise", "cyan", "teal"],
    "purple": ["purple", "violet"],
    "yellow": ["yellow", "golden"],
    "blue": ["blue", "azure"],
}
FORMS = [
    "{a}",
    "{a}",
    "{a}",
    "{a}",
    "{bare}",
    "{bare}",
    "a picture of {a}",
    "a drawing of {a}",
    "an illustration of {a}",
    "a painting of {a}",
    "an icon of {a}",
    "clip art of {a}",
    "a photo of {a}",
    "an image of {a}",
    "this is {a}",
    "a cartoon of {a}",
    "an emoji of {a}",
    "{the}",
    "a sketch of {a}",
    "{bare} icon",
    "{bare} drawing",
    "{bare} clip art",
    "{a}, simple",
    "{a} on its own",
    "{a} in the middle",
    "one {bare}",
    "a beautiful {bare}",
    "a big {bare}",
    "a small {bare}",
    "a cute {bare}",
    "art of {a}",
    "a depiction of {a}",
    "{bare} artwork",
]
COLOURED = [
    "{colour} {bare}",
    "{colour} {bare}",
    "{colour} {bare}",
    "{bare} in {colour}",
    "{bare}, {colour}",
    "{bare} coloured {colour}",
    "{bare} painted {colour}",
]
BEHIND = [
    "on a {colour} background",
    "with a {colour} background",
    "on {colour}",
    "in front of {colour}",
    "against a {colour} background",
    "over a {colour} backdrop",
    "on a {colour} canvas",
]
STYLES = {
    "glossy": ["glossy", "shiny style"],
    "flat": ["flat style", "flat design", "simple flat art"],
    "silhouette": ["silhouette", "as a silhouette", "solid shape"],
    "3d": ["3d", "3d render", "rendered in 3d"],
    "cartoon": ["cartoon style", "cartoon"],
    "outlined": ["outlined", "with an outline", "line art"],
}
RELATIONS = {
    "left": ["{0} to the left of {1}", "{0} beside {1}", "{0} next to {1}", "{0} and {1}", "{0} with {1}"],
    "above": ["{0} above {1}", "{0} over {1}", "{0} on top of {1}", "{1} below {0}", "{1} under {0}"],
}
MASS = {
    "snow",
    "rain",
    "bread",
    "rice",
    "cheese",
    "bacon",
    "butter",
    "ice",
    "lightning",
    "fog",
    "fire",
    "grass",
    "wind",
    "corn",
    "broccoli",
    "garlic",
    "sushi",
    "spaghetti",
    "popcorn",
    "salt",
    "honey",
    "sake",
    "money",
    "hot springs",
}


def article(name: str) -> str:
    """The name with "a" or "an" where English wants one; proper plurals and substances take none."""
    last = name.split()[-1] if name else ""
    plural = last.endswith("s") and not last.endswith(("ss", "us", "is"))
    if plural or name in MASS or last in MASS or name.startswith(("the ", "a ", "an ")):
        return name
    return ("an " if name[:1] in "aeiou" else "a ") + name


def colour_word(colour: str, rng: Random) -> str:
    """A colour, now and then by another of its names."""
    return rng.choice(SYNONYMS.get(colour, [colour])) if rng.random() < 0.3 else colour


def subject(name: str, colour: str | None, rng: Random) -> str:
    """The thing without an article, with its colour if it is to be told."""
    if colour is None or colour in name.split():
        return name
    return rng.choice(COLOURED).format(colour=colour_word(colour, rng), bare=name)


def thing(concept: dict[str, Any], rng: Random) -> str:
    """What the object is called: its name mostly, else keywords, else both."""
    names, tags = concept["names"], concept["tags"]
    name = names[0] if rng.random() < 0.5 else rng.choice(names)
    draw = rng.random()
    if not tags or draw < 0.87:
        text: str = name
        return text
    words = " ".join(rng.sample(tags, min(len(tags), rng.randint(1, 2))))
    return words if draw < 0.95 else f"{name}, {words}"


def sentence(bare: str, style: str | None, behind: str | None, rng: Random) -> str:
    """One caption of one object: form, then style, then background."""
    text = rng.choice(FORMS).format(a=article(bare), bare=bare, the="the " + bare)
    if style and rng.random() < 0.08:
        text += ", " + rng.choice(STYLES[style])
    if behind:
        text += " " + behind
    return text


def background(colour: str, rng: Random) -> str:
    return rng.choice(BEHIND).format(colour=colour_word(colour, rng))


def pair(first: str, second: str, relation: str, rng: Random) -> str:
    """Two things and where they stand."""
    return rng.choice(RELATIONS[relation]).format(article(first), article(second))


def every_word(concepts: list[dict[str, Any]], scenes: list[str]) -> list[str]:
    """A corpus in which each form and each name occurs, for the tokenizer to learn its merges from."""
    rng = Random(0)
    lines = [f.format(a="a thing", bare="thing", the="the thing") for f in FORMS + scenes for _ in range(20)]
    lines += [w for words in STYLES.values() for w in words] * 20
    lines += [background(c, rng) for c in COLOURS for _ in range(40)]
    lines += [w for words in SYNONYMS.values() for w in words] * 20
    for concept in concepts:
        repeat = 1 + round(8 * concept["weight"])
        lines += concept["names"] * repeat + concept["tags"] * max(1, repeat // 4)
    return lines
