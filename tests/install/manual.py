#!/usr/bin/env python3
"""Compares the manual page and the completions with --help, and completes words in bash.

usage: manual.py PROGRAM

If it failed, an option that --help names would be missing in the manual page or could not be completed, or bash would
offer what the program refuses.
"""
import os, re, subprocess, sys, tempfile

PROGRAM = sys.argv[1]


def ask(*words):
    return subprocess.run([PROGRAM, *words], stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout


def listed(text, heading):
    """The names under a heading of help: those of commands or of subcommands."""
    return re.findall(r"^  (\w+)", text.split(f"\n{heading}\n")[1].split("\n\n")[0], re.M)


def section(kind, text, name):
    """What is said of one command."""
    under = "_".join(name.split())
    if kind == "man":
        return text.split(f".SS drivkraft {name}\n")[1].split("\n.SS ")[0]
    if kind == "zsh":
        return text.split(f"\n_drivkraft_{under}() {{\n")[1].split("\n}\n")[0]
    if kind == "fish":
        return "\n".join(x for x in text.split("\n") if f"'__drivkraft_at {name}' " in x)
    return text.split(f"        '{name} '*) ")[1].split("\n")[0]


def in_bash(script, *words):
    quoted = " ".join("'" + w + "'" for w in words)
    command = f"source {script}; COMP_WORDS=(drivkraft {quoted}); COMP_CWORD={len(words)}; _drivkraft; echo \"${{COMPREPLY[*]}}\""
    return subprocess.run(["bash", "-c", command], stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout.split()


def main():
    wrong = []
    made = {kind: ask("manual", kind) for kind in ("man", "bash", "zsh", "fish")}
    commands = []
    for name in listed(ask("--help"), "commands"):
        commands += [f"lexicon {x}" for x in listed(ask("lexicon", "--help"), "subcommands")] if name == "lexicon" else \
                    [f"learn {x}" for x in ("sentiment", "language", "lemmas", "compounds", "words")] if name == "learn" else [name]
    options = 0
    for name in commands:
        for option, value in re.findall(r"^  (?:-\w, |    )--([\w-]+)(?: (\S+))?", ask(*name.split(), "--help"), re.M):
            options += 1
            forms = {"bash": f" --{option}[ ']", "zsh": rf"--{option}[=\[}}]", "fish": f" -l {option} ",
                     "man": re.escape("\\-\\-" + option.replace("-", "\\-") + "\\fR")}
            for kind, form in forms.items():
                where = made[kind] if kind == "man" and option in ("output", "threads", "quiet", "data-dir", "help", "version") \
                    else section(kind, made[kind], name)
                if not re.search(form, where):
                    wrong.append(f"{kind}: {name} --{option} is missing")
    if options < 200:
        wrong.append(f"only {options} options were found in --help")
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "drivkraft.bash")
        with open(script, "w", encoding="utf-8") as f:
            f.write(made["bash"])
        for words, wanted in ((["an"], ["analyze"]), (["lexicon", "ch"], ["check"]), (["tag", "--language", "s"], ["sv"]),
                              (["tag", "-l", ""], ["sv", "da", "en", "auto"]), (["lexicon", "check", "--format", "=", "j"], ["json"]),
                              (["lexicon", "check", "--stri"], ["--strict"]), (["tag", "--stri"], []),
                              (["tag", "--text", ""], []), (["tag", "survey"], [])):
            if in_bash(script, *words) != wanted:
                wrong.append(f"bash: {' '.join(words)} completes to {in_bash(script, *words)}, not to {wanted}")
    for shell in ("bash", "zsh", "fish"):
        try:
            done = subprocess.run([shell, "-n"], input=made[shell], stderr=subprocess.PIPE, encoding="utf-8")
        except FileNotFoundError:
            continue
        if done.returncode != 0:
            wrong.append(f"{shell} cannot read its completions: {done.stderr}")
    sys.exit("\n".join(wrong) or 0)


main()
