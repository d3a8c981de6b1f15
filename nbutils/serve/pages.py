"""Small pages of our own: not found, no place left, something broke."""

from html import escape

from jupyter_server.base.handlers import JupyterHandler

SENTENCES = {
    403: ("Not for visitors", "This file is not among those that visitors may see."),
    404: ("Nothing here", "There is no page at this address."),
    405: ("Not for visitors", "This address does not do what was asked of it."),
    500: ("This page could not be shown", "The server met an error; its log says which. Reload to try again."),
}


def page(title: str, sentence: str, home: str, again: bool = False) -> str:
    """Return a complete small page: a heading, a sentence, the way home, and a way to try again if wanted."""
    retry = '<p><a href="">Try again</a></p>' if again else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="{escape(home)}voila/templates/dv/static/favicon.svg">
<link rel="stylesheet" href="{escape(home)}voila/templates/dv/static/dv.css">
</head>
<body class="dv-small">
<main>
<h1>{escape(title)}</h1>
<p>{escape(sentence)}</p>
{retry}<p><a href="{escape(home)}">To the home page</a></p>
</main>
</body>
</html>
"""


def full(places: int, home: str) -> str:
    """Return the page for a visitor who comes when every place is taken."""
    visitors = "1 visitor is" if places == 1 else f"{places} visitors are"
    sentence = (
        f"{visitors} here now, and this computer serves no more at once. Wait a few minutes and try again. "
        f"If it is your server: it takes more with --visitors {places + 1} or a higher number."
    )
    return page("Every place is taken", sentence, home, again=True)


class SmallPages(JupyterHandler):
    """A handler whose errors are small pages of ours, not the framework's."""

    def write_error(self, status_code: int, **_: object) -> None:
        """Write the page for this status."""
        title, sentence = SENTENCES.get(status_code, SENTENCES[500 if status_code >= 500 else 404])
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(page(title, sentence, self.base_url))


class NotFound(SmallPages):
    """Every address that nothing else answers."""

    async def prepare(self) -> None:
        """Answer every method alike."""
        self.send_error(404)
