"""What a subject is measured over: the newest rows of a scope, and those before them."""
