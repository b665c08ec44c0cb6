"""Spark gives what one machine gives: for any partitions, on several executor processes, and when one is killed in the middle.

local-cluster starts a master, workers and executors as processes of their own; what travels between them is pickled and sent.
"""
import hashlib, os, random, signal, sys

import pandas
import pyarrow as pa
import pytest

import drivkraft
import drivkraft.spark
from drivkraft import spark_study
from drivkraft.study_local import read_calendar
from drivkraft.study_asked import Asked

pyspark = pytest.importorskip("pyspark")


BRIEF = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # of a JVM that lives for seconds


@pytest.fixture(scope="module")
def spark():
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    session = (pyspark.sql.SparkSession.builder.master("local-cluster[2,1,1024]").appName("drivkraft")
               .config("spark.ui.enabled", "false").config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
               .config("spark.sql.shuffle.partitions", "4").config("spark.sql.execution.arrow.maxRecordsPerBatch", "500")
               .config("spark.task.maxFailures", "8").config("spark.sql.adaptive.enabled", "false").config("spark.sql.codegen.wholeStage", "false")
               .config("spark.driver.extraJavaOptions", BRIEF).config("spark.executor.extraJavaOptions", BRIEF).getOrCreate())
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def responses(survey):
    frame = pandas.read_csv(survey / "in.csv", dtype={"id": str, "comment": str}, keep_default_na=False)
    return frame[["id", "comment"]]


def digest(rows):
    """Over rows in the order of their ids, so that the order of partitions does not count."""
    return hashlib.sha256(repr(sorted(rows)).encode()).hexdigest()


def rows_of(table):
    """Rows of a tagged DataFrame as tuples, mentions in them."""
    out = []
    for r in table.collect():
        out.append((r.id, r.language, r.language_confidence, r.sentiment, r.label, r.themes, tuple(tuple(m) for m in r.mentions)))
    return out


@pytest.fixture(scope="module")
def one_machine(responses):
    tagged = drivkraft.tag(responses, "comment", "id")
    mentions = {}
    for row in pa.Table.from_pandas(tagged.mentions, preserve_index=False).to_pylist():
        mentions.setdefault(row.pop("id"), []).append(tuple(row.values()))
    return digest((c["id"], c["language"], c["language_confidence"], c["sentiment"], c["label"], c["themes"], tuple(mentions.get(c["id"], ())))
                  for c in pa.Table.from_pandas(tagged.comments, preserve_index=False).to_pylist())


@pytest.mark.parametrize("partitions", [1, 7, 64])
def test_tagging_is_that_of_one_machine(spark, responses, one_machine, partitions):
    df = spark.createDataFrame(responses).repartition(partitions)
    assert digest(rows_of(drivkraft.spark.tag(df, "comment", "id"))) == one_machine


def kill_own_executor(mark):
    """A stage that kills the process it runs in, after it has given its first rows, the first time anybody comes here."""
    def work(batches):
        for i, batch in enumerate(batches):
            yield batch
            try:
                os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                continue
            daemon = os.getppid()  # the worker's parent, whose parent is the executor
            executor = int(open(f"/proc/{daemon}/stat").read().rsplit(")", 1)[1].split()[1])
            assert b"CoarseGrainedExecutorBackend" in open(f"/proc/{executor}/cmdline", "rb").read()
            os.kill(executor, signal.SIGKILL)
            signal.pause()  # ends with the executor
    return work


def test_a_killed_executor_changes_nothing(spark, responses, one_machine, tmp_path):
    mark = str(tmp_path / "killed")
    df = spark.createDataFrame(responses).repartition(7).mapInArrow(kill_own_executor(mark), "id string, comment string")
    assert digest(rows_of(drivkraft.spark.tag(df, "comment", "id"))) == one_machine
    assert os.path.exists(mark)


@pytest.fixture(scope="module")
def table():
    draw = random.Random(11)
    rows = []
    for i in range(3000):
        late, price = draw.random() < .3, draw.random() < .25
        rows.append(dict(score=float(min(10, max(0, round(8 - 3 * late - price + draw.gauss(0, 1.5))))), late=int(late), price=int(price),
                         visits=round(draw.random() * 9, 2), customer=f"k{draw.randrange(700)}", segment=draw.choice(["blå", "gold"])))
    rows[17]["score"] = None
    return pandas.DataFrame(rows)


QUESTION = dict(outcome="score", predictors=["late", "price"], controls=["visits"], cluster="customer", segment="segment", bootstrap=50)


def test_drivers_are_those_of_one_machine(spark, table):
    got = drivkraft.spark.drivers(spark.createDataFrame(table).repartition(64), **QUESTION)
    assert got.json == drivkraft.drivers(table, **QUESTION).json


def test_drivers_of_partitions_without_rows_and_after_a_kill(spark, table, tmp_path):
    mark = str(tmp_path / "killed")
    df = spark.createDataFrame(table).repartition(5, "segment")  # two values: three partitions are empty
    df = df.mapInArrow(kill_own_executor(mark), df.schema)
    assert drivkraft.spark.drivers(df, **QUESTION).json == drivkraft.drivers(table, **QUESTION).json
    assert os.path.exists(mark)


STUDY = {"responses": {"id": "id", "customer": "customer", "date": "date", "score": "score", "comment": "comment"},
         "customers": {"customer": "customer", "period": "quarter", "profit": "margin", "churned": "churned"},
         "segments": {"by": "margin", "bands": {"blue": ["..", 900], "gold": [900, ".."]}}, "outcomes": ["nps"], "controls": ["wave"],
         "analysis": {"bootstrap": 40}}


@pytest.fixture(scope="module")
def study(survey, records):
    """Responses and records as tables, the plan, and the answer of one machine."""
    keep = lambda path, **kinds: pandas.read_csv(path, dtype=dict(kinds))
    responses, customers = keep(survey / "in.csv", id=str), keep(records)
    few = lambda frame: frame[frame.customer.str[1:].astype(int) < 3000]
    responses, customers = few(responses), few(customers)
    plan = survey / "study-plan.tsv"
    drivkraft.prepare(responses, plan, comment="comment")
    return responses, customers, plan, drivkraft.drivers(responses, STUDY, customers=customers, plan=plan)


def test_a_study_is_that_of_one_machine(spark, study):
    """Fits of themes by segment, of responses joined with the records of their customers, and ways between segments."""
    responses, customers, plan, wanted = study
    got = drivkraft.spark.drivers(spark.createDataFrame(responses).repartition(7), STUDY, customers=spark.createDataFrame(customers).repartition(3), plan=plan)
    assert got.transitions.result == wanted.transitions.result and got.transitions.n > 5000
    assert got.json == wanted.json and len(got.fits) == 3


def test_ways_of_customers_spread_or_put_together(spark, study):
    """Records that stay where they are merge before they are counted; those that lie together are counted where they are."""
    responses, customers, _, wanted = study
    asked = Asked(STUDY, pa.Table.from_pandas(responses[:1000]), pa.Table.from_pandas(customers[:1000]))
    read_calendar(asked, pa.Table.from_pandas(customers))
    records = spark.createDataFrame(customers)
    for frame, together in ((records.repartition(64), False), (records.repartition(7, "customer"), "already")):
        assert spark_study._count_transitions(asked, frame, ["blue", "gold"], together, 2).result == wanted.transitions.result, together


def test_a_plan_and_own_lexicons_travel(spark, responses, survey, tmp_path):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "themes.tsv").write_text("theme\tterm\tvalence\tnote\nprice.level\tzorkmid*\t-3\t\n", encoding="utf-8")
    plan = drivkraft.prepare(survey / "in.csv", tmp_path / "plan.tsv", packs="none")
    df = spark.createDataFrame([("1", "These zorkmids!")], "id string, comment string")
    with pytest.warns(drivkraft.VersionWarning):
        row = drivkraft.spark.tag(df, "comment", "id", lexicons=[tmp_path], plan=tmp_path / "plan.tsv").collect()[0]
    assert [m.theme for m in row.mentions] == ["price.level"] and plan
    with pytest.raises(drivkraft.UsageError, match="no such column"):
        drivkraft.spark.tag(df, "coment", "id")
    with pytest.raises(drivkraft.UsageError, match="no pack"):
        drivkraft.spark.tag(df, "comment", packs="hotels")
