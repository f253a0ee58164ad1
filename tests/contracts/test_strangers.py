"""The contracts hold for a stranger's components, as its own tests would have them."""

import strangers

from artgen import testing


class TestFlat(testing.GeneratorContract):
    spec = strangers.Flat(learning_rate=1.0)


class TestDark(testing.LossContract):
    spec = strangers.Dark()


class TestToy(testing.PerceptorContract):
    spec = strangers.Toy()


class TestCorners(testing.AugmentationContract):
    spec = strangers.Corners()


class TestDoubled(testing.FinishContract):
    spec = strangers.Doubled()


class TestGrey(testing.FilterContract):
    spec = strangers.Grey()
