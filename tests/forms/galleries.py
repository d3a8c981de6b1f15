"""Galleries for the tests of the tabs: shapes with ancestors, made in a moment."""

import time

from nbutils.forms.breeding import begin, begin_from, evolve, gather
from nbutils.forms.dashboards.session import Session
from nbutils.forms.store import Draft, Shape, keep, keep_generation, know, open_store
from nbutils.forms.store.engine import insert_missing
from nbutils.forms.store.opening import STARTER, note_starter
from nbutils.forms.store.tables import notes
from nbutils.neat import Evolution, from_json
from tests.forms.store.making import PICTURE

SETTINGS = Evolution()


def new_session(folder, read_only=False):
    """Return a session of Ada with an empty gallery, which stays without the starter gallery when it is served."""
    store = open_store(f"sqlite:///{folder / 'forms.sqlite'}", starter=None, read_only=False)
    with store.engine.begin() as connection:
        insert_missing(connection, notes, [note_starter(STARTER.read_bytes())])
    return Session(store, know(store, "a" * 32, "Ada"), read_only=read_only)


def know_bob(session):
    return know(session.store, "b" * 32, "Bob")


def heard(session, event):
    """Return a list to which the values of an event are added."""
    told = []
    session.on(event, told.append)
    return told


def publish(session, name, tags=(), *, person=None, seed=1, origin=None, generations=1, public=True) -> Shape:
    """Keep a shape that was bred in so many generations, from scratch or from another shape."""
    person = person or session.person
    genome = from_json(origin.genome_json) if origin else None
    organisms = begin_from(genome, seed, SETTINGS) if origin else begin(seed, SETTINGS)
    now = gather(organisms, seed, begun_from=origin.id if origin else None)
    keep_generation(session.store, person, now)
    for step in range(generations):
        now = gather(evolve(now, (1, 3), SETTINGS, step), step, now, (1, 3))
        keep_generation(session.store, person, now)
    draft = Draft(name, "", tuple(tags), now.organisms[1].genome, now.id, 1, public, origin and origin.id, PICTURE)
    return keep(session.store, person, draft)


def click(cards, title):
    """Click the card with that title, as a browser does."""
    index = [row["title"] for row in cards.rows].index(title)
    cards._handle_custom_msg({"event": "open", "index": index}, [])


def press(button):
    """Press a button, as a browser does."""
    button._handle_custom_msg({"event": "press", "at": 1000 * time.time()}, [])


def titles(cards):
    return [row["title"] for row in cards.rows]
