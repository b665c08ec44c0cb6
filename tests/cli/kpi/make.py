"""A small study with all that KPIs need: 120 customers, four quarters, two surveys, invitations. No chance: counters alone."""
import datetime

QUARTERS = ["2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3"]
COMMENTS = ["Snabb leverans och trevlig personal", "Leveransen var sen", "", "Jag byter leverantör, ingen svarar i telefon", "God kvalitet og venlig betjening",
            "Fakturaen var forkert", "Great staff", ""]
rows, records, asked = [], [], []
for c in range(120):
    margin = 200 + 40 * (c % 50)
    for q, name in enumerate(QUARTERS):
        if c % 12 == 0 and q == 3:
            continue  # left
        records.append(f"K{c:03d},{name},{margin + 15 * q - (60 if c % 5 == 0 else 0) * q},{3 * margin},{2 + c % 4},{c % 7 == 0 and 1 or 0}")
    for survey, day in enumerate((datetime.date(2025, 2, 3), datetime.date(2025, 5, 5))):
        day += datetime.timedelta(days=c % 40)
        answered = (c + survey) % 3 != 0
        asked.append(f"K{c:03d},{day}")
        if answered:
            score = (10, 8, 9, 3, 10, 6, 9, 7)[(c + survey) % 8] if c % 5 else (4, 5)[survey]
            answer = day + datetime.timedelta(days=1 + c % 5)
            rows.append(f"R{c:03d}{survey},K{c:03d},{answer},{score},{day - datetime.timedelta(days=c % 9)},{COMMENTS[(c + survey) % 8]}")
open("responses.csv", "w").write("response_id,customer_id,answered,nps,bought,comment\n" + "".join(r + "\n" for r in rows).replace(",Jag byter leverantör, ingen", ',"Jag byter leverantör, ingen').replace("telefon\n", 'telefon"\n'))
open("customers.csv", "w").write("customer_id,quarter,margin,revenue,orders,complained\n" + "\n".join(records) + "\n")
open("invitations.csv", "w").write("customer_id,date\n" + "\n".join(asked) + "\n")
open("study.yaml", "w").write("""title: Small study
currency: SEK
responses: {file: responses.csv}
customers: {file: customers.csv, period: quarter, profit: margin}
segments: {by: margin, bands: {blue: [.., 800], silver: [800, 1600], gold: [1600, ..]}}
invitations: {file: invitations.csv}
contact: {most: 1, days: 100}
kpis:
  experienced: bought
  revenue: revenue
  transactions: orders
  further: [complained]
  indexes: {care: {themes: [staff], target: 60}}
  benchmarks: {nps: 25}
""")
