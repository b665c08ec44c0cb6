// Makes the sample as large as an analysis of 200,000 comments makes it: every theme of the taxonomy with as many comments as
// the analysis keeps (tagging.h, DK_KEPT_EACH for each theme and polarity), 8 segments, 24 months.
const KEPT = 10,
  THEMES = 150;

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
