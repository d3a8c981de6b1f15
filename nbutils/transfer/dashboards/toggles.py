"""The treatments to switch on and off, each with its own line and marker: the legend of every figure of the page."""

from collections.abc import Collection
from html import escape

from nbutils.transfer.dashboards.styles import STYLES, Style

DASHES = {"solid": "", "dash": "7 4", "dot": "2 3", "dashdot": "7 3 2 3"}
SHAPES = {
    "circle": '<circle cx="17" cy="8" r="5" fill="{0}"/>',
    "circle-open": '<circle cx="17" cy="8" r="4.5" fill="#fff" stroke="{0}" stroke-width="2"/>',
    "diamond": '<path d="M17 2l6 6-6 6-6-6z" fill="{0}"/>',
    "cross": '<path d="M15 3h4v3h3v4h-3v3h-4v-3h-3V6h3z" fill="{0}"/>',
}


def draw_toggles(shown: Collection[str]) -> str:
    """Return a row of buttons, one for each treatment; pressing one is the part of that name."""
    buttons = "".join(
        f'<button type="button" data-part="{name}" aria-pressed="{str(name in shown).lower()}" '
        f'title="{escape(style.meaning)}">{draw_swatch(style)}{escape(name)}</button>'
        for name, style in STYLES.items()
    )
    return f'<div class="dv-marks dv-shown" role="group" aria-label="Treatments">{buttons}</div>'


def draw_swatch(style: Style) -> str:
    """Return the line and the marker of a treatment as a small drawing, which says nothing to a screen reader."""
    dash = f' stroke-dasharray="{DASHES[style.dash]}"' if DASHES[style.dash] else ""
    line = f'<line x1="1" x2="33" y1="8" y2="8" stroke="{style.colour}" stroke-width="2"{dash}/>'
    return f'<svg viewBox="0 0 34 16" aria-hidden="true">{line}{SHAPES[style.marker].format(style.colour)}</svg>'
