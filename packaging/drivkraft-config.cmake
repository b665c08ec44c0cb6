# find_package(drivkraft) makes drivkraft::drivkraft (shared) and drivkraft::static; DRIVKRAFT_DATA is the folder of lexicons and
# models that dk_engine_open is given.
include(${CMAKE_CURRENT_LIST_DIR}/drivkraft-targets.cmake)
get_target_property(DRIVKRAFT_DATA drivkraft::drivkraft INTERFACE_INCLUDE_DIRECTORIES)
get_filename_component(DRIVKRAFT_DATA ${DRIVKRAFT_DATA}/../share/drivkraft ABSOLUTE)
