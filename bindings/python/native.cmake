# The engine as one library for the Python package: all rooms, and the few functions of native/native.h.
add_library(drivkraft_python SHARED bindings/python/native/native.c bindings/python/native/native_drivers.c bindings/python/native/native_study.c
  bindings/python/native/native_asked.c)
target_include_directories(drivkraft_python PRIVATE bindings/python/native)
list(TRANSFORM DK_EXPORTS PREPEND "-Wl,--undefined=" OUTPUT_VARIABLE DK_PYTHON_ROOTS)
target_link_libraries(drivkraft_python PRIVATE dk_report dk_study dk_tag dk_stats)
set(DK_PYTHON_MAP ${CMAKE_SOURCE_DIR}/bindings/python/native/native.map)
target_link_options(drivkraft_python PRIVATE ${DK_PYTHON_ROOTS} -Wl,--version-script=${DK_PYTHON_MAP} -Wl,-z,defs -Wl,--as-needed)
set_target_properties(drivkraft_python PROPERTIES LINK_DEPENDS ${DK_PYTHON_MAP})
