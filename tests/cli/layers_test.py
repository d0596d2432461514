"""The layers' dependencies run downward only: read from the #include lines."""
import re
import unittest

import harness

# What each folder under lib/ may include, besides itself and what those may include.
BELOW = {
    "base": [],
    "wire": ["base"],
    "stats": ["base"],
    "session": ["wire"],
    "render": ["wire"],
    "transport": ["base"],
    "auth": ["base"],
    "capture": ["wire", "transport"],
    "net": ["session", "transport", "auth"],
    "broker": ["net"],
    "scenario": ["net"],
    "bench": ["net", "stats"],
}

# Which folders may name a package: its headers, and who.
PACKAGES = {
    r"asio(/.*|\.hpp)": {"net", "broker", "scenario", "bench", "cmd"},
    r"openssl/.*": {"transport", "auth", "net", "capture", "cmd"},
    r"pcap(/.*|\.h)": {"capture"},
    r"rapidjson/.*": {"render", "scenario", "cmd"},
    r"re2/.*": {"cmd"},
    r"zlib\.h": {"transport", "capture", "stats"},
    r"(sys/socket|netinet/.*|netdb|sys/un|sys/epoll)\.h": {"net", "broker", "scenario", "bench", "cmd"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def allowed(layer):
    result = {layer}
    for below in BELOW[layer]:
        result |= allowed(below)
    return result


def sources(folder):
    return sorted(path for path in (harness.SOURCE / folder).rglob("*") if path.suffix in (".h", ".cpp"))


def includes(path):
    return INCLUDE.findall(path.read_text())


class Layers(unittest.TestCase):
    def test_each_folder_is_a_known_layer(self):
        folders = {path.relative_to(harness.SOURCE / "lib").parts[0] for path in sources("lib")}
        self.assertLessEqual({"base", "wire", "session", "transport", "net"}, folders)
        self.assertLessEqual(folders, set(BELOW))

    def test_includes_run_downward(self):
        wrong, seen = [], 0
        for path in sources("lib"):
            layer = path.relative_to(harness.SOURCE / "lib").parts[0]
            for quote, name in includes(path):
                first = name.split("/")[0]
                if quote == '"':
                    seen += 1
                    if first not in allowed(layer):
                        wrong.append(f"{path.relative_to(harness.SOURCE)}: {name}")
        self.assertGreater(seen, 50)
        self.assertEqual(wrong, [])

    def test_own_headers_are_named_from_the_include_root(self):
        wrong = []
        for path in sources("lib"):
            for quote, name in includes(path):
                if quote == '"' and not (harness.SOURCE / "lib" / name).is_file():
                    wrong.append(f"{path.relative_to(harness.SOURCE)}: {name}")
        self.assertEqual(wrong, [])

    def test_packages_are_named_only_where_they_belong(self):
        wrong = []
        for path in sources("lib") + sources("cmd"):
            parts = path.relative_to(harness.SOURCE).parts
            layer = parts[1] if parts[0] == "lib" else "cmd"
            for _, name in includes(path):
                for pattern, owners in PACKAGES.items():
                    if re.fullmatch(pattern, name) and layer not in owners:
                        wrong.append(f"{path.relative_to(harness.SOURCE)}: {name}")
        self.assertEqual(wrong, [])

    def test_no_two_files_include_each_other(self):
        graph = {}
        for path in sources("lib"):
            if path.suffix == ".h":
                name = str(path.relative_to(harness.SOURCE / "lib"))
                graph[name] = [target for quote, target in includes(path) if quote == '"']
        done, way = set(), []

        def visit(name):
            self.assertNotIn(name, way, " → ".join([*way, name]))
            if name in done:
                return
            way.append(name)
            for target in graph.get(name, []):
                visit(target)
            way.pop()
            done.add(name)

        for name in graph:
            visit(name)

    def test_every_header_begins_with_what_it_is_for(self):
        """A source file without a header of its own likewise."""
        wrong = [
            str(path.relative_to(harness.SOURCE))
            for path in sources("lib") + sources("cmd")
            if not (path.suffix == ".cpp" and path.with_suffix(".h").exists())
            and not path.read_text().startswith("// ")
        ]
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    harness.main()
