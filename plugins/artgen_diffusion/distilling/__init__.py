"""Score distillation: a diffusion model's opinion of any picture, as a loss."""
