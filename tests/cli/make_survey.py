"""Writes in.csv: so many responses from a handful of phrases, over several blocks of the reader.

usage: make_survey.py ROWS
"""
import random
import sys

rng = random.Random(11)
things = {"sv": ["leveransen", "personalen", "priset", "appen", "kundtj\u00e4nsten", "fakturan", "kvaliteten"],
          "da": ["leveringen", "personalet", "prisen", "appen", "kundeservicen", "fakturaen", "kvaliteten"],
          "en": ["the delivery", "the staff", "the price", "the app", "customer service", "the invoice", "the quality"]}
words = {"sv": ["var bra", "var d\u00e5lig", "var inte bra", "fungerar inte", "var mycket bra"],
         "da": ["var god", "var d\u00e5rlig", "var ikke god", "virker ikke", "var meget god"],
         "en": ["was good", "was bad", "was not good", "does not work", "was very good"]}
joins = {"sv": [" och ", ", men ", ". "], "da": [" og ", ", men ", ". "], "en": [" and ", ", but ", ". "]}
with open("in.csv", "w", encoding="utf-8") as f:
    f.write("id,customer,date,score,segment,comment\n")
    for i in range(1, int(sys.argv[1]) + 1):
        lang = rng.choice(["sv", "sv", "da", "en"])
        parts, score = [], 7.0
        for _ in range(rng.randrange(0, 4)):
            k = rng.randrange(5)
            score += [1.5, -2.0, -1.5, -2.0, 2.0][k]
            parts.append(rng.choice(things[lang]) + " " + words[lang][k] + rng.choice(["", "!", " x%d" % rng.randrange(9999)]))
        text = rng.choice(joins[lang]).join(parts)
        score = max(0, min(10, round(score + rng.gauss(0, 1.5))))
        f.write(f'{i},c{rng.randrange(9000)},2026-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02},{score},'
                f'{rng.choice(["blue", "silver", "gold"])},"{text}"\n')
