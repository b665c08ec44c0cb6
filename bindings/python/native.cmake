# The engine as one library for the Python package: all rooms, and the few functions of native/native.h.
add_library(drivkraft_python SHARED bindings/python/native/native.c bindings/python/native/native_drivers.c bindings/python/native/native_study.c
  bindings/python/native/native_asked.c)
target_include_directories(drivkraft_python PRIVATE bindings/python/native)
file(STRINGS ${CMAKE_SOURCE_DIR}/packaging/libdrivkraft.map DK_EXPORTS REGEX "^ +dk_[a-z0-9_]+;$")
list(TRANSFORM DK_EXPORTS REPLACE "[ ;]" "")
list(TRANSFORM DK_EXPORTS PREPEND "-Wl,--undefined=" OUTPUT_VARIABLE DK_PYTHON_ROOTS)
target_link_libraries(drivkraft_python PRIVATE dk_report dk_study dk_tag dk_stats)
set(DK_PYTHON_MAP ${CMAKE_SOURCE_DIR}/bindings/python/native/native.map)
target_link_options(drivkraft_python PRIVATE ${DK_PYTHON_ROOTS} -Wl,--version-script=${DK_PYTHON_MAP} -Wl,--as-needed)
if(DK_SANITIZE) # the interpreter has the sanitizer's functions: tests/python/run.py
  target_link_options(drivkraft_python PRIVATE -shared-libasan)
  set(DK_PYTHON_OPTION --sanitized)
else()
  target_link_options(drivkraft_python PRIVATE -Wl,-z,defs)
endif()
set_target_properties(drivkraft_python PROPERTIES LINK_DEPENDS ${DK_PYTHON_MAP})
