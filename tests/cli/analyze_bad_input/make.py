import zipfile

head = "response_id,customer_id,answered,nps,comment\n"
good = "".join(f"{i},c{i},2026-0{1 + i % 9}-1{i % 9},{i % 11},bra service och snabb leverans\n" for i in range(1, 40))
files = {
    "scores": head + good + "50,c1,2026-01-01,11,bra\n51,c2,2026-01-01,-1,bra\n52,c3,2026-01-01,ten,bra\n53,c4,2026-01-01,N/A,bra\n",
    "dates": head + good + "50,c1,2026-02-30,9,bra\n51,c2,yesterday,9,bra\n52,c3,,9,bra\n",
    "ids": head + good + "7,c1,2026-01-01,9,bra\n8,c2,2026-01-01,9,bra\n",
    "ragged": head + good + "50,c1\n51,c2,2026-01-01,9,bra,one,too many\n",
    "cut": head + good + '50,c1,2026-01-01,9,"och s',
    "unclosed": head + '1,c1,2026-01-01,9,"Toppen! Aldrig haft\n' + good,
    "empty": "",
    "nothing": "a,b\n1,2\n",
    "words": head.replace("comment", "kommentar") + good.replace(",9,", ",ja,").replace(",7,", ",nej,") .replace(",8,", ",ja,") + "".join(f"9{i},c,,ja,bra\n" for i in range(40)),
    "noheader": "".join(f"{i},{i % 11},bra service nummer {i}\n" for i in range(40)),
    "noscore": "id,comment\n1,bra service\n2,snabb leverans\n",
}
for name, content in files.items():
    open(name + ".csv", "w", encoding="utf-8").write(content)
open("noise.csv", "wb").write(bytes((i * i * 7 + i * 31 + 200) % 256 for i in range(2000)))

RELATIONS = "http://schemas.openxmlformats.org/{}"
with zipfile.ZipFile("word.docx", "w") as z:
    z.writestr(
        "_rels/.rels",
        f'<Relationships xmlns="{RELATIONS.format("package/2006/relationships")}"><Relationship Id="r" '
        f'Type="{RELATIONS.format("officeDocument/2006/relationships/officeDocument")}" Target="word/document.xml"/></Relationships>',
    )
    z.writestr("word/document.xml", "<document/>")
