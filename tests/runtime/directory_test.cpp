#include "runtime/directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace souk::runtime {
namespace {

Address address(std::uint8_t first) {
  Address a;
  a.bytes[0] = first;
  return a;
}

TEST(Directory, GivesIdsInOrderOfAdding) {
  Directory directory;
  EXPECT_EQ(directory.add("a", {}), ActorId{0});
  EXPECT_EQ(directory.add("b", {}), ActorId{1});
  EXPECT_THAT(directory.names(), testing::ElementsAre("a", "b"));
  EXPECT_EQ(directory.name(ActorId{1}), "b");
  EXPECT_EQ(directory.name(ActorId{7}), "(no such actor)");
}

TEST(Directory, FindsTheOwnerOfAnAddressAndNobodyForAnother) {
  Directory directory;
  directory.add("a", {.address = address(1)});
  directory.add("b", {.address = address(2)});
  EXPECT_EQ(directory.find(address(2)), ActorId{1});
  EXPECT_EQ(directory.find(address(3)), no_actor);
}

TEST(DirectoryDeathTest, RefusesASecondOwnerOfAnAddress) {
  Directory directory;
  directory.add("a", {.address = address(1)});
  EXPECT_DEATH(directory.add("b", {.address = address(1)}), "one address, one actor");
}

TEST(Directory, ListsSubscribersPerPublisherAndTopicInOrderOfSubscription) {
  Directory directory;
  for (const char* name : {"a", "b", "c"}) directory.add(name, {});
  directory.subscribe(ActorId{2}, ActorId{0}, address(9));
  directory.subscribe(ActorId{1}, ActorId{0}, address(9));
  directory.subscribe(ActorId{2}, ActorId{0}, address(9));
  directory.subscribe(ActorId{0}, ActorId{1}, address(9));
  EXPECT_THAT(directory.subscribers(ActorId{0}, address(9)), testing::ElementsAre(ActorId{2}, ActorId{1}));
  EXPECT_THAT(directory.subscribers(ActorId{1}, address(9)), testing::ElementsAre(ActorId{0}));
  EXPECT_THAT(directory.subscribers(ActorId{0}, address(8)), testing::IsEmpty());
}

TEST(Directory, KnowsTheValidatorOfAnActor) {
  Directory directory;
  directory.add("validator", {});
  directory.add("tenant", {.validator = ActorId{0}});
  EXPECT_EQ(directory.validator_of(ActorId{0}), no_actor);
  EXPECT_EQ(directory.validator_of(ActorId{1}), ActorId{0});
}

}  // namespace
}  // namespace souk::runtime
