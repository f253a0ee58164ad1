"""The environment that a picture was drawn in: written down beside it, and built again to replay it there."""
