"""Brings up the whole site with one command and takes it down again (`python -m ecc_site.launch`)."""
