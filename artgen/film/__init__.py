"""Pictures one after the other: making the frames of a film, and the files that show them moving."""
