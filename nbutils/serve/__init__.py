"""Serving the notebooks: as apps with Voila, as notebooks in JupyterLab."""
