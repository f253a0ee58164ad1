"""The studio: runs that are watched and steered in a browser while they are drawn.

`studio.OpenStudio` is what there is: presets, runs, and who is told of them. `work` is the process that draws, `web`
what a browser may ask.
"""
