"""Telling people: by e-mail and by signed webhooks, each message sent again until it arrives or it is given up."""
