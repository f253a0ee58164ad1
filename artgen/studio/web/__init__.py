"""What a browser may ask of the studio: pages, presets, runs, and events as they come."""
