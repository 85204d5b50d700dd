"""Pages of the docs that are made from the code, one a module; `docs.generate` writes them."""
