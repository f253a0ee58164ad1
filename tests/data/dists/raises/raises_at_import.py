raise RuntimeError("operator torchvision::nms does not exist\nand a second line")
