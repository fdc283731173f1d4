"""A wire between a client and a server that the test cuts, or on which it holds what the client says."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

HOST = "127.0.0.1"
_BLOCK = 4096


class Wire:
    """`cut_after`: bytes of answers that pass before the wire breaks. `hold`: a word of the client that stays on it.

    With `cut`, the wire breaks at that word; without, the client waits for ever.
    """

    def __init__(
        self, port: int, *, cut_after: int | None = None, hold: bytes = b"", cut: bool = False
    ) -> None:
        self._target, self._hold, self._cut = port, hold, cut
        self._left = cut_after
        self._listening = socket.create_server((HOST, 0))
        self._ends: list[socket.socket] = []
        self.port: int = self._listening.getsockname()[1]
        self.held = Event()
        """The word has come."""
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more clients, and break what is there."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._break()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection((HOST, self._target))
                self._ends += [client, server]
                Thread(target=self._ask, args=(client, server), daemon=True).start()
                Thread(target=self._answer, args=(server, client), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while block := client.recv(_BLOCK):
                if self._hold and self._hold in block:
                    if self._cut:
                        self._break()
                    self.held.set()
                    return
                server.sendall(block)
            self._break()

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while block := server.recv(_BLOCK):
                if self._left is not None:
                    block, self._left = block[: self._left], max(0, self._left - len(block))
                client.sendall(block)
                if self._left == 0:
                    break
            self._break()

    def _break(self) -> None:
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextmanager
def wire(port: int, *, cut_after: int | None = None, hold: bytes = b"", cut: bool = False) -> Iterator[Wire]:
    """A wire to this port of the machine, closed at the end."""
    made = Wire(port, cut_after=cut_after, hold=hold, cut=cut)
    try:
        yield made
    finally:
        made.close()
