"""Stories of the site's people in a real browser. A package, so that they share one site: scope="package"."""
