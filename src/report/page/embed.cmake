# Writes page_data.h and page_data.c: the pieces of the page as C strings, and the SHA-256 of the style in base64 for
# the page's content security policy. cmake -DPAGE=<this folder> -DOUT=<folder> -P embed.cmake

function(to_c file out)
  file(READ "${file}" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n    " bytes "${bytes}")
  set(${out} "{\n    ${bytes}0}" PARENT_SCOPE)
endfunction()

# 32 bytes are 10 groups of 3 and one of 2: each 6 hex digits are 4 letters of base64.
function(base64_of_sha256 hex out)
  set(letters "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  set(text "")
  set(padded "${hex}00")
  foreach(at RANGE 0 60 6)
    string(SUBSTRING "${padded}" ${at} 6 group)
    math(EXPR value "0x${group}")
    foreach(shift 18 12 6 0)
      math(EXPR index "(${value} >> ${shift}) & 63")
      string(SUBSTRING "${letters}" ${index} 1 letter)
      string(APPEND text "${letter}")
    endforeach()
  endforeach()
  string(SUBSTRING "${text}" 0 43 text)
  set(${out} "${text}=" PARENT_SCOPE)
endfunction()

to_c("${PAGE}/head.html" head)
to_c("${PAGE}/style.css" style)
file(SHA256 "${PAGE}/style.css" sha)
base64_of_sha256("${sha}" hash)
file(WRITE "${OUT}/report/page_data.h" "extern const char dk_page_head[], dk_page_style[], dk_page_style_hash[];\n")
file(WRITE "${OUT}/report/page_data.c"
  "#include \"report/page_data.h\"\n\nconst char dk_page_head[] = ${head};\nconst char dk_page_style[] = ${style};\nconst char dk_page_style_hash[] = \"${hash}\";\n")
