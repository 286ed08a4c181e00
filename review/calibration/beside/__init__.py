"""Measures beside Eq. 1: what BLEU and others say of the replies, and how far each goes with what people say."""
