"""What a page shows, in numbers: pixels of a canvas, what axe finds wrong, how long Stop takes."""

import base64

import numpy as np
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

BYTES = """canvas => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let text = '';
  for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
  return [canvas.width, canvas.height, btoa(text)];
}"""

STOP = """async (part) => {
  const find = (name) => [...part.querySelectorAll('button')].find((button) => button.textContent === name);
  const begin = performance.now();
  find('Stop').click();
  while (find('Continue').disabled) {
    if (performance.now() - begin > 60_000) throw new Error('it was never stopped');
    await new Promise(requestAnimationFrame);
  }
  return (performance.now() - begin) / 1000;
}"""


def read_pixels(canvas: Locator) -> np.ndarray:
    """Return what a canvas shows: (height, width, 4), uint8, sRGB with alpha."""
    width, height, data = canvas.evaluate(BYTES)
    return np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4)


def find_faults(page: Page, within: str | None = None) -> list[tuple[str, list[str]]]:
    """Return what axe finds serious or critical, with the first places; within is the selector of a part."""
    found = Axe().run(page, within).response["violations"]
    serious = [fault for fault in found if fault["impact"] in ("serious", "critical")]
    return [(fault["id"], [node["html"][:160] for node in fault["nodes"][:3]]) for fault in serious]


def stop(part: Locator) -> float:
    """Press Stop and return how long it took until nothing was made any more, in seconds, as the page saw it."""
    return part.evaluate(STOP)
