"""Figures and fits from columns of scores and opinions. Plain numpy, scipy and scikit-learn, no Django."""
