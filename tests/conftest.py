"""For all tests: properties are tried with the same examples on every run, so that a red run is red again.

`make soak` tries fresh ones (AMTSWEG_FRESH=1). A loaded machine is no reason to fail, so neither slow generation nor
a slow example counts.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "amtsweg",
    deadline=None,
    derandomize=not os.environ.get("AMTSWEG_FRESH"),
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("amtsweg")
