"""The dashboards of chapter 3."""
