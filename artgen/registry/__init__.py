"""What is installed: the plugins, and the weights that they know."""
