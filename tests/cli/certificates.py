"""Certificates for the tests, made by the openssl program in a temporary folder: once for each test process."""
import atexit
import functools
import pathlib
import shutil
import subprocess
import tempfile
import threading

_DAYS = ["-days", "30"]


def _openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, stdin=subprocess.DEVNULL, capture_output=True)


def _key(folder, name):
    _openssl(folder, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", f"{name}.key")


def _authority(folder, name):
    _key(folder, name)
    _openssl(
        folder,
        "req",
        "-new",
        "-x509",
        "-key",
        f"{name}.key",
        "-out",
        f"{name}.crt",
        *_DAYS,
        "-subj",
        f"/CN=mqtt test {name}",
        "-addext",
        "basicConstraints=critical,CA:TRUE",
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign",
    )


def _signed(folder, name, common_name, alternative_names=None, dates=None):
    """A certificate by `ca`. `dates` are UTCTime texts for a validity that lies elsewhere."""
    _key(folder, name)
    _openssl(folder, "req", "-new", "-key", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={common_name}")
    extensions = "basicConstraints=CA:FALSE\n"
    if alternative_names:
        extensions += f"subjectAltName={alternative_names}\n"
    (folder / f"{name}.ext").write_text(extensions)
    if not dates:
        _openssl(
            folder,
            "x509",
            "-req",
            "-in",
            f"{name}.csr",
            "-CA",
            "ca.crt",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-out",
            f"{name}.crt",
            *_DAYS,
            "-extfile",
            f"{name}.ext",
        )
        return
    # Only `openssl ca` of version 3.0 can date a certificate into the past.
    (folder / "index.txt").write_text("")
    (folder / "ca.cnf").write_text(
        "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nrand_serial=yes\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n"
        "[p]\ncommonName=supplied\n"
    )
    _openssl(
        folder,
        "ca",
        "-batch",
        "-config",
        "ca.cnf",
        "-cert",
        "ca.crt",
        "-keyfile",
        "ca.key",
        "-in",
        f"{name}.csr",
        "-out",
        f"{name}.crt",
        "-startdate",
        dates[0],
        "-enddate",
        dates[1],
        "-extfile",
        f"{name}.ext",
        "-notext",
    )


class Certificates:
    """Paths of what stands in the folder: `ca`, and by name a certificate and its key."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mqtt-certificates-"))
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        here = "DNS:localhost,IP:127.0.0.1,IP:::1"
        _authority(self.folder, "ca")
        _authority(self.folder, "other-ca")
        _signed(self.folder, "server", "localhost", here)
        _signed(self.folder, "wrong-host", "elsewhere.example", "DNS:elsewhere.example")
        _signed(self.folder, "expired", "localhost", here, ("200101000000Z", "200102000000Z"))
        _signed(self.folder, "client", "a client")
        _openssl(
            self.folder,
            "pkey",
            "-in",
            "client.key",
            "-aes256",
            "-passout",
            "pass:key secret",
            "-out",
            "client-encrypted.key",
        )
        (self.folder / "capath").mkdir()
        shutil.copy(self.folder / "ca.crt", self.folder / "capath/ca.pem")
        _openssl(self.folder, "rehash", str(self.folder / "capath"))

    def certificate(self, name):
        return str(self.folder / f"{name}.crt")

    def key(self, name):
        return str(self.folder / f"{name}.key")

    @property
    def ca(self):
        return self.certificate("ca")

    @property
    def capath(self):
        return str(self.folder / "capath")


_once = threading.Lock()


def certificates():
    """Those of this process. Tests on several threads may ask for them at the same time."""
    with _once:
        return _made()


@functools.cache
def _made():
    return Certificates()
