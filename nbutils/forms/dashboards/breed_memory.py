"""What one is breeding survives a reload: it is kept in the store, and where that fails breeding goes on without."""

from nbutils.forms.breeding import Generation
from nbutils.forms.dashboards.session import Session
from nbutils.forms.lineages import Lineage
from nbutils.widgets.errors import describe

READ_ONLY = "This page is read-only: what you breed is here until you leave it. Download what you want to keep."


class Memory:
    """Keeps a lineage under the person's key; `fault` is a sentence where it is not kept, else ""."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.fault = ""

    def keep(self, lineage: Lineage) -> None:
        """Keep a lineage in place of the one before; a store that refuses is told in `fault` and hinders nobody."""
        from nbutils.forms import store

        if self._session.read_only:
            self.fault = READ_ONLY
            return
        if self._session.person is None:
            return
        try:
            store.keep_breeding(self._session.store, self._session.person, lineage)
        except store.StoreError as error:
            self.fault = f"{describe(error)} Breeding goes on, but a reload would lose it."
        else:
            self.fault = ""

    def keep_line(self, lineage: Lineage, generation: Generation) -> None:
        """Keep what led to a shape of one generation; raises StoreError where the store refuses."""
        from nbutils.forms import store

        if generation in lineage.path:
            store.keep_breeding(self._session.store, self._session.somebody, lineage)
        else:  # it was left by going back and evolving anew; what came before it was kept then
            store.keep_generation(self._session.store, self._session.somebody, generation)

    def read(self) -> Lineage | None:
        """Return what the person was breeding, None where nothing was kept or nothing can be read."""
        from nbutils.forms import store

        if self._session.person is None:
            return None
        try:
            return store.read_breeding(self._session.store, self._session.person)
        except store.StoreError as error:
            self.fault = f"What you bred before cannot be read: {describe(error)}"
            return None
