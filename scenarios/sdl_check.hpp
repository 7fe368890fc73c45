#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace souk::scenarios {

/// Checks SDL files one by one and never stops at a bad one. With `json`, one JSON object a line and file:
/// {"file","ok","error","line","warnings":[{"line","message"}],"hash","groups","manifest"}; what there is not
/// is null. Without, a line per good file and its warnings on `out`, and `file:line: message` per bad file on
/// `errors`. Returns the exit code: 0, or 1 when any file is bad.
int check_sdl_files(const std::vector<std::string>& files, bool json, std::ostream& out,
                    std::ostream& errors);

}  // namespace souk::scenarios
