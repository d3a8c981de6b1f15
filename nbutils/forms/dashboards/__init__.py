"""The dashboards of chapter 3."""

from nbutils.forms.dashboards.breed_page import forms

__all__ = ["forms"]
