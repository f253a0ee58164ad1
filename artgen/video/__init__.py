"""Videos that are read: files by ffmpeg, animated pictures, and folders of numbered pictures."""
