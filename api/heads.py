"""Heads of requests are read up to a bound; the server beneath would keep whatever comes."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES_MAX = 128 * 1024
"""Request line and headers; cookies, a cursor and a token need a few thousand bytes."""
HEADERS_MAX = 100
TOO_LARGE = "The head of the request is too large."


class BoundedHeads(HttpToolsProtocol):
    """A connection that is closed when the head of a request has no end."""

    _head: int | None = None
    """Bytes of the head that is being read; None while none is."""

    def on_message_begin(self) -> None:
        """A head begins."""
        self._head = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """One more header; more than anybody needs are no request."""
        super().on_header(name, value)
        if len(self.headers) > HEADERS_MAX and not self.transport.is_closing():
            self.send_400_response(TOO_LARGE)

    def on_headers_complete(self) -> None:
        """The head has ended."""
        self._head = None
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """What came is read; a head that is still open has grown by it."""
        super().data_received(data)
        if self._head is not None:
            self._head += len(data)
            if self._head > HEAD_BYTES_MAX and not self.transport.is_closing():
                self.send_400_response(TOO_LARGE)
