"""Annotators who review one large round as fast as the site lets them."""
