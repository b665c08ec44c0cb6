#!/usr/bin/env python3
"""Inputs at and beyond what a survey is: each is answered or refused with a plain message, within the memory that is stated here.

usage: run.py --program drivkraft [--heavy] [--markdown] [CASE ...]

A case makes its input in a temporary folder, runs one command, and says what must come of it: the exit code, a part of the message, lines of the output,
and the most memory (resident, as the kernel counts it) in MB. --heavy adds those that take more than some seconds or much disk; --markdown prints
the rows of docs/reliability.md.
"""
import argparse, gzip, json, os, re, resource, shutil, subprocess, sys, tempfile, threading, time, zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
ADDRESS_SPACE = 12 << 30  # nothing here may ask for more than that at once
PATIENCE = int(os.environ.get("PATIENCE", "900"))  # seconds, after which a case counts as one without an end
CASES = []


def case(what, command, code=0, message=None, lines=None, most=200, heavy=False, out="out.csv", stdin=None):
    """Registers a function that makes the input; {} in the command is the folder."""
    def register(make):
        CASES.append(dict(name=make.__name__, what=what, command=command, code=code, message=message, lines=lines, most=most, heavy=heavy, make=make, out=out,
                          stdin=stdin))
        return make
    return register


def write(folder, name, *pieces):
    with open(os.path.join(folder, name), "wb") as f:
        for p in pieces:
            f.write(p if isinstance(p, bytes) else p.encode())


TAG = ["tag", "in.csv", "--text", "text", "-o", "out.csv", "-j1", "--quiet"]


def tag(*more, name="in.csv"):
    return [name if a == "in.csv" else a for a in TAG] + list(more)


# ---- Size ----

@case("one comment of 100 MB", TAG, 0, lines=2, most=5000, heavy=True)
def comment_100mb(d):
    write(d, "in.csv", "id,text\n1,\"", "Snabb leverans men dyr frakt. " * (100_000_000 // 30), "\"\n")


@case("one comment of 10 MB", TAG, 0, lines=2, most=800)
def comment_10mb(d):
    write(d, "in.csv", "id,text\n1,\"", "Snabb leverans men dyr frakt. " * (10_000_000 // 30), "\"\n")


@case("one word of 20 MB", TAG, 0, lines=2, most=600)
def word_20mb(d):
    write(d, "in.csv", "id,text\n1,", "a" * 20_000_000, "\n")


@case("a row of 600 MB: beyond the 512 MB that a row may have", TAG, 1, message="does not end within|not closed within", most=2500, heavy=True)
def row_600mb(d):
    write(d, "in.csv", "id,text\n1,\"", "x" * 600_000_000, "\"\n2,bra\n")


@case("a million columns", TAG, 0, lines=3, most=700)
def million_columns(d):
    write(d, "in.csv", ",".join(f"c{i}" for i in range(1_000_000)), ",text\n", "," * 1_000_000, "bra\n", "1," * 1_000_000, "dyrt\n")


@case("a million distinct segments", ["drivers", "in.csv", "--outcome", "y", "--predictors", "x", "--segment", "s", "--bootstrap", "0", "-o", "out.csv", "-j1"], (0, 1),
      message=None, most=6000, heavy=True)
def million_segments(d):
    write(d, "in.csv", "y,x,s\n", "".join(f"{i % 11},{i % 2},s{i}\n" for i in range(1_000_000)))


@case("a million distinct customers", ["drivers", "in.csv", "--outcome", "y", "--predictors", "x", "--cluster", "c", "--bootstrap", "20", "-o", "out.csv", "-j1"], 0, most=400)
def million_customers(d):
    write(d, "in.csv", "y,x,c\n", "".join(f"{i * 7 % 11},{i % 2},k{i}\n" for i in range(1_000_000)))


@case("200,000 distinct words, the cache of forms filling and emptied", TAG, 0, lines=200_001, most=400)
def many_words(d):
    write(d, "in.csv", "id,text\n", "".join(f"{i},{''.join(chr(97 + (i * k + k * k) % 26) for k in range(3, 13))}{i}x\n" for i in range(200_000)))


@case("a lexicon of a million entries", tag("--lexicon", "sv/valence.tsv"), 0, lines=2, most=3000, heavy=True)
def million_entries(d):
    os.mkdir(os.path.join(d, "sv"))
    write(d, "sv/valence.tsv", "term\tvalence\n", "".join(f"ord{i}\t{i % 5 + 1}\n" for i in range(1_000_000)))
    write(d, "in.csv", "id,text\n1,ord999999\n")


@case("a lexicon of 50,000 entries", tag("--lexicon", "sv/valence.tsv"), 0, lines=2, most=600)
def entries_50000(d):
    os.mkdir(os.path.join(d, "sv"))
    write(d, "sv/valence.tsv", "term\tvalence\n", "".join(f"ord{i}\t{i % 5 + 1}\n" for i in range(50_000)))
    write(d, "in.csv", "id,text\n1,ord49999\n")


@case("a sparse file of 10 GB of NULs", TAG, 1, message="does not end within|no text", most=1500, heavy=True)
def sparse_10gb(d):
    write(d, "in.csv", "id,text\n")
    os.truncate(os.path.join(d, "in.csv"), 10 << 30)


# ---- Made to harm ----

@case("a regular expression that backtracks without end, on a text made for it", tag("--lexicon", "sv/valence.tsv"), 0, lines=2, most=400)
def regex_bomb(d):
    os.mkdir(os.path.join(d, "sv"))
    write(d, "sv/valence.tsv", "term\tvalence\n//(a+)+$//\t2\n//(a|aa)*b(a|aa)*c//\t1\n/^(x*)*y$/\t1\n")
    write(d, "in.csv", "id,text\n1,", "a" * 50_000, "! ", "ab" * 20_000, "\n")


@case("a regular expression that asks for a million states", tag("--lexicon", "sv/valence.tsv"), 1, message="does not compile", most=400)
def regex_size(d):
    os.mkdir(os.path.join(d, "sv"))
    write(d, "sv/valence.tsv", "term\tvalence\n//((((a{1,500}){1,500}){1,500}){1,500})x//\t2\n")
    write(d, "in.csv", "id,text\n1,aaaa\n")


@case("aliases within aliases in a study (a billion laughs)", ["check", "study.yaml"], 1, message="study.yaml:", most=300, out=None)
def yaml_laughs(d):
    write(d, "study.yaml", "a: &a [x,x,x,x,x,x,x,x,x,x]\n", "".join(f"{c}: &{c} [{','.join(['*' + p] * 10)}]\n" for p, c in zip("abcdefghij", "bcdefghijk")),
          "responses: {file: r.csv}\n")


@case("YAML nested 100,000 deep", ["check", "study.yaml"], 1, message="study.yaml:", most=300, out=None)
def yaml_deep(d):
    write(d, "study.yaml", "responses: ", "[" * 100_000, "\n")


@case("lists of YAML within lists, 100,000 deep", ["check", "study.yaml"], 1, message="study.yaml:", most=300, out=None)
def yaml_dashes(d):
    write(d, "study.yaml", "responses:\n ", "- " * 100_000, "x\n")


@case("JSON nested a million deep, in a line of a feed", tag(name="in.jsonl"), (0, 1), most=500)
def json_deep(d):
    write(d, "in.jsonl", '{"text":"bra"}\n{"text":', "[" * 1_000_000, "]" * 1_000_000, "}\n")


@case("report.json nested a million deep", ["report", ".", "--format", "csv"], 1, message="report.json", most=300, out=None)
def report_deep(d):
    write(d, "report.json", '{"format":1,"segments":', "[" * 1_000_000, "\n")


@case("numbers beyond any type", ["drivers", "in.csv", "--outcome", "y", "--predictors", "x,z", "--bootstrap", "0", "-o", "out.csv", "-j1"], (0, 1), most=200)
def huge_numbers(d):
    write(d, "in.csv", "y,x,z\n", "".join(f"{i % 11},1e{300 + i},{'9' * 400}\n" for i in range(100)))


def zeros_gz(path, megabytes):
    block = b"bra service\n" * 87_381
    with gzip.open(path, "wb", 9) as f:
        f.write(b"text\n")
        for _ in range(megabytes):
            f.write(block)


@case("a gzip bomb: 300 MB of text in under 1 MB", tag(name="in.csv.gz"), 1, message="unpacks to more than .* --unpack-limit none", most=300)
def gzip_bomb(d):
    zeros_gz(os.path.join(d, "in.csv.gz"), 300)


@case("the same, its limit lifted", tag("--unpack-limit", "none", name="in.csv.gz"), 0, lines=300 * 87_381 + 1, most=300, heavy=True)
def gzip_lifted(d):
    zeros_gz(os.path.join(d, "in.csv.gz"), 300)


@case("a Zstandard bomb: 1 GB in 100 KB", tag(name="in.csv.zst"), 1, message="unpacks to more than", most=300)
def zstd_bomb(d):
    try:
        made = subprocess.Popen(["zstd", "-q", "-19", "-o", os.path.join(d, "in.csv.zst")], stdin=subprocess.PIPE)
    except FileNotFoundError:
        return "zstd is not installed"
    made.stdin.write(b"text\n")
    for _ in range(300):
        made.stdin.write(b"bra service\n" * 87_381)
    made.stdin.close()
    made.wait()


def workbook(path, sheet):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("_rels/.rels", '<R><Relationship Id="a" Type="x/officeDocument" Target="xl/w.xml"/></R>')
        z.writestr("xl/w.xml", '<workbook><sheets><sheet name="One" id="r1"/></sheets></workbook>')
        z.writestr("xl/_rels/w.xml.rels", '<R><Relationship Id="r1" Type="x/worksheet" Target="s.xml"/></R>')
        with z.open("xl/s.xml", "w") as f:
            for piece in sheet:
                f.write(piece.encode())


HEADER = '<worksheet><row><c r="A1" t="str"><v>id</v></c><c r="B1" t="str"><v>text</v></c></row>'


@case("a workbook that unpacks to 200 MB of rows", tag(name="in.xlsx"), 1, message="unpacks to more than", most=300)
def xlsx_bomb(d):
    workbook(os.path.join(d, "in.xlsx"), [HEADER] + ['<row><c><v>1</v></c><c t="str"><v>bra</v></c></row>' * 20_000] * 200)


@case("a workbook whose short rows claim 16,384 columns each", tag(name="in.xlsx"), 1, message="unpacks to more than", most=300)
def xlsx_wide(d):
    workbook(os.path.join(d, "in.xlsx"), [HEADER] + ['<row><c r="XFD1"><v>1</v></c></row>' * 10_000] * 5)


@case("XML entities within entities in a workbook", tag(name="in.xlsx"), 1, message="damaged", most=300)
def xlsx_entities(d):
    entities = '<!DOCTYPE a [<!ENTITY a "xxxxxxxxxx">' + "".join(f'<!ENTITY {c} "{("&" + p + ";") * 10}">' for p, c in zip("abcdefghi", "bcdefghij")) + "]>"
    workbook(os.path.join(d, "in.xlsx"), [entities, HEADER, '<row><c t="str"><v>&j;</v></c></row></worksheet>'])


# ---- Files ----

@case("an empty file", TAG, 1, message="in.csv: .*empty")
def empty(d):
    write(d, "in.csv")


@case("a file of a million NULs", TAG, 1, message="in.csv")
def nuls(d):
    write(d, "in.csv", b"\0" * 1_000_000)


@case("a folder as input", TAG, 3, message="in.csv: .*folder|in.csv: .*directory")
def folder_in(d):
    os.mkdir(os.path.join(d, "in.csv"))


@case("a folder as output", TAG, 3, message="out.csv: .*folder", out=None)
def folder_out(d):
    os.mkdir(os.path.join(d, "out.csv"))
    write(d, "in.csv", "text\nbra\n")


@case("a FIFO as input, read to its end", tag(name="fifo"), 0, lines=3, stdin="fifo")
def fifo_in(d):
    os.mkfifo(os.path.join(d, "fifo"))
    write(d, "feed", "text\nbra\ndyrt\n")


@case("the output is the input", ["tag", "in.csv", "--text", "text", "-o", "in.csv", "-j1", "--quiet"], (0, 2), out=None)
def same_file(d):
    write(d, "in.csv", "text\nbra\n")


@case("the output is a symlink: what it points to is written, the link stays", TAG, 0, lines=2, out="real/target.csv")
def link_out(d):
    os.mkdir(os.path.join(d, "real"))
    os.symlink("real/target.csv", os.path.join(d, "out.csv"))
    write(d, "in.csv", "text\nbra\n")


@case("a symlink that points to itself as output", TAG, 3, message="out.csv", out=None)
def link_loop(d):
    os.symlink("out.csv", os.path.join(d, "out.csv"))
    write(d, "in.csv", "text\nbra\n")


@case("a file name with a line feed and a quote", tag(name='in "x\n.csv'), 0, lines=2)
def odd_name(d):
    write(d, 'in "x\n.csv', "text\nbra\n")


@case("such a name in a message stays one line", tag("--id", "nope", name="in\n.csv"), 2, message="nope")
def odd_name_message(d):
    write(d, "in\n.csv", "text\nbra\n")


@case("analyze of a file name with a line feed: report.json stays JSON", ["analyze", "in\n\".csv", "-o", ".", "--quiet"], 0, out="report.json")
def odd_name_report(d):
    write(d, 'in\n".csv', "id,score,comment\n", "".join(f"{i},{i % 11},bra service\n" for i in range(60)))


# ---- Running ----

def run(c, program, folder):
    env = dict(os.environ, LC_ALL="C.UTF-8", TMPDIR=os.path.join(folder, "tmp"), DRIVKRAFT_DATA=ROOT)
    os.mkdir(env["TMPDIR"])
    feeder = subprocess.Popen(["sh", "-c", "cat feed > fifo"], cwd=folder) if c["stdin"] == "fifo" else None
    begun = time.time()
    with open(os.path.join(folder, "stderr"), "wb") as err:
        process = subprocess.Popen([program, *c["command"]], cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=err,
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE)))
        watch = threading.Timer(PATIENCE, process.kill)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        watch.cancel()
    if feeder is not None:
        if status != 0:
            feeder.kill()  # it waits for a reader that is no more
        feeder.wait()
    with open(os.path.join(folder, "stderr"), encoding="utf-8", errors="replace") as f:
        message = f.read()
    return os.waitstatus_to_exitcode(status), message, usage.ru_maxrss / 1024, time.time() - begun


def judge(c, folder, code, message, peak):
    wrong = []
    codes = c["code"] if isinstance(c["code"], tuple) else (c["code"],)
    if code not in codes:
        wrong.append(f"exit code {code}, not {c['code']}")
    if c["message"] and code != 0 and not re.search(c["message"], message, re.S):
        wrong.append(f"the message does not say {c['message']!r}")
    if code != 0 and not message.strip():
        wrong.append("no message")
    if peak > c["most"]:
        wrong.append(f"{peak:.0f} MB of memory, more than {c['most']}")
    out = os.path.join(folder, c["out"]) if c["out"] else None
    if out and code == 0:
        with open(out, "rb") as f:
            rows = sum(block.count(b"\n") for block in iter(lambda: f.read(1 << 20), b""))
        if c["lines"] is not None and rows != c["lines"]:
            wrong.append(f"{rows} lines, not {c['lines']}")
        if out.endswith(".json"):
            with open(out, encoding="utf-8") as f:
                json.load(f)
    if out and code != 0 and os.path.lexists(out) and not os.path.islink(os.path.join(folder, "out.csv")):
        wrong.append("an output is left after an error")
    if c["name"] == "link_out" and not os.path.islink(os.path.join(folder, "out.csv")):
        wrong.append("the link is gone")
    if c["name"].startswith("odd_name_message") and message.count("\n") > 2:
        wrong.append("the message has more lines than it should")
    left = os.listdir(os.path.join(folder, "tmp")) + [n for n in os.listdir(folder) if n.endswith(".part")]
    if left:
        wrong.append("left behind: " + ", ".join(left))
    return wrong


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--program", required=True)
    p.add_argument("--heavy", action="store_true")
    p.add_argument("--markdown", action="store_true")
    p.add_argument("cases", nargs="*")
    a = p.parse_args()
    failed = done = 0
    for c in CASES:
        if (a.cases and c["name"] not in a.cases) or (c["heavy"] and not a.heavy and not a.cases):
            continue
        folder = tempfile.mkdtemp(prefix="dk-limits-")
        try:
            skip = c["make"](folder)
            if skip:
                print(f"skipped {c['name']}: {skip}")
                continue
            code, message, peak, seconds = run(c, os.path.abspath(a.program), folder)
            wrong = judge(c, folder, code, message, peak)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        done += 1
        failed += bool(wrong)
        first = message.strip().split("\n")[0][:150]
        if a.markdown:
            print(f"| {c['what']} | {'done' if code == 0 else f'exit {code}: `{first}`'} | {peak:.0f} MB (at most {c['most']:,}) | `{c['name']}` |", flush=True)
        else:
            print(f"{'FAILED' if wrong else 'ok    '} {c['name']:20} exit {code}  {peak:6.0f} MB  {seconds:5.1f} s  {first}", *(f"\n       {w}" for w in wrong), sep="", flush=True)
    print(f"{done} cases, {failed} fail")
    return 1 if failed or not done else 0


if __name__ == "__main__":
    sys.exit(main())
