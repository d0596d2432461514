"""Real proxies in front of a broker: nginx, HAProxy, microsocks (SOCKS5) and tinyproxy (HTTP CONNECT), each on a free
port with nothing outside its own folder. They are no brokers, but are started and stopped as these are."""
import starter
from starter import harness


class Proxy(starter.Starter):
    """`upstream` is the port that it forwards to, where it does not choose itself."""

    transports = ("tcp",)

    def __init__(self, upstream=None):
        super().__init__()
        self.upstream = upstream

    def ready(self):
        return harness.accepts(self.ports["tcp"])


class NginxStream(Proxy):
    """nginx as a TCP proxy; with `proxy_protocol` it says whom it forwards."""

    name = "nginx-stream"
    programs = ("nginx", "/usr/lib/nginx/modules/ngx_stream_module.so")

    def __init__(self, upstream, proxy_protocol=False):
        super().__init__(upstream)
        self.proxy_protocol = "on" if proxy_protocol else "off"

    @classmethod
    def version(cls):
        return starter.debian_version("nginx")

    def prepare(self):
        (self.folder / "nginx.conf").write_text(f"""
load_module {self.programs[1]};
daemon off;
user root;
pid {self.folder}/pid;
error_log stderr;
events {{ worker_connections 64; }}
stream {{
  server {{
    listen 127.0.0.1:{self.ports["tcp"]};
    proxy_pass 127.0.0.1:{self.upstream};
    proxy_protocol {self.proxy_protocol};
  }}
}}
""")
        place = ["-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]
        return [harness.program("nginx"), "-e", "stderr", *place], {}


class HaProxy(Proxy):
    """HAProxy as a TCP proxy; `send` is what it adds to its server line, as send-proxy-v2."""

    name = "haproxy"
    programs = ("haproxy",)

    def __init__(self, upstream, send=""):
        super().__init__(upstream)
        self.send = send

    @classmethod
    def version(cls):
        return starter.debian_version("haproxy")

    def prepare(self):
        (self.folder / "haproxy.cfg").write_text(f"""
defaults
  mode tcp
  timeout connect 10s
  timeout client 1h
  timeout server 1h
listen mqtt
  bind 127.0.0.1:{self.ports["tcp"]}
  server broker 127.0.0.1:{self.upstream} {self.send}
""")
        return [harness.program("haproxy"), "-db", "-f", str(self.folder / "haproxy.cfg")], {}


class MicroSocks(Proxy):
    name = "microsocks"
    programs = ("microsocks",)
    user, password = "me", "p@ss"

    @classmethod
    def version(cls):
        return starter.debian_version("microsocks")

    def prepare(self):
        credentials = ["-u", self.user, "-P", self.password]
        return [harness.program("microsocks"), "-i", "127.0.0.1", "-p", str(self.ports["tcp"]), *credentials], {}

    def proxy_options(self, scheme="socks5h"):
        return ["--proxy", f"{scheme}://{self.user}:{starter.quoted(self.password)}@127.0.0.1:{self.ports['tcp']}"]


class TinyProxy(Proxy):
    name = "tinyproxy"
    programs = ("tinyproxy",)
    user, password = "me", "pass1234"

    @classmethod
    def version(cls):
        return starter.debian_version("tinyproxy")

    def prepare(self):
        (self.folder / "tinyproxy.conf").write_text(
            f'Listen 127.0.0.1\nPort {self.ports["tcp"]}\nTimeout 600\nMaxClients 20\nLogLevel Warning\n'
            f"BasicAuth {self.user} {self.password}\n"
        )
        return [harness.program("tinyproxy"), "-d", "-c", str(self.folder / "tinyproxy.conf")], {}

    def proxy_options(self):
        return ["--proxy", f"http://{self.user}:{starter.quoted(self.password)}@127.0.0.1:{self.ports['tcp']}"]
