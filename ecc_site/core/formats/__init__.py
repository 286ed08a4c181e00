"""Where Django's own formats of a language are not what our pages want: a folder a language."""
