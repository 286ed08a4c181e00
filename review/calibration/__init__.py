"""How far the automatic scores say what people say, and what follows from that."""
