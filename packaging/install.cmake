# The library, and what cmake --install and cpack make of a build.
#
# The library is made of the rooms' archives: only what the functions of the header need is taken, joined into one object whose
# other names are made local. So the static library too shows nothing but the header's names, and Hunspell, the databases and the
# formats of files, which the program alone needs, are not linked.
include(GNUInstallDirs)
set(DK_DATA_DIR ${CMAKE_INSTALL_DATADIR}/drivkraft)

set(DK_MAP ${CMAKE_SOURCE_DIR}/packaging/libdrivkraft.map)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${DK_MAP})
file(STRINGS ${DK_MAP} DK_EXPORTS REGEX "^ +dk_[a-z0-9_]+;$")
list(TRANSFORM DK_EXPORTS REPLACE "[ ;]" "")
list(TRANSFORM DK_EXPORTS PREPEND "--undefined=" OUTPUT_VARIABLE DK_ROOTS)
list(TRANSFORM DK_EXPORTS PREPEND "--keep-global-symbol=" OUTPUT_VARIABLE DK_KEPT)

set(DK_JOINED ${CMAKE_BINARY_DIR}/libdrivkraft.o)
set(DK_JOINED_ROOMS dk_tag dk_lexicon dk_text dk_stats dk_io dk_base)
list(TRANSFORM DK_JOINED_ROOMS REPLACE "(.+)" "$<TARGET_FILE:\\1>" OUTPUT_VARIABLE DK_ARCHIVES)
add_custom_command(OUTPUT ${DK_JOINED}
  COMMAND ${CMAKE_LINKER} -r -o ${DK_JOINED} ${DK_ROOTS} --start-group ${DK_ARCHIVES} --end-group
  COMMAND ${CMAKE_OBJCOPY} --strip-debug ${DK_KEPT} ${DK_JOINED}
  DEPENDS ${DK_JOINED_ROOMS} ${DK_ARCHIVES} COMMENT "Joining libdrivkraft" VERBATIM)
set_source_files_properties(${DK_JOINED} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
add_custom_target(joined DEPENDS ${DK_JOINED})

add_library(drivkraft_shared SHARED ${DK_JOINED})
set_target_properties(drivkraft_shared PROPERTIES OUTPUT_NAME drivkraft EXPORT_NAME drivkraft LINKER_LANGUAGE C
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR} LINK_DEPENDS ${DK_MAP})
target_link_options(drivkraft_shared PRIVATE -Wl,--version-script=${DK_MAP} -Wl,-z,defs -Wl,--build-id -Wl,--as-needed)
target_link_libraries(drivkraft_shared PRIVATE PkgConfig::PCRE2 PkgConfig::UTF8PROC PkgConfig::OPENBLAS Threads::Threads m)

add_library(drivkraft_static STATIC ${DK_JOINED})
set_target_properties(drivkraft_static PROPERTIES OUTPUT_NAME drivkraft EXPORT_NAME static LINKER_LANGUAGE C)
target_link_libraries(drivkraft_static INTERFACE pcre2-8 utf8proc openblas m pthread)
foreach(library drivkraft_shared drivkraft_static)
  add_dependencies(${library} joined)
  target_include_directories(${library} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endforeach()

# ---- What is installed where; everything finds the rest from its own place, so any --prefix does ----
set(DK_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/drivkraft)
file(RELATIVE_PATH DK_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" DK_PC_TO_PREFIX "${DK_PC_TO_PREFIX}")
configure_file(packaging/drivkraft.pc.in drivkraft.pc @ONLY)
include(CMakePackageConfigHelpers)
write_basic_package_version_file(drivkraft-config-version.cmake COMPATIBILITY SameMinorVersion)

install(TARGETS drivkraft)
install(TARGETS drivkraft_shared drivkraft_static EXPORT drivkraft-targets)
install(EXPORT drivkraft-targets NAMESPACE drivkraft:: DESTINATION ${DK_CMAKE_DIR})
install(FILES packaging/drivkraft-config.cmake ${CMAKE_BINARY_DIR}/drivkraft-config-version.cmake DESTINATION ${DK_CMAKE_DIR})
install(FILES ${CMAKE_BINARY_DIR}/drivkraft.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES include/drivkraft.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES src/study/study.schema.json DESTINATION ${DK_DATA_DIR})
install(DIRECTORY lexicons models DESTINATION ${DK_DATA_DIR} FILES_MATCHING PATTERN "*.tsv" PATTERN "*.md")
if(DK_PAGE_FILE OR TARGET page)
  install(FILES ${DK_BUILT_PAGE} DESTINATION ${DK_DATA_DIR}/page RENAME report.html)
  get_filename_component(DK_BUILT_PAGES ${DK_BUILT_PAGE} DIRECTORY)
  install(FILES ${DK_BUILT_PAGES}/edit.html DESTINATION ${DK_DATA_DIR}/page)
endif()
file(GLOB DK_SCHEMAS CONFIGURE_DEPENDS src/*/*.schema.json) # what editors and readers of report.json check against
install(FILES ${DK_SCHEMAS} DESTINATION ${DK_DATA_DIR}/schema)
foreach(what man bash zsh fish) # from the option tables that --help prints
  set(made ${CMAKE_BINARY_DIR}/manual/drivkraft.${what})
  add_custom_command(OUTPUT ${made} COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/manual
    COMMAND drivkraft manual ${what} -o ${made} DEPENDS drivkraft COMMENT "Writing drivkraft.${what}" VERBATIM)
  list(APPEND DK_MANUAL ${made})
endforeach()
add_custom_target(manual ALL DEPENDS ${DK_MANUAL})
install(FILES ${CMAKE_BINARY_DIR}/manual/drivkraft.man DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 RENAME drivkraft.1)
install(FILES ${CMAKE_BINARY_DIR}/manual/drivkraft.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME drivkraft)
install(FILES ${CMAKE_BINARY_DIR}/manual/drivkraft.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
foreach(folder site-functions vendor-completions) # Debian's zsh reads the first below /usr/local, the second below /usr
  install(FILES ${CMAKE_BINARY_DIR}/manual/drivkraft.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/${folder} RENAME _drivkraft)
endforeach()
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md" PATTERN "*.png")
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

# ---- The reference of the library: pages of the header's comments; what has none is an error ----
find_program(DOXYGEN doxygen)
if(DOXYGEN)
  configure_file(packaging/Doxyfile.in reference/Doxyfile @ONLY)
  set(DK_REFERENCE ${CMAKE_BINARY_DIR}/reference/whole)
  add_custom_command(OUTPUT ${DK_REFERENCE} COMMAND ${DOXYGEN} ${CMAKE_BINARY_DIR}/reference/Doxyfile
    COMMAND ${CMAKE_COMMAND} -E touch ${DK_REFERENCE} # not there when doxygen has anything to say
    DEPENDS ${CMAKE_SOURCE_DIR}/include/drivkraft.h ${CMAKE_SOURCE_DIR}/packaging/Doxyfile.in
    COMMENT "Writing the reference of the library" VERBATIM)
  add_custom_target(reference ALL DEPENDS ${DK_REFERENCE})
  install(DIRECTORY ${CMAKE_BINARY_DIR}/reference/html/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/reference)
else()
  message(STATUS "doxygen was not found: no pages of the library's reference")
endif()

# ---- The Debian package: ./run package ----
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME drivkraft)
set(CPACK_PACKAGE_CONTACT "drivkraft <drivkraft@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "text-feedback analytics and driver analysis")
set(CPACK_PACKAGE_DESCRIPTION "Reads what customers write in Swedish, Danish and English, joins it with NPS and profitability, and says which
touchpoints move customers, what each is worth, and how sure that is. The program, its library, lexicons and models.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "hunspell-sv, hunspell-da, hunspell-en-us, hunspell-en-gb")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "chromium, libpcre2-dev, libutf8proc-dev, libopenblas-dev") # PDF; linking the static library
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
