"""Opened pages of chapter 3 without a browser: what a page would send is handed to the widgets."""

from nbutils.forms.dashboards.breed_page import FormsPage
from nbutils.forms.dashboards.session import Session
from nbutils.forms.store import open_store
from nbutils.forms.view import View
from tests.forms.galleries import press

KEY = "k" * 32
QUICK = View(resolution="coarse")


def new_store(folder, name="forms"):
    """Return an empty gallery in a folder."""
    return open_store(f"sqlite:///{folder / name}.sqlite", starter=None)


def open_page(store=None, key=KEY, name="Ada", view=QUICK, read_only=False):
    """Return an opened page whose browser has told who it is."""
    page = FormsPage(view, Session(store, read_only=read_only))
    if key:
        tell_who(page, key, name)
    return page


def tell_who(page, key=KEY, name="Ada"):
    """Tell the page who is in front of it as a browser does."""
    page.identity._receive(None, {"event": "identity", "key": key, "name": name}, [])


def choose(page, *places):
    """Select places as a browser does."""
    page.breed.stage.stage.set_state({"chosen": list(places)})


def evolve(page, *places):
    """Select places and press Evolve."""
    choose(page, *places)
    press(page.breed.evolve_button)


def genomes(page):
    """Return the genomes that are shown."""
    return [organism.genome for organism in page.breed.course.lineage.now.organisms]
