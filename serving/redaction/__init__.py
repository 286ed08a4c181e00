"""Takes personal data out of a text before it leaves for the cloud, and puts it back into the reply.

Plain Python: nothing here imports Django.
"""

from .redactor import Found, Redaction, Redactor, redact

__all__ = ["Found", "Redaction", "Redactor", "redact"]
