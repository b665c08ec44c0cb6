files = {
    "unclosed": b'id,comment\n1,bra\n2,"Toppen! Aldrig haft\n3,bra\n',
    "empty": b"",
    "header_only": b"id,comment\n",
    "ragged": b"id,comment\n1,bra\n2\n3,bra,extra\n4,bra\n",
    "latin1": "id,comment\n1,Mycket d\u00e5lig service, \u00e5 nej\n".replace(", \u00e5", " \u00e5").encode("latin-1"),
    "utf16": "id,comment\n1,Mycket d\u00e5lig service\n".encode("utf-16"),
    "control": b"id,comment\n1,bra\x00 service\x07\n",
    "cut": b'id,comment\n1,bra\n2,"och s',
}
for name, content in files.items():
    open(name + ".csv", "wb").write(content)
