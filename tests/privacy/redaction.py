#!/usr/bin/env python3
"""How often redaction is right: made-up comments with made-up personal data, and others full of numbers and names that are not.

usage: redaction.py --program redact_lines [--count N] [--misses KIND] [--table]

Writes --count comments for each kind and language, and as many without any personal data, runs them through redact_lines, and compares places:
  recall     share of planted places of which every letter and digit is crossed out
  precision  share of places crossed out, of this kind by what redaction called them, that lie on planted ones
Fails when a figure is under its floor (FLOORS). Names come from names.tsv, a list that redaction was not made from: of the kind name each is drawn
as often as any other, of the kind common as often as it is borne. --misses prints what went wrong for a kind ("clean" for false alarms), --table the rows of docs/privacy.md.
"""
import argparse, collections, os, random, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
LANGUAGES = ("sv", "da", "en")
STRUCTURED = ("link", "phone", "identity", "card", "account", "code", "plate")

# floors for recall and precision; names and addresses are honest figures, held where they are
FLOORS = {kind: (.95, .95) for kind in STRUCTURED}
FLOORS.update(address=(.97, .95), name=(.93, .95), common=(.96, .95))


def digits(r, n):
    return "".join(r.choice("0123456789") for _ in range(n))


def luhn_digit(text):
    total = 0
    for k, c in enumerate(reversed(text)):
        v = int(c) * (2 if k % 2 == 0 else 1)
        total += v - 9 if v > 9 else v
    return str(-total % 10)


def day(r, low=1, high=28):
    return f"{r.randint(low, high):02d}", f"{r.randint(1, 12):02d}", r.randint(1930, 2009)


# ---- Personal data ----------------------------------------------------------------------------------


def personnummer(r):
    d, m, y = day(r)
    if r.random() < .2:
        d = f"{int(d) + 60}"  # samordningsnummer
    serial = digits(r, 3)
    check = luhn_digit(f"{y % 100:02d}{m}{d}{serial}") if r.random() < .7 else digits(r, 1)
    century = str(y) if r.random() < .5 else f"{y % 100:02d}"
    return f"{century}{m}{d}{r.choice(['-', '-', '', ' ', '+' if len(century) == 2 else '-'])}{serial}{check}"


def cpr(r):
    d, m, y = day(r)
    text = f"{d}{m}{y % 100:02d}"
    serial = digits(r, 4)
    if r.random() < .5:  # with the check digit that numbers before 2007 have
        for serial in (f"{n:04d}" for n in range(r.randint(0, 8000), 10000)):
            if sum(int(c) * w for c, w in zip(text + serial, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1))) % 11 == 0:
                break
    return text + r.choice(["-", "-", "", " ", " - "]) + serial


def ni_number(r):
    d, m, y = day(r)
    return r.choice([f"{y}{m}{d}-{digits(r, 4)}", f"{d}{m}{y % 100:02d}-{digits(r, 4)}"])  # customers abroad write theirs too


def phone(r, language):
    if language == "sv":
        mobile = "7" + r.choice("02369") + digits(r, 7)
        area = r.choice(["8", "31", "40", "18", "46", "11", "21", "90", "54", "520", "243", "771"])
        local = digits(r, 8 - len(area))
        forms = [f"0{mobile}", f"0{mobile[:2]}-{mobile[2:5]} {mobile[5:7]} {mobile[7:]}", f"0{mobile[:2]} {mobile[2:5]} {mobile[5:7]} {mobile[7:]}",
                 f"0{mobile[:2]}-{mobile[2:]}", f"0{mobile[:2]}{mobile[2:5]} {mobile[5:7]} {mobile[7:]}",
                 f"+46{mobile}", f"+46 {mobile[:2]} {mobile[2:5]} {mobile[5:7]} {mobile[7:]}", f"+46 (0){mobile[:2]}-{mobile[2:5]} {mobile[5:7]} {mobile[7:]}",
                 f"0046{mobile}", f"0046 {mobile[:2]} {mobile[2:]}", f"0{area}-{local[:3]} {local[3:]}", f"0{area}-{local}", f"0{area}/{local[:2]} {local[2:]}",
                 f"0{mobile[:2]}-{mobile[2:5]}-{mobile[5:7]}-{mobile[7:]}", f"0{mobile[:2]}.{mobile[2:5]}.{mobile[5:7]}.{mobile[7:]}"]
    elif language == "da":
        n = r.choice("23456789") + digits(r, 7)
        forms = [f"{n[:2]} {n[2:4]} {n[4:6]} {n[6:]}", n, f"{n[:4]} {n[4:]}", f"{n[:2]}-{n[2:4]}-{n[4:6]}-{n[6:]}", f"{n[:2]}.{n[2:4]}.{n[4:6]}.{n[6:]}",
                 f"+45 {n}", f"+45{n}", f"+45 {n[:2]} {n[2:4]} {n[4:6]} {n[6:]}", f"0045 {n}", f"(+45) {n[:4]} {n[4:]}", f"+45-{n[:4]}-{n[4:]}"]
    else:
        m, l, u = "7" + digits(r, 9), "20" + digits(r, 8), f"{r.randint(201, 989)}{r.randint(200, 989)}{digits(r, 4)}"
        forms = [f"0{m[:4]} {m[4:]}", f"0{m}", f"0{m[:4]} {m[4:7]} {m[7:]}", f"+44 {m[:4]} {m[4:]}", f"+44{m}", f"0044 {m[:4]} {m[4:]}", f"020 {l[2:6]} {l[6:]}",
                 f"(020) {l[2:6]} {l[6:]}", f"+44 (0)20 {l[2:6]} {l[6:]}", f"({u[:3]}) {u[3:6]}-{u[6:]}", f"{u[:3]}-{u[3:6]}-{u[6:]}", f"+1 {u[:3]} {u[3:6]} {u[6:]}",
                 f"1-{u[:3]}-{u[3:6]}-{u[6:]}", f"{u[:3]}.{u[3:6]}.{u[6:]}"]
    return r.choice(forms)


def card(r):
    if r.random() < .15:
        body = r.choice(["34", "37"]) + digits(r, 12)
        n = body + luhn_digit(body)
        return r.choice([n, f"{n[:4]} {n[4:10]} {n[10:]}"])
    body = r.choice(["4", "51", "52", "5019", "6771"])
    body += digits(r, 15 - len(body))
    n = body + luhn_digit(body)
    return r.choice(["{}{}{}{}", "{} {} {} {}", "{}-{}-{}-{}"]).format(n[:4], n[4:8], n[8:12], n[12:])


def iban(r):
    country, length = r.choice([("SE", 24), ("DK", 18), ("GB", 22), ("NO", 15), ("DE", 22), ("FI", 18)])
    bban = ("NWBK" if country == "GB" else "") + digits(r, length - 4 - (4 if country == "GB" else 0))
    number = "".join(str(int(c, 36)) for c in bban + country + "00")
    text = country + f"{98 - int(number) % 97:02d}" + bban
    if r.random() < .3:
        text = text.lower()
    return text if r.random() < .4 else " ".join(text[k:k + 4] for k in range(0, len(text), 4))


def code(r, language):
    words = {"sv": ["ordernummer", "order", "ordernr", "kundnummer", "bokningsnummer", "bokning", "ärende", "ärendenummer", "fakturanr", "kundnr", "medlemsnummer",
                    "bokningskod", "kollinummer", "referensnummer", "försäkringsnummer", "beställningsnummer"],
             "da": ["ordrenummer", "ordre", "ordrenr.", "kundenummer", "bookingnummer", "bestillingsnummer", "sag", "sagsnummer", "fakturanummer", "kundenr",
                    "medlemsnummer", "pakkenummer", "forsendelsesnummer", "policenummer", "reservationsnummer"],
             "en": ["order number", "order", "order no", "customer number", "booking reference", "booking", "case", "case number", "invoice", "account number",
                    "membership number", "tracking number", "policy number", "ticket", "reservation number"]}[language]
    word = r.choice(words)
    strong = word.endswith(("nummer", "nr", "nr.", "number", "no", "kod", "reference"))
    values = [digits(r, r.randint(5, 9)), digits(r, r.randint(5, 6)), f"{r.choice('ABCDEFGHJK')}{r.choice('LMNPRST')}{digits(r, 5)}", f"{r.choice('ABCDEFG')}{r.choice('HKLM')}-{digits(r, 4)}"]
    if strong:
        values += [digits(r, 4), "".join(r.choice("ABCDEFGHJKLMNPRSTUXYZ23456789") for _ in range(5)) + r.choice("23456789")]
    value = r.choice([v for v in values if not v.endswith("0000")])
    join = r.choice([" ", ": ", " #", " " + {"sv": "är", "da": "er", "en": "is"}[language] + " ", " nr " if not strong else " "])
    return word + join, value


def plate(r, language):
    letters = lambda n, of="ABCDEFGHJKLMNPRSTUWXYZ": "".join(r.choice(of) for _ in range(n))
    if language == "sv":
        p = letters(3) + digits(r, 2) + r.choice(["0123456789", "ABCDEF"])[r.randint(0, 5)]
        spaced = p[:3] + " " + p[3:]
        return r.choice([("", p), ("bilen ", spaced), ("regnr ", spaced), ("reg.nr. ", p), ("registreringsnummer ", spaced)])
    if language == "da":
        p = letters(2) + digits(r, 5)
        return r.choice([("", p), ("", f"{p[:2]} {p[2:4]} {p[4:]}"), ("bilen ", f"{p[:2]} {p[2:]}"), ("nummerplade ", f"{p[:2]} {p[2:4]} {p[4:]}")])
    p = letters(2) + digits(r, 2) + letters(3)
    return r.choice([("", p), ("", f"{p[:4]} {p[4:]}"), ("car ", f"{p[:4]} {p[4:]}")])


def link(r, language, names):
    first, last = names.first(r, language), names.last(r, language)
    plain = lambda s: s.lower().translate(str.maketrans("åäöæøéèüó", "aaoaoeeuo"))
    host = r.choice(["gmail.com", "hotmail.com", "live.se", "mail.dk", "outlook.com", "firma.se", "example.co.uk", "telia.com"])
    local = r.choice([f"{plain(first)}.{plain(last)}", f"{plain(first)}{r.randint(1, 99)}", f"{plain(first)}_{plain(last)}", f"{plain(first)[:1]}{plain(last)}"])
    return r.choice([("", f"{local}@{host}"), ("", f"{local}@{host}"), ("", f"{local.upper()}@{host}"), ("", f"{local} (at) {host}"), ("", f"{local}[at]{host}"),
                     ("", f"@{local}"), ("www.facebook.com/", local), ("instagram.com/", local)])


STREETS = {"sv": ["Storgatan", "Kungsgatan", "Drottninggatan", "Björkvägen", "Ekstigen", "Lillgränd", "Södra vägen", "Stora Nygatan", "Skolgatan", "Hantverkargatan", "Lundavägen",
                  "Sankt Eriksgatan", "Vasagatan", "Tallbacken", "Solrosvägen", "Stortorget", "Parkallén", "Norra Strandgatan", "Åvägen", "Ängsslingan", "Kyrkbyn", "Övre Husargatan"],
           "da": ["Vestergade", "Nørregade", "Lindevej", "Gamle Kongevej", "Strandvejen", "Åboulevarden", "Søndre Allé", "Østerbrogade", "Skolestien", "Kultorvet", "Birkevænget",
                  "Kirkebakken", "H.C. Andersens Boulevard", "Nygade", "Møllevangen", "Ryesgade", "Frederiksborgvej", "Sankt Peders Stræde", "Toftegårds Plads", "Bøgehøjen", "Overgaden Oven Vandet"],
           "en": ["High Street", "Old Kent Road", "Church Lane", "Station Road", "Victoria Avenue", "Mill Close", "Park Drive", "The Crescent", "Queens Terrace", "Green Lane", "King St",
                  "Elm Rd", "Maple Ave", "Manor Way", "Albert Square", "Orchard Grove", "Kings Court", "Chapel Row", "Hillcrest", "Broadway"]}
TOWNS = {"sv": ["Göteborg", "Lund", "Umeå", "Ystad", "Malmö"], "da": ["København Ø", "Aarhus", "Odense C", "Roskilde", "Vejle"], "en": ["London", "Leeds", "Bristol"]}


def address(r, language):
    street, n = r.choice(STREETS[language]), r.randint(1, 240)
    if language == "en":
        return f"{n}{r.choice(['', '', '', 'a', 'B'])} {street}"
    text = f"{street} {n}" + r.choice(["", "", "A", " B", "b"])
    if language == "sv":
        tail = r.choice(["", "", f", {r.randint(1, 5)} tr", f", {r.randint(1, 9)}{digits(r, 2)} {digits(r, 2)} {r.choice(TOWNS['sv'])}"])
    else:
        tail = r.choice(["", "", f", {r.randint(1, 5)}. tv", f", {r.randint(1, 5)}. sal", f", {r.randint(1, 9)}{digits(r, 3)} {r.choice(TOWNS['da'])}"])
    return text + tail


class Names:
    def __init__(self):
        self.lists, self.borne = collections.defaultdict(list), collections.defaultdict(list)
        with open(os.path.join(HERE, "names.tsv"), encoding="utf-8") as f:
            for line in f:
                if not line.startswith(("#", "language\t")):
                    language, kind, name, borne = line.rstrip("\n").split("\t")
                    self.lists[language, kind].append(name)
                    self.borne[language, kind].append(int(borne))

    def first(self, r, language, common=False):
        weights = self.borne[language, "first"] if common else None
        return r.choices(self.lists[language, "first"], weights)[0]

    def last(self, r, language):
        return r.choice(self.lists[language, "last"])


# ---- Comments ---------------------------------------------------------------------------------------

# {} is where the personal data stands.
FRAMES = {
    "sv": ["Jag har väntat i två veckor, {} och inget händer.", "Ni kan nå mig på {} om ni vill.", "Tack för hjälpen! {}", "{} stod det i brevet, men det stämmer inte.",
           "Trevlig personal men dåligt system. Mitt är {}, kolla gärna.", "leveransen kom aldrig, {}, mycket besviken", "Fick fel vara igen ({}) och ingen svarar."],
    "da": ["Jeg har ventet i to uger, {} og der sker ingenting.", "I kan få fat i mig på {} hvis I vil.", "Tak for hjælpen! {}", "{} stod der i brevet, men det passer ikke.",
           "Søde medarbejdere men dårligt system. Mit er {}, se venligst.", "pakken kom aldrig, {}, meget skuffet", "Fik den forkerte vare igen ({}) og ingen svarer."],
    "en": ["I have been waiting for two weeks, {} and nothing happens.", "You can reach me on {} if you like.", "Thanks for the help! {}", "{} is what the letter said, but that is wrong.",
           "Nice staff but a bad system. Mine is {}, please check.", "the parcel never came, {}, very disappointed", "Got the wrong item again ({}) and nobody answers."]}
NAME_FRAMES = {
    "sv": ["{} i kassan var väldigt hjälpsam.", "Jag pratade med {} som lovade återkomma.", "Tack {} för fin service!", "Mvh {}", "Min handläggare {} svarar aldrig.", "Det var {} som tog emot oss.",
           "Jag heter {} och är kund sedan länge.", "Hälsningar {}", "En kille som heter {} löste allt.", "Stort tack till {}!", "Vi fick hjälp av {} i butiken."],
    "da": ["{} ved kassen var meget hjælpsom.", "Jeg talte med {} som lovede at vende tilbage.", "Tak {} for god service!", "Mvh {}", "Min rådgiver {} svarer aldrig.", "Det var {} der tog imod os.",
           "Jeg hedder {} og har været kunde længe.", "Venlig hilsen {}", "En fyr der hedder {} ordnede det hele.", "Stor tak til {}!", "Vi fik hjælp af {} i butikken."],
    "en": ["{} at the till was very helpful.", "I spoke to {} who promised to call back.", "Thank you {} for great service!", "Regards, {}", "My advisor {} never answers.", "It was {} who welcomed us.",
           "My name is {} and I have been a customer for years.", "Kind regards {}", "A guy called {} fixed it all.", "Big thanks to {}!", "We got help from {} in the shop."]}
ADDRESS_FRAMES = {
    "sv": ["Jag bor på {} och paketet hamnade fel.", "Levererades till {} i stället.", "Adressen är {}.", "{} är min adress.", "Budet hittade inte till {}, trots karta."],
    "da": ["Jeg bor på {} og pakken havnede forkert.", "Leveret til {} i stedet.", "Adressen er {}.", "{} er min adresse.", "Buddet kunne ikke finde {}, trods kort."],
    "en": ["I live at {} and the parcel went elsewhere.", "It was delivered to {} instead.", "The address is {}.", "{} is my address.", "The driver could not find {}, despite the map."]}

CLEAN = {
    "sv": ["Betalade 1 299 kr för en Volvo V70 som är från 2011.", "Öppettider 08-17 och 10-14 på lördagar, 08.00-17.00 stod det.", "Kom 2025-03-02 kl 14:30, lovat var 01/03/2025.",
           "Kostade 12 500 000 kronor eller 1.250.000 SEK.", "Version 10.4.12 fungerar inte på iPhone 15 Pro Max.", "Väntade 45 min, 3 gånger på 2 veckor, 100% besviken.",
           "Köpte storlek 36 38 40 42 och bytte till 44.", "Mellan 2019-2024 har priset gått upp 25,5 %.", "Inga problem alls, klara besked och sanna ord.", "Butiken på Storgatan är fin, i maj var den stängd.",
           "Bredband 1000/1000 Mbit för 499:- i månaden.", "Hans telefon är tom på batteri, hans axel gör ont.", "BMW 320 och en Samsung Galaxy S24 Ultra 256 GB.", "Rum 412 på plan 4, nivå 2.",
           "Order 3 gånger, kom aldrig fram.", "Ring mig inte före 10.00, tack. 10 12 14 eller 16 går bra.", "Perioden 20250101-20250331 faktureras.", "Kanal 5 och TV4 fungerar, Windows 11 inte.",
           "Fick 50 000 bonuspoäng och 2 000 000 träffar.", "Första gången 3 dagar, andra gången 7.", "Artikel 70234567 från IKEA saknades.", "Hela vägen 3 mil i regn.", "Wi-Fi 802.11 och RTX 4090, 16 GB RAM.",
           "Stockholm och Göteborg, Telia och Tele2.", "Betyg 10 av 10, 5/5, 4.5 av 5.", "Max Burgers i Lund är bäst, Hemköp i Malmö sämst.", "Höjden är 180 cm x 200 cm x 60 cm.",
           "Momsen 25 %, summa 1 234 567,50 kr.", "Per telefon gick det bra, via mejl sämre.", "Tåg 543 kl 07.15-09.40 var 35 minuter sent."],
    "da": ["Betalte 1.299 kr for en Volvo V70 fra 2011.", "Åbent 08-17 og 10-14 om lørdagen, 08.00-17.00 stod der.", "Kom den 02.03.2025 kl. 14.30, lovet var 01/03/2025.",
           "Det kostede 12.500.000 kroner eller 1.250.000 DKK.", "Version 10.4.12 virker ikke på iPhone 15 Pro Max.", "Ventede 45 min, 3 gange på 2 uger, 100% skuffet.",
           "Købte størrelse 36 38 40 42 og byttede til 44.", "Mellem 2019-2024 er prisen steget 25,5 %.", "Ingen problemer, hans svar var helt fint.", "Butikken på Strøget er fin, i august var den lukket.",
           "Bredbånd 1000/1000 Mbit for 499,- om måneden.", "Hans telefon gik død, det kan man tage med.", "BMW 320 og en Samsung Galaxy S24 Ultra 256 GB.", "Værelse 412 på 4. sal.",
           "Ordre 3 gange, kom aldrig frem.", "Ring ikke før 10.00, tak. 10 12 14 eller 16 er fint.", "Perioden 20250101-20250331 faktureres.", "Kanal 5 og TV2 virker, Windows 11 ikke.",
           "Fik 50.000 bonuspoint og 2 000 000 hits.", "Første gang 3 dage, anden gang 7.", "Varenummer 70234567 fra IKEA manglede.", "Hele vejen 3 km i regn.", "Wi-Fi 802.11 og RTX 4090, 16 GB RAM.",
           "København og Aarhus, TDC og YouSee.", "Karakter 10 af 10, 5/5, 4.5 af 5.", "Magasin i Odense er bedst, Netto i Vejle dårligst.", "Målene er 180 cm x 200 cm x 60 cm.",
           "Momsen 25 %, i alt 1.234.567,50 kr.", "Tog 543 kl. 07.15-09.40 var 35 minutter forsinket.", "Ingen hjælp, intet svar, ingenting."],
    "en": ["Paid £1,299.00 for a Volvo V70 from 2011.", "Open 08-17 and 10-14 on Saturdays, it said 9.00-17.00.", "Came on 2025-03-02 at 14:30, promised for 01/03/2025.",
           "It cost $12,500,000 or 1.250.000 EUR.", "Version 10.4.12 does not work on iPhone 15 Pro Max.", "Waited 45 min, 3 times in 2 weeks, 100% disappointed.",
           "Bought sizes 36 38 40 42 and changed to 44.", "From 2019-2024 the price went up 25.5 %.", "Will they call? Mark the form, I hope in May or April.", "The shop on High Street is nice, 5th Avenue better.",
           "Broadband 1000/1000 Mbit for £49 a month.", "I may rob the bank, jack up the price, tone it down.", "A BMW 320 and a Samsung Galaxy S24 Ultra 256 GB.", "Room 412 on floor 4.",
           "Order 3 times, never came.", "Do not call before 10.00, 10 12 14 or 16 is fine.", "The period 20250101-20250331 is invoiced.", "Channel 5 and BBC2 work, Windows 11 does not.",
           "Got 50,000 points and 2 000 000 hits.", "First time 3 days, second time 7.", "Model 70234567 from IKEA was missing.", "All the way 3 miles in the rain.", "Wi-Fi 802.11 and RTX 4090, 16 GB RAM.",
           "London and Leeds, Vodafone and EE.", "Rated 10 out of 10, 5/5, 4.5 of 5.", "Boots in Bristol is best, Tesco in Leeds worst.", "It measures 180 cm x 200 cm x 60 cm.",
           "VAT 20 %, total 1,234,567.50 pounds.", "Train 543 at 07.15-09.40 was 35 minutes late.", "24/7 support, 365 days, 99.99 % uptime."]}


def planted(r, kind, language, names):
    """A comment and the byte places of its personal data."""
    before, frames = "", FRAMES
    if kind == "identity":
        value = {"sv": personnummer, "da": cpr, "en": ni_number}[language](r)
        before = r.choice(["", "", {"sv": "pnr ", "da": "cpr ", "en": "id "}[language]])
    elif kind == "phone":
        value = phone(r, language)
        before = r.choice(["", "", "tel ", "mob "])
    elif kind == "card":
        value, before = card(r), r.choice(["", {"sv": "kort ", "da": "kort ", "en": "card "}[language]])
    elif kind == "account":
        value, before = iban(r), r.choice(["", "IBAN "])
    elif kind == "code":
        before, value = code(r, language)
    elif kind == "plate":
        before, value = plate(r, language)
    elif kind == "link":
        before, value = link(r, language, names)
    elif kind == "address":
        value, frames = address(r, language), ADDRESS_FRAMES
    else:
        frames = NAME_FRAMES
        value = names.first(r, language, kind == "common")
        if r.random() < .4:
            value += " " + names.last(r, language)
        elif r.random() < .15:
            value = value.lower()
    frame = r.choice(frames[language])
    head, tail = frame.split("{}")
    start = len((head + before).encode())
    return head + before + value + tail, (start, start + len(value.encode()))


def covered(text, place, found):
    """Whether every letter and digit of a place is in a found one."""
    return all(any(f <= i < t for f, t in found) for i in range(*place) if text[i:i + 1].isalnum() or text[i] >= 0x80)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--program", required=True)
    p.add_argument("--count", type=int, default=400)
    p.add_argument("--seed", type=int, default=20260101)
    p.add_argument("--misses")
    p.add_argument("--table", action="store_true")
    a = p.parse_args()
    r, names = random.Random(a.seed), Names()
    rows = []  # kind, language, text, place
    for language in LANGUAGES:
        for kind in FLOORS:
            for _ in range(a.count):
                text, place = planted(r, kind, language, names)
                rows.append((kind, language, text, place))
        for _ in range(a.count * 3):
            rows.append(("clean", language, " ".join(r.sample(CLEAN[language], 2)), None))
    done = subprocess.run([a.program], input="".join(row[2] + "\n" for row in rows).encode(), capture_output=True, check=True)
    found = collections.defaultdict(list)
    for line in done.stdout.decode().splitlines():
        number, kind, start, end = line.split()
        found[int(number)].append((kind, int(start), int(end)))
    hit, of, right, wrong = (collections.Counter() for _ in range(4))
    for k, (kind, language, text, place) in enumerate(rows):
        raw, places = text.encode(), found[k]
        if place is not None:
            of[kind, language] += 1
            good = covered(raw, place, [(s, e) for _, s, e in places])
            hit[kind, language] += good
            if a.misses == kind and not good:
                print(language, "missed:", raw[place[0]:place[1]].decode(), "|", text, places)
        for called, start, end in places:
            on = place is not None and start < place[1] and end > place[0]
            (right if on else wrong)[called, language] += 1
            if not on and a.misses in ("clean", called):
                print(language, called, "falsely:", raw[start:end].decode(), "|", text)
    failed = 0
    for kind, (recall_floor, precision_floor) in FLOORS.items():
        line = []
        for language in LANGUAGES:
            recall = hit[kind, language] / of[kind, language]
            called = "name" if kind == "common" else kind
            crossed = right[called, language] + wrong[called, language]
            precision = right[called, language] / crossed if crossed else 0
            bad = recall < recall_floor or precision < precision_floor
            failed += bad
            line.append((recall, precision, bad))
        if a.table:
            print(f"| {kind} | " + " | ".join(f"{x[0]:.3f} | {x[1]:.3f}" for x in line) + " |")
        else:
            print(f"{kind:10}" + "".join(f"  {l} recall {x[0]:.3f} precision {x[1]:.3f}{'  TOO LOW' if x[2] else ''}" for l, x in zip(LANGUAGES, line)))
    stray = sum(wrong[c, l] for c, l in wrong if c == "number")
    print(f"long numbers of no kind: {sum(right[c, l] for c, l in right if c == 'number')} on planted places, {stray} not" if not a.table else "")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
