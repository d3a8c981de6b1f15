"""Every visitor is alike: no names, no cookies that tell one from another."""

from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.base.handlers import JupyterHandler


class Anyone(IdentityProvider):
    """Lets everybody in as the same visitor; what a visitor can reach is bounded, not who comes."""

    def get_user(self, handler: JupyterHandler) -> User:
        """Return the one visitor."""
        return User(username="visitor")
