"""A line between client and server that a test cuts."""

import socket
import threading


class Gate:
    """Forwards connections of a port of its own to another one. Ended by `close`."""

    def __init__(self, target):
        self.target = target
        self.is_open = True
        self.lines = []
        self.lock = threading.Lock()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.door.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.target)) if self.is_open else None
            except OSError:
                far = None
            if far is None:
                near.close()
                continue
            with self.lock:
                self.lines += [near, far]
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self._forward, args=pair, daemon=True).start()

    @staticmethod
    def _forward(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        """Ends all connections there are."""
        with self.lock:
            lines, self.lines = self.lines, []
        for line in lines:
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            line.close()

    def shut(self):
        """The same, and lets no new ones through until `open`."""
        self.is_open = False
        self.cut()

    def open(self):
        self.is_open = True

    def close(self):
        self.door.close()
        self.cut()
