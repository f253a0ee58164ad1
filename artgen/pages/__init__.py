"""What artgen's pages share: templates, what a page may do, how it looks, light and dark."""
