"""The package that a plugin's author starts from: what ``artgen new`` writes.

The files are templates in ``templates``, filled by `string.Template`; ``NAME`` in a path is the component's type.
"""
