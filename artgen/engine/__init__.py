"""The run itself: built from a preset, drawn step by step, stopped and resumed."""
