# Run at every build (cmake -DSOURCE=... -DOUT=... -P revision.cmake): writes OUT, with what `git describe` says of the
# source, and only if that has changed. A plain copy without git is "unknown".
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --tags
  OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed OR revision STREQUAL "")
  set(revision "unknown")
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT "#define SOUK_REVISION \"${revision}\"\n")
