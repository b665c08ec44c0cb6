// Makes the sample as large as an analysis of 200,000 comments makes it: every theme of the taxonomy with as many comments as
// the analysis keeps (quotes.h, DK_KEPT_EACH for each theme and polarity, DK_KEPT_GROUP for each touchpoint, polarity and group), 8 segments,
// 24 months, and as many rows of themes by group as it writes at most (theme_groups.c, MOST_ROWS).
const KEPT = 10,
  KEPT_GROUP = 2,
  THEMES = 150,
  TOUCHPOINTS = 20,
  ROWS = 40000;

export function large(report) {
  const theme = report.themes[0],
    use = theme.segments[0],
    words =
      "leveransen kom aldrig fram och ingen svarade när jag ringde trots att det stod att de skulle höra av sig inom två dagar ".repeat(
        3,
      );
  const names = ["all", ...Array.from({ length: 8 }, (_, i) => `segment ${i + 1}`)];
  report.responses = report.scored = 260000;
  report.comments = 200000;
  report.segments = names.map((name) => ({ ...report.segments[0], name }));
  report.themes = Array.from({ length: THEMES }, (_, i) => ({
    ...theme,
    id: `touch${i % 20}.theme${i}`,
    touchpoint: `touch${i % 20}`,
    label: { en: `Theme ${i}`, sv: `Tema ${i}`, da: `Tema ${i}` },
    segments: names.map((segment) => ({ ...use, segment, responses: 4000 - i })),
  }));
  const month = report.waves[0];
  report.waves = Array.from({ length: 24 }, (_, i) => ({
    ...month,
    name: `20${24 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, "0")}`,
    segments: names.map((segment) => ({ ...month.segments[0], segment })),
  }));
  report.trend = null;
  const quote = report.quotes[0];
  report.quotes = report.themes.flatMap((t) =>
    ["negative", "positive"].flatMap((polarity) =>
      Array.from({ length: KEPT }, (_, k) => ({
        ...quote,
        id: `${t.id}-${polarity}-${k}`,
        theme: t.id,
        polarity,
        text: `${k} ${words}`,
        segment: names[1 + (k % 8)],
        wave: report.waves[k]?.name ?? null,
        mentions: [{ ...quote.mentions[0], start: 2, end: 12, theme: t.id, polarity }],
      })),
    ),
  );
  const groups = [...names.slice(1).map((segment) => ({ segment })), ...report.waves.map((w) => ({ wave: w.name })), { language: "sv" }, { language: "da" }, { language: "en" }];
  for (let t = 0; t < TOUCHPOINTS; t++)
    for (const [g, group] of groups.entries())
      for (let k = 0; k < 2 * KEPT_GROUP; k++)
        report.quotes.push({
          ...report.quotes[0],
          ...group,
          id: `group-${t}-${g}-${k}`,
          theme: `touch${t}.theme${t}`,
          polarity: k % 2 ? "negative" : "positive",
          text: `${t} ${g} ${k} ${words}`,
        });
  report.theme_groups.groups = [];
  for (let rows = 0; rows < ROWS; rows += THEMES) {
    const at = report.theme_groups.groups.length,
      alone = groups[at];
    report.theme_groups.groups.push({
      segment: alone ? (alone.segment ?? null) : names[1 + (at % 8)],
      wave: alone ? (alone.wave ?? null) : report.waves[at % 24].name,
      language: alone ? (alone.language ?? null) : ["sv", "da", "en"][at % 3],
      hidden: false,
      comments: 12345,
      themes: report.themes.map((t, i) => [t.id, 4000 - i, 1500, 300, 2000 - i, 200, 4400, -0.1234, 12.34, 400, 100, 20, 10, 5, 5, 100, 60, 20, 70, 10]),
    });
  }
  const fit = report.fits.find((f) => f.fitted);
  report.fits = names.map((segment) => ({
    ...fit,
    segment,
    drivers: report.themes.flatMap((t, i) =>
      ["negative", "positive"].map((polarity) => ({
        ...fit.drivers[0],
        theme: t.id,
        touchpoint: t.touchpoint,
        polarity,
        supported: i < 20,
        prevalence: 0.002 * (i + 1),
      })),
    ),
  }));
}
