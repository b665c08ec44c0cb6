"""What the tests of the documentation share: the pages, their blocks, links and headings.

A block is a fence ``` with a language. An italic line "*(not run: REASON)*" or "*(needs NAME: REASON)*" right above a fence is its
marker; the reader sees it as well. "*(exits with N)*" says that its last command ends so.
"""
import glob, os, re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Block:
    def __init__(self, page, line, language, indent):
        self.page, self.line, self.language, self.indent = page, line, language, indent
        self.lines = []
        self.not_run = self.needs = None
        self.exits = 0

    def __str__(self):
        return f"{self.page}:{self.line}"


def paths():
    """The pages that people read, as paths from the root."""
    found = ["README.md", "CONTRIBUTING.md", "examples/README.md"] + \
            sorted(os.path.relpath(p, ROOT) for p in glob.glob(os.path.join(ROOT, "docs", "**", "*.md"), recursive=True))
    return [p for p in found if not p.startswith("docs/reference/")]


def read(page):
    with open(os.path.join(ROOT, page), encoding="utf-8") as f:
        return f.read()


def blocks(page, text):
    """The fenced blocks of a page in order; lines are without the fence's own indent."""
    block, marker, found = None, "", []
    for number, line in enumerate(text.split("\n"), 1):
        fence = re.match(r"( *)```(\S*) *$", line)
        if block is None and fence:
            block = Block(page, number, fence[2], len(fence[1]))
            for key, value in re.findall(r"\*\((not run|needs|exits with):? ([^*]*)\)\*", marker):
                if key == "exits with":
                    block.exits = int(value)
                else:
                    setattr(block, key.replace(" ", "_"), value)
        elif block is not None and fence and not fence[2]:
            found.append(block)
            block, marker = None, ""
        elif block is not None:
            block.lines.append(line[block.indent:] if line[:block.indent].isspace() else line)
        elif line.strip():
            marker = line.strip()
    if block is not None:
        raise SystemExit(f"{block}: this block is never closed")
    return found


def prose(text):
    """The text without its fenced blocks."""
    return re.sub(r"^( *)```.*?^ *``` *$", "", text, flags=re.S | re.M)


def anchors(text):
    """The anchors that a page's headings get on GitHub."""
    seen, found = {}, set()
    for heading in re.findall(r"^#+ +(.*?) *#*$", prose(text), re.M):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        found.add(slug if slug not in seen else f"{slug}-{seen[slug]}")
        seen[slug] = seen.get(slug, 0) + 1
    return found


def links(text):
    """The targets of links and pictures."""
    return re.findall(r"\[[^]\n]*\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "code", prose(text)))


def bare_spans(text):
    """Code between backquotes, outside of blocks."""
    return [re.sub(r"\s+", " ", s) for s in re.findall(r"(?<!`)`([^`]+)`(?!`)", prose(text))]
