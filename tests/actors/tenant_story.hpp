#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "tests/actors/tenant_probe.hpp"

/// Tests of a tenant as a list of what happens and what it does about it.
namespace souk::story {

/// One line of a story: why, what happens, what the tenant does about it.
struct Step {
  const char* why;
  std::function<Probe::Lines(Probe&)> event;
  Probe::Lines effects;
};

inline void tell(Probe& probe, const std::vector<Step>& steps) {
  for (const Step& step : steps) EXPECT_EQ(step.event(probe), step.effects) << step.why;
}

inline const Step started{
    "a wish is due at once", [](Probe& p) { return p.start(); }, {"timer arrival in 0 s"}};
inline const Step created{
    "the wish becomes a deployment", [](Probe& p) { return p.fire("arrival"); }, {"submit create"}};
inline const Step opened{
    "bids are collected for a window", [](Probe& p) { return p.order_opened(); }, {"timer step in 30 s"}};

}  // namespace souk::story
