#include "bench/gpu/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace souk::gpu {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Measurement measurement(const std::string& test, const std::string& unit, double rate) {
  Measurement m;
  m.test = test;
  m.unit = unit;
  m.samples = {rate, rate * 1.001, rate * 0.999, rate, rate, rate, rate};
  m.how = "for a test";
  m.check = "invented numbers";
  return m;
}

Report h200() {
  Report report;
  report.device = {.index = 0,
                   .name = "NVIDIA H200",
                   .pci_bus_id = "0000:19:00.0",
                   .compute_capability = 90,
                   .multiprocessors = 132,
                   .memory_bytes = 150'000'000'000,
                   .l2_bytes = 60 << 20};
  report.measurements = {measurement("memory_read", "GB/s", 4600), measurement("fp32_fma", "TFLOP/s", 63),
                         measurement("gemm_int8_wgmma", "TOPS", 1400),
                         measurement("gemm_bf16_wgmma", "TFLOP/s", 780)};
  return report;
}

TEST(Report, AGoodCardPasses) {
  Report report = h200();
  judge(report);
  EXPECT_EQ(exit_code_of(report), 0);
  EXPECT_EQ(report.limits_card, "H200 SXM");
  EXPECT_EQ(report.measurements[0].verdict, Verdict::pass);
  EXPECT_THAT(report.likeness, HasSubstr("H200 SXM-like (0."));
}

TEST(Report, OneResultBelowItsGoalFailsAndNamesTheBound) {
  Report report = h200();
  report.measurements[0] = measurement("memory_read", "GB/s", 4400);
  judge(report);
  EXPECT_EQ(exit_code_of(report), 1);
  EXPECT_EQ(report.measurements[0].verdict, Verdict::below);
  EXPECT_EQ(report.measurements[0].below_because, "4400 GB/s is below 4500 GB/s, the card's goal");
  EXPECT_THAT(to_table(report), HasSubstr("below: memory_read: 4400 GB/s is below 4500 GB/s"));
}

TEST(Report, TheReferenceBesideItCanBeTheStricterBound) {
  Report report = h200();
  report.measurements[2].reference_name = "cuBLASLt";
  report.measurements[2].reference = 1600;  // 0.90 of it is above both 1,350 and the 1,400 measured
  judge(report);
  EXPECT_EQ(report.measurements[2].verdict, Verdict::below);
  EXPECT_THAT(report.measurements[2].below_because, HasSubstr("0.9 of cuBLASLt"));
}

TEST(Report, AProofThatTakesTooLongIsAboveItsBound) {
  Report report = h200();
  Measurement seconds = measurement("proof_seconds", "s", 9);
  seconds.lower_is_better = true;
  report.measurements = {seconds};
  judge(report);
  EXPECT_EQ(report.measurements[0].verdict, Verdict::below);
  EXPECT_EQ(report.measurements[0].below_because, "9 s is above 8 s, the card's goal");
  report.measurements[0].samples.assign(report.measurements[0].samples.size(), 5);
  judge(report);
  EXPECT_EQ(report.measurements[0].verdict, Verdict::pass);
}

TEST(Report, TheProofOwesAFractionOfTheCardsOwnRates) {
  Report report = h200();
  report.measurements = {measurement("proof_chain_wgmma", "TOPS", 1100),
                         measurement("proof_sweep", "GB/s", 4400)};
  report.measurements[0].reference_name = "our own gemm_int8_wgmma";
  report.measurements[0].reference = 1400;
  report.measurements[1].reference_name = "our own memory_read";
  report.measurements[1].reference = 4600;
  judge(report);
  EXPECT_EQ(report.measurements[0].verdict, Verdict::below);
  EXPECT_THAT(report.measurements[0].below_because, HasSubstr("0.8 of our own gemm_int8_wgmma"));
  EXPECT_EQ(report.measurements[1].verdict, Verdict::pass);
}

TEST(Report, AnUnknownCardIsMeasuredAndComparedWithNothing) {
  Report report = h200();
  report.device.multiprocessors = 77;
  judge(report);
  EXPECT_EQ(exit_code_of(report), 0);
  EXPECT_EQ(report.measurements[0].verdict, Verdict::no_goal);
  EXPECT_FALSE(report.measurements[0].limit);
  EXPECT_THAT(to_table(report), HasSubstr("no row for this card"));
}

TEST(Report, TheClassComesFromTheVectorAndNotFromTheName) {
  Report report = h200();
  report.device.name = "NVIDIA B200";
  report.measurements = {measurement("memory_read", "GB/s", 850), measurement("fp32_fma", "TFLOP/s", 88),
                         measurement("gemm_int8_mma", "TOPS", 700)};
  judge(report);
  EXPECT_THAT(report.likeness, ::testing::StartsWith("L40S-like"));
  EXPECT_THAT(report.likeness, Not(HasSubstr("B200")));
}

TEST(Report, TooLittleMeasuredGivesNoClass) {
  Report report = h200();
  report.measurements.resize(1);
  judge(report);
  EXPECT_EQ(report.likeness, "");
}

TEST(Report, UnsteadySamplesAreSaidSo) {
  Report report = h200();
  report.measurements[0].samples = {4600, 4800, 4400, 4900, 4600, 4600, 4600};
  judge(report);
  EXPECT_THAT(to_table(report), HasSubstr("unsteady: memory_read"));
}

TEST(ReportJson, HasTheSchemaWithVersionRawSamplesAndDenseDenominators) {
  Report report = h200();
  report.waived.push_back({"gemm_fp8_mma", "this chip has no such mma"});
  judge(report);
  const auto json = nlohmann::json::parse(to_json({report}));
  EXPECT_EQ(json.at("schema"), "souk-gpu-bench");
  EXPECT_EQ(json.at("version"), 1);
  EXPECT_THAT(json.at("denominators").get<std::string>(), HasSubstr("dense"));
  const auto& gpu = json.at("gpus").at(0);
  EXPECT_EQ(gpu.at("datasheet_card"), "H200 SXM");
  EXPECT_EQ(gpu.at("status"), "passed");
  const auto& read = gpu.at("measurements").at(0);
  EXPECT_EQ(read.at("test"), "memory_read");
  EXPECT_EQ(read.at("samples").size(), 7u);
  EXPECT_DOUBLE_EQ(read.at("median"), 4600);
  EXPECT_DOUBLE_EQ(read.at("datasheet_dense"), 4800);
  EXPECT_DOUBLE_EQ(read.at("goal"), 4500);
  EXPECT_EQ(read.at("check"), "invented numbers");
  EXPECT_TRUE(read.at("before").is_null()) << "without NVML nothing is claimed about clocks";
  EXPECT_EQ(gpu.at("waived").at(0).at("status"), "waived");
}

TEST(ReportJson, PeersCarryNvbandwidthsFields) {
  Report report = h200();
  report.peers = {{0, 370}, {390, 0}};
  judge(report);
  const auto peers = nlohmann::json::parse(to_json({report})).at("gpus").at(0).at("peers");
  EXPECT_DOUBLE_EQ(peers.at("min"), 370);
  EXPECT_DOUBLE_EQ(peers.at("max"), 390);
  EXPECT_DOUBLE_EQ(peers.at("average"), 380);
  EXPECT_DOUBLE_EQ(peers.at("bandwidth_matrix").at(0).at(1), 370);
}

TEST(ReportJson, ANameThatIsNotUtf8DoesNotEndTheProgram) {
  Report report = h200();
  report.device.name = "\xFF\xFE";
  judge(report);
  EXPECT_TRUE(nlohmann::json::accept(to_json({report})));
}

TEST(ReportEndurance, SaysHowHotItGotAndWhyItSlowed) {
  Report report = h200();
  report.measurements.clear();
  Endurance endurance{.test = "gemm_int8_wgmma", .unit = "TOPS", .check = "checksums", .samples = {}};
  for (int i = 1; i <= 3; ++i)
    endurance.samples.push_back({.seconds = 1.0 * i,
                                 .rate = 1400.0,
                                 .state = {.known = true,
                                           .sm_clock_mhz = 1500,
                                           .memory_clock_mhz = 3201,
                                           .watts = 699,
                                           .celsius = 60.0 + i,
                                           .throttle_reasons = i == 2 ? 4u : 0u}});
  report.endurance = endurance;
  judge(report);
  EXPECT_THAT(to_table(report), HasSubstr("sustained gemm_int8_wgmma: median 1400 TOPS"));
  EXPECT_THAT(to_table(report), HasSubstr("hottest 63 C; throttle reasons seen: sw_power_cap"));
  const auto json = nlohmann::json::parse(to_json({report}));
  EXPECT_EQ(json.at("gpus").at(0).at("endurance").at("samples").size(), 3u);
}

}  // namespace
}  // namespace souk::gpu
