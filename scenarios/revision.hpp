#pragma once

namespace souk::scenarios {

/// The source the program was built from: `git describe` when CMake last ran, or "unknown".
const char* source_revision();

}  // namespace souk::scenarios
