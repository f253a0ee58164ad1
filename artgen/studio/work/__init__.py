"""The process that draws, so that what a browser asks is answered whatever a step takes.

It holds a few runs, draws one of them, and keeps its models from one to the next. `process` is the studio's side of it.
"""
