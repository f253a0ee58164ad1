"""Small galleries of a stranger's pictures, made in the moment."""

import artgen
from artgen.gallery.add import EntryOptions, add

EVIL = '</script><script>window.hacked = 1</script>"\'><img src=x onerror="window.hacked = 1">&amp;'
"""What a prompt or a title may hold that wants to be more than text."""


def preset(**changes):
    """The data of a preset that takes a moment."""
    return {
        "prompts": "a cat",
        "seed": 5,
        "size": [40, 24],
        "steps": 6,
        "generator": {"type": "flat"},
        "perceptors": {"toy": {"type": "toy"}},
        "views": [{"type": "corners", "count": 2}],
        "losses": [{"type": "match"}, {"type": "dark", "weight": 0.1}],
        **changes,
    }


def draw(path, **changes):
    """A picture that carries its recipe."""
    return artgen.run(preset(**changes), note=lambda line: None).save(path)


def fill(folder, drafts):
    """The gallery in `folder` of four pictures, one of them evil; they are drawn in `drafts`."""
    wishes = {
        "cat": EntryOptions("A cat", name="cat", note="Nothing but grey.", by="a stranger", tags=("quiet", "grey")),
        "owls": EntryOptions("Owls in summer", name="owls", tags=("wide",)),
        "evil": EntryOptions(EVIL[:150], name="evil", note=EVIL, tags=("<b>bold",)),
        "un-cafe-a-minuit": EntryOptions("Un café à minuit"),
    }
    prompts = {"cat": "a cat", "owls": "owls | summer:0.5", "evil": [{"text": EVIL}], "un-cafe-a-minuit": "a bar"}
    for seed, (name, wish) in enumerate(wishes.items()):
        size = [40, 24] if name == "owls" else [24, 24]
        picture = draw(drafts / f"{name}.png", prompts=prompts[name], size=size, seed=seed)
        curve = [[step, 1 / (step + 1)] for step in range(6)]
        picture.with_name(f"{name}.losses.json").write_text(f'{{"dark": {curve}, "total": {curve}}}')
        add(picture, folder, wish)
    return folder
