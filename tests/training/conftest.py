"""Laws are about answers, not about how busy the machine is that checks them."""

from hypothesis import settings

settings.register_profile("training", deadline=None)
settings.load_profile("training")
