#include "actors/base/codec.hpp"

namespace souk {

bool ByteReader::refuse(std::string_view why) {
  if (!failed()) error_ = "byte " + std::to_string(position_) + ": " + std::string(why);
  return false;
}

bool ByteReader::enter() {
  if (failed()) return false;
  if (depth_ == nesting_max) return refuse("nested deeper than " + std::to_string(nesting_max));
  ++depth_;
  return true;
}

bool ByteReader::integer(std::size_t width, std::uint64_t& value) {
  SOUK_CHECK(width <= 8);
  if (failed()) return false;
  if (remaining() < width)
    return refuse("ends early: " + std::to_string(width) + " more bytes expected, " +
                  std::to_string(remaining()) + " are there");
  std::array<std::uint8_t, 8> little{};
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(position_), width, little.begin());
  value = load_little(little.data());
  position_ += width;
  return true;
}

bool ByteReader::bytes(std::span<std::uint8_t> into) {
  if (failed()) return false;
  if (remaining() < into.size())
    return refuse("ends early: " + std::to_string(into.size()) + " more bytes expected, " +
                  std::to_string(remaining()) + " are there");
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(position_), into.size(), into.begin());
  position_ += into.size();
  return true;
}

bool ByteReader::count(std::size_t element_size, std::uint32_t& value) {
  std::uint64_t word = 0;
  if (!integer(4, word)) return false;
  if (word * element_size > remaining())
    return refuse(std::to_string(word) + " elements can not be in the " + std::to_string(remaining()) +
                  " bytes that are left");
  value = static_cast<std::uint32_t>(word);
  return true;
}

}  // namespace souk
