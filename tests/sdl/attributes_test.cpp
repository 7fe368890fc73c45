// akash-offchain.md section 1.4: storage and GPU attributes, and the order of volumes.
#include "runtime/sdl/rules.hpp"
#include "tests/sdl/sdl_data.hpp"

namespace souk::sdl::test {
namespace {

using testing::HasSubstr;

Attributes storage_attributes(const std::string& attributes) {
  // The mount is there so that a persistent volume is accepted.
  const std::string text =
      with(with_storage("[{name: data, size: 1Gi, attributes: " + attributes + "}]"), "    expose:\n",
           "    params: {storage: {data: {mount: /data}}}\n    expose:\n");
  const Sdl sdl = accepted(text);
  return sdl.groups.empty() ? Attributes{} : first_resources(sdl).storage.at(0).attributes;
}

TEST(SdlStorage, WithoutAttributesThereAreNone) {
  EXPECT_TRUE(first_resources(accepted(plain_sdl)).storage.at(0).attributes.empty());
  EXPECT_EQ(storage_attributes("null"), Attributes{});
}

TEST(SdlStorage, PersistentDefaultsToFalseAndPersistentWithoutClassGetsTheDefaultClass) {
  EXPECT_EQ(storage_attributes("{}"), (Attributes{{"persistent", "false"}}));
  EXPECT_EQ(storage_attributes("{persistent: true}"),
            (Attributes{{"class", "default"}, {"persistent", "true"}}));
  // The default class is given before `on` and `yes` are folded.
  EXPECT_EQ(storage_attributes("{persistent: on}"), (Attributes{{"persistent", "true"}}));
}

TEST(SdlStorage, EveryClassIsAcceptedWithTheRightPersistence) {
  for (const char* name : {"default", "beta1", "beta2", "beta3"}) {
    EXPECT_EQ(storage_attributes(std::string("{persistent: true, class: ") + name + "}"),
              (Attributes{{"class", name}, {"persistent", "true"}}));
  }
  EXPECT_EQ(storage_attributes("{persistent: false, class: ram}"),
            (Attributes{{"class", "ram"}, {"persistent", "false"}}));
  EXPECT_EQ(storage_attributes("{class: ram}"), (Attributes{{"class", "ram"}, {"persistent", "false"}}));
  EXPECT_EQ(storage_attributes("{persistent: yes, class: beta1}"),
            (Attributes{{"class", "beta1"}, {"persistent", "true"}}));
  // `no` is not the text `false`, so Go lets a class stand beside it.
  EXPECT_EQ(storage_attributes("{persistent: no, class: beta1}"),
            (Attributes{{"class", "beta1"}, {"persistent", "false"}}));
}

TEST(SdlStorage, WrongAttributesAreRefused) {
  const auto reason = [](const std::string& attributes) {
    return refusal(with_storage("[{size: 1Gi, attributes: " + attributes + "}]")).message;
  };
  EXPECT_THAT(reason("{persistent: true, class: ram}"), HasSubstr("can not be persistent"));
  EXPECT_THAT(reason("{persistent: no, class: ram}"), HasSubstr("can not be persistent"));
  EXPECT_THAT(reason("{class: beta2}"), HasSubstr("must be persistent"));
  EXPECT_THAT(reason("{persistent: false, class: beta2}"), HasSubstr("must be persistent"));
  EXPECT_THAT(reason("{persistent: true, class: nvme}"), HasSubstr("unknown storage class `nvme`"));
  EXPECT_THAT(reason("{persistent: True}"), HasSubstr("must be true or false"));
  EXPECT_THAT(reason("{persistent: false, class: \"\"}"), HasSubstr("unknown storage class"));
  EXPECT_THAT(reason("{speed: high}"), HasSubstr("unknown key `speed`"));
}

TEST(SdlStorage, AMapIsTheVolumeDefaultAndNamesAreUnique) {
  EXPECT_EQ(first_resources(accepted(with_storage("{name: data, size: 1Gi}"))).storage.at(0).name, "default");
  EXPECT_THAT(refusal(with_storage("[{size: 1Gi}, {size: 2Gi}]")).message,
              HasSubstr("`default` is there twice"));
  EXPECT_THAT(refusal(with_storage("none")).message, HasSubstr("`storage` must be a map or a list"));
  EXPECT_THAT(refusal(with_storage("[]")).message, HasSubstr("has no `storage`"));
}

std::string volume_order(const std::string& storage) {
  const Sdl sdl = accepted(
      with(with_storage(storage), "    expose:\n", "    params: {storage: {p: {mount: /p}}}\n    expose:\n"));
  std::string names;
  for (const StorageVolume& volume : first_resources(sdl).storage) names += volume.name + " ";
  return names;
}

TEST(SdlStorage, SmallerVolumesComeFirst) {
  EXPECT_EQ(volume_order("[{name: b, size: 3Gi}, {name: a, size: 2Gi}, {name: p, size: 1Gi}]"), "p a b ");
}

TEST(SdlStorage, AmongEquallyLargeVolumesNoAttributesThenFalseThenTrueThenName) {
  EXPECT_EQ(volume_order("[{name: y, size: 1Gi, attributes: {persistent: true}},"
                         " {name: p, size: 1Gi, attributes: {persistent: true}},"
                         " {name: f, size: 1Gi, attributes: {persistent: false}}, {name: n, size: 1Gi}]"),
            "n f p y ");
}

TEST(SdlStorage, EquallyLargeVolumesThatAreNotPersistentAreReversedAsGoDoes) {
  // Go's comparison says of two such volumes that each goes before the other, and its insertion sort then
  // moves each to the front (chain-sdk go/sdl/storage.go, sort).
  EXPECT_EQ(volume_order("[{name: a, size: 1Gi}, {name: b, size: 1Gi}, {name: p, size: 1Gi}]"), "p b a ");
  EXPECT_EQ(volume_order("[{name: p, size: 1Gi, attributes: {persistent: false}},"
                         " {name: a, size: 1Gi, attributes: {persistent: false}}]"),
            "a p ");
}

std::vector<std::string> gpu_keys(const std::string& gpu) {
  std::vector<std::string> keys;
  const Sdl sdl = accepted(with_gpu(gpu));
  if (sdl.groups.empty()) return keys;
  for (const Attribute& attribute : first_resources(sdl).gpu_attributes) {
    EXPECT_EQ(attribute.value, "true");
    keys.push_back(attribute.key);
  }
  return keys;
}

TEST(SdlGpu, ModelsBecomeSortedAttributeKeys) {
  using Keys = std::vector<std::string>;
  EXPECT_EQ(gpu_keys("{units: 1, attributes: {vendor: {nvidia: [{model: h100}, {model: a100}]}}}"),
            (Keys{"vendor/nvidia/model/a100", "vendor/nvidia/model/h100"}));
  EXPECT_EQ(
      gpu_keys("{units: 1, attributes: {vendor: {nvidia: [{model: a100, ram: 81920Mi, interface: sxm}]}}}"),
      (Keys{"vendor/nvidia/model/a100/ram/80Gi/interface/sxm"}));
  EXPECT_EQ(gpu_keys("{units: 1, attributes: {vendor: {nvidia: [{model: a100, interface: pcie}]}}}"),
            (Keys{"vendor/nvidia/model/a100/interface/pcie"}));
  EXPECT_EQ(gpu_keys("{units: 1, attributes: {vendor: {nvidia: }}}"), (Keys{"vendor/nvidia/model/*"}));
  EXPECT_EQ(gpu_keys("{units: 1, attributes: {vendor: {nvidia: []}}}"), (Keys{"vendor/nvidia/model/*"}));
  // Only nvidia is read; another vendor leaves the wildcard.
  EXPECT_EQ(gpu_keys("{units: 1, attributes: {vendor: {amd: [{model: mi100}]}}}"),
            (Keys{"vendor/nvidia/model/*"}));
}

TEST(SdlGpu, WrongGpusAreRefused) {
  const auto reason = [](const std::string& gpu) { return refusal(with_gpu(gpu)).message; };
  EXPECT_THAT(reason("{units: 1}"), HasSubstr("needs `gpu.attributes.vendor`"));
  EXPECT_THAT(reason("{units: 1, attributes: {vendor: }}"), HasSubstr("without a vendor"));
  EXPECT_THAT(reason("{units: 0, attributes: {vendor: {nvidia: }}}"), HasSubstr("without GPUs"));
  EXPECT_THAT(reason("{units: 1, attributes: {vendor: {nvidia: [{model: a}, {model: a}]}}}"),
              HasSubstr("listed twice"));
  EXPECT_THAT(reason("{units: 1, attributes: {vendor: {nvidia: [{model: a, interface: nvlink}]}}}"),
              HasSubstr("unknown GPU interface `nvlink`"));
  EXPECT_THAT(reason("{units: 1, attributes: {vendor: {nvidia: [{model: \"a b\"}]}}}"),
              HasSubstr("no attribute key"));
  EXPECT_THAT(reason("{units: 1, attributes: {vendor: {nvidia: [{model: a, ram: 80G}]}}}"),
              HasSubstr("`80Gi` would be right"));
  EXPECT_THAT(reason("{units: 1, attributes: {model: a}}"), HasSubstr("unknown key `model`"));
  EXPECT_THAT(reason("{units: 1, class: fast}"), HasSubstr("unknown key `class`"));
  EXPECT_THAT(reason("{units: 1.5}"), HasSubstr("not a number of GPUs"));
}

TEST(SdlCpu, ArchIsItsOnlyAttribute) {
  const Sdl sdl = accepted(plain_with("units: 100m", "units: 100m\n          attributes: {arch: arm64}"));
  EXPECT_EQ(first_resources(sdl).cpu_attributes, (Attributes{{"arch", "arm64"}}));
  EXPECT_THAT(refusal(plain_with("units: 100m", "units: 100m\n          attributes: {model: x}")).message,
              HasSubstr("unknown key `model` in `cpu.attributes`"));
  EXPECT_THAT(refusal(plain_with("units: 100m", "cores: 1")).message,
              HasSubstr("unknown key `cores` in `cpu`"));
}

TEST(SdlAttributes, KeysFollowTheRegularExpression) {
  // ^([a-zA-Z][\w\/\.\-]{1,126}[\w\*]?)$
  for (const char* good : {"ab", "a/b", "region", "a_1", "vendor/nvidia/model/*", "a-", "ab*"})
    EXPECT_TRUE(is_attribute_key(good)) << good;
  for (const char* bad : {"", "a", "1a", "-a", "a*", "a*b", "a b", "a\n", "*"})
    EXPECT_FALSE(is_attribute_key(bad)) << bad;
  EXPECT_TRUE(is_attribute_key("a" + std::string(126, '/')));
  EXPECT_TRUE(is_attribute_key("a" + std::string(126, '/') + "b"));
  EXPECT_TRUE(is_attribute_key("a" + std::string(126, '/') + "*"));
  EXPECT_FALSE(is_attribute_key("a" + std::string(127, '/')));
  EXPECT_FALSE(is_attribute_key("a" + std::string(126, '/') + "bb"));
}

}  // namespace
}  // namespace souk::sdl::test
