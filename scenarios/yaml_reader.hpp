#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "actors/base/result.hpp"
#include "scenarios/units.hpp"
#include "scenarios/yaml_tree.hpp"

/// One table of settings, and everything that follows from it: reading, error messages, the printed
/// parameters of a run, and the JSON Schema for editors.
namespace souk::scenarios {

/// How many quantities a setting holds.
enum class Shape : std::uint8_t {
  one,           ///< a single quantity
  optional,      ///< a single quantity, or `none`
  choice,        ///< one of a closed set of words
  list,          ///< `[a, b]`; a single quantity is a list of one
  words,         ///< a list of words from a closed set
  table,         ///< `{name: quantity, ...}`, names chosen by the user
  distribution,  ///< a quantity, or `{exponential: {mean: 30 d}}`; see distribution_forms()
};

/// A distribution as written. `form` is "constant" for a bare quantity. Parameters in the order of the form,
/// canonical measure (durations in seconds). `file` and `column` are those of `empirical`.
struct DistributionText {
  std::string form;
  std::vector<double> parameters;
  std::vector<double> values;   ///< of `choice`
  std::vector<double> weights;  ///< of `choice`
  std::string file;
  std::string column;
};

using ScalarTable = std::vector<std::pair<std::string, Scalar>>;
struct Nothing {};
using Value = std::variant<Nothing, Scalar, std::vector<Scalar>, ScalarTable, DistributionText>;

/// What reading may need from outside the tree, and what it used of it.
struct ReadContext {
  std::string data;                           ///< folder that data files are named relative to
  std::map<std::string, std::string> inputs;  ///< data files read, with their SHA-256 in hexadecimal
};
/// The bytes of `file` below `context.data`, at most 256 MiB; notes it among the inputs. Errors: a path that
/// leaves the folder, a missing file, one that can not be read (the message names it).
Result<std::string> read_input(ReadContext& context, const std::string& file);

/// As a row's fallback: the setting keeps what rows above it made of the struct (a preset).
inline constexpr std::string_view from_preset = "(preset)";

/// One setting: a row of the table.
struct Key {
  std::string name;  ///< dotted, relative to its section: `chain.block_time`
  Shape shape = Shape::one;
  Unit unit = Unit::text;
  std::string fallback;  ///< the default as a file would write it; empty: must be given
  std::string min;       ///< smallest value, as a file would write it; empty: no bound
  std::string max;
  std::vector<std::string> choices;  ///< for Shape::choice and Shape::words
  std::string source;                ///< where the default comes from: a spec section, or ASSUME
  std::string doc;
  /// Puts the value into the struct. The error says what is wrong, not where.
  std::function<Result<void>(void* target, const Value& value, ReadContext& context)> store;
  std::function<std::string(const void* target)> show;  ///< the field as text, for fallbacks from a preset
};

/// Settings of one struct. With `named`, the map at `path` has entries the user names, and each is one
/// struct; without, `path` is a plain prefix (empty for the top).
struct Section {
  std::string path;
  bool named = false;
  std::string doc;
  std::vector<Key> keys;
  /// The struct to fill: that of the entry `name`, created at the first call.
  std::function<void*(void* root, const std::string& name)> target;
};
using Settings = std::vector<Section>;

/// A setting as used in a run.
struct UsedSetting {
  std::string path;
  std::string value;   ///< as a file would write it
  std::string set_by;  ///< `file:line` with the file's name only, `--set ...`, or `default`
  std::string source;  ///< of the default; empty if the file set it
  Origin origin;
};
using UsedSettings = std::vector<UsedSetting>;

/// Fills `root` from `tree` by the rows of `settings`; settings not given take their default. Errors:
/// `file:line: ...` for an unknown key (with the nearest valid name), a wrong unit, a value out of range, a
/// map where a value belongs, a missing setting.
Result<UsedSettings> read_settings(const Settings& settings, const YamlNode& tree, void* root,
                                   ReadContext& context);

/// True where a file's value is replaced as a whole when a file extends another: at every setting.
bool is_setting(const Settings& settings, std::string_view path);

/// The valid name nearest to `name` by edit distance, or empty if none is near.
std::string nearest_name(std::string_view name, const std::vector<std::string>& valid);

/// JSON Schema (2020-12) of files read by `settings`, as text.
std::string json_schema(const Settings& settings, std::string_view title);

/// What the distribution forms are called, with the names of their parameters.
struct DistributionForm {
  std::string name;
  std::vector<std::pair<std::string, bool>> parameters;  ///< name, and whether it has the setting's unit
};
const std::vector<DistributionForm>& distribution_forms();

}  // namespace souk::scenarios
