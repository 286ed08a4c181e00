"""The models at work, each a small class with the protocol of `protocol.Runtime`. Nothing here knows Django."""
