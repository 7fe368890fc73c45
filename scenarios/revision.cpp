#include "scenarios/revision.hpp"

#ifndef SOUK_REVISION
#error "CMake defines SOUK_REVISION for this file"
#endif

namespace souk::scenarios {

const char* source_revision() { return SOUK_REVISION; }

}  // namespace souk::scenarios
