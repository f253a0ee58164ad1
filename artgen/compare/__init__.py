"""Is it the same picture? Pixels, perceptors, settings; and the replay that asks."""
