"""Videos that are read: files by ffmpeg, animated pictures, folders of numbered PNGs; and how things move."""
