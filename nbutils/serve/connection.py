"""The websocket between a page and its kernel: nothing waits in it, and nobody floods it."""

import time

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

# A camera at 60 frames a second sends some 250 messages and 2 MB in one.
MESSAGES_PER_SECOND = 1_000
BYTES_PER_SECOND = 64 << 20


class NoDelayConnection(ZMQChannelsWebsocketConnection):
    """A kernel websocket that sends every message at once.

    Nagle's algorithm holds a small packet back until the last one is acknowledged, and browsers delay
    that by about 40 ms: twenty frames a second at best. TCP_NODELAY (RFC 9293, section 3.7.4) ends it.
    """

    def connect(self) -> object:
        """Turn Nagle's algorithm off, then connect as usual."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()


class BoundedConnection(NoDelayConnection):
    """A kernel websocket that closes when a page sends more than any page of ours would."""

    _second = 0
    _messages = 0
    _bytes = 0
    _refused = False

    def handle_incoming_message(self, incoming_msg: str | bytes) -> None:
        """Count the message, then pass it on; close when this second has brought too much."""
        if int(time.monotonic()) != self._second:
            self._second, self._messages, self._bytes = int(time.monotonic()), 0, 0
        self._messages += 1
        self._bytes += len(incoming_msg)
        if self._refused:
            return
        if self._messages > MESSAGES_PER_SECOND or self._bytes > BYTES_PER_SECOND:
            self._refused = True
            self.websocket_handler.close(1008, "Too many messages: reload the page.")
            return
        super().handle_incoming_message(incoming_msg)
