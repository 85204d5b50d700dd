"""The docs; `docs.generate` writes those pages that are made from the code (`docs.from_code`)."""
