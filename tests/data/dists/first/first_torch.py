import torch
from torch.nn import functional as F


class WashGenerator:
    def __init__(self, spec, env):
        self.steps, self.size = env.steps, env.size
        self.weights = {"wash/water": "3" * 64}
        self.credits = ("the river",)
        self.heard = []
        begin = env.random.normal("start", (3, 1, 2)) * 0.1 + 0.5
        if env.start is not None:
            begin = self.halves(env.start)
        self.numbers = begin.requires_grad_()

    def halves(self, image):
        return F.adaptive_avg_pool2d(image, (1, 2)).clamp(0, 1)

    def draw(self, step):
        return F.interpolate(self.numbers.clamp(0, 1), self.size, mode="nearest")

    def judged(self, step, totals):
        self.heard.append(totals)

    def paint(self, image, step):
        self.numbers = self.halves(image).requires_grad_()

    def paint_over(self, image, cover, step):
        self.numbers = torch.where(self.halves(cover) > 0, self.halves(image), self.numbers.detach()).requires_grad_()

    def advance(self, step):
        assert len(self.heard) == step + 1
        self.numbers = (self.numbers.detach() - 0.05 * self.numbers.grad).requires_grad_()

    def state_dict(self):
        return {"numbers": self.numbers.detach()}

    def load_state_dict(self, state):
        self.numbers = state["numbers"].clone().requires_grad_()


class GlimpsePerceptor:
    size, dim, scale, interpolation, resize_mode = 8, 12, 50.0, "bilinear", "squash"

    def __init__(self):
        self.weights = {"glimpse/lens": "4" * 64}
        self.read_as = {}

    def embed_images(self, images):
        return F.normalize(F.adaptive_avg_pool2d(images, 2).flatten(1) + 0.1, dim=-1)

    def embed_texts(self, texts):
        numbers = [[1.0 + self.reworded(text).count(chr(97 + letter)) for letter in range(12)] for text in texts]
        return F.normalize(torch.tensor(numbers), dim=-1)

    def reworded(self, text):
        if "moggy" in text:
            self.read_as["moggy"] = "cat"
        return text.replace("moggy", "cat")

    def features(self, images):
        return [images, F.avg_pool2d(images, 2)]


class Following:
    def __init__(self, spec, env):
        self.name = spec.perceptor
        self.wanted = env.perceptors[self.name].embed_texts([prompt.text for prompt in env.prompts]).mean(dim=0)

    def __call__(self, look):
        return (1 - look.embeddings(self.name) @ self.wanted).mean(dim=1)


class Remembering:
    def __init__(self, perceptor, env):
        self.perceptor = perceptor
        self.begun = self.seen(env.start)

    def seen(self, image):
        return self.perceptor.embed_images(F.interpolate(image, (8, 8), mode="bilinear"))

    def __call__(self, look):
        return 1 - (self.seen(look.image) * self.begun).sum(dim=1)


class DiaryReporter:
    def on_start(self, steps):
        print("diary: begin", steps)

    def on_step(self, event):
        pass

    def on_finish(self, title, share):
        print("diary: finish", title.split()[0])

    def on_end(self, result):
        print("diary: end", result.steps_done)
