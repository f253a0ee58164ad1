"""What made a picture, inside the picture: its form, and how it is written, read and kept private."""
