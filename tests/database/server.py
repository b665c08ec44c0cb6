"""A PostgreSQL of its own on loopback in a temporary folder, for tests and measurements."""
import glob
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


class Server:
    """A cluster of its own; PostgreSQL refuses to run as root, so then as the user of Debian's package."""

    def __init__(self):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
        on_path = shutil.which("postgres")
        if not found and not on_path:
            skip("PostgreSQL is not installed")
        self.bin = os.path.dirname(found[-1] if found else on_path)
        self.prefix = []
        self.user = pwd.getpwuid(os.getuid()).pw_name
        self.folder = tempfile.mkdtemp(prefix="dk-postgres-")
        if os.getuid() == 0:
            if "postgres" not in [p.pw_name for p in pwd.getpwall()]:
                skip("root cannot run PostgreSQL, and there is no user postgres")
            self.user = "postgres"
            self.prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
            shutil.chown(self.folder, "postgres", "postgres")
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.data = os.path.join(self.folder, "data")
        self.url = f"postgresql://{self.user}@127.0.0.1:{self.port}/postgres"
        self.run("initdb", "-D", self.data, "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C")
        self.run("pg_ctl", "-D", self.data, "-w", "-l", os.path.join(self.folder, "log"), "start", "-o",
                 f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self.folder} -c fsync=off")

    def run(self, tool, *arguments):
        subprocess.run(self.prefix + [os.path.join(self.bin, tool), *arguments], check=True, stdout=subprocess.DEVNULL,
                       cwd=self.folder)

    def sql(self, statement):
        return subprocess.run([os.path.join(self.bin, "psql"), "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", self.url,
                               "-c", statement], check=True, capture_output=True, text=True).stdout.strip()

    def stop(self):
        pid = os.path.join(self.data, "postmaster.pid")
        if os.path.exists(pid):
            self.run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)
