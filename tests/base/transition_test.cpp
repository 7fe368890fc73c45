#include "actors/base/transition.hpp"

#include <gtest/gtest.h>

#include <set>

namespace souk {
namespace {

enum class Door : std::uint8_t { open, closed, locked };
enum class Push : std::uint8_t { push, pull, turn_key };

constexpr Transition<Door, Push> doors[] = {
    {Door::open, Push::push, Door::closed},
    {Door::closed, Push::pull, Door::open},
    {Door::closed, Push::turn_key, Door::locked},
    {Door::locked, Push::turn_key, Door::closed},
};
static_assert(is_function(doors));

constexpr Transition<Door, Push> ambiguous[] = {
    {Door::open, Push::push, Door::closed},
    {Door::open, Push::push, Door::locked},
};
static_assert(!is_function(ambiguous));

TEST(Transition, EveryPairIsAllowedOrRefused) {
  int allowed = 0;
  std::set<std::pair<Door, Push>> seen;
  for (const auto& [state, input] : all_pairs<Door, Push>()) {
    seen.emplace(state, input);
    const auto after = next(doors, state, input);
    if (after) {
      ++allowed;
    } else {
      EXPECT_EQ(after.error(), (InvalidTransition<Door, Push>{state, input}));
    }
  }
  EXPECT_EQ(seen.size(), 9u);
  EXPECT_EQ(allowed, 4);
  EXPECT_EQ(next(doors, Door::closed, Push::turn_key).value(), Door::locked);
}

TEST(Transition, RefusalNamesStateAndInput) {
  EXPECT_EQ(next(doors, Door::locked, Push::push).error().message(),
            "invalid transition: locked does not take push");
}

}  // namespace
}  // namespace souk
