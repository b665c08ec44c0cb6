#!/usr/bin/env python3
"""Tags many rows through Spark and on one machine, and compares: sums over all rows, time, memory.

usage: spark_scale.py SURVEY.csv --rows N [--cores 1,2] [--partitions P] [--folder DIR]

SURVEY.csv (tests/cli/make_survey.py 300000 makes one) is repeated to N rows in a Parquet file. Needs the Python package, pyspark and Java; run it
with `nice`. Prints a line for each run: cores, seconds, rows a second, and sums that must be the same in every line.
"""
import argparse, os, resource, sys, time

import pyarrow as pa, pyarrow.compute as pc, pyarrow.csv, pyarrow.parquet as pq

import drivkraft, drivkraft.spark


def survey(path):
    kinds = pa.csv.ConvertOptions(column_types={"comment": pa.string()}, strings_can_be_null=False, include_columns=["comment"])
    return pa.csv.read_csv(path, parse_options=pa.csv.ParseOptions(newlines_in_values=True), convert_options=kinds)


def make(path, table, rows):
    with pq.ParquetWriter(path, table.schema) as out:
        while rows > 0:
            part = table.slice(0, min(rows, len(table)))
            out.write_table(part, row_group_size=100_000)
            rows -= len(part)


def sums(rows, sentiment, confidence, mentions, polarity):
    """Whole numbers: thousandths."""
    return f"rows {rows} sentiment {sentiment} confidence {confidence} mentions {mentions} polarity {polarity}"


def milli(column):
    return pc.sum(pc.cast(pc.round(pc.multiply(column, 1000)), pa.int64())).as_py() or 0


def one_machine(path, threads):
    engine, total, begun = drivkraft.Engine(threads=threads), [0] * 5, time.time()
    for batch in pq.ParquetFile(path).iter_batches(200_000):
        for found in engine.tag_array(batch.column(0)).chunks:
            language, confidence, sentiment, label, themes, mentions = found.flatten()
            spoken = mentions.flatten()
            for i, x in enumerate((len(found), milli(sentiment), milli(confidence), len(spoken), milli(spoken.field("polarity")))):
                total[i] += x
    return time.time() - begun, sums(*total)


def with_spark(path, cores, partitions):
    from pyspark.sql import SparkSession, functions as f
    os.environ["PYSPARK_PYTHON"] = sys.executable
    spark = (SparkSession.builder.master(f"local[{cores}]").config("spark.ui.enabled", "false").config("spark.driver.host", "127.0.0.1")
             .config("spark.driver.memory", "2g").getOrCreate())
    spark.sparkContext.setLogLevel("OFF")
    df = spark.read.parquet(path)
    if partitions:
        df = df.repartition(partitions)
    drivkraft.spark.tag(df.limit(1000), "comment").count()  # workers and engines are up
    begun = time.time()
    thousandths = lambda c: f.sum(f.round(c * 1000).cast("long"))
    row = (drivkraft.spark.tag(df, "comment")
           .select("sentiment", "language_confidence", f.size("mentions").alias("n"), f.expr("aggregate(mentions, 0L, (a, m) -> a + cast(round(m.polarity * 1000) as long))").alias("p"))
           .agg(f.count("*"), thousandths(f.col("sentiment")), thousandths(f.col("language_confidence")), f.sum("n"), f.sum("p")).collect()[0])
    seconds = time.time() - begun
    spark.stop()
    return seconds, sums(*row)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("survey")
    p.add_argument("--rows", type=int, default=1_000_000)
    p.add_argument("--cores", default="1,2")
    p.add_argument("--partitions", type=int, default=0)
    p.add_argument("--folder", default="/tmp")
    o = p.parse_args()
    path = os.path.join(o.folder, f"drivkraft-scale-{o.rows}.parquet")
    make(path, survey(o.survey), o.rows)
    answers = set()

    def say(what, seconds, found, cpu):
        answers.add(found)
        print(f"{what:24} {seconds:8.1f} s  {o.rows / seconds:10.0f} rows/s  {cpu:7.1f} s of processors  {found}", flush=True)

    def cpu(who=resource.RUSAGE_SELF):
        r = resource.getrusage(who)
        return r.ru_utime + r.ru_stime

    for cores in map(int, o.cores.split(",")):
        before = cpu()
        say(f"one process, {cores} threads", *one_machine(path, cores), cpu() - before)
    for cores in map(int, o.cores.split(",")):
        before = cpu(resource.RUSAGE_CHILDREN)
        seconds, found = with_spark(path, cores, o.partitions)
        say(f"Spark, {cores} cores", seconds, found, cpu(resource.RUSAGE_CHILDREN) - before)
    os.unlink(path)
    sys.exit(0 if len(answers) == 1 else "the sums differ")


main()
