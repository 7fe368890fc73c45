#pragma once

namespace souk::scenarios {

/// The source the program was built from: what `git describe` said at the build, or "unknown".
const char* source_revision();

}  // namespace souk::scenarios
