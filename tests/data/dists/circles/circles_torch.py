import torch

from artgen.canvas import Descent
from artgen.colours import channels


class CirclesGenerator:
    def __init__(self, spec, env):
        self.steps, self.spec, self.size = env.steps, spec, env.size
        self.places = Descent(spec, [env.random.normal("places", (spec.count, 3))], env.steps)
        down, right = (torch.arange(length) + 0.5 for length in env.size)
        self.y, self.x = torch.meshgrid(down, right, indexing="ij")

    def circles(self, step):
        """(B, count, 3): x, y and radius in pixels."""
        (numbers,) = self.places.at(step)
        height, width = self.size
        wide = numbers.sigmoid()
        return torch.stack([wide[..., 0] * width, wide[..., 1] * height, (0.03 + 0.12 * wide[..., 2]) * height], dim=-1)

    def colours(self):
        *inks, paper = self.spec.palette if len(self.spec.palette) > 1 else self.spec.palette * 2
        return [inks[i % len(inks)] for i in range(self.spec.count)], paper

    def draw(self, step):
        inks, paper = self.colours()
        circles = self.circles(step)
        picture = torch.tensor(channels(paper)).view(1, 3, 1, 1).expand(len(circles), 3, *self.size)
        for ink, circle in zip(inks, circles.unbind(dim=1), strict=True):
            x, y, radius = circle[:, :, None, None].unbind(dim=1)
            cover = (radius - ((self.x - x).square() + (self.y - y).square() + 1e-6).sqrt() + 0.5).clamp(0, 1)
            picture = picture.lerp(torch.tensor(channels(ink)).view(1, 3, 1, 1), cover[:, None])
        return picture

    def advance(self, step):
        self.places.step(step)

    def state_dict(self):
        return self.places.state_dict()

    def load_state_dict(self, state):
        self.places.load_state_dict(state)


def svg(source):
    generator = source.generator
    height, width = generator.size
    inks, paper = generator.colours()
    circles = generator.circles(generator.steps)[source.picture].tolist()
    rows = zip(inks, circles, strict=True)
    shapes = "".join(f'<circle cx="{x:.3f}" cy="{y:.3f}" r="{r:.3f}" fill="{ink}"/>' for ink, (x, y, r) in rows)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
    return f'{head}<rect width="{width}" height="{height}" fill="{paper}"/>{shapes}</svg>'


class DiaryReporter:
    def __init__(self, env):
        self.env = env

    def on_start(self, steps):
        self.say(f"{steps} steps to go")

    def on_step(self, event):
        self.say(f"step {event.step}")

    def on_end(self, result):
        self.say("done")

    def say(self, line):
        if self.env.folder is None:
            self.env.note(line)
            return
        with (self.env.folder / "diary.txt").open("a") as file:
            file.write(line + "\n")
