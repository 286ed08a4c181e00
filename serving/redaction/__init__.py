"""Takes personal data out of a text before it leaves for the cloud, and puts it back into the reply.

Plain Python: nothing here imports Django.
"""

from .detectors import DETECTORS, detectors_with
from .own_patterns import BadPattern, own_detector
from .redactor import Found, Redaction, Redactor, redact

__all__ = ["DETECTORS", "BadPattern", "Found", "Redaction", "Redactor", "detectors_with", "own_detector", "redact"]
