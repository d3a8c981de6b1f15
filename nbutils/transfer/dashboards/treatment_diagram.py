"""Figure 5.1 for one network: both bases above, and below whose weights it has, which are frozen and which are new."""

from dataclasses import dataclass
from html import escape

from nbutils.figures.palette import INK, LINE, MUTED
from nbutils.transfer.dashboards.styles import SIDES
from nbutils.transfer.records import COPYING, FROZEN, LAYERS, RunSettings

WIDTH, HEIGHT = 372, 220
LEFT, STEP, BOX, TALL = 62, 40, 28, 36
ROWS = (4, 56, 132)  # where the boxes of base A, base B and the network begin
GREY = "#8b9096"
LETTER = {"A": INK, "B": "#ffffff", "R": "#ffffff"}
LOCK = "M{x} {y}m-4.5 0h9v7h-9zm1.6 0v-2.4a2.9 2.9 0 0 1 5.8 0v2.4"


@dataclass(frozen=True)
class Layer:
    """One layer of a network: the letter of what its weights come from, whether they are new, whether they learn."""

    origin: str
    new: bool
    frozen: bool


def list_layers(settings: RunSettings) -> tuple[Layer, ...]:
    """Return the eight layers of a network, the first one first."""
    layers = []
    for number in range(1, LAYERS + 1):
        kept = number <= settings.n
        if kept and settings.treatment == "random":
            layers.append(Layer("R", False, True))
        elif kept and settings.treatment in COPYING:
            layers.append(Layer(settings.source, False, settings.treatment in FROZEN))
        else:
            layers.append(Layer(settings.target, True, False))
    return tuple(layers)


def describe(settings: RunSettings, sides: tuple[str, str] = ("A", "B")) -> str:
    """Return in words what the drawing shows.

    sides : what the halves A and B are called
    """
    target, n = _call(settings.target, sides), settings.n
    if settings.treatment == "base":
        return f"{settings.name}: all {LAYERS} layers begin with random weights and learn {target}."
    upper = f"layer {LAYERS} begins" if n == LAYERS - 1 else f"layers {n + 1} to {LAYERS} begin"
    learns = "learns" if n == LAYERS - 1 else "learn"
    return f"{settings.name}: {_tell_kept(settings, sides)}; {upper} anew and {learns} {target}."


def _tell_kept(settings: RunSettings, sides: tuple[str, str]) -> str:
    """Return where the first n layers come from and what becomes of them."""
    one = settings.n == 1
    kept, are = ("Layer 1", "is") if one else (f"Layers 1 to {settings.n}", "are")
    if settings.treatment == "random":
        return f"{kept} {are} random and frozen"
    fate = f"{are} frozen" if settings.treatment in FROZEN else f"learn{'s' if one else ''} on"
    return f"{kept} {'comes' if one else 'come'} from the base of {_call(settings.source, sides)} and {fate}"


def draw(settings: RunSettings, sides: tuple[str, str] = ("A", "B")) -> str:
    """Return the drawing as SVG; pressing layer k of the network below is the part "n k"."""
    layers = list_layers(settings)
    parts = [
        _base(0, "A", settings, sides),
        _base(1, "B", settings, sides),
        f'<line x1="0" x2="{WIDTH}" y1="111" y2="111" stroke="{LINE}"/>',
        _label(2, "random" if settings.treatment == "random" else settings.name, f"learns {settings.target}"),
        *(_press(number, _layer(2, number, layer)) for number, layer in enumerate(layers, 1)),
        *_braces(settings),
    ]
    alt = escape(f"The two base networks, and {describe(settings, sides)}", quote=True)
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{alt}">{"".join(parts)}</svg>'


def _call(side: str, sides: tuple[str, str]) -> str:
    name = sides["AB".index(side)]
    return side if name == side else f"{side}, {name}"


def _base(row: int, side: str, settings: RunSettings, sides: tuple[str, str]) -> str:
    name = sides[row]
    drawn = []
    for number in range(1, LAYERS + 1):
        copied = settings.source == side and number <= settings.n
        layer = _layer(row, number, Layer(side, False, False), ringed=copied)
        drawn.append(layer if copied else f'<g opacity="{0.4 if settings.n else 1}">{layer}</g>')
    return _label(row, f"base {side}", "" if name == side else name) + "".join(drawn)


def _label(row: int, name: str, below: str) -> str:
    y = ROWS[row] + TALL / 2
    first = y + (4 if not below else -3)
    text = f'<text x="0" y="{first}" font-size="13" font-weight="600" fill="{INK}">{escape(name)}</text>'
    if below:
        text += f'<text x="0" y="{y + 13}" font-size="11" fill="{MUTED}">{escape(below)}</text>'
    return text


def _layer(row: int, number: int, layer: Layer, ringed: bool = False) -> str:
    """Return a box for the weights and an ellipse for the activations that they lead to."""
    x, y = LEFT + STEP * (number - 1), ROWS[row]
    colour = SIDES.get(layer.origin, GREY)
    fill, ink = ("#ffffff", INK) if layer.new else (colour, LETTER[layer.origin])
    stroke = f'stroke="{colour if layer.new else INK}" stroke-width="{2.5 if ringed else 1.6 if layer.new else 0.8}"'
    dashes = ' stroke-dasharray="4 3"' if layer.new else ""
    shape = f'<rect x="{x}" y="{y}" width="{BOX}" height="{TALL}" rx="2" fill="{fill}" {stroke}{dashes}/>'
    middle, height = x + BOX / 2, y + TALL / 2 + (11.5 if layer.frozen else 4.5)
    label = f"{layer.origin if layer.origin != 'R' else '?'}{number}"
    text = f'<text x="{middle}" y="{height}" font-size="13" text-anchor="middle" fill="{ink}">{label}</text>'
    lock = ""
    if layer.frozen:
        path = LOCK.format(x=middle, y=y + 7.5)
        lock = f'<path d="{path}" fill="none" stroke="{ink}" stroke-width="1.5"/>'
    ellipse = ""
    if number < LAYERS:
        place = f'cx="{x + BOX + (STEP - BOX) / 2}" cy="{y + TALL / 2}"'
        ellipse = f'<ellipse {place} rx="3" ry="14" fill="#ffffff" stroke="{MUTED}"/>'
    return shape + text + lock + ellipse


def _press(number: int, drawn: str) -> str:
    """Return a layer that can be clicked, but the last: it is always new. The keyboard has a control for n."""
    return drawn if number == LAYERS else f'<g data-part="n {number}"><title>n = {number}</title>{drawn}</g>'


def _braces(settings: RunSettings) -> list[str]:
    words = {"random": "random, frozen", "base": ""}.get(
        settings.treatment, "copied, frozen" if settings.treatment in FROZEN else "copied, learn on"
    )
    parts = []
    if settings.n:
        parts.append(_brace(1, settings.n, words))
    parts.append(_brace(settings.n + 1, LAYERS, "new, learn" if settings.n < LAYERS - 1 else "new"))
    return parts


def _brace(first: int, last: int, words: str) -> str:
    """Return a brace under some layers with words below, within the drawing."""
    left, right = LEFT + STEP * (first - 1), LEFT + STEP * (last - 1) + BOX
    y = ROWS[2] + TALL + 8
    line = f'<path d="M{left} {y}v6H{right}v-6" fill="none" stroke="{MUTED}"/>'
    middle = (left + right) / 2
    half = 3.6 * len(words)
    # Copied and new words stand on lines of their own where their layers are few.
    x = min(max(middle, LEFT + half), WIDTH - half)
    drop = 22 if first == 1 else 40 if last - first < 2 else 22
    return f'{line}<text x="{x}" y="{y + drop}" font-size="13" text-anchor="middle" fill="{INK}">{words}</text>'
