"""The websocket between a page and its kernel, without the 40 ms that small messages wait by default."""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class NoDelayConnection(ZMQChannelsWebsocketConnection):
    """A kernel websocket that sends every message at once.

    Nagle's algorithm holds a small packet back until the last one is acknowledged, and browsers delay
    that by about 40 ms: twenty frames a second at best. TCP_NODELAY (RFC 9293, section 3.7.4) ends it.
    """

    def connect(self) -> object:
        """Turn Nagle's algorithm off, then connect as usual."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
