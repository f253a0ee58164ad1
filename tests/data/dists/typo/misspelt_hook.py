from artgen.api import hookimpl


@hookimpl
def artgen_generatrs():
    return []
