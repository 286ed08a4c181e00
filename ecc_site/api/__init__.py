"""The REST API, `/api/v1/`: one module for each resource, over the functions and querysets of the apps."""
