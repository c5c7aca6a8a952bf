"""Certificates of an authority that only a test knows."""

import subprocess
from pathlib import Path


class Certificate:
    def __init__(self, chain, key):
        self.chain, self.key = chain, key


class Authority:
    """A self-signed certificate authority in a folder. `authority.file` is what its clients have to trust."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.file, self._key = self.folder / "authority.pem", self.folder / "authority.key"
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                      "-days", "2", "-subj", "/CN=troupe test authority", "-keyout", self._key, "-out", self.file,
                      "-addext", "basicConstraints=critical,CA:TRUE")

    def issue(self, name, names="IP:127.0.0.1,DNS:localhost", days=2):
        request, chain, key = (self.folder / f"{name}.{ending}" for ending in ("csr", "pem", "key"))
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={names}\nextendedKeyUsage=serverAuth\n")
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                      "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        self._openssl("x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self._key, "-CAcreateserial",
                      "-days", days, "-extfile", extensions, "-out", chain)
        return Certificate(chain, key)

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
