#include "scenarios/revision.hpp"

#include <souk_revision.inc>  // made by revision.cmake

namespace souk::scenarios {

const char* source_revision() { return SOUK_REVISION; }

}  // namespace souk::scenarios
