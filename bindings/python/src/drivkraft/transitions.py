"""How many customers go from which segment to which, from one period to the next: counts that add up.

A customer's periods must meet. Where all records of a customer are in one part, the part is counts alone (whole numbers, a few hundred whatever
the rows: the ways from segment to segment, their products within customers for the intervals). Where they are spread, a part holds each
record's customer, period and segment, and counts when all are together. Both give what `drivkraft analyze` counts for its matrix of all customers.
"""
from __future__ import annotations

import math
from statistics import NormalDist

import pyarrow as pa
import pyarrow.compute as pc

from .study_asked import Asked, period_text
from .study_rows import numbers, texts

LOST, UNKNOWN = 0, -1


def states(table: pa.Table, asked: Asked, segments: list[str]) -> pa.Table:
    """Of each record: customer, first day of its period, the number of its segment from 1 (-1: none), and whether it says that the customer
    left. Records without customer or period are left out."""
    roles, kind = asked.records, asked.asked["segments"]["kind"]
    cut, place = asked.segment_of(), {name: i + 1 for i, name in enumerate(segments)}
    customer = texts(table.column(roles["customer"]))
    first = [asked.calendar[t][0] if t in asked.calendar else None for t in map(period_text, table.column(roles["period"]).to_pylist())]
    if cut is None:
        state = [1] * table.num_rows
    else:
        cells = (numbers if kind == "bands" else texts)(table.column(cut[0])).to_pylist()
        state = [place.get(asked.segment(v), UNKNOWN) for v in cells]
    left = [v is not None and v > 0 for v in numbers(table.column(roles["churned"])).to_pylist()] if "churned" in roles else [False] * table.num_rows
    out = pa.table({"customer": customer.cast(pa.string()), "first": pa.array(first, pa.int32()), "state": pa.array(state, pa.int8()), "left": pa.array(left, pa.bool_())})
    return out.filter(pc.and_(pc.is_valid(out.column("customer")), pc.is_valid(out.column("first"))))


class Ways:
    """Counts of whole customers, which add up: by state from and to, and what intervals need."""

    def __init__(self, n: int):
        self.n, w = n, n * (n + 1)
        self.count, self.now = [0] * w, [0] * n
        self.square = [0] * (w * (n + 1))  # sums over customers of count(from, to) x count(from, to2)
        self.censored = self.customers = 0

    def __add__(self, other: "Ways") -> "Ways":
        out = Ways(self.n)
        for name in ("count", "now", "square"):
            setattr(out, name, [a + b for a, b in zip(getattr(self, name), getattr(other, name))])
        out.censored, out.customers = self.censored + other.censored, self.customers + other.customers
        return out


class Calendar:
    """The periods that any customer has, and the last one that is complete: without a last one that holds fewer than half of the customers
    of the one before it, as nobody has left for want of a record there."""

    def __init__(self, asked: Asked):
        counts = sorted(asked.period_counts.items())
        firsts = sorted({span[0] for span, _ in counts})
        held = {f: sum(n for span, n in counts if span[0] == f) for f in firsts}
        self.index = {f: i for i, f in enumerate(firsts)}
        self.complete = len(firsts) - (len(firsts) > 1 and 2 * held[firsts[-1]] < held[firsts[-2]])


def count_ways(table: pa.Table, n: int, calendar: Calendar) -> Ways:
    """Of records (see states) of whole customers. Of two of a period the one in the lower state stays, whatever their order."""
    out, table = Ways(n), table.sort_by([("customer", "ascending"), ("first", "ascending"), ("left", "ascending"), ("state", "ascending")])
    history: list[tuple[int, int, bool]] = []
    before = None
    columns = [table.column(c).to_pylist() for c in ("customer", "first", "state", "left")]
    for customer, first, state, left in zip(*columns):
        if customer != before:
            _count_customer(out, history, calendar)
            history, before = [], customer
        period = calendar.index[first]
        if not history or history[-1][0] != period:
            history.append((period, state, left))
    _count_customer(out, history, calendar)
    return out


def _count_customer(out: Ways, history: list[tuple[int, int, bool]], calendar: Calendar) -> None:
    """As src/study/panel.c sets states and src/study/movement_matrix.c counts them."""
    mine: dict[int, int] = {}
    known = False
    for i, (period, state, left) in enumerate(history):
        if left or state < 1:
            continue
        known = True
        out.now[state - 1] += period + 1 == calendar.complete
        following = history[i + 1] if i + 1 < len(history) else None
        if following is None and period + 1 < calendar.complete:
            to = LOST
        elif following is None or following[0] > period + 1:
            out.censored += 1
            continue
        else:
            to = LOST if following[2] else following[1]
        if to < 0:
            continue
        way = (state - 1) * (out.n + 1) + to
        mine[way] = mine.get(way, 0) + 1
    out.customers += known
    for way, c in mine.items():
        out.count[way] += c
        row = way // (out.n + 1)
        for to in range(out.n + 1):
            out.square[way * (out.n + 1) + to] += c * mine.get(row * (out.n + 1) + to, 0)


class Transitions:
    """The matrix: `rows` by segment from, each with n, and for each state to (segments, then lost) its count, share and interval.
    `now`: customers by segment in the last complete period; `censored`: ways whose end is not known."""

    def __init__(self, ways: Ways, segments: list[str], confidence: float):
        names, z = segments or ["all"], NormalDist().inv_cdf(0.5 + confidence / 2)
        n, self.rows = ways.n, []
        for s in range(n):
            row = ways.count[s * (n + 1):(s + 1) * (n + 1)]
            total = sum(row)
            to = []
            for k in [*range(1, n + 1), LOST]:
                share, interval = None, None
                if total > 0:
                    share = row[k] / total
                    interval = list(_wilson(share, _variance(ways, s, k, share, total), total, z))
                to.append({"to": names[k - 1] if k else "lost", "n": row[k], "share": share, "ci": interval})
            self.rows.append({"from": names[s], "n": total, "to": to})
        self.n, self.customers, self.censored = sum(ways.count), ways.customers, ways.censored
        self.now = dict(zip(names, ways.now))
        self.result = {"n": self.n, "customers": self.customers, "censored": self.censored, "now": self.now, "rows": self.rows}

    def __str__(self) -> str:
        names = [t["to"] for t in self.rows[0]["to"]]
        width = max(10, *(len(x) + 2 for x in names))
        lines = ["from".ljust(width) + "n".rjust(10) + "".join(x.rjust(width) for x in names)]
        for r in self.rows:
            lines.append(r["from"].ljust(width) + f"{r['n']:>10}" + "".join((f"{100 * t['share']:.1f} %" if t["share"] is not None else "-").rjust(width) for t in r["to"]))
        return "\n".join(lines) + f"\n{self.n} ways of {self.customers} customers; the end of {self.censored} more is not known\n"


def _variance(ways: Ways, s: int, k: int, share: float, total: int) -> float:
    """Of a share, clustered by customer: the sum over customers of ((c_k - share N) / total)^2, with N their ways from s,
    times customers / (customers - 1)."""
    n1 = ways.n + 1
    square = lambda a, b: ways.square[(s * n1 + a) * n1 + b]
    ck2 = square(k, k)
    ckN = sum(square(k, b) for b in range(n1))
    N2 = sum(square(a, b) for a in range(n1) for b in range(n1))
    few = ways.customers / (ways.customers - 1) if ways.customers > 1 else 1
    return max(0.0, few * (ck2 - 2 * share * ckN + share * share * N2) / (total * total))


def _wilson(share: float, variance: float, total: int, z: float) -> tuple[float, float]:
    """Over the number of customers that the variance is worth, as src/study/movement_matrix.c."""
    worth = min(share * (1 - share) / variance, total) if variance > 0 and 0 < share < 1 else total
    middle = (share + z * z / (2 * worth)) / (1 + z * z / worth)
    half = z / (1 + z * z / worth) * math.sqrt(share * (1 - share) / worth + z * z / (4 * worth * worth))
    return max(0.0, middle - half), min(1.0, middle + half)


# ---- Parts -----------------------------------------------------------------------------------------------------------

def to_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as out:
        out.write_table(table)
    return sink.getvalue().to_pybytes()


def from_bytes(data: bytes) -> pa.Table:
    return pa.ipc.open_stream(data).read_all()


def merge_states(a: bytes, b: bytes) -> bytes:
    """Parts of spread customers as one."""
    return a if not b else b if not a else to_bytes(pa.concat_tables([from_bytes(a), from_bytes(b)]).combine_chunks())


def has_transitions(asked: Asked) -> bool:
    """Whether the records say in which segment a customer was in which period."""
    cut = asked.segment_of()
    return bool(asked.records) and bool(asked.calendar) and (cut is None or cut[1])


def number_of_states(segments: list[str]) -> int:
    return max(1, len(segments))
