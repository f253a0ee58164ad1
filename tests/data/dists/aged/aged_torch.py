import torch


class NoisyGenerator:
    def __init__(self, spec, env):
        self.env, self.steps = env, env.steps
        self.numbers = (env.random.normal("start", (3, 1, 1)) * spec.contrast).requires_grad_()

    def draw(self, step):
        return self.numbers.sigmoid().expand(-1, -1, *self.env.size)

    def advance(self, step):
        self.numbers = (self.numbers.detach() - self.numbers.grad).requires_grad_()

    def state_dict(self):
        return {"numbers": self.numbers.detach()}

    def load_state_dict(self, state):
        self.numbers = torch.clone(state["numbers"]).requires_grad_()
