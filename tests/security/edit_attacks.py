#!/usr/bin/env python3
"""Attacks on the page of `drivkraft lexicon edit`, as another program, another user or a web page beside it would try them.

usage: edit_attacks.py --program PROGRAM

Each attack says what an attacker would win if it failed to be held off. Requests are bytes on a socket, so that they may be as wrong as one likes.
"""
import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

LIST = "# a remark\nterm\tvalence\temotion\tnote\n\ngizmo\t-2\n"
TIMEOUT = 1  # seconds that the server waits for a request (--timeout)


class Server:
    """The program on a lexicon and a corpus of made-up comments."""
    requests = 0

    def __init__(self, program, folder, lexicon, env=None):
        corpus = os.path.join(folder, "survey.csv")
        with open(corpus, "w", encoding="utf-8") as f:
            f.write("id,comment\n" + "".join(f"c{i},the gizmo broke again\n" for i in range(50)))
        command = [program, "lexicon", "edit", corpus, "--text", "comment", "--id", "id", "--lexicon", lexicon,
                   "--language", "en", "--timeout", str(TIMEOUT), "--no-learned"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
        self.url = self.process.stdout.readline().strip()
        if not self.url.startswith("http://127.0.0.1:"):
            raise SystemExit(f"it did not start: {self.url!r} {self.process.stderr.read()}")
        self.token = self.url.split("token=")[1]
        self.port = int(self.url.split(":")[2].split("/")[0])
        self.host = f"127.0.0.1:{self.port}"

    def raw(self, data, wait=60):
        """Sends bytes and reads until the server closes; the answer's bytes."""
        Server.requests += 1
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as s:
            try:
                s.sendall(data)
            except OSError:
                pass  # refused before all was sent: what was answered counts
            return drain(s)

    def ask(self, path="/api/state", body=b"{}", method="POST", host=None, origin=True, token=True, kind="application/json", extra=(), version="1.1"):
        lines = [f"{method} {path} HTTP/{version}"]
        if host is not False:
            lines.append(f"Host: {host or self.host}")
        if origin:
            lines.append(f"Origin: {origin if isinstance(origin, str) else 'http://' + self.host}")
        if token:
            lines.append(f"X-Drivkraft-Token: {token if isinstance(token, str) else self.token}")
        if kind:
            lines.append(f"Content-Type: {kind}")
        lines += [f"Content-Length: {len(body)}", *extra, "", ""]
        return self.raw("\r\n".join(lines).encode("latin-1") + body)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=60)
        return code, self.process.stderr.read()


def drain(s):
    got = b""
    try:
        while piece := s.recv(65536):
            got += piece
    except OSError:
        pass
    return got


def status(answer):
    try:
        return int(answer.split(b" ", 2)[1])
    except (IndexError, ValueError):
        return 0  # closed without an answer


def content(answer):
    return answer.split(b"\r\n\r\n", 1)[1] if b"\r\n\r\n" in answer else b""


def headers(answer):
    lines = answer.split(b"\r\n\r\n", 1)[0].decode("latin-1").split("\r\n")[1:]
    return {k.lower(): v.strip() for k, v in (line.split(":", 1) for line in lines)}


ATTACKS = []


def attack(function):
    ATTACKS.append(function)
    return function


def expect(right, what):
    if not right:
        raise AssertionError(what)


def refused(answer, wanted, what, server):
    expect(status(answer) in (wanted if isinstance(wanted, tuple) else (wanted,)), f"{what}: {answer[:200]!r}")
    expect(server.token.encode() not in answer and b"gizmo" not in answer and b"<script" not in answer, f"{what}: something leaked: {answer[:300]!r}")


@attack
def the_owner_is_served(s, _):
    """Nothing else here means anything if right requests are refused too."""
    expect(status(s.ask()) == 200, "state")
    page = s.raw(f"GET /?token={s.token} HTTP/1.1\r\nHost: {s.host}\r\n\r\n".encode())
    expect(status(page) == 200 and b"<script" in page, "the page")
    expect(status(s.ask(host=f"localhost:{s.port}", origin=f"http://localhost:{s.port}")) == 200, "localhost")
    h = headers(page)
    for name, value in {"cache-control": "no-store", "x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "no-referrer",
                        "connection": "close"}.items():
        expect(h.get(name, "").lower() == value.lower(), f"header {name}: {h.get(name)}")
    expect("frame-ancestors 'none'" in h["content-security-policy"], "another page could frame it and have the user click (clickjacking)")
    expect("access-control-allow-origin" not in h, "another site could read answers")
    policy = page.split(b'http-equiv="Content-Security-Policy" content="')[1].split(b'"')[0].decode()
    expect("default-src 'none'" in policy and "unsafe" not in policy and "connect-src 'self'" in policy, f"policy of the page: {policy}")


@attack
def other_machines(s, _):
    """Anybody in the same network could edit lexicons and read comments."""
    ports = open("/proc/net/tcp").read().split("\n")[1:] + open("/proc/net/tcp6").read().split("\n")[1:]
    listening = [line.split()[1].split(":")[0] for line in ports if line and line.split()[3] == "0A" and int(line.split()[1].split(":")[1], 16) == s.port]
    expect(listening == ["0100007F"], f"it listens elsewhere than on 127.0.0.1: {listening}")
    addresses = {a[4][0] for a in socket.getaddrinfo(socket.gethostname(), None)} | {"127.0.0.2"}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: tells which address would be used
            addresses.add(probe.getsockname()[0])
        except OSError:
            pass
    for address in addresses - {"127.0.0.1"}:
        try:
            socket.create_connection((address, s.port), timeout=2).close()
        except OSError:
            continue
        raise AssertionError(f"reachable at {address}")


@attack
def without_the_token(s, _):
    """Another program on this machine, which finds the port, could read comments and write files."""
    for question in ["state", "entries", "places", "check", "try", "take", "effect", "undo", "save", "suggest", "stop", "accept", "create"]:
        for token in [False, "", "0" * 64, s.token[:-1], s.token + "0", s.token[:-1] + ("0" if s.token[-1] != "0" else "1"), s.token.upper(), "%00" + s.token]:
            refused(s.ask(f"/api/{question}", token=token), 403, f"{question} with token {token!r}", s)
        refused(s.ask(f"/api/{question}?token={s.token}", token=False), 403, "the token of the page in an address asks nothing", s)
    for query in ["", "?token=", "?token=" + "0" * 64, f"?token={s.token[:-1]}", f"?x={s.token}", f"?token[]={s.token}"]:
        refused(s.raw(f"GET /{query} HTTP/1.1\r\nHost: {s.host}\r\n\r\n".encode()), 403, f"the page at /{query}", s)
    for path in ["/favicon.ico", "/robots.txt", "/api/", "/nothing"]:  # who has no token does not learn what there is
        refused(s.raw(f"GET {path} HTTP/1.1\r\nHost: {s.host}\r\n\r\n".encode()), 403, path, s)
    two = s.ask(token=False, extra=(f"X-Drivkraft-Token: {'0' * 64}", f"X-Drivkraft-Token: {s.token}"))
    refused(two, 403, "two tokens", s)


@attack
def tokens_differ(s, context):
    """A token that can be guessed is none."""
    other = Server(context["program"], context["folder"], context["lexicon"])
    other.stop()
    expect(other.token != s.token and len(s.token) == 64 and other.port != s.port, "token or port are the same in two runs")
    expect(len(set(s.token)) > 8, "the token is not random")


@attack
def dns_rebinding(s, _):
    """A web site whose name is made to point at 127.0.0.1 would be of the same origin as the page."""
    for host in ["evil.example", f"evil.example:{s.port}", "127.0.0.1", f"127.0.0.1:{s.port + 1}", f"127.0.0.1.evil.example:{s.port}", f"localhost.:{s.port}",
                 f"[::1]:{s.port}", f"0.0.0.0:{s.port}", f"2130706433:{s.port}", "", f" {s.host} x"]:
        origin = f"http://{host}" if host.strip() else True
        refused(s.ask(host=host or " ", origin=origin), (421, 400), f"Host {host!r}", s)
    refused(s.ask(host=False), (421, 400), "no Host", s)
    refused(s.ask(host=False, version="1.0"), (421, 400), "no Host in HTTP/1.0", s)
    refused(s.ask(extra=("Host: evil.example",)), (421, 400), "two Hosts", s)
    refused(s.ask(f"http://evil.example/api/state"), (400, 403, 404, 421), "an absolute address", s)


@attack
def cross_site_requests(s, _):
    """A page that is open beside it could have the user's browser change lexicons."""
    for origin in [False, "http://evil.example", "null", "https://" + s.host, f"http://{s.host}.evil.example", f"http://localhost:{s.port}", f"http://127.0.0.1:{s.port + 1}", "http://127.0.0.1"]:
        for question in ["take", "save", "undo", "accept", "create", "suggest", "state"]:
            refused(s.ask(f"/api/{question}", origin=origin), 403, f"Origin {origin}", s)
    refused(s.ask(extra=("Sec-Fetch-Site: cross-site",)), 403, "Sec-Fetch-Site: cross-site", s)
    refused(s.ask(extra=("Sec-Fetch-Site: same-site",)), 403, "another port of this machine", s)
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", False, "application/jsonx"]:  # what a form can send
        refused(s.ask(kind=kind), 415, f"Content-Type {kind}", s)
    page = f"GET /?token={s.token} HTTP/1.1\r\nHost: {s.host}\r\n"
    refused(s.raw((page + "Sec-Fetch-Site: cross-site\r\n\r\n").encode()), 403, "the page from another site", s)
    refused(s.raw((page + "Origin: http://evil.example\r\n\r\n").encode()), 403, "the page for another origin", s)
    preflight = s.raw(f"OPTIONS /api/save HTTP/1.1\r\nHost: {s.host}\r\nOrigin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n".encode())
    refused(preflight, 405, "a preflight", s)
    expect("access-control-allow-origin" not in headers(preflight), "a preflight is allowed")


@attack
def other_methods(s, _):
    """Methods that nobody thought of may get past what is checked for those that somebody did."""
    for method in ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "PROPFIND", "GETX", "\x01"]:
        answer = s.ask(method=method)
        expect(status(answer) in (405, 400, 501, 0), f"{method}: {answer[:100]!r}")
        expect(b"gizmo" not in answer, f"{method} answers")
    for path in ["/api/state", "/api/save"]:
        refused(s.raw(f"GET {path}?token={s.token} HTTP/1.1\r\nHost: {s.host}\r\n\r\n".encode()), 404, "a question by GET", s)


@attack
def other_files(s, context):
    """Files of the user could be read or written."""
    for path in ["/../../../../etc/passwd", "/api/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/api/..%2f..%2fetc%2fpasswd", "//etc/passwd", "/api/state/../save",
                 "/api/state/", "/api//state", "/api/STATE", "/api/state%00", "/api/state.json", "/edit.html", "/api/" + "a" * 3000, "/\\..\\..\\etc\\passwd"]:
        answer = s.ask(path)
        refused(answer, (404, 400, 414, 431), path, s)
        expect(b"root:" not in answer, path)
    outside = os.path.join(context["folder"], "outside.tsv")
    with open(outside, "w", encoding="utf-8") as f:
        f.write("term\tvalence\nsecret\t1\n")
    for file in ["../outside.tsv", outside, -1, 99999, 1.5, None, "0", [0], {"a": 1}, 1e300]:
        for question, body in [("take", {"cells": {"term": "x", "valence": "1"}}), ("accept", {"items": [{"term": "x", "valence": 1}]}), ("check", {"cells": {"term": "x"}}), ("try", {"cells": {"term": "x", "valence": "1"}})]:
            answer = s.ask(f"/api/{question}", json.dumps({"file": file, **body}).encode())
            expect(status(answer) == 400 and b"no such file" in answer, f"{question} of file {file!r}: {answer[-300:]!r}")
    expect(open(outside, encoding="utf-8").read() == "term\tvalence\nsecret\t1\n", "a file that was not chosen was written")
    shipped = next(i for i, f in enumerate(json.loads(content(s.ask()))["files"]) if f["closed"])
    answer = s.ask("/api/take", json.dumps({"file": shipped, "cells": {"theme": "delivery.speed", "term": "x"}}).encode())
    expect(status(answer) == 400, f"a shipped file is edited though it was not chosen: {answer[-300:]!r}")


@attack
def hostile_entries(s, context):
    """Cells that are more than a cell would put lines of their own into the file."""
    before = open(context["list"], encoding="utf-8").read()
    for term in ["a\tb", "a\nb\t5", "a\r\nb", "\x00", "x\x1b[31m", "# gone", "", "   ", "/(a+)+$[/", "a" * 300000]:
        answer = s.ask("/api/take", json.dumps({"file": 0, "cells": {"term": term, "valence": "1"}}).encode())
        expect(status(answer) in (400, 413, 422), f"term {term[:40]!r}: {answer[:300]!r}")
    for line, was in [(1, None), (2, None), (3, None), (999, None), (4, "another\t1"), (-1, None)]:
        ask = {"file": 0, "line": line, "cells": {"term": "b", "valence": "1"}} | ({"was": was} if was else {})
        if line == -1:
            continue
        expect(status(s.ask("/api/take", json.dumps(ask).encode())) == 400, f"line {line}, which is no entry or another, is replaced")
    hostile = '<script>alert(1)</script>"\'&'
    answer = s.ask("/api/check", json.dumps({"file": 0, "cells": {"term": f'"{hostile}"', "valence": "1"}}).encode())
    expect(b"<script" not in answer, "a term comes back as markup")
    expect(headers(answer)["content-type"] == "application/json", "an answer that a browser could take for a page")
    expect(open(context["list"], encoding="utf-8").read() == before, "something was written")
    expect(json.loads(content(s.ask()))["unsaved"] == 0, "something was taken")


@attack
def bodies(s, _):
    """A body without end would fill the memory; a wrong one might do anything."""
    refused(s.ask(body=b"x" * (256 * 1024 + 1)), 413, "a body that is too long", s)
    head = f"POST /api/state HTTP/1.1\r\nHost: {s.host}\r\nOrigin: http://{s.host}\r\nX-Drivkraft-Token: {s.token}\r\nContent-Type: application/json\r\n"
    refused(s.raw((head + "Content-Length: 99999999999999\r\n\r\n").encode()), (413, 400), "a length that is too long", s)
    for length in ["-1", "abc", "18446744073709551616", "1e3", "0x10"]:
        answer = s.raw((head + f"Content-Length: {length}\r\n\r\n{{}}").encode())
        expect(status(answer) in (400, 413, 0), f"Content-Length {length}: {answer[:200]!r}")
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    refused(s.raw((head + "Transfer-Encoding: chunked\r\n\r\n").encode() + chunk * 8), (413, 0), "chunks without end", s)
    both = s.raw((head + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nPOST /api/save HTTP/1.1\r\n\r\n").encode())
    expect(both.count(b"HTTP/1.1 ") <= 1, "a second request was smuggled in")
    for body in [b"", b"[]", b"1", b"null", b"{", b"\xff\xfe", b"{\"file\":" + b"[" * 20000, b"{\"a\":\"" + b"\\u0000" + b"\"}", b"[" * 100000]:
        answer = s.ask("/api/try", body)
        expect(status(answer) == 400, f"body {body[:20]!r}: {answer[:200]!r}")
        expect("error" in json.loads(content(answer)), "the reason is missing")


@attack
def malformed(s, _):
    """What is no HTTP may crash a parser."""
    for data in [b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x00" * 4096, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET / HTTP/1.1\r\nHost\r\n\r\n",
                 b"GET / HTTP/1.1\r\n : x\r\n\r\n", b"POST / HTTP/1.1\nHost: x\n\n", b"GET /%zz%2 HTTP/1.1\r\nHost: x\r\n\r\n", b"GET " + b"/" * 60000 + b" HTTP/1.1\r\n\r\n",
                 b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % i for i in range(5000)) + b"\r\n", b"GET / HTTP/1.1\r\nHost: " + b"a" * 60000 + b"\r\n\r\n", os.urandom(8192),
                 b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]:
        answer = s.raw(data)
        expect(status(answer) not in (200,), f"{data[:40]!r} is answered: {answer[:100]!r}")
        expect(b"gizmo" not in answer, f"{data[:40]!r} leaks")
    expect(status(s.ask()) == 200, "it does not answer any more")


@attack
def slow_clients(s, _):
    """Whoever opens many connections and sends nothing, or a byte now and then, would keep the owner out for ever."""
    held = [socket.create_connection(("127.0.0.1", s.port)) for _ in range(48)]  # more than are served at once
    stop = threading.Event()

    def drip():
        at = 0
        while not stop.wait(0.3):
            for c in held[:16]:
                try:
                    c.send(b"GET / HTTP/1.1\r\nX: "[at % 20:at % 20 + 1])
                except OSError:
                    pass
            at += 1
    dripping = threading.Thread(target=drip)
    dripping.start()
    expect(status(s.raw(f"GET /?token={s.token} HTTP/1.1\r\nHost: {s.host}\r\n\r\n".encode(), wait=60)) == 200, "the owner waits for ever behind slow clients")
    stop.set()
    dripping.join()
    for c in held:
        c.close()
    # who asks and does not take the answer
    lazy = socket.create_connection(("127.0.0.1", s.port))
    lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    lazy.sendall(f"GET /?token={s.token} HTTP/1.1\r\nHost: {s.host}\r\n\r\n".encode())
    expect(status(s.ask()) == 200, "one who does not take an answer keeps others waiting")
    lazy.close()


@attack
def one_request_a_connection(s, _):
    """A second request on a connection that was let in once must pass the same door."""
    two = s.raw(f"GET /?token={s.token} HTTP/1.1\r\nHost: {s.host}\r\n\r\nPOST /api/state HTTP/1.1\r\nHost: {s.host}\r\n\r\n".encode())
    expect(two.count(b"HTTP/1.1 200") == 1 and b'"files"' not in two, "the second request was answered")


@attack
def symlinks(s, context):
    """A file that is exchanged for a symlink while it is edited would send what is saved into another file."""
    target = os.path.join(context["folder"], "target.txt")
    take = {"file": 0, "cells": {"term": "flurbish", "valence": "2"}}
    expect(status(s.ask("/api/take", json.dumps(take).encode())) == 200, "an entry is taken")
    for make in ["symlink to the same text", "symlink to nothing", "folder", "changed"]:
        with open(target, "w", encoding="utf-8") as f:
            f.write(LIST)
        os.rename(context["list"], context["list"] + ".aside")
        if make.startswith("symlink"):
            os.symlink(target if "same" in make else os.path.join(context["folder"], "new.txt"), context["list"])
        elif make == "folder":
            os.mkdir(context["list"])
        else:
            with open(context["list"], "w", encoding="utf-8") as f:
                f.write(LIST + "theirs\t1\n")
        answer = s.ask("/api/save")
        expect(status(answer) == 422 and b"since it was read; nothing was written" in answer, f"{make}: {answer[-300:]!r}")
        expect(open(target, encoding="utf-8").read() == LIST, f"{make}: the target of the symlink was written")
        expect(not os.path.exists(os.path.join(context["folder"], "new.txt")), f"{make}: a file was made where the symlink points")
        if make == "folder":
            os.rmdir(context["list"])
        else:
            os.remove(context["list"])
        os.rename(context["list"] + ".aside", context["list"])
    os.symlink(target, os.path.join(os.path.dirname(context["list"]), f".valence.tsv.edit-{s.process.pid}"))  # where it writes beside
    expect(status(s.ask("/api/save")) == 500, "it writes through a symlink that stands where its temporary file goes")
    expect(open(target, encoding="utf-8").read() == LIST, "the target was written")
    os.remove(os.path.join(os.path.dirname(context["list"]), f".valence.tsv.edit-{s.process.pid}"))
    # the folder itself exchanged: the file is saved in the folder that was opened
    folder = os.path.dirname(context["list"])
    os.rename(folder, folder + ".moved")
    os.mkdir(folder)
    shutil.copy(target, context["list"])
    expect(status(s.ask("/api/save")) == 200, "saving")
    expect(open(context["list"], encoding="utf-8").read() == LIST, "a folder that was put in place of the one that was opened was written to")
    expect(open(os.path.join(folder + ".moved", "valence.tsv"), encoding="utf-8").read() == LIST + "flurbish\t2\n", "what was saved")
    expect(sorted(os.listdir(folder + ".moved")) == ["valence.tsv"], "temporary files are left")
    shutil.rmtree(folder)
    os.rename(folder + ".moved", folder)


def below(folder):
    """Every file and folder, with what files hold."""
    found = {}
    for root, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(root, name)
            regular = os.path.isfile(path) and not os.path.islink(path)
            found[os.path.relpath(path, folder)] = open(path, "rb").read() if regular else b""
    return found


@attack
def new_lists(s, context):
    """A list that is made could be put, or written over another, wherever its name says."""
    lexicon, before = context["lexicon"], below(context["folder"])
    possible = json.loads(content(s.ask()))["possible"]
    expect(f"{lexicon}/sv/valence.tsv" in possible and f"{lexicon}/en/valence.tsv" not in possible, f"what is offered: {possible}")
    expect(all(p.startswith(lexicon + "/") for p in possible), f"lists elsewhere than in the lexicon that was named are offered: {possible}")
    outside = os.path.join(context["folder"], "away")
    for name in ["../away.tsv", outside, "sv/valence.tsv", "valence.tsv", "", None, 1, [], {}, context["list"], f"{lexicon}/en/../sv/valence.tsv", f"{lexicon}//sv/valence.tsv",
                 f"{lexicon}/sv/valence.tsv/", f"{lexicon}/sv/notes.tsv", f"{lexicon}/sv/.valence.tsv", f"{lexicon}/sv/valence.tsv\u0000.txt", f"{lexicon}/de/valence.tsv",
                 f"{lexicon}/SV/valence.tsv", f"{lexicon}/taxonomy.tsv", f"{lexicon}/sv/valence.tsv\n", "a" * 100000, "packs/telecom/sv/valence.tsv"]:
        answer = s.ask("/api/create", json.dumps({"name": name}).encode())
        expect(status(answer) == 400 and (b"no list of that name" in answer or b"no JSON" in answer), f"{str(name)[:60]!r}: {answer[-300:]!r}")
    expect(below(context["folder"]) == before, "a file or a folder was made all the same")
    make = lambda name: s.ask("/api/create", json.dumps({"name": f"{lexicon}/{name}"}).encode())
    os.mkdir(outside)
    os.symlink(outside, os.path.join(lexicon, "sv"))
    expect(status(make("sv/valence.tsv")) == 500 and os.listdir(outside) == [], "it follows a folder that is a symlink")
    os.remove(os.path.join(lexicon, "sv"))
    os.mkdir(os.path.join(lexicon, "da"))
    os.symlink(os.path.join(outside, "x"), os.path.join(lexicon, "da", "valence.tsv"))
    expect(status(make("da/valence.tsv")) == 500 and os.listdir(outside) == [], "it writes through a symlink that stands where the list goes")
    os.remove(os.path.join(lexicon, "da", "valence.tsv"))
    with open(os.path.join(lexicon, "da", "valence.tsv"), "w", encoding="utf-8") as f:
        f.write("theirs")
    expect(status(make("da/valence.tsv")) == 500 and open(os.path.join(lexicon, "da", "valence.tsv"), encoding="utf-8").read() == "theirs", "a file that somebody else made meanwhile is written over")
    shutil.rmtree(os.path.join(lexicon, "da"))
    # the folder itself exchanged: nothing is made in what is there now
    os.rename(lexicon, lexicon + ".moved")
    os.mkdir(lexicon)
    expect(status(make("sv/valence.tsv")) != 200 and os.listdir(lexicon) == [], "a list is made in a folder that was put in place of the one that was opened")
    os.rmdir(lexicon)
    os.rename(lexicon + ".moved", lexicon)
    os.rmdir(outside)
    expect(below(context["folder"]) == before, "something is left of lists that were refused")
    answer = make("sv/valence.tsv")  # the owner's own
    expect(status(answer) == 200, f"a list is made: {answer[-300:]!r}")
    made = os.path.join(lexicon, "sv", "valence.tsv")
    text = open(made, encoding="utf-8").read()
    expect(text.startswith("# ") and text.endswith("\nterm\tvalence\temotion\tnote\n"), f"its beginning: {text!r}")
    number = json.loads(content(answer))["file"]
    expect(status(s.ask("/api/take", json.dumps({"file": number, "cells": {"term": "pryl", "valence": "-1"}}).encode())) == 200, "an entry is taken into it")
    expect(status(make("da/themes.tsv")) == 400, "files are numbered anew under changes that are not saved")
    expect(status(s.ask("/api/undo")) == 200 and below(context["folder"])[os.path.relpath(context["list"], context["folder"])] == before[os.path.relpath(context["list"], context["folder"])], "undo")


def found(s, ask):
    """Asks for suggestions until they are there."""
    for _ in range(100000):
        answer = s.ask("/api/suggest", json.dumps(ask).encode())
        if status(answer) != 200 or not json.loads(content(answer))["running"]:
            return answer
    raise AssertionError("the search does not end")


@attack
def searches(s, _):
    """A search that is begun again and again, or left alone, could take the program down or keep the owner waiting."""
    for _ in range(8):
        expect(status(s.ask("/api/suggest", b'{"fresh": true}')) == 200, "a search is begun")
        expect(status(s.ask("/api/stop")) == 200 and status(s.ask("/api/stop")) == 200, "it is ended")
    for ask in [{"language": 1}, {"language": "xx"}, {"language": ["en"]}, {"fresh": "yes"}, {"fresh": {}}, {"language": "en'"}]:
        expect(status(found(s, ask)) == 200, f"suggest {ask}")
    first = json.loads(content(found(s, {"language": "en"})))["suggestions"]
    take = {"file": 0, "cells": {"term": "blorfish", "valence": "2"}}
    expect(status(s.ask("/api/take", json.dumps(take).encode())) == 200, "an entry is taken")
    answer = json.loads(content(s.ask("/api/suggest", b'{"fresh": true}')))
    expect(answer["running"] and 0 <= answer["done"] <= 1, f"the search keeps the page waiting: {str(answer)[:200]}")
    expect(status(s.ask("/api/undo")) == 200, "the lexicon that is searched with is taken back meanwhile")
    expect(json.loads(content(found(s, {"language": "en"})))["suggestions"] == first, "other suggestions of the same")


@attack
def it_ends_cleanly(s, _):
    """Whoever is attacked must still be able to save and to end."""
    take = {"file": 0, "cells": {"term": "unsaved thing", "valence": "2"}}
    expect(status(s.ask("/api/take", json.dumps(take).encode())) == 200, "an entry is taken")
    expect(status(s.ask("/api/suggest", b'{"fresh": true}')) == 200, "a search is begun, and is at work when it ends")
    idle = socket.create_connection(("127.0.0.1", s.port))
    code, err = s.stop()
    idle.close()
    expect(code == 0 and "1 unsaved change is lost" in err, f"{code}: {err}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = os.path.abspath(parser.parse_args().program)
    folder = tempfile.mkdtemp(prefix="drivkraft-attacks-")
    lexicon = os.path.join(folder, "my")
    os.makedirs(os.path.join(lexicon, "en"))
    context = {"program": program, "folder": folder, "lexicon": lexicon, "list": os.path.join(lexicon, "en", "valence.tsv")}
    with open(context["list"], "w", encoding="utf-8") as f:
        f.write(LIST)
    server, failed = Server(program, folder, lexicon), 0
    for one in ATTACKS:
        try:
            one(server, context)
        except AssertionError as error:
            failed += 1
            print(f"FAILED {one.__name__}: {error}\n  {' '.join(one.__doc__.split())}")
        if server.process.poll() is not None and one is not it_ends_cleanly:
            print(f"FAILED {one.__name__}: the program is gone: {server.process.stderr.read()}")
            failed += 1
            break
    if server.process.poll() is None:
        server.stop()
    shutil.rmtree(folder)
    print(f"{len(ATTACKS) - failed} of {len(ATTACKS)} held, {Server.requests} requests")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
